// All scenarios: every call on every kind of target, and the stories.

import { FLAVOURS } from '../support/flavours';
import { CALLS, type Call, PENDING } from './calls';
import { KINDS } from './kinds';
import type { Kind, Scenario } from './scenario';
import { STORIES } from './stories';

/** Of the calls that are not the main ones, a kind that is not common gets one in this many, each kind others. */
const SPARSELY = 16;

/** Every call on every kind is ten thousand scenarios and more; those only where they are asked for. */
export const SCENARIOS = scenariosOf(process.env['FS_INTACT_DIFFERENTIAL'] === 'everything');

function scenariosOf(isEverything: boolean): readonly Scenario[] {
  const crossed = KINDS.flatMap((kind, index) => callsFor(kind, index, isEverything).map((call) => cross(call, kind)));
  return [...crossed, ...STORIES];
}

function callsFor(kind: Kind, index: number, isEverything: boolean): Call[] {
  const { isCommon = false, isCostly = false, isPipe = false, answers } = kind;
  const canBeOpened = answers.includes('ok');
  return [...CALLS, ...(canBeOpened ? PENDING : [])].filter(
    ({ flavour, isMain = false, notForPipes = false }, position) => {
      if ((isCostly && !isMain) || (isPipe && notForPipes)) return false;
      if (isCommon || isEverything) return true;
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

/** All of them, because the children that play them are not told what was asked for. */
const everything = scenariosOf(true);
const byId = new Map(everything.map((scenario) => [scenario.id, scenario]));
if (byId.size !== everything.length) throw new Error('two scenarios have one name');

export function scenarioNamed(id: string): Scenario {
  const found = byId.get(id);
  if (found === undefined) throw new Error(`there is no scenario '${id}'`);
  return found;
}
