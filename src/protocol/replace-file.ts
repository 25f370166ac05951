// One whole-file write, from the question which file is meant to the durable new content.

import { namingTarget } from '../ground/errors';
import type { Steps } from '../steps/step';
import { type WriteRequest, beginStage } from './begin-stage';
import { commitStage } from './commit';
import { inOrder } from './landing-order';
import type { Turn } from './landing-site';
import { STALE_SEED } from './publish';
import { type Slot, inSlot } from './slots';
import { type Stage, discardStage } from './stage';
import type { Volume } from './volume';
import { WriteUnderWay } from './write-under-way';

/** How a staged file gets its content and its end. */
export interface Completion {
  /** Writes the content into the staged file. */
  fill(stage: Stage, fd: number): Steps<void>;
  /** Whether it needs the staged file to keep its name meanwhile. */
  readonly fillsByName?: true;
  /** Throws if the caller has given up. */
  readonly checkpoint?: () => void;
  /** Whether the caller asked for an fsync (node's `flush: true`) on top of what the durability says. */
  readonly flush: boolean;
  /** Whether the event loop runs between the steps, so that the process can exit in the middle of them. */
  readonly interruptible: boolean;
}

/** How often an addition is made anew because something else has landed meanwhile. */
const REPETITIONS_MAX = 1000;

/**
 * Replaces a file's content. It is overtaken by whatever else is called later and lands earlier.
 *
 * @param turn Its place in the order of the calls, if it has one already.
 * @returns False where node's own call is to be made instead; nothing has happened then.
 * @throws What failed first, naming the target. It is untouched, unless the error says `published: true`.
 */
export function replaceFile(volume: Volume, request: WriteRequest & Completion, turn?: Turn): Steps<boolean> {
  if (!request.interruptible) return replace(volume, request);
  const write = (taken: Turn | undefined): Steps<boolean> => inSlot((slot) => replace(volume, request, taken, slot));
  return turn === undefined ? inOrder(volume.landingOrder, write) : write(turn);
}

function* replace(volume: Volume, request: WriteRequest & Completion, turn?: Turn, slot?: Slot): Steps<boolean> {
  const { underWay } = volume;
  underWay.begin();
  try {
    request.checkpoint?.();
    for (let attempt = 1; ; attempt++) {
      const stage = yield* beginStage(volume, request, turn, slot);
      if (stage === undefined) return false;
      try {
        yield* completeStage(stage, request);
        return true;
      } catch (error) {
        if (error !== STALE_SEED || attempt === REPETITIONS_MAX) throw error;
      }
    }
  } finally {
    underWay.end();
  }
}

/** Fills and commits a staged file, or discards it. */
export function* completeStage(stage: Stage, completion: Completion): Steps<void> {
  const { flush, interruptible, fillsByName = false } = completion;
  const underWay = interruptible ? new WriteUnderWay(stage) : undefined;
  underWay?.begin();
  if (!fillsByName) underWay?.show();
  try {
    yield* completion.fill(stage, stage.fd!);
    completion.checkpoint?.();
    if (fillsByName) underWay?.show();
    underWay?.close();
    yield* commitStage(stage, flush);
  } catch (error) {
    yield* discardStage(stage);
    throw namingTarget(error, stage.target.asked);
  } finally {
    underWay?.end();
  }
}
