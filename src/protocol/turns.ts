// Whole-file writes of one path take turns: one is made at a time, in the order of their calls. Those that wait are
// coalesced: only the newest of them is made, and stands for the others.

import { isSystemError, namingTarget } from '../ground/errors';
import { isExclusive } from '../settings/flags';
import { type Steps, wait } from '../steps/step';
import type { WriteRequest } from './begin-stage';
import { counts } from './counts';
import { type Completion, replaceFile } from './replace-file';
import type { Volume } from './volume';

/** A whole-file write whose data is at hand. */
export interface WholeWrite extends WriteRequest, Completion {
  readonly checkpoint: () => void;
}

/**
 * Makes an asynchronous whole-file write in its turn, or lets a newer one with the same options stand for it.
 *
 * @returns What `replaceFile` returns, of the write that was made.
 * @throws What the write that was made failed with, naming the target as this caller wrote it.
 */
export function* writeInTurn(volume: Volume, request: WholeWrite): Steps<boolean> {
  const turn = volume.landingOrder.take();
  try {
    const place = volume.queues.join(request);
    const outcome = place.admission && (yield* wait(place.admission));
    if (outcome !== undefined) return settleAs(outcome, request);
    return yield* writeForAll(place.queue, volume, { ...request, turn });
  } finally {
    volume.landingOrder.giveBack(turn);
  }
}

function* writeForAll(queue: Queue, volume: Volume, request: WholeWrite): Steps<boolean> {
  let replaced: boolean;
  try {
    request.checkpoint();
    replaced = yield* replaceFile(volume, request);
  } catch (error) {
    // What is wrong with this write alone, such as an abort of it, is no reason for the others to fail.
    if (isSystemError(error)) yield* queue.settle({ error });
    else queue.handOn();
    throw error;
  }
  yield* queue.settle({ replaced });
  return replaced;
}

/** Ends as the write that was made for this one as well. */
function settleAs(outcome: Outcome, { checkpoint, path }: WholeWrite): boolean {
  checkpoint();
  if ('error' in outcome) throw namingTarget(outcome.error, path.asked);
  if (outcome.replaced) counts.superseded++;
  return outcome.replaced;
}

type Outcome = { readonly replaced: boolean } | { readonly error: unknown };

/** A write that has called for its turn. */
interface Place {
  readonly queue: Queue;
  /** Settles with nothing when this write is to be made, or with how another ended that stands for it. */
  readonly admission: Promise<Outcome | undefined> | undefined;
}

interface Member {
  readonly request: WholeWrite;
  readonly admit: (outcome: Outcome | undefined) => void;
}

/** The queues of the paths that are being written. */
export class Queues {
  readonly #byPath = new Map<string, Queue>();

  join(request: WholeWrite): Place {
    const path = request.path.absolute;
    const queue = this.#byPath.get(path);
    if (queue !== undefined) return { queue, admission: queue.add(request) };
    const created = new Queue(request, () => this.#byPath.delete(path));
    this.#byPath.set(path, created);
    return { queue: created, admission: undefined };
  }
}

/** The writes of one path. Each is in a batch, of which only the newest is made. */
class Queue {
  /** The batch whose newest write is being made; the newest is the last. */
  #current: Member[];
  readonly #waiting: Member[][] = [];
  readonly #end: () => void;

  constructor(first: WholeWrite, end: () => void) {
    this.#current = [{ request: first, admit: () => {} }];
    this.#end = end;
  }

  add(request: WholeWrite): Promise<Outcome | undefined> {
    return new Promise((admit) => {
      const member: Member = { request, admit };
      const last = this.#waiting.at(-1);
      if (last !== undefined && canStandFor(request, last.at(-1)!.request)) last.push(member);
      else this.#waiting.push([member]);
    });
  }

  /** Ends the present batch as its newest write has ended, and begins the next. */
  *settle(outcome: Outcome): Steps<void> {
    const others = this.#current.slice(0, -1);
    for (const { admit } of others) admit(outcome);
    this.#begin(this.#waiting.shift());
    // They were called before the newest, and are told before it; some make node's own call then.
    if (others.length > 0) yield* wait(Promise.resolve());
  }

  /** Leaves the present batch to the newest write but the one that was being made. */
  handOn(): void {
    this.#current.pop();
    this.#begin(this.#current.length > 0 ? this.#current : this.#waiting.shift());
  }

  #begin(batch: Member[] | undefined): void {
    if (batch === undefined) {
      this.#end();
      return;
    }
    this.#current = batch;
    batch.at(-1)!.admit(undefined);
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
