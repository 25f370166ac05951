// What a call answers, and in which way: a return, a throw, a callback, a promise.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Flavour } from './flavours';
import type { Fs } from './worlds';

type AnyFunction = (...args: unknown[]) => unknown;

export interface Outcome {
  readonly how: 'returned' | 'threw' | 'called back' | 'called back at once' | 'resolved' | 'rejected';
  /** The value or error; of a callback, all its arguments. */
  readonly result: unknown;
  /** How often a callback was called. */
  readonly times?: number;
  /** What a call with a callback returned. */
  readonly returned?: unknown;
}

/** Makes the call in one flavour and notes everything that a caller can tell about its end. */
export async function outcomeOf(flavour: Flavour, fs: Fs, name: string, ...args: unknown[]): Promise<Outcome> {
  if (flavour.name === 'sync') return thrownOrReturned(() => functionOf(fs, `${name}Sync`)(...args));
  if (flavour.name === 'promise') return settled(() => functionOf(fs.promises, name)(...args));
  return calledBack(functionOf(fs, name), args);
}

function functionOf(object: object, name: string): AnyFunction {
  return (object as Record<string, AnyFunction>)[name]!.bind(object);
}

function thrownOrReturned(call: () => unknown): Outcome {
  try {
    return { how: 'returned', result: call() };
  } catch (error) {
    return { how: 'threw', result: error };
  }
}

async function settled(call: () => unknown): Promise<Outcome> {
  const outcome = thrownOrReturned(call);
  if (outcome.how === 'threw') return outcome;
  try {
    return { how: 'resolved', result: await outcome.result };
  } catch (error) {
    return { how: 'rejected', result: error };
  }
}

async function calledBack(call: AnyFunction, args: readonly unknown[]): Promise<Outcome> {
  let how: Outcome['how'] = 'called back at once';
  let times = 0;
  let returned: unknown;
  const outcome = await new Promise<Outcome>((resolve) => {
    const callback = (...results: unknown[]): void => {
      times++;
      resolve({ how, result: results });
    };
    const called = thrownOrReturned(() => call(...args, callback));
    if (called.how === 'threw') resolve(called);
    else returned = called.result;
    how = 'called back';
  });
  // A second call would come soon.
  await nextTurn();
  return { ...outcome, times, returned };
}

/** The calls of a scenario in their order, each with what it answered; one that fails does not end the scenario. */
export class Journal {
  readonly entries: { readonly what: string; readonly outcome: unknown }[] = [];

  /** Makes a call and notes its end. @returns Its value; undefined if it failed. */
  async note<T>(what: string, call: () => T): Promise<Awaited<T> | undefined> {
    const outcome = await settled(call);
    this.entries.push({ what, outcome });
    return outcome.how === 'resolved' ? (outcome.result as Awaited<T>) : undefined;
  }

  /** Notes something that happened. */
  add(what: string, outcome?: unknown): void {
    this.entries.push({ what, outcome });
  }
}

/** The first error anywhere in a scenario's answer. */
export function failureIn(answer: unknown): NodeJS.ErrnoException | undefined {
  if (answer instanceof Error) return answer;
  if (!isMadeHere(answer)) return undefined;
  for (const part of Object.values(answer)) {
    const failure = failureIn(part);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

/** Lists and records of a scenario's, not what a call gave back. */
function isMadeHere(answer: unknown): answer is object {
  if (typeof answer !== 'object' || answer === null) return false;
  const prototype: unknown = Object.getPrototypeOf(answer);
  return prototype === Object.prototype || Array.isArray(answer) || answer instanceof Journal;
}
