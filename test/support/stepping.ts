// Protocols driven by hand, one step after the other, to make each step fail or to stop before it as a crash does.

import type { Host } from '../../src/steps/host';
import type { Step, Steps } from '../../src/steps/step';

/** What is to become of a step: undefined lets it be made. */
export type Verdict = 'crash' | { readonly fails: string } | { readonly answers: unknown } | undefined;

/** @param index Counts the steps of one playing from 0. */
export type Decide = (step: Step, index: number) => Verdict;

export interface Played<R> {
  /** The calls that were asked for, the last of them perhaps not made. */
  readonly calls: string[];
  readonly steps: Step[];
  readonly end: 'returned' | 'threw' | 'crashed';
  readonly result?: R;
  readonly error?: NodeJS.ErrnoException & { published?: true; dest?: string };
}

/** Makes the steps one after the other through the host's synchronous functions. */
export function play<R>(steps: Steps<R>, host: Host, decide: Decide = () => undefined): Played<R> {
  const made: Step[] = [];
  const report = (end: Played<R>['end'], more: Partial<Played<R>> = {}): Played<R> => ({
    calls: made.map(({ call }) => call),
    steps: made,
    end,
    ...more,
  });
  try {
    return report('returned', { result: drive(steps, host, decide, made) });
  } catch (error) {
    return error === CRASH ? report('crashed') : report('threw', { error: error as NodeJS.ErrnoException });
  }
}

const CRASH = Symbol('crash');

function drive<R>(steps: Steps<R>, host: Host, decide: Decide, made: Step[]): R {
  let turn = steps.next();
  while (!turn.done) {
    let value: unknown;
    try {
      value = answerTo(turn.value, host, decide, made);
    } catch (error) {
      // Nothing runs after a crash: no handler of the protocol's, and no cleaning up.
      if (error === CRASH) throw error;
      turn = steps.throw(error);
      continue;
    }
    turn = steps.next(value);
  }
  return turn.value;
}

function answerTo(step: Step, host: Host, decide: Decide, made: Step[]): unknown {
  const verdict = decide(step, made.push(step) - 1);
  if (verdict === 'crash') throw CRASH;
  if (verdict !== undefined && 'fails' in verdict) throw failure(verdict.fails, step.call);
  if (verdict !== undefined) return verdict.answers;
  return (host.sync as unknown as Record<string, (...args: readonly unknown[]) => unknown>)[step.call]!(...step.args);
}

/** An error as the system makes it, without the path that it would name. */
export function failure(code: string, syscall: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: it failed, ${syscall}`), { code, syscall });
}

/** Lets the first step that matches fail. */
export function failing(call: Step['call'], code: string, isMeant: (step: Step) => boolean = () => true): Decide {
  let isDone = false;
  return (step) => {
    if (isDone || step.call !== call || !isMeant(step)) return undefined;
    isDone = true;
    return { fails: code };
  };
}

/** Stops before one step. */
export function crashingBefore(index: number): Decide {
  return (_, current) => (current === index ? 'crash' : undefined);
}
