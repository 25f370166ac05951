// The two runners, synchronous and callback, and the promise that wraps the second.

import type { Host } from './host';
import type { Step, Steps } from './step';

type AnyCall = (...args: readonly unknown[]) => unknown;

/** Runs steps to their end on the calling thread and returns, or throws, what they end with. */
export function runSync<R>(steps: Steps<R>, host: Host): R {
  const calls = host.sync as unknown as Record<string, AnyCall>;
  let turn = steps.next();
  while (!turn.done) {
    const { call, args } = turn.value;
    let value: unknown;
    try {
      value = calls[call]!(...args);
    } catch (error) {
      turn = steps.throw(error);
      continue;
    }
    turn = steps.next(value);
  }
  return turn.value;
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
  const calls = host.callback as unknown as Record<string, AnyCall>;

  function advance(resume: () => IteratorResult<Step, R>): void {
    let turn: IteratorResult<Step, R>;
    try {
      turn = resume();
    } catch (error) {
      reject(error);
      return;
    }
    if (turn.done) resolve(turn.value);
    else issue(turn.value);
  }

  const next = (value: unknown): void => advance(() => steps.next(value));
  const fail = (error: unknown): void => advance(() => steps.throw(error));

  function issue({ call, args }: Step): void {
    if (call === 'wait') {
      (args[0] as PromiseLike<unknown>).then(next, fail);
      return;
    }
    try {
      calls[call]!(...args, (error: Error | null, value: unknown) => (error ? fail(error) : next(value)));
    } catch (error) {
      fail(error);
    }
  }

  advance(() => steps.next());
}

/** Runs steps like `runCallback` and settles a promise with what they end with. */
export function runPromise<R>(steps: Steps<R>, host: Host): Promise<R> {
  return new Promise((resolve, reject) => {
    runCallback(steps, host, resolve, reject);
  });
}
