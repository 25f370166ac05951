// explain(): what a write to a path would become, and why.

import { inspect } from 'node:util';
import { IntactError } from './ground/intact-error';
import { constants } from './ground/node-fs';
import { hasPermissionModel } from './ground/platform';
import type { InPlaceReason, NativeReason } from './protocol/counts';
import { planWrite } from './protocol/target';
import type { Volume } from './protocol/volume';
import type { Durability } from './settings/durability';
import { REPLACE } from './settings/flags';
import type { Settings } from './settings/settings';
import { type CallKind, treatmentOf } from './settings/treatment';
import { runSync } from './steps/run';
import { type Steps, access } from './steps/step';
import { parsePath } from './shapes/arguments';

export interface Explanation {
  /** `'replace'`: crash-safe by rename. `'in-place'`: see `reason`. `'native'`: what plain node does. */
  readonly plan: 'replace' | 'in-place' | 'native';
  /** Why not `'replace'`. */
  readonly reason?: InPlaceReason | NativeReason;
  /** Whether a crash leaves the old content or the new. */
  readonly isProtected: boolean;
  /** The file that the path leads to, where that could be told. */
  readonly target?: string;
  readonly durability: Durability;
  /** The globs of the rule that applied. */
  readonly rule?: string;
}

export function explainPath(path: unknown, call: CallKind, settings: Settings, volume: Volume): Explanation {
  const asked = parsePath(path);
  if (asked === undefined) {
    throw new IntactError(
      'ERR_INTACT_ARGUMENT',
      `path is ${inspect(path)}; allowed: a path that node:fs takes, in UTF-8`,
    );
  }
  const treatment = treatmentOf(settings, asked.absolute, call);
  const { durability, rule } = treatment;
  const common = { durability, ...(rule === undefined ? {} : { rule }) };
  if (hasPermissionModel) return { plan: 'native', reason: 'unsupported', isProtected: false, ...common };
  const plan = runSync(planWrite(volume, { path: asked, flags: REPLACE, treatment, call }), volume.host);
  if (plan.kind === 'native') return { plan: 'native', reason: plan.reason, isProtected: false, ...common };

  const target = plan.target.path;
  if (!runSync(canStageIn(plan.target.directory), volume.host)) {
    const exists = plan.target.existing !== undefined;
    const outcome = exists ? 'unwritable-directory' : 'native-error';
    return { plan: exists ? 'in-place' : 'native', reason: outcome, isProtected: false, target, ...common };
  }
  const reason = plan.kind === 'in-place' ? { reason: plan.reason } : {};
  return { plan: plan.kind, ...reason, isProtected: true, target, ...common };
}

function* canStageIn(directory: string): Steps<boolean> {
  try {
    yield* access(directory, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
