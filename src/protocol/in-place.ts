// Writing a file whose inode must stay. The complete staged file becomes a redo record, then it is copied over the
// target, then the record is removed. A crash anywhere leaves either an untouched target or a record to finish with.

import type { Stats } from 'node:fs';
import { codeOf, systemError } from '../ground/errors';
import { isAboutThePath, losesBytes } from '../ground/platform';
import { READ_REGULAR, WRITE_REGULAR } from '../settings/flags';
import {
  type Steps,
  close,
  fchmod,
  fchown,
  fstat,
  fsync,
  ftruncate,
  futimes,
  lstat,
  open,
  read,
  rename,
  unlink,
} from '../steps/step';
import { writeBytes } from './content';
import { redoName } from './leftover-name';
import { type Redo, sealRecord } from './redo-record';
import type { Stage, StagedName } from './stage';
import { syncDirectory } from './sync-directory';

const COPY_BYTES = 1024 * 1024;

/**
 * Copies the closed and flushed staged file over its target.
 *
 * The target is the inode that the stage holds, or else what has the target's name. A record is kept as long as that name
 * leads to that inode; without it nobody could tell what the record is for.
 */
export function* copyOver(stage: Stage, staged: StagedName): Steps<void> {
  const target = stage.inodeFd ?? (yield* open(staged.path, WRITE_REGULAR, 0));
  stage.inodeFd = undefined;
  const { underWay } = stage.volume;
  const recordName = redoName(staged.name);
  underWay.beginRecord(recordName);
  try {
    const source = yield* open(staged.stagedPath, READ_REGULAR, 0);
    try {
      yield* copyDescriptor(stage, staged, source, target);
    } finally {
      yield* close(source);
    }
  } finally {
    underWay.endRecord(recordName);
    yield* close(target);
  }
}

function* copyDescriptor(stage: Stage, staged: StagedName, source: number, target: number): Steps<void> {
  const flush = stage.treatment.durability !== 'process';
  const content = yield* fstat(source);
  const old = yield* fstat(target);
  const named = yield* lstat(staged.path);
  stage.contentBytes = content.size;
  const isNamed = named?.ino === old.ino && named.dev === old.dev;
  const isRecorded = isNamed && (yield* record(stage, staged, old, flush));
  yield* handOnOwner(stage, target);
  // First, because it may be refused.
  if (isForTarget(stage, content.mode) && content.mode !== old.mode) yield* fchmod(target, content.mode & 0o7777);
  // Asked for only now: until the record was there, somebody may have finished an older one.
  const { size: oldSize } = yield* fstat(target);
  yield* copyContent(source, target, content.size, oldSize, () => isRecorded && (stage.state = 'recorded'));
  yield* handOnTimes(target, content);
  if (flush) yield* fsync(target);
  stage.state = 'published';
  if ((yield* lstat(staged.stagedPath))?.ino !== content.ino) return;
  yield* unlink(staged.stagedPath);
  // Not left to a later sync: a record that a crash brings back would put this content over a newer one.
  if (flush) yield* syncDirectory(stage.volume, staged.directory);
}

/** Gives the target the times of the staged file, unless that was just written and nothing else. */
function* handOnTimes(target: number, { atimeMs, mtimeMs, ctimeMs }: Stats): Steps<void> {
  if (mtimeMs === ctimeMs) return;
  try {
    yield* futimes(target, atimeMs / 1000, mtimeMs / 1000);
  } catch (error) {
    // Whoever may write to another's file may not set its times, and has not set them.
    if (codeOf(error) !== 'EPERM') throw error;
  }
}

/**
 * Makes the staged file the one record for its target: an older one, of a copy that failed, goes with this.
 *
 * @returns False where the record's name cannot be had, such as that of somebody else's file in a sticky directory.
 */
function* record(stage: Stage, staged: StagedName, target: Stats, flush: boolean): Steps<boolean> {
  yield* sealRecord(staged.stagedPath, staged.name, target, stage.volume.machine.thisProcess(), flush);
  const path = `${staged.directory}/${redoName(staged.name)}`;
  try {
    yield* rename(staged.stagedPath, path);
  } catch (error) {
    if (!isAboutThePath(codeOf(error))) throw error;
    warnUnprotected(stage, staged);
    return false;
  }
  staged.stagedPath = path;
  if (flush) yield* syncDirectory(stage.volume, staged.directory);
  return true;
}

function warnUnprotected({ volume, settings }: Stage, { path, directory }: StagedName): void {
  if (!volume.directories.isFirstUnprotected(directory)) return;
  const message = `${path} is not protected: it is written in place, and no record of that can be kept in ${directory}`;
  settings.warn({ code: 'INTACT_UNPROTECTED', message, path });
}

/** As copyFile does, which does not mind a refusal. */
function* handOnOwner({ handsOnOwner: owner }: Stage, target: number): Steps<void> {
  try {
    if (owner !== undefined) yield* fchown(target, owner.uid, owner.gid);
  } catch {
    // It stays whose it is.
  }
}

/** Whether the staged file's mode was asked for: by a copy, or by a program that has its descriptor. */
function isForTarget({ handsOnMode, mode: given }: Stage, mode: number): boolean {
  return handsOnMode || (given !== undefined && mode !== given);
}

/**
 * What is to be done about a record: `'obsolete'` if its target is not the same file any more, `'untrusted'` if nobody can
 * tell whether its maker was allowed to write to that file.
 */
export type Standing = 'unfinished' | 'obsolete' | 'untrusted';

/** @param recordUid Who has made the record. */
export function* standingOf(directory: string, redo: Redo, recordUid: number): Steps<Standing> {
  const target = yield* lstat(`${directory}/${redo.name}`);
  if (target === undefined || !isMeant(target, redo)) return 'obsolete';
  return isTrusted(recordUid, target) ? 'unfinished' : 'untrusted';
}

/** Finishes the copy that a record is for. The record is left for the caller to remove. */
export function* finishRedo(directory: string, recordName: string, redo: Redo): Steps<void> {
  const target = yield* open(`${directory}/${redo.name}`, WRITE_REGULAR, 0);
  try {
    const found = yield* fstat(target);
    if (!isMeant(found, redo)) throw systemError('ESTALE', 'open', `${directory}/${redo.name}`);
    const source = yield* open(`${directory}/${recordName}`, READ_REGULAR, 0);
    try {
      yield* copyContent(source, target, redo.size, found.size, () => {});
      yield* fsync(target);
    } finally {
      yield* close(source);
    }
  } finally {
    yield* close(target);
  }
}

function isMeant(target: Stats, redo: Redo): boolean {
  return target.isFile() && target.ino === redo.ino && target.birthtimeMs === redo.birthtimeMs;
}

/**
 * Whether it is certain that whoever made the record may write to its target, or could ask us to anyway. Somebody else
 * would only have to lay a record beside a file to have it written with our rights.
 */
function isTrusted(recordUid: number, target: Stats): boolean {
  return recordUid === target.uid || recordUid === 0 || recordUid === process.geteuid?.();
}

/**
 * Writes the first `size` bytes of one file over another that is `oldSize` bytes long.
 *
 * @param overwriting Called before the first old byte is lost.
 */
function* copyContent(
  source: number,
  target: number,
  size: number,
  oldSize: number,
  overwriting: () => void,
): Steps<void> {
  yield* growFirst(source, target, size, oldSize);
  overwriting();
  yield* copyRange(source, target, 0, Math.min(size, oldSize));
  if (size < oldSize) yield* ftruncate(target, size);
}

/** The part beyond the old end comes first: it alone needs new space, and where there is none the old content is whole. */
function* growFirst(source: number, target: number, size: number, oldSize: number): Steps<void> {
  if (size <= oldSize) return;
  try {
    yield* copyRange(source, target, oldSize, size);
  } catch (error) {
    if (losesBytes(codeOf(error))) yield* ftruncate(target, oldSize);
    throw error;
  }
}

function* copyRange(source: number, target: number, start: number, end: number): Steps<void> {
  const buffer = Buffer.allocUnsafe(Math.min(COPY_BYTES, Math.max(end - start, 0)));
  let position = start;
  while (position < end) {
    const wanted = Math.min(buffer.length, end - position);
    const length = yield* read(source, buffer, 0, wanted, position);
    if (length === 0) throw systemError('EIO', 'read', '');
    yield* writeBytes(target, buffer.subarray(0, length), position);
    position += length;
  }
}
