// Writing a file whose inode must stay. The complete staged file becomes a redo record, then it is copied over the
// target, then the record is removed. A crash anywhere leaves either an untouched target or a record to finish with.

import type { Stats } from 'node:fs';
import { codeOf, systemError } from '../ground/errors';
import { losesBytes } from '../ground/platform';
import { READ_ONLY, WRITE_ONLY } from '../settings/flags';
import { type Steps, close, fchmod, fstat, fsync, ftruncate, lstat, open, read, rename, unlink } from '../steps/step';
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
  const target = stage.inodeFd ?? (yield* open(staged.path, WRITE_ONLY, 0));
  stage.inodeFd = undefined;
  try {
    const source = yield* open(staged.stagedPath, READ_ONLY, 0);
    try {
      yield* copyDescriptor(stage, staged, source, target);
    } finally {
      yield* close(source);
    }
  } finally {
    yield* close(target);
  }
}

function* copyDescriptor(stage: Stage, staged: StagedName, source: number, target: number): Steps<void> {
  const flush = stage.treatment.durability !== 'process';
  const content = yield* fstat(source);
  const old = yield* fstat(target);
  const named = yield* lstat(staged.path);
  const isRecorded = named?.ino === old.ino && named.dev === old.dev;
  if (isRecorded) yield* record(stage, staged, old, flush);
  // First, because it may be refused.
  if (isForTarget(stage, content.mode) && content.mode !== old.mode) yield* fchmod(target, content.mode & 0o7777);
  yield* copyContent(source, target, content.size, old.size, () => isRecorded && (stage.state = 'recorded'));
  if (flush) yield* fsync(target);
  stage.state = 'published';
  if ((yield* lstat(staged.stagedPath))?.ino !== content.ino) return;
  yield* unlink(staged.stagedPath);
  // Not left to a later sync: a record that a crash brings back would put this content over a newer one.
  if (flush) yield* syncDirectory(stage.volume, staged.directory);
}

/** Makes the staged file the one record for its target: an older one, of a copy that failed, goes with this. */
function* record({ volume }: Stage, staged: StagedName, target: Stats, flush: boolean): Steps<void> {
  yield* sealRecord(staged.stagedPath, staged.name, target, volume.machine.thisProcess(), flush);
  const path = `${staged.directory}/${redoName(staged.name)}`;
  yield* rename(staged.stagedPath, path);
  staged.stagedPath = path;
  if (flush) yield* syncDirectory(volume, staged.directory);
}

/** Whether the staged file's mode was asked for: by a copy, or by a program that has its descriptor. */
function isForTarget({ handsOnMode, mode: given }: Stage, mode: number): boolean {
  return handsOnMode || (given !== undefined && mode !== given);
}

/**
 * Finishes the copy that a record is for, if its target is still the same file.
 *
 * @returns Whether it was. The record is left for the caller to remove.
 */
export function* finishRedo(path: string, directory: string, redo: Redo): Steps<boolean> {
  const targetPath = `${directory}/${redo.name}`;
  const found = yield* lstat(targetPath);
  if (found === undefined || !isMeant(found, redo)) return false;
  const source = yield* open(path, READ_ONLY, 0);
  try {
    const target = yield* open(targetPath, WRITE_ONLY, 0);
    try {
      yield* copyContent(source, target, redo.size, found.size, () => {});
      yield* fsync(target);
      return true;
    } finally {
      yield* close(target);
    }
  } finally {
    yield* close(source);
  }
}

function isMeant(target: Stats, redo: Redo): boolean {
  return target.isFile() && target.ino === redo.ino && target.birthtimeMs === redo.birthtimeMs;
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
