// Writing a file whose inode must stay. The complete staged file becomes a redo record, then it is copied over the
// target, then the record is removed. A crash anywhere leaves either an untouched target or a record to finish with.

import type { Stats } from 'node:fs';
import { codeOf, systemError } from '../ground/errors';
import { losesBytes } from '../ground/platform';
import { READ_ONLY, WRITE_ONLY } from '../settings/flags';
import { type Steps, close, fchmod, fstat, fsync, ftruncate, lstat, open, read, stat, unlink } from '../steps/step';
import { writeBytes } from './content';
import { type Redo, readRecord, sealRecord } from './redo-record';
import type { Stage, StagedName } from './stage';
import { syncDirectory } from './sync-directory';

const COPY_BYTES = 1024 * 1024;

/**
 * Copies the closed and flushed staged file over its target.
 *
 * The target is the inode that the stage holds, or else what has the target's name. A record is kept as long as that name
 * leads to that inode; without it nobody could tell what the record is for.
 */
export function* copyOver(stage: Stage, { directory, name, path, stagedPath }: StagedName): Steps<void> {
  const fd = stage.inodeFd ?? (yield* open(path, WRITE_ONLY, 0));
  stage.inodeFd = undefined;
  try {
    const target = yield* fstat(fd);
    const named = yield* lstat(path);
    const isRecorded = named?.ino === target.ino && named.dev === target.dev;
    const flush = stage.treatment.durability !== 'process';
    const { size, mode } = yield* stat(stagedPath);
    if (isRecorded) {
      yield* sealRecord(stagedPath, name, target, flush);
      if (flush) yield* syncDirectory(directory);
    }
    // First, because it may be refused.
    if (isForTarget(stage, mode) && mode !== target.mode) yield* fchmod(fd, mode & 0o7777);
    yield* copyContent(stagedPath, fd, size, target.size, () => isRecorded && (stage.state = 'recorded'));
    if (flush) yield* fsync(fd);
    stage.state = 'published';
    yield* unlink(stagedPath);
    // Not left to a later sync: a record that a crash brings back would put this content over a newer one.
    if (flush) yield* syncDirectory(directory);
  } finally {
    yield* close(fd);
  }
}

/** Whether the staged file's mode was asked for: by a copy, or by a program that has its descriptor. */
function isForTarget({ handsOnMode, mode: given }: Stage, mode: number): boolean {
  return handsOnMode || (given !== undefined && mode !== given);
}

/**
 * Finishes what a dead process began, if `path` is a redo record whose target is still the same file.
 *
 * @returns Whether there was something to finish. The record is left for the caller to remove.
 */
export function* finishRedo(path: string, directory: string): Steps<boolean> {
  const redo = yield* readRecord(path);
  if (redo === undefined) return false;
  const targetPath = `${directory}/${redo.name}`;
  const target = yield* lstat(targetPath);
  if (target === undefined || !isMeant(target, redo)) return false;
  const fd = yield* open(targetPath, WRITE_ONLY, 0);
  try {
    yield* copyContent(path, fd, redo.size, target.size, () => {});
    yield* fsync(fd);
  } finally {
    yield* close(fd);
  }
  return true;
}

function isMeant(target: Stats, redo: Redo): boolean {
  return target.isFile() && target.ino === redo.ino && target.birthtimeMs === redo.birthtimeMs;
}

/**
 * Writes the first `size` bytes of `from` over a file that is `oldSize` bytes long.
 *
 * @param overwriting Called before the first old byte is lost.
 */
function* copyContent(
  from: string,
  target: number,
  size: number,
  oldSize: number,
  overwriting: () => void,
): Steps<void> {
  const source = yield* open(from, READ_ONLY, 0);
  try {
    yield* growFirst(source, target, size, oldSize);
    overwriting();
    yield* copyRange(source, target, 0, Math.min(size, oldSize));
    if (size < oldSize) yield* ftruncate(target, size);
  } finally {
    yield* close(source);
  }
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
