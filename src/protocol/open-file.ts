// A file that a program opened for replacing and writes piece by piece: a descriptor of a staged file, committed when it
// is closed.

import { asPublished, codeOf, namingTarget, systemError } from '../ground/errors';
import { losesBytes } from '../ground/platform';
import { type Steps, fstat } from '../steps/step';
import { type WriteRequest, beginStage } from './begin-stage';
import { commitOpenStage, commitStage } from './commit';
import { countNative } from './counts';
import { type Stage, closeStage, discardStage, flushStage } from './stage';
import type { Volume } from './volume';

export class OpenFile {
  /** A stream gave it up before its end. */
  isAbandoned = false;
  isClosing = false;
  /** Published while open, and perhaps written to since. */
  isLive = false;
  /** How many bytes a stream holds for it that are not written yet. */
  bytesBuffered: () => number = () => 0;
  /** The first failure that lost bytes. The file can no longer become what the program meant. */
  #loss: unknown;

  constructor(
    readonly volume: Volume,
    readonly stage: Stage,
    readonly fd: number,
  ) {}

  /** Notes that a call on the descriptor failed. */
  noteFailure(error: unknown): void {
    if (losesBytes(codeOf(error))) this.#loss ??= error;
  }

  /**
   * Notes how many of a write's bytes were accepted. On a regular file fewer than all means that there was no room for
   * the rest; a program that goes on with the rest makes it good, or runs into the error itself.
   */
  noteWrite(requested: number, written: number): void {
    if (written < requested) this.#loss ??= SHORT_WRITE;
    else if (this.#loss === SHORT_WRITE) this.#loss = undefined;
  }

  /** Why the staged bytes are not what the program wrote, if they are not. */
  get loss(): unknown {
    return this.#loss === SHORT_WRITE ? systemError('ENOSPC', 'write', this.stage.target.asked) : this.#loss;
  }

  isComplete(): boolean {
    return this.#loss === undefined && !this.isAbandoned && this.bytesBuffered() === 0;
  }
}

const SHORT_WRITE = Symbol('short write');

/** Opens the staged file; undefined where node's own open is to be called instead. */
export function* openReplacing(volume: Volume, request: WriteRequest): Steps<OpenFile | undefined> {
  if ((process as { _exiting?: boolean })._exiting) {
    // Nothing runs after 'exit' that could publish it.
    countNative('exiting');
    return undefined;
  }
  const stage = yield* beginStage(volume, { ...request, identify: true });
  if (stage === undefined) return undefined;
  const fd = stage.fd!;
  yield* settleLost(volume.openFiles.get(fd));
  const file = new OpenFile(volume, stage, fd);
  volume.openFiles.set(fd, file);
  volume.pending.add(file);
  return file;
}

/**
 * Closes the descriptor and settles its staged file: published if it is what the program meant, else discarded.
 *
 * @returns False if the number turns out to belong to some other file by now; that one is left open.
 * @throws What kept the file from being published.
 */
export function* closeOpenFile(file: OpenFile): Steps<boolean> {
  const { volume, stage, fd } = file;
  file.isClosing = true;
  volume.openFiles.delete(fd);
  try {
    if (stage.state === 'published') {
      yield* closePublished(file);
      return true;
    }
    if (file.loss !== undefined) throw file.loss;
    if (file.isAbandoned) {
      yield* discardStage(stage);
      return true;
    }
    const isOurs = yield* isStillOurs(file);
    if (!isOurs) stage.fd = undefined;
    yield* commitStage(stage);
    return isOurs;
  } catch (error) {
    yield* discardStage(stage);
    throw namingTarget(error, stage.target.asked);
  } finally {
    volume.pending.remove(stage);
  }
}

/**
 * Publishes what has been written so far and leaves the descriptor open: it is the target's own from now on.
 *
 * @param flush Whether to fsync even where the durability does not ask for it.
 */
export function* publishOpenFile(file: OpenFile, flush = false): Steps<void> {
  const { stage } = file;
  file.isClosing = true;
  try {
    if (file.loss !== undefined) throw file.loss;
    yield* commitOpenStage(stage, flush);
  } catch (error) {
    file.isAbandoned = true;
    throw namingTarget(error, stage.target.asked);
  } finally {
    file.isClosing = false;
    if (stage.state === 'published') file.volume.pending.remove(stage);
  }
}

function* closePublished({ stage, isLive }: OpenFile): Steps<void> {
  try {
    if (isLive) yield* flushStage(stage);
    yield* closeStage(stage);
  } catch (error) {
    throw asPublished(error);
  }
}

/** Whether the number still belongs to the staged file: one closed behind our back is soon reused for another. */
function* isStillOurs({ fd, stage: { identity } }: OpenFile): Steps<boolean> {
  try {
    const found = yield* fstat(fd);
    return found.dev === identity?.dev && found.ino === identity.ino;
  } catch (error) {
    if (codeOf(error) === 'EBADF') return false;
    throw error;
  }
}

/** Commits a staged file whose descriptor somebody closed without us: what was written to it is all there is. */
function* settleLost(file: OpenFile | undefined): Steps<void> {
  if (file === undefined) return;
  file.stage.fd = undefined;
  file.volume.openFiles.delete(file.fd);
  if (file.stage.state !== 'open') return;
  try {
    yield* closeOpenFile(file);
  } catch {
    // Whoever closed it is not waiting for an answer.
  }
}
