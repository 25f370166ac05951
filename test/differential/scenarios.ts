// All scenarios: every call on every kind of target, and the stories.

import { FLAVOURS } from '../support/flavours';
import { CALLS, type Call, PENDING } from './calls';
import { KINDS } from './kinds';
import type { Kind, Scenario } from './scenario';
import { STORIES } from './stories';

/** Every call on every kind would be ten thousand scenarios and more; this asks for them. */
const EVERYTHING = process.env['FS_INTACT_DIFFERENTIAL'] === 'everything';

/** Of the calls that are not the main ones, a kind that is not common gets one in this many, each kind others. */
const SPARSELY = 16;

export const SCENARIOS: readonly Scenario[] = [
  ...KINDS.flatMap((kind, index) => callsFor(kind, index).map((call) => cross(call, kind))),
  ...STORIES,
];

function callsFor(kind: Kind, index: number): Call[] {
  const { isCommon = false, isCostly = false, isPipe = false, answers } = kind;
  const canBeOpened = answers.includes('ok');
  return [...CALLS, ...(canBeOpened ? PENDING : [])].filter(
    ({ flavour, isMain = false, notForPipes = false }, position) => {
      if ((isCostly && !isMain) || (isPipe && notForPipes)) return false;
      if (isCommon || EVERYTHING) return true;
      // The flavours of one call stand one after the other, and each has its turn.
      const first = position - (flavour ?? 0);
      if (flavour !== undefined && (first + index) % FLAVOURS.length !== flavour) return false;
      return isMain || (first + index) % SPARSELY === 0;
    },
  );
}

function cross(call: Call, kind: Kind): Scenario {
  return { id: `${call.id}: ${kind.id}`, kind, act: call.act };
}

const byId = new Map(SCENARIOS.map((scenario) => [scenario.id, scenario]));
if (byId.size !== SCENARIOS.length) throw new Error('two scenarios have one name');

export function scenarioNamed(id: string): Scenario {
  const found = byId.get(id);
  if (found === undefined) throw new Error(`there is no scenario '${id}'`);
  return found;
}
