// How many writes are under way at once. Each step of a write occupies a thread of node's pool for a while, and everything
// else that the program asks of the file system has to wait for a thread as well. A thousand writes that are called together
// must not all stand before it: they are made a few at a time, in the order of their calls.

import { type Steps, canWait, wait } from '../steps/step';

/**
 * Measured on ext4 in memory, 4 threads, 256 writers at once: an unrelated stat waits 5 ms with 16 slots, 9 with 64, 25
 * without a limit (99th percentile), and a write takes 300, 233 and 178 µs. The more fsyncs come together, the fewer times
 * the device is flushed.
 */
const SLOTS = 64;

let free = SLOTS;
const waiting: (() => void)[] = [];

/** The place of one asynchronous write among those that are under way. */
export class Slot {
  #isHeld = false;

  *enter(): Steps<void> {
    if (free > 0) free--;
    else yield* wait(new Promise<void>((resolve) => waiting.push(resolve)));
    this.#isHeld = true;
  }

  /** Gives the slot to the next in the line. Does nothing if it has been left before. */
  leave(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    const next = waiting.shift();
    if (next === undefined) free++;
    else next();
  }

  /** Leaves the slot to others while these steps wait for the program: it may itself be waiting for another write. */
  *outside<R>(steps: Steps<R>): Steps<R> {
    this.leave();
    try {
      return yield* steps;
    } finally {
      yield* this.enter();
    }
  }
}

/** Runs the steps of a write when there is a slot for it; a synchronous one never waits. */
export function* inSlot<R>(write: (slot: Slot | undefined) => Steps<R>): Steps<R> {
  if (!canWait()) return yield* write(undefined);
  const slot = new Slot();
  yield* slot.enter();
  try {
    return yield* write(slot);
  } finally {
    slot.leave();
  }
}
