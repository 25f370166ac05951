// The two runners, synchronous and callback, and the promise that wraps the second.

import type { Host } from './host';
import { type Run, type Step, type Steps, enter, finish } from './step';

/** Runs steps to their end on the calling thread and returns, or throws, what they end with. */
export function runSync<R>(steps: Steps<R>, host: Host): R {
  return callSync(host, () => steps);
}

/**
 * The same for the steps that a function would return. The built package has another form of the function, which makes its
 * steps on the spot and costs no generators: see scripts/synchronous-forms.mjs.
 */
export function callSync<A extends unknown[], R>(
  { sync }: Host,
  protocol: ((...args: A) => Steps<R>) & { sync?: (...args: A) => R },
  ...args: A
): R {
  // Perhaps from within other steps: a program's own function, called by them, has made a synchronous call.
  const before = enter({ isSync: true, calls: sync as unknown as Run['calls'] });
  try {
    return protocol.sync ? protocol.sync(...args) : finish(protocol(...args));
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
  new CallbackRun(steps, host, resolve, reject).next(undefined);
}

/** Steps on their way. All of their calls are answered to one function: a new one for each would cost more than the step. */
class CallbackRun<R> implements Run {
  readonly isSync = false;
  readonly calls: Run['calls'];
  readonly #steps: Steps<R>;
  readonly #callbacks: Record<string, (...args: readonly unknown[]) => void>;
  readonly #resolve: (value: R) => void;
  readonly #reject: (error: unknown) => void;
  #issued = 0;
  #answered = 0;

  constructor(
    steps: Steps<R>,
    { sync, callback }: Host,
    resolve: (value: R) => void,
    reject: (error: unknown) => void,
  ) {
    this.calls = sync as unknown as Run['calls'];
    this.#steps = steps;
    this.#callbacks = callback as unknown as Record<string, (...args: readonly unknown[]) => void>;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  next(value: unknown): void {
    this.#advance(value, false);
  }

  fail(error: unknown): void {
    this.#advance(error, true);
  }

  #advance(outcome: unknown, isFailure: boolean): void {
    const before = enter(this);
    let turn: IteratorResult<Step, R>;
    try {
      turn = isFailure ? this.#steps.throw(outcome) : this.#steps.next(outcome);
    } catch (error) {
      enter(before);
      const reject = this.#reject;
      reject(error);
      return;
    }
    enter(before);
    const resolve = this.#resolve;
    if (turn.done) resolve(turn.value);
    else this.#issue(turn.value);
  }

  #issue({ call, args }: Step): void {
    if (call === 'wait') {
      waitFor(args[0] as PromiseLike<unknown>, this);
      return;
    }
    const number = ++this.#issued;
    try {
      this.#callbacks[call]!(...args, this.#answer);
    } catch (error) {
      // A host may call back before it returns; what is thrown then comes from the caller's callback, and is the caller's.
      if (this.#answered >= number) throw error;
      this.fail(error);
    }
  }

  readonly #answer = (error: Error | null, value: unknown): void => {
    this.#answered = this.#issued;
    if (error) this.fail(error);
    else this.next(value);
  };
}

/**
 * Goes on from a tick of its own, because what a caller's callback throws within a reaction of a promise would be an
 * unhandled rejection. The promise carries the caller's async context.
 */
function waitFor(promise: PromiseLike<unknown>, run: Pick<CallbackRun<never>, 'next' | 'fail'>): void {
  promise.then(
    (value) => process.nextTick(() => run.next(value)),
    (error: unknown) => process.nextTick(() => run.fail(error)),
  );
}

/** Runs steps like `runCallback` and settles a promise with what they end with. */
export function runPromise<R>(steps: Steps<R>, host: Host): Promise<R> {
  return new Promise((resolve, reject) => {
    runCallback(steps, host, resolve, reject);
  });
}
