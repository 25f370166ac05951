// A step is one primitive call that the protocol asks for; a protocol is a generator of steps. Who runs it decides how each
// call is made, so the same text serves sync, callback and promise callers, and every gap between two steps is a crash
// point that the crash lab can name.

import type { Primitives } from './host';

export interface Step {
  readonly call: keyof Primitives | 'wait';
  readonly args: readonly unknown[];
  /** Made on the calling thread by every runner: see `atOnce`. */
  readonly atOnce?: true;
}

/** A protocol that yields steps and ends with an `R`. Run it with `runSync`, `runCallback` or `runPromise`. */
export type Steps<R> = Generator<Step, R, unknown>;

type Calls = Readonly<Record<string, (...args: readonly unknown[]) => unknown>>;

let atHand: Calls | undefined;

/**
 * Lets every step that is begun from now on be made on the spot, by these calls, and not be yielded: a synchronous run
 * need not go out through all the generators and in again for each call, which would cost it as much as the calls do.
 *
 * @returns What it was before, to be set again afterwards.
 */
export function makeStepsBy(calls: Calls | undefined): Calls | undefined {
  const before = atHand;
  atHand = calls;
  return before;
}

function step<Name extends keyof Primitives>(call: Name) {
  return (...args: Parameters<Primitives[Name]>): Steps<ReturnType<Primitives[Name]>> => new PrimitiveStep(call, args);
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
    if (atHand === undefined) {
      this.value = { call: this.#call, args: this.#args };
    } else {
      this.value = atHand[this.#call]!(...this.#args);
      this.done = true;
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
export function* wait<T>(promise: PromiseLike<T>): Steps<T> {
  return (yield { call: 'wait', args: [promise] }) as T;
}

/**
 * Makes the calls of these steps synchronously even where they are run asynchronously.
 *
 * For calls whose effect must not come later than a synchronous write that the program makes meanwhile, and for those
 * that never leave the kernel's memory, where the way to a thread and back costs ten times as much.
 */
export function atOnce<R>(steps: Steps<R>): Steps<R> {
  // A synchronous run makes every call at once.
  return atHand === undefined ? markedAtOnce(steps) : steps;
}

function* markedAtOnce<R>(steps: Steps<R>): Steps<R> {
  let turn = steps.next();
  while (!turn.done) {
    let value: unknown;
    try {
      value = yield { ...turn.value, atOnce: true };
    } catch (error) {
      turn = steps.throw(error);
      continue;
    }
    turn = steps.next(value);
  }
  return turn.value;
}
