// Copying one file into a staged file. The bytes are moved by the host's own copyFile, so that file systems which can
// share them (reflinks) do; the descriptor that the stage was opened with is the one that is flushed.

import type { Stats } from 'node:fs';
import { type SystemError, codeOf, namingBoth, systemError } from '../ground/errors';
import { constants } from '../ground/node-fs';
import { canReplace, copiesOwner, isAboutThePath } from '../ground/platform';
import { CREATE_EXCLUSIVELY, READ_ONLY, REPLACE } from '../settings/flags';
import type { Settings } from '../settings/settings';
import type { Treatment } from '../settings/treatment';
import { type Steps, close, copyFile, fchmod, futimes, lstat, mkdir, open, stat } from '../steps/step';
import type { WriteRequest } from './begin-stage';
import { inOrder } from './landing-order';
import type { Turn } from './landing-site';
import { type Completion, completeStage, replaceFile } from './replace-file';
import { inSlot } from './slots';
import { type Stage, type StageRequest, noStage, openStage, stagedPathOf } from './stage';
import { type AskedPath, type Target, entryAt } from './target';
import type { Sighting } from './view';
import { dropReplaced } from './view-changes';
import type { Volume } from './volume';

export interface CopyRequest {
  readonly from: AskedPath;
  /** The file whose mode the copy gets, if that is not the one with the content. */
  readonly modeFrom?: AskedPath | undefined;
  readonly to: AskedPath;
  /** Node's COPYFILE_* bits. */
  readonly mode: number;
  readonly settings: Settings;
  readonly treatment: Treatment;
  readonly interruptible: boolean;
  /** Whether the copy gets the source's times, as with cp. */
  readonly preserveTimestamps?: boolean;
}

/** Nobody but us needs to read a copy before it has its source's mode, which the copying gives it. */
const STAGE_MODE = 0o600;

/**
 * Copies a file onto a path as copyFile does: symbolic links are followed, an existing file gets the source's mode, and its
 * owner where this node's copyFile hands that on; else it keeps its own.
 *
 * @param turn Its place in the order of the calls, if it has one already.
 * @returns False where node's own call is to be made instead.
 */
export function* copyContentOf(volume: Volume, request: CopyRequest, turn?: Turn): Steps<boolean> {
  const { from, to, mode } = request;
  try {
    const write: WriteRequest & Completion = {
      ...request,
      path: to,
      call: 'whole',
      flags: mode & constants.COPYFILE_EXCL ? CREATE_EXCLUSIVELY : REPLACE,
      mode: STAGE_MODE,
      inherit: 'owner',
      flush: false,
      fillsByName: true,
      fill: (stage, fd) => copyInto(stage, fd, request),
    };
    return yield* replaceFile(volume, write, turn);
  } catch (error) {
    // Node copies a file onto itself by doing nothing.
    if (error === SAME_FILE) return true;
    throw namingBoth(error, from.asked, to.asked, 'copyfile');
  }
}

const SAME_FILE = Symbol('same file');

function* copyInto(stage: Stage, fd: number, { from, modeFrom, mode, preserveTimestamps }: CopyRequest): Steps<void> {
  const { existing } = stage.target;
  if (existing !== undefined) {
    const source = yield* stat(from.absolute);
    if (source.ino === existing.ino && source.dev === existing.dev) {
      // Node sees that too, but only once it has opened it for reading.
      yield* close(yield* open(from.absolute, READ_ONLY, 0));
      throw SAME_FILE;
    }
    if (copiesOwner) stage.handsOnOwner = source;
  }
  yield* copyBytes(stage, fd, from, mode & ~constants.COPYFILE_EXCL);
  if (modeFrom !== undefined) yield* fchmod(fd, (yield* stat(modeFrom.absolute)).mode & 0o777);
  stage.handsOnMode = true;
  if (!preserveTimestamps) return;
  // Asked for again: reading has changed the source's access time.
  const { atime, mtime } = yield* stat(from.absolute);
  yield* futimes(fd, atime, mtime);
}

function* copyBytes(stage: Stage, fd: number, from: AskedPath, mode: number): Steps<void> {
  const { existing } = stage.target;
  try {
    yield* copyFile(from.absolute, stagedPathOf(stage), mode);
  } catch (error) {
    // Node gives the mode first, and would not have come to read a directory.
    if (codeOf(error) === 'EISDIR' && existing && !mayGiveMode(existing))
      throw systemError('EPERM', 'copyfile', from.asked);
    if (codeOf(error) !== 'EACCES') throw error;
    // Either the source cannot be opened, or by a strange umask the staged file cannot.
    yield* fchmod(fd, STAGE_MODE);
    yield* copyFile(from.absolute, stagedPathOf(stage), mode);
  }
}

/** Whether this process may give a file its copy's mode: chmod(2). */
function mayGiveMode({ uid }: Stats): boolean {
  const user = process.geteuid?.();
  return user === undefined || user === 0 || user === uid;
}

/** One regular file within a cp. */
export interface EntryCopyRequest extends CopyRequest {
  /** Whether a set-id file stays one where it replaces another: writing it takes that away, if root does not write. */
  readonly keepsSetIds: boolean;
  readonly force: boolean;
  readonly dereference: boolean;
}

/**
 * Copies one file as cp does, which replaces whatever has the destination's name, a symbolic link too, by a new file with
 * the source's mode.
 *
 * @returns False where node's own cp is to deal with this entry: it is not a regular file, or it must not be replaced, or
 * something is wrong with it.
 */
export function copyEntry(volume: Volume, request: EntryCopyRequest): Steps<boolean> {
  return volume.underWay.during(replaceEntry(volume, request));
}

function* replaceEntry(volume: Volume, request: EntryCopyRequest): Steps<boolean> {
  const { from, to } = request;
  const target = entryAt(to);
  const shown = volume.view.find(to, false);
  const source = yield* sourceOf(request, shown);
  if (target === undefined || source === undefined) return false;
  try {
    return yield* inOrder(volume.landingOrder, (turn) =>
      inSlot((slot) => copyInTurn(volume, target, source, { ...request, turn, slot }, shown)),
    );
  } catch (error) {
    // What may not be renamed over may not be unlinked either, and node says so.
    if ((error as SystemError).syscall === 'rename' && (isAboutThePath(codeOf(error)) || codeOf(error) === 'EBUSY'))
      return false;
    throw namingBoth(error, from.asked, to.asked, 'copyfile');
  }
}

function* copyInTurn(
  volume: Volume,
  target: Target,
  source: Stats,
  request: EntryCopyRequest & Pick<StageRequest, 'turn' | 'slot'>,
  shown: Sighting | undefined,
): Steps<boolean> {
  const stage = yield* stageEntry(volume, target, request);
  if (stage === noStage) return false;
  yield* completeStage(stage, {
    ...request,
    flush: false,
    fillsByName: true,
    fill: (_, fd) => fillEntry(stage, fd, source, request),
  });
  if (shown !== undefined && volume.view.find(request.to, false)?.file === shown.file) yield* dropReplaced(shown);
  return true;
}

function* stageEntry(
  volume: Volume,
  target: Target,
  request: EntryCopyRequest & Pick<StageRequest, 'turn' | 'slot'>,
): Steps<Stage | typeof noStage> {
  const stageRequest: StageRequest = {
    ...request,
    target,
    publishBy: 'rename',
    inherit: 'nothing',
    flags: REPLACE,
    mode: STAGE_MODE,
  };
  const stage = yield* openStage(volume, stageRequest);
  if (stage !== noStage) return stage;
  // Perhaps for want of a directory, which cp makes.
  try {
    const made = yield* mkdir(target.directory, { recursive: true });
    if (made === undefined) return noStage;
    volume.directories.made(made, target.directory);
  } catch {
    return noStage;
  }
  return yield* openStage(volume, stageRequest);
}

function* fillEntry(stage: Stage, fd: number, { mode }: Stats, request: EntryCopyRequest): Steps<void> {
  yield* copyInto(stage, fd, request);
  if (mode & 0o6000 && (request.keepsSetIds || (yield* lstat(request.to.absolute)) === undefined))
    yield* fchmod(fd, mode & 0o7777);
}

/** The regular file that is to be put where nothing is, or where something is that cp removes first. */
function* sourceOf(
  { from, to, dereference, force, treatment }: EntryCopyRequest,
  shown: Sighting | undefined,
): Steps<Stats | undefined> {
  if (treatment.plan === 'native' || treatment.plan === 'off' || !canReplace) return undefined;
  try {
    const source = dereference ? yield* stat(from.absolute) : yield* lstat(from.absolute);
    const existing = yield* lstat(shown?.staged.stagedPath ?? to.absolute);
    return source?.isFile() && mayReplace(source, existing, force, dereference) ? source : undefined;
  } catch {
    return undefined;
  }
}

function mayReplace(source: Stats, existing: Stats | undefined, force: boolean, dereference: boolean): boolean {
  if (existing === undefined) return true;
  if (!force || (source.ino === existing.ino && source.dev === existing.dev)) return false;
  return existing.isFile() || (existing.isSymbolicLink() && !dereference);
}
