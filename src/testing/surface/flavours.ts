// One story, three flavours.

import { promisify } from 'node:util';
import { nodeFs, nodeFsPromises } from '../../ground/node-fs';
import { dressedAs } from '../../shapes/context';
import { runCallback, runPromise, runSync } from '../../steps/run';
import type { Steps } from '../../steps/step';
import { ASK_NODE, refuseCallback, refusePromise, refuseSync } from './ask-node';
import type { Lab } from './lab';
import { checksSymlinkTypes } from './node-habits';

type AnyFunction = (...args: never[]) => unknown;
export type FlavourName = 'sync' | 'callback' | 'promise';

/** What a call does, once its arguments are read. Arguments that are node's to judge are told by throwing ASK_NODE. */
export type Story = (lab: Lab, args: readonly unknown[], flavour: FlavourName) => Steps<unknown>;

/** What a callback gets where it is not (null) or (null, result). */
export interface Answer {
  readonly success: (result: never) => readonly unknown[];
  readonly failure: (error: unknown, args: readonly unknown[]) => readonly unknown[];
  /** Whether it is called at once where no primitive call was needed. */
  readonly isImmediate?: boolean;
  /** What util.promisify makes of the call, where it needs to be told. */
  readonly promisified?: (call: AnyFunction) => AnyFunction;
}

export function syncCall(lab: Lab, name: string, story: Story): AnyFunction {
  function sync(...args: unknown[]): unknown {
    try {
      return runSync(story(lab, args, 'sync'), lab.host);
    } catch (error) {
      return error === ASK_NODE ? refuseSync(name, args) : rethrow(error);
    }
  }
  return dressed(nodeFs, `${name}Sync`, sync);
}

export function callbackCall(lab: Lab, name: string, story: Story, answer: Answer = PLAIN): AnyFunction {
  const placeMax = CALLBACK_PLACES[name] ?? lengthOf(nodeFs, name) - 1;
  function callback(...args: unknown[]): void {
    // Arguments after the callback are nobody's.
    const place = args.findLastIndex((arg) => typeof arg === 'function');
    const steps = place < 1 || place > placeMax ? undefined : begin(story, lab, args.slice(0, place));
    if (steps === undefined) {
      refuseCallback(name, args);
      return;
    }
    const done = args[place] as (...results: unknown[]) => void;
    let isLater = false;
    const settle = (results: readonly unknown[]): void => {
      if (isLater || answer.isImmediate) done(...results);
      else process.nextTick(done, ...results);
    };
    runCallback(
      steps,
      lab.host,
      (result) => settle(answer.success(result as never)),
      (error) => {
        if (error === ASK_NODE) refuseCallback(name, args);
        else settle(answer.failure(error, args));
      },
    );
    isLater = true;
  }
  const { promisified } = answer;
  if (promisified) Object.defineProperty(callback, promisify.custom, { value: promisified(callback as AnyFunction) });
  return dressed(nodeFs, name, callback);
}

/** The last place that a callback can have, where the length of node's function does not tell. */
const CALLBACK_PLACES: Readonly<Record<string, number>> = {
  close: 1,
  fstat: 2,
  ftruncate: 2,
  lstat: 2,
  stat: 2,
  statfs: 2,
  // Wherever it is the last.
  ...(checksSymlinkTypes ? {} : { symlink: Infinity }),
};

function lengthOf(natives: object, name: string): number {
  const native = (natives as Record<string, unknown>)[name];
  return typeof native === 'function' ? native.length : Infinity;
}

const PLAIN: Answer = {
  success: (result: unknown) => (result === undefined ? [null] : [null, result]),
  failure: (error) => [error],
};

/** Calls whose callback gets a result also where it is undefined. */
export const ANSWER_WITH_RESULT: Answer = { success: (result) => [null, result], failure: (error) => [error] };

export function promiseCall(lab: Lab, name: string, story: Story): AnyFunction {
  async function promise(...args: unknown[]): Promise<unknown> {
    try {
      return await runPromise(story(lab, args, 'promise'), lab.host);
    } catch (error) {
      return error === ASK_NODE ? refusePromise(name, args) : rethrow(error);
    }
  }
  return dressed(nodeFsPromises(), name, promise);
}

function begin(story: Story, lab: Lab, args: readonly unknown[]): Steps<unknown> | undefined {
  try {
    return story(lab, args, 'callback');
  } catch (error) {
    return error === ASK_NODE ? undefined : rethrow(error);
  }
}

function rethrow(error: unknown): never {
  throw error;
}

function dressed(natives: object, name: string, ours: (...args: never[]) => unknown): AnyFunction {
  const original = (natives as Record<string, unknown>)[name];
  return typeof original === 'function' ? dressedAs(original as AnyFunction, ours) : ours;
}
