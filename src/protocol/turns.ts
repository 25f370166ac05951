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
  readonly host: () => Host;
  /** Gets what `replaceFile` returns, of the write that was made. */
  readonly resolve: (replaced: boolean) => void;
  /** Gets what the write that was made failed with, naming the target as this caller wrote it. */
  readonly reject: (error: unknown) => void;
}

/** Makes an asynchronous whole-file write in its turn, or lets a newer one with the same options stand for it. */
export function writeInTurn(volume: Volume, request: WholeWrite, caller: Caller): void {
  const { queues, landingOrder } = volume;
  const write: Write = { volume, request, caller, turn: landingOrder.take() };
  const path = request.path.absolute;
  const queue = queues.get(path);
  if (queue !== undefined) {
    queue.add(new WaitingWrite(write));
    return;
  }
  const created = new Queue(() => queues.delete(path));
  queues.set(path, created);
  created.make(write);
}

/** A write that has been called for. */
interface Write {
  readonly volume: Volume;
  readonly request: WholeWrite;
  readonly caller: Caller;
  readonly turn: Turn;
}

type Outcome = { readonly replaced: boolean } | { readonly error: unknown };

function end({ caller }: Write, outcome: Outcome): void {
  if ('error' in outcome) caller.reject(outcome.error);
  else caller.resolve(outcome.replaced);
}

/** Goes on in the async context of its call, and each time in a tick of its own, because a caller's callback may throw. */
class WaitingWrite {
  readonly #scope = new AsyncResource('INTACTWRITE');

  constructor(readonly write: Write) {}

  make(queue: Queue): void {
    process.nextTick(() => this.#scope.runInAsyncScope(() => queue.make(this.write)));
  }

  /** Ends as the write did that was made for this one as well. */
  endAs(outcome: Outcome): void {
    const { volume, turn } = this.write;
    volume.landingOrder.giveBack(turn);
    process.nextTick(() => this.#scope.runInAsyncScope(endAs, undefined, this.write, outcome));
  }
}

function endAs(write: Write, outcome: Outcome): void {
  const { checkpoint, path } = write.request;
  try {
    checkpoint();
  } catch (error) {
    end(write, { error });
    return;
  }
  if ('error' in outcome) {
    end(write, { error: namingTarget(outcome.error, path.asked) });
  } else {
    if (outcome.replaced) counts.superseded++;
    end(write, outcome);
  }
}

/** The writes of one path. Each is in a batch, of which only the newest is made; the newest is the last. */
export class Queue {
  /** The rest of the batch whose newest write is being made. */
  #others: WaitingWrite[] = [];
  readonly #batches: WaitingWrite[][] = [];
  readonly #over: () => void;

  constructor(over: () => void) {
    this.#over = over;
  }

  add(waiting: WaitingWrite): void {
    const last = this.#batches.at(-1);
    if (last !== undefined && canStandFor(waiting.write.request, last.at(-1)!.write.request)) last.push(waiting);
    else this.#batches.push([waiting]);
  }

  /** Makes a write, and after it those that have come meanwhile. */
  make(write: Write): void {
    const { volume, request, caller, turn } = write;
    runCallback(
      replaceFile(volume, request, turn),
      caller.host(),
      (replaced) => this.#settle(write, { replaced }),
      (error) => {
        // What is wrong with this write alone, such as an abort of it, is no reason for the others to fail.
        if (isSystemError(error)) this.#settle(write, { error });
        else this.#leave(write, error);
      },
    );
  }

  /** Ends the present batch as its newest write has ended. */
  #settle(write: Write, outcome: Outcome): void {
    const others = this.#others;
    for (const other of others) other.endAs(outcome);
    this.#begin(this.#batches.shift());
    this.#end(write, outcome, others.length > 0);
  }

  /** Leaves the present batch to the newest write but this one. */
  #leave(write: Write, error: unknown): void {
    this.#begin(this.#others.length > 0 ? this.#others : this.#batches.shift());
    this.#end(write, { error }, false);
  }

  #begin(batch: WaitingWrite[] | undefined): void {
    const newest = batch?.pop();
    this.#others = batch ?? [];
    if (newest === undefined) this.#over();
    else newest.make(this);
  }

  #end(write: Write, outcome: Outcome, isAfterOthers: boolean): void {
    write.volume.landingOrder.giveBack(write.turn);
    // The others were called before it, and are told before it; some make node's own call then.
    if (isAfterOthers) process.nextTick(end, write, outcome);
    else end(write, outcome);
  }
}

/** Whether after the newer write nobody can tell that the older one was not made. */
function canStandFor(newer: WholeWrite, older: WholeWrite): boolean {
  return isReplacing(newer) && isReplacing(older) && OPTIONS.every((option) => newer[option] === older[option]);
}

/** An addition is not undone by the next one, and of two that create the file one must fail. */
function isReplacing({ seed, flags }: WholeWrite): boolean {
  return !seed && !isExclusive(flags);
}

const OPTIONS = ['flags', 'mode', 'flush', 'settings', 'treatment', 'inherit'] as const satisfies (keyof WholeWrite)[];
