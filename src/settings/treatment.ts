// How one file is treated: the general settings, with the exceptions of the first rule that matches.

import type { Append, Durability } from './durability';
import { matcherOf } from './globs';
import type { Rule, RulePlan } from './rules';
import type { Settings } from './settings';

export interface Treatment {
  readonly plan: RulePlan | 'off';
  readonly durability: Durability;
  readonly append: Append;
  readonly publishIdleMs: number | undefined;
  /** The globs of the rule that applied, for `explain()`. */
  readonly rule: string | undefined;
}

/** Whether the call hands over the whole content, or opens a file to be written piece by piece. */
export type CallKind = 'whole' | 'open';

type Treat = (path: string, kind: CallKind) => Treatment;

/** Logs and pid files are read by others while they are still open, and say so by their names. */
const LIVE_FILE = /\.log(\.[^/]*)?$|\.pid$/;
const LIVE_FILE_RULE = 'built-in: *.log, *.log.*, *.pid';

const compiled = new WeakMap<Settings, Treat>();

/** How `path`, absolute, is to be treated by a call of this kind. */
export function treatmentOf(settings: Settings, path: string, kind: CallKind): Treatment {
  let treat = compiled.get(settings);
  if (treat === undefined) compiled.set(settings, (treat = compile(settings)));
  return treat(path, kind);
}

function compile(settings: Settings): Treat {
  const general = treatment(settings);
  if (settings.off) {
    const off: Treatment = Object.freeze({ ...general, plan: 'off' });
    return () => off;
  }
  const live: Treatment = Object.freeze({ ...general, plan: 'native', rule: LIVE_FILE_RULE });
  const builtIn: Treat = (path, kind) => (kind === 'open' && LIVE_FILE.test(path) ? live : general);
  if (settings.rules.length === 0) return builtIn;

  const rules = settings.rules.map((rule) => ({
    matches: matcherOf(rule.match),
    treatment: treatment(settings, rule),
  }));
  return (path, kind) => rules.find(({ matches }) => matches(path))?.treatment ?? builtIn(path, kind);
}

function treatment(settings: Settings, rule?: Rule): Treatment {
  return Object.freeze({
    plan: rule?.plan ?? 'replace',
    durability: rule?.durability ?? settings.durability,
    append: rule?.append ?? settings.append,
    publishIdleMs: rule?.publishIdleMs,
    rule: rule?.match.join(', '),
  });
}
