// One whole-file write, from the question which file is meant to the durable new content.

import { namingTarget } from '../ground/errors';
import type { Steps } from '../steps/step';
import { type WriteRequest, beginStage } from './begin-stage';
import { commitStage } from './commit';
import { type Stage, discardStage } from './stage';
import type { Volume } from './volume';

/** How a staged file gets its content and its end. */
export interface Completion {
  /** Writes the content into the staged file. */
  readonly fill: (stage: Stage, fd: number) => Steps<void>;
  /** Whether the caller asked for an fsync (node's `flush: true`) on top of what the durability says. */
  readonly flush: boolean;
  /** Whether the event loop runs between the steps, so that the process can exit in the middle of them. */
  readonly interruptible: boolean;
}

/**
 * Replaces a file's content.
 *
 * @returns False where node's own call is to be made instead; nothing has happened then.
 * @throws What failed first, naming the target. It is untouched, unless the error says `published: true`.
 */
export function replaceFile(volume: Volume, request: WriteRequest & Completion): Steps<boolean> {
  return volume.underWay.during(replace(volume, request));
}

function* replace(volume: Volume, request: WriteRequest & Completion): Steps<boolean> {
  const stage = yield* beginStage(volume, request);
  if (stage === undefined) return false;
  yield* completeStage(stage, request);
  return true;
}

/** Fills and commits a staged file, or discards it. */
export function* completeStage(stage: Stage, { fill, flush, interruptible }: Completion): Steps<void> {
  const { pending } = stage.volume;
  if (interruptible) pending.add({ stage, isComplete: () => false });
  try {
    yield* fill(stage, stage.fd!);
    yield* commitStage(stage, flush);
  } catch (error) {
    yield* discardStage(stage);
    throw namingTarget(error, stage.target.asked);
  } finally {
    if (interruptible) pending.remove(stage);
  }
}
