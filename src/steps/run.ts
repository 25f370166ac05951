// The two runners, synchronous and callback, and the promise that wraps the second.

import type { Host } from './host';
import { type Run, type Step, type Steps, enter } from './step';

/** Runs steps to their end on the calling thread and returns, or throws, what they end with. */
export function runSync<R>(steps: Steps<R>, { sync }: Host): R {
  // Perhaps from within other steps: a program's own function, called by them, has made a synchronous call.
  const before = enter({ isSync: true, calls: sync as unknown as Run['calls'] });
  try {
    let turn = steps.next();
    // All calls are made on the spot.
    while (!turn.done) turn = steps.throw(new TypeError('Synchronous steps cannot wait'));
    return turn.value;
  } finally {
    enter(before);
  }
}

/**
 * Runs steps one after the other through the host's callback functions.
 *
 * The first step is issued before this returns. `resolve` and `reject` are called outside every `try` of ours, so what
 * they throw is an uncaught exception of the caller's, as with node:fs. There are two of them because a caller's own
 * iterable may fail with anything, `undefined` too.
 */
export function runCallback<R>(
  steps: Steps<R>,
  host: Host,
  resolve: (value: R) => void,
  reject: (error: unknown) => void,
): void {
  const run: Run = { isSync: false, calls: host.sync as unknown as Run['calls'] };
  const calls = host.callback as unknown as Record<string, (...args: readonly unknown[]) => void>;

  function advance(resume: () => IteratorResult<Step, R>): void {
    const before = enter(run);
    let turn: IteratorResult<Step, R>;
    try {
      turn = resume();
    } catch (error) {
      enter(before);
      reject(error);
      return;
    }
    enter(before);
    if (turn.done) resolve(turn.value);
    else issue(turn.value);
  }

  const next = (value: unknown): void => advance(() => steps.next(value));
  const fail = (error: unknown): void => advance(() => steps.throw(error));

  function issue({ call, args }: Step): void {
    if (call === 'wait') {
      waitFor(args[0] as PromiseLike<unknown>, next, fail);
      return;
    }
    let isAnswered = false;
    const answer = (error: Error | null, value: unknown): void => {
      isAnswered = true;
      if (error) fail(error);
      else next(value);
    };
    try {
      calls[call]!(...args, answer);
    } catch (error) {
      // A host may call back before it returns; what is thrown then comes from the caller's callback, and is the caller's.
      if (isAnswered) throw error;
      fail(error);
    }
  }

  advance(() => steps.next());
}

/**
 * Goes on from a tick of its own, because what a caller's callback throws within a reaction of a promise would be an
 * unhandled rejection. The promise carries the caller's async context.
 */
function waitFor(promise: PromiseLike<unknown>, next: (value: unknown) => void, fail: (error: unknown) => void): void {
  promise.then(
    (value) => process.nextTick(next, value),
    (error: unknown) => process.nextTick(fail, error),
  );
}

/** Runs steps like `runCallback` and settles a promise with what they end with. */
export function runPromise<R>(steps: Steps<R>, host: Host): Promise<R> {
  return new Promise((resolve, reject) => {
    runCallback(steps, host, resolve, reject);
  });
}
