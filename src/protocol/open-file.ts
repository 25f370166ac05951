// A file that a program opened for replacing and writes piece by piece: descriptors of a staged file, which is committed
// when the last of them is closed.

import { asPublished, codeOf, namingTarget, systemError } from '../ground/errors';
import { losesBytes } from '../ground/platform';
import { WRITE_REGULAR, refusesSymlinks, replacesContent, sharingFlags, withoutTruncation } from '../settings/flags';
import { type Steps, atOnce, canWait, close, fstat, ftruncate, open, wait } from '../steps/step';
import { type WriteRequest, beginStage } from './begin-stage';
import { commitOpenStage, commitStage, notePublished } from './commit';
import { countNative } from './counts';
import { inOrder } from './landing-order';
import type { Turn } from './landing-site';
import { inSlot } from './slots';
import { type Stage, closeStage, discardStage, flushStage, isInPlace } from './stage';
import { type HandedOver, continues, restOf } from './short-write';
import { withdraw } from './publish';
import { followMoves } from './staged-place';
import type { Pending } from './pending';
import type { Shown, Sighting } from './view';
import type { Volume } from './volume';

export class OpenFile implements Pending, Shown {
  isClosing = false;
  /** Its commit under way, which settles with it. */
  committing: Promise<void> | undefined;
  /** Published while open, and perhaps written to since. */
  isLive = false;
  /** Streams that write to it, and may hold bytes that are not written yet. */
  readonly streams = new Set<{ readonly writableLength: number }>();
  /** Calls on its descriptors that have not come back yet. */
  callsUnderWay = 0;
  readonly descriptors = new Set<number>();
  /** How many have opened it or written to it by its path, and have not given it up. */
  #writers = 0;
  /** Whether it could not be published. */
  #hasFailed = false;
  /** The first failure that lost bytes. The file can no longer become what the program meant. */
  #loss: unknown;
  /** Why a call that was to write a whole content did not, until the program goes on. */
  #incomplete: unknown;
  /** Whether such a call ended by the program's own doing: an abort, an iterable of its own that failed. */
  #isCutShort = false;
  /** What a short or failed write left, until the program has written it. */
  #rest: { readonly bytes: HandedOver; readonly error: unknown } | undefined;

  constructor(
    readonly volume: Volume,
    readonly stage: Stage,
  ) {
    // From then on its path leads to it.
    stage.onPublished = () => volume.view.hide(this);
  }

  /** Notes that a call on a descriptor failed. */
  noteFailure(error: unknown): void {
    if (losesBytes(codeOf(error))) this.#loss ??= error;
  }

  /**
   * Notes the end of a call that was to write a whole content. Of one that failed nobody knows how far it got; a program
   * that goes on writing all the same has taken note of it.
   *
   * @param error Why it failed.
   */
  noteWriteFile(error?: unknown): void {
    if (hasNotBegun(error)) return;
    this.noteFailure(error);
    const isSystems = (error as { syscall?: unknown } | undefined)?.syscall !== undefined;
    this.#incomplete = isSystems ? error : undefined;
    this.#isCutShort = error !== undefined && !isSystems;
  }

  /**
   * Notes a write of which every byte was accepted.
   *
   * @returns False if that is not all there is to know of it: an earlier one left a rest, which this may be.
   */
  noteWholeWrite(): boolean {
    if (this.#rest !== undefined) return false;
    this.#incomplete = undefined;
    this.#isCutShort = false;
    return true;
  }

  /**
   * Notes how many of a write's bytes were accepted.
   *
   * @param error Why none were.
   */
  noteWrite(handed: HandedOver, accepted: number, error?: unknown): void {
    if (hasNotBegun(error)) return;
    if (error !== undefined) this.noteFailure(error);
    // The program goes on without the rest of an earlier write: that is lost for good.
    if (this.#rest !== undefined && !continues(this.#rest.bytes, handed)) return;
    this.#incomplete = undefined;
    this.#isCutShort = false;
    this.#rest = accepted < handed.bytes ? { bytes: restOf(handed, accepted), error } : undefined;
  }

  /** Notes that the file was emptied to be written anew. */
  noteTruncation(): void {
    this.#loss = undefined;
    this.#rest = undefined;
    this.#incomplete = undefined;
    this.#isCutShort = false;
    this.#hasFailed = false;
  }

  /** Notes somebody who writes it by its path, and not by one of these descriptors. */
  noteWriter(): void {
    this.#writers++;
  }

  /** Notes that one of those who write it, a stream, ends before it has written all. */
  noteAbandoned(): void {
    this.#writers--;
  }

  /** Notes that it could not be published: what the program was told then stays true. */
  noteUnpublished(): void {
    this.#hasFailed = true;
  }

  /** Why the staged bytes are not what the program wrote, if they are not. */
  get loss(): unknown {
    const loss = this.#loss ?? this.#incomplete;
    if (loss !== undefined || this.#rest === undefined) return loss;
    return this.#rest.error ?? systemError('ENOSPC', 'write', this.stage.target.asked);
  }

  get isHandedOver(): boolean {
    return this.isClosing;
  }

  readonly show = (): void => this.volume.view.show(this);

  /** Whether the program gave it up, and so knows: all streams of it destroyed, a writeFile aborted. */
  get isGivenUp(): boolean {
    return this.#writers <= 0 || this.#hasFailed || this.#isCutShort;
  }

  isComplete(): boolean {
    if (this.loss !== undefined || this.isGivenUp || this.callsUnderWay > 0) return false;
    return [...this.streams].every(({ writableLength }) => writableLength === 0);
  }

  /** Publishes what is there; whoever has a descriptor may write more. */
  readonly publish = (): Steps<void> => publishOpenFile(this);

  attach(fd: number): void {
    this.#writers++;
    this.descriptors.add(fd);
    this.volume.openFiles.set(fd, this);
  }

  /** @returns Whether other descriptors are left. */
  detach(fd: number): boolean {
    this.descriptors.delete(fd);
    this.volume.openFiles.delete(fd);
    const [other] = this.descriptors;
    if (other !== undefined && this.stage.fd === fd) this.stage.fd = other;
    return other !== undefined;
  }
}

/** Arguments that node refuses, and a number that somebody has closed already: what is in the file is all that was to be. */
function hasNotBegun(error: unknown): boolean {
  return codeOf(error).startsWith('ERR_') || codeOf(error) === 'EBADF';
}

/** Opens a staged file, or another descriptor of one; undefined where node's own open is to be called instead. */
export function* openReplacing(volume: Volume, request: WriteRequest): Steps<number | undefined> {
  if ((process as { _exiting?: boolean })._exiting) {
    // Nothing runs after 'exit' that could publish it.
    countNative('exiting');
    return undefined;
  }
  const sighting = volume.view.isEmpty
    ? undefined
    : volume.view.findContent(request.path, !refusesSymlinks(request.flags));
  const shared = sighting && (yield* openSharing(sighting, request));
  return shared ?? (yield* openStaged(volume, request));
}

function openStaged(volume: Volume, request: WriteRequest): Steps<number | undefined> {
  return volume.underWay.during(stageAndShow(volume, request));
}

function* stageAndShow(volume: Volume, request: WriteRequest): Steps<number | undefined> {
  const stage = yield* beginStage(volume, request);
  if (stage === undefined) return undefined;
  const fd = stage.fd!;
  yield* settleLost(volume.openFiles.get(fd), fd);
  if (isInPlace(stage.publishBy)) yield* holdInode(stage);
  const file = new OpenFile(volume, stage);
  file.attach(fd);
  volume.pending.add(file);
  volume.view.show(file);
  return fd;
}

/** Holds on to the inode that must stay: the program may rename or remove its names before the file is complete. */
function* holdInode(stage: Stage): Steps<void> {
  try {
    // At once, because a promise caller's host would answer with a handle, which must be closed as one.
    stage.inodeFd = yield* atOnce(open(stage.target.path, WRITE_REGULAR, 0));
  } catch (error) {
    yield* discardStage(stage);
    throw namingTarget(error, stage.target.asked, 'open');
  }
}

/** Opens what is already open once more, as a second `open('w')` of one file does: it is emptied, and both write to it. */
function* openSharing({ file, staged }: Sighting, request: WriteRequest): Steps<number | undefined> {
  // Closed by the program, and on its way to the target: this is a new file.
  if (isSettling(file)) return undefined;
  try {
    // Emptied only once it is certain that it is not on its way by then.
    const fd = yield* open(staged.stagedPath, withoutTruncation(sharingFlags(request.flags)), request.mode);
    if (isSettling(file)) {
      yield* close(fd);
      return undefined;
    }
    file.attach(fd);
    if (replacesContent(request.flags)) {
      yield* atOnce(ftruncate(fd, 0));
      file.noteTruncation();
    }
    return fd;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw namingTarget(error, request.path.asked);
  }
}

/** Whether it is being published or discarded, or has been. */
function isSettling({ isClosing, stage }: OpenFile): boolean {
  return isClosing || stage.state !== 'open';
}

/**
 * Closes a descriptor. With the last one its staged file is settled: published if it is what the program meant, else
 * discarded.
 *
 * @returns False if the number turns out to belong to some other file by now; that one is left open.
 * @throws What kept the file from being published.
 */
export function* closeOpenFile(file: OpenFile, fd: number): Steps<boolean> {
  if (file.detach(fd)) {
    yield* close(fd);
    return true;
  }
  file.isClosing = true;
  return yield* inOrder(file.volume.landingOrder, (turn) => oneAtATime(file, settleOpenFile(file, fd, turn)));
}

/** Commits a file when nobody else commits it, such as another stream that writes it. */
function* oneAtATime<R>(file: OpenFile, commit: Steps<R>): Steps<R> {
  if (!canWait()) {
    if (file.committing !== undefined) yield* takeOver(file);
    return yield* commit;
  }
  while (file.committing !== undefined) yield* wait(file.committing);
  let settle!: () => void;
  file.committing = new Promise((resolve) => (settle = resolve));
  try {
    return yield* commit;
  } finally {
    file.committing = undefined;
    settle();
  }
}

/** A synchronous commit cannot wait: it takes the file from the thread that is about to rename it, if that is not done yet. */
function* takeOver({ stage, volume }: OpenFile): Steps<void> {
  if (stage.state !== 'open' || isInPlace(stage.publishBy)) return;
  for (const name of stage.names) {
    if (yield* withdraw(name, volume)) continue;
    yield* notePublished(stage);
    return;
  }
}

function* settleOpenFile(file: OpenFile, fd: number, turn: Turn | undefined): Steps<boolean> {
  const { volume, stage } = file;
  file.isClosing = true;
  stage.turn = turn;
  volume.closing.set(fd, stage);
  try {
    if (isPublished(stage)) {
      yield* closePublished(file);
      return true;
    }
    if (stage.state === 'discarded') {
      yield* closeStage(stage);
      return true;
    }
    if (file.loss !== undefined) throw file.loss;
    if (file.isGivenUp) {
      yield* discardStage(stage);
      return true;
    }
    const isOurs = yield* identify(file, fd);
    yield* landInSlot(stage, commitStage(stage));
    return isOurs;
  } catch (error) {
    yield* discardStage(stage);
    throw namingTarget(error, stage.target.asked);
  } finally {
    // By now it may be the number of another one.
    if (volume.closing.get(fd) === stage) volume.closing.delete(fd);
    volume.view.hide(file);
    volume.pending.remove(stage);
    if (stage.inodeFd !== undefined) yield* close(stage.inodeFd);
  }
}

/** Whether a number that the program has closed already is still ours: to close it again would take the file from us. */
export function isBeingClosed({ closing }: Volume, fd: number): boolean {
  return closing.size > 0 && closing.get(fd)?.fd === fd;
}

/**
 * Publishes what has been written so far and leaves the descriptor open: it is the target's own from now on.
 *
 * @param flush Whether to fsync even where the durability does not ask for it.
 * @param isLast Whether nothing more is written. Else the target is one that somebody has open for writing, and is not
 * renamed over as long as that is so.
 */
export function* publishOpenFile(file: OpenFile, flush = false, isLast = false): Steps<void> {
  yield* inOrder(file.volume.landingOrder, (turn) => oneAtATime(file, publishInTurn(file, flush, isLast, turn)));
}

function* publishInTurn(file: OpenFile, flush: boolean, isLast: boolean, turn: Turn | undefined): Steps<void> {
  const { volume, stage } = file;
  // By another stream that writes it; what this one has written is in the same file, and is not flushed yet.
  if (isPublished(stage)) {
    if (file.isLive) yield* flushPublished(stage, flush);
    return;
  }
  // What the others still write could not follow: the last of them publishes all.
  if (isLast && isInPlace(stage.publishBy) && file.descriptors.size > 1) return;
  file.isClosing = true;
  stage.turn = turn;
  try {
    if (file.loss !== undefined) throw file.loss;
    if (stage.fd !== undefined) yield* identify(file, stage.fd);
    yield* landInSlot(stage, commitOpenStage(stage, flush));
  } catch (error) {
    // A synchronous close has come between, and published all: what is missing here is its staged file or its descriptor.
    if (isPublished(stage) && ['ENOENT', 'EBADF'].includes(codeOf(error))) return;
    file.noteUnpublished();
    throw namingTarget(error, stage.target.asked);
  } finally {
    file.isClosing = false;
    if (isPublished(stage)) {
      volume.view.hide(file);
      volume.pending.remove(stage);
      file.isLive = !isLast || file.descriptors.size > 1;
      if (file.isLive) for (const fd of file.descriptors) volume.nativeWriters.note(fd);
    }
  }
}

function* landInSlot(stage: Stage, commit: Steps<void>): Steps<void> {
  yield* inSlot((slot) => {
    stage.slot = slot;
    return commit;
  });
}

function isPublished({ state }: Stage): boolean {
  return state === 'published';
}

function* closePublished({ stage, isLive }: OpenFile): Steps<void> {
  if (isLive) yield* flushPublished(stage);
  try {
    yield* closeStage(stage);
  } catch (error) {
    throw asPublished(error);
  }
}

function* flushPublished(stage: Stage, isAsked = false): Steps<void> {
  try {
    yield* flushStage(stage, isAsked);
  } catch (error) {
    throw asPublished(error);
  }
}

/**
 * Looks whether the number still belongs to the staged file, whether that has any name left, and where.
 *
 * A descriptor that was closed behind our back is soon reused for another file. A staged file that somebody has removed,
 * perhaps with all its directory, is not brought back: node's own descriptor would be of a file without a name as well.
 *
 * @returns Whether it is ours.
 */
function* identify({ stage }: OpenFile, fd: number): Steps<boolean> {
  const found = yield* fstatIfOpen(fd);
  if (found?.dev !== stage.identity?.dev || found?.ino !== stage.identity?.ino) {
    stage.fd = undefined;
    return false;
  }
  if (found?.nlink === 0) stage.names.length = 0;
  yield* followMoves(stage);
  return true;
}

function* fstatIfOpen(fd: number): Steps<{ dev: number; ino: number; nlink: number } | undefined> {
  try {
    return yield* fstat(fd);
  } catch (error) {
    if (codeOf(error) === 'EBADF') return undefined;
    throw error;
  }
}

/** Commits a staged file whose descriptor somebody closed without us: what was written to it is all there is. */
export function* settleLost(file: OpenFile | undefined, fd: number): Steps<void> {
  if (file === undefined) return;
  if (file.stage.fd === fd) file.stage.fd = undefined;
  if (file.stage.state !== 'open' || file.descriptors.size > 1) {
    file.detach(fd);
    return;
  }
  try {
    yield* closeOpenFile(file, fd);
  } catch {
    // Whoever closed it is not waiting for an answer.
  }
}
