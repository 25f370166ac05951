// A step is one primitive call that the protocol asks for; a protocol is a generator of steps. Who runs it decides how each
// call is made, so the same text serves sync, callback and promise callers, and every gap between two steps is a crash
// point that the crash lab can name.

import type { Primitives } from './host';

export interface Step {
  readonly call: keyof Primitives | 'wait';
  readonly args: readonly unknown[];
}

/** A protocol that yields steps and ends with an `R`. Run it with `runSync`, `runCallback` or `runPromise`. */
export type Steps<R> = Generator<Step, R, unknown>;

/** A run of steps, as these see it. */
export interface Run {
  /**
   * Whether each step is made on the spot, and not yielded: a synchronous run need not go out through all the generators
   * and in again for each call, which would cost it as much as the calls do.
   */
  readonly isSync: boolean;
  /** The host's synchronous functions. */
  readonly calls: Readonly<Record<string, (...args: readonly unknown[]) => unknown>>;
}

let current: Run | undefined;

/** Says whose steps are being made from now on. @returns Whose it was before, to be set again afterwards. */
export function enter(run: Run | undefined): Run | undefined {
  const before = current;
  current = run;
  return before;
}

/** Whether the steps that are just now being run may `wait`: whether the event loop turns between them. */
export function canWait(): boolean {
  return current?.isSync === false;
}

function step<Name extends keyof Primitives>(call: Name) {
  type Args = Parameters<Primitives[Name]>;
  type Result = ReturnType<Primitives[Name]>;
  const steps = (...args: Args): Steps<Result> => new PrimitiveStep(call, args);
  /** What the function is in the synchronous forms of those that call it: see `callSync`. */
  steps.sync = (...args: Args): Result => current!.calls[call]!(...args) as Result;
  return steps;
}

/** A generator of one step, by hand, and the only result that it has: there is none cheaper. */
class PrimitiveStep<R> implements Steps<R> {
  done = false;
  value: unknown;
  readonly #call: Step['call'];
  readonly #args: Step['args'];

  constructor(call: Step['call'], args: Step['args']) {
    this.#call = call;
    this.#args = args;
  }

  next(value?: unknown): IteratorResult<Step, R> {
    if (this.value !== undefined) return { done: true, value: value as R };
    if (current?.isSync && this.#call !== 'wait') {
      this.value = current.calls[this.#call]!(...this.#args);
      this.done = true;
    } else {
      this.value = { call: this.#call, args: this.#args };
    }
    return this as IteratorResult<Step, R>;
  }

  throw(error: unknown): never {
    throw error;
  }

  return(value: R): IteratorResult<Step, R> {
    return { done: true, value };
  }

  [Symbol.iterator](): this {
    return this;
  }
}

/** Runs steps to their end within a synchronous run: all calls are made on the spot. */
export function finish<R>(steps: Steps<R>): R {
  let turn = steps.next();
  while (!turn.done) turn = steps.throw(new TypeError('Synchronous steps cannot wait'));
  return turn.value;
}

export const open = step('open');
export const close = step('close');
export const read = step('read');
export const write = step('write');
export const fsync = step('fsync');
export const flush = step('flush');
export const ftruncate = step('ftruncate');
export const fstat = step('fstat');
export const fchmod = step('fchmod');
export const fchown = step('fchown');
export const futimes = step('futimes');
export const lstat = step('lstat');
export const stat = step('stat');
export const access = step('access');
export const readlink = step('readlink');
export const rename = step('rename');
export const link = step('link');
export const unlink = step('unlink');
export const copyFile = step('copyFile');
export const mkdir = step('mkdir');
export const readdir = step('readdir');
export const statfs = step('statfs');

export const native = step('native');

/** For callers that expect steps where there is nothing to do. */
export const noSteps: Steps<void> = {
  next: () => ({ done: true, value: undefined }),
  throw(error: unknown): never {
    throw error;
  },
  return: () => ({ done: true, value: undefined }),
  [Symbol.iterator]: () => noSteps,
};

/** Steps that fail before the first of them. */
export function* refused(error: unknown): Steps<never> {
  yield* noSteps;
  throw error;
}

/** Waits for somebody else, such as the caller's async iterable or another write. Asynchronous runners only. */
export function wait<T>(promise: PromiseLike<T>): Steps<T> {
  return new PrimitiveStep('wait', [promise]);
}

/**
 * Makes the calls of these steps synchronously even where they are run asynchronously.
 *
 * For calls whose effect must not come later than a synchronous write that the program makes meanwhile.
 */
export function atOnce<R>(steps: Steps<R>): Steps<R> {
  return current === undefined || current.isSync ? steps : madeAtOnce(steps, current.calls);
}

function* madeAtOnce<R>(steps: Steps<R>, calls: Run['calls']): Steps<R> {
  const before = enter({ isSync: true, calls });
  try {
    return yield* steps;
  } finally {
    enter(before);
  }
}
