// Whole-file writes of one path take turns: one is made at a time, in the order of their calls. Those that wait are
// coalesced: only the newest of them is made, and stands for the others. Of a burst hardly any is made, so one that waits is
// little more than what was asked for.

import { AsyncResource } from 'node:async_hooks';
import { isSystemError, namingTarget } from '../ground/errors';
import { isExclusive } from '../settings/flags';
import type { Host } from '../steps/host';
import { runCallback } from '../steps/run';
import type { WriteRequest } from './begin-stage';
import { counts } from './counts';
import type { Turn } from './landing-site';
import { type Completion, replaceFile } from './replace-file';
import type { Volume } from './volume';

/** A whole-file write whose data is at hand. */
export interface WholeWrite extends WriteRequest, Completion {
  readonly checkpoint: () => void;
}

/** Who has called for a write. */
export interface Caller {
  /** What it is made on, if it is made. */
  host(write: WholeWrite): Host;
  /** Gets what `replaceFile` returns, of the write that was made. */
  resolve(replaced: boolean): void;
  /** Gets what the write that was made failed with, naming the target as this caller wrote it. */
  reject(error: unknown): void;
}

/** Makes an asynchronous whole-file write in its turn, or lets a newer one with the same options stand for it. */
export function writeInTurn(volume: Volume, request: WholeWrite, caller: Caller): void {
  const { queues } = volume;
  const path = request.path.absolute;
  let queue = queues.get(path);
  if (queue === undefined) {
    queue = new Queue(() => queues.delete(path));
    queues.set(path, queue);
    // Not at once: of all that are called for in this tick only the newest is made.
    queue.beginSoon();
  }
  queue.add(new Write(volume, request, caller));
}

type Outcome = { readonly replaced: boolean } | { readonly error: unknown };

/** A write that has been called for. It is made, and told how it ended, in the async context of its call. */
class Write extends AsyncResource {
  readonly #turn: Turn;

  constructor(
    readonly volume: Volume,
    readonly request: WholeWrite,
    readonly caller: Caller,
  ) {
    super('INTACTWRITE');
    this.#turn = volume.landingOrder.take();
  }

  make(settle: (outcome: Outcome) => void): void {
    const replacing = replaceFile(this.volume, this.request, this.#turn);
    const resolve = (replaced: boolean): void => settle({ replaced });
    const reject = (error: unknown): void => settle({ error });
    this.runInAsyncScope(runCallback, undefined, replacing, this.caller.host(this.request), resolve, reject);
  }

  end(outcome: Outcome): void {
    this.volume.landingOrder.giveBack(this.#turn);
    this.runInAsyncScope(tell, undefined, this.caller, outcome);
  }

  /** Ends as the newer write did that was made for this one as well. */
  endAs(outcome: Outcome): void {
    this.end(this.#own(outcome));
  }

  #own(outcome: Outcome): Outcome {
    const { checkpoint, path } = this.request;
    try {
      checkpoint();
    } catch (error) {
      return { error };
    }
    if ('error' in outcome) return { error: namingTarget(outcome.error, path.asked) };
    if (outcome.replaced) counts.superseded++;
    return outcome;
  }
}

function tell(caller: Caller, outcome: Outcome): void {
  if ('error' in outcome) caller.reject(outcome.error);
  else caller.resolve(outcome.replaced);
}

/** Writes of which only the newest, which is the last, is made. */
type Batch = Write[];

/** The writes of one path that have been called for and not begun. */
export class Queue {
  readonly #batches: Batch[] = [];
  readonly #over: () => void;

  /** @param over Called when nothing is to be made any more. */
  constructor(over: () => void) {
    this.#over = over;
  }

  add(write: Write): void {
    const last = this.#batches.at(-1);
    if (last !== undefined && canStandFor(write.request, last.at(-1)!.request)) last.push(write);
    else this.#batches.push([write]);
  }

  beginSoon(): void {
    process.nextTick(() => this.#begin());
  }

  #begin(): void {
    const batch = this.#batches.shift();
    if (batch === undefined) this.#over();
    else batch.at(-1)!.make((outcome) => this.#settle(batch, outcome));
  }

  #settle(batch: Batch, outcome: Outcome): void {
    this.beginSoon();
    if ('error' in outcome && !isSystemError(outcome.error)) {
      // What is wrong with this write alone, such as an abort of it, is no reason for the others to fail.
      const newest = batch.pop()!;
      if (batch.length > 0) this.#batches.unshift(batch);
      newest.end(outcome);
    } else {
      endAll(batch, outcome);
    }
  }
}

/** Ends writes in the order of their calls. What a caller throws is its own, and keeps nobody else from being told. */
function endAll(batch: Batch, outcome: Outcome, from = 0): void {
  let index = from;
  try {
    for (; index < batch.length - 1; index++) batch[index]!.endAs(outcome);
    if (index < batch.length) batch[index]!.end(outcome);
  } finally {
    if (index < batch.length - 1) process.nextTick(endAll, batch, outcome, index + 1);
  }
}

/** Whether after the newer write nobody can tell that the older one was not made. */
function canStandFor(newer: WholeWrite, older: WholeWrite): boolean {
  return isReplacing(newer) && isReplacing(older) && haveSameOptions(newer, older);
}

/** Spelt out: a name that stands in a variable takes ten times as long to look up, and each of many writes is asked. */
function haveSameOptions(one: WholeWrite, other: WholeWrite): boolean {
  return (
    one.flags === other.flags &&
    one.mode === other.mode &&
    one.flush === other.flush &&
    one.settings === other.settings &&
    one.treatment === other.treatment &&
    one.inherit === other.inherit
  );
}

/** An addition is not undone by the next one, and of two that create the file one must fail. */
function isReplacing({ seed, flags }: WholeWrite): boolean {
  return !seed && !isExclusive(flags);
}
