// Writing a file whose inode must stay. The complete staged file becomes a redo record, then it is copied over the
// target, then the record is removed. A crash anywhere leaves either an untouched target or a record to finish with.

import type { Stats } from 'node:fs';
import { codeOf, systemError } from '../ground/errors';
import { losesBytes } from '../ground/platform';
import { READ_ONLY, WRITE_ONLY } from '../settings/flags';
import { type Steps, close, fsync, ftruncate, lstat, open, read, unlink } from '../steps/step';
import { writeBytes } from './content';
import { type Redo, readRecord, sealRecord } from './redo-record';
import type { Stage, StagedName } from './stage';
import { syncDirectory } from './sync-directory';

const COPY_BYTES = 1024 * 1024;

/** Copies the closed and flushed staged file over its target. */
export function* copyOver(stage: Stage, { directory, name, path, stagedPath }: StagedName, target: Stats): Steps<void> {
  const flush = stage.treatment.durability !== 'process';
  const redo = yield* sealRecord(stagedPath, name, target, flush);
  if (flush) yield* syncDirectory(directory);
  yield* copyContent(stagedPath, path, redo.size, target.size, flush, () => (stage.state = 'recorded'));
  stage.state = 'published';
  yield* unlink(stagedPath);
  // Not left to a later sync: a record that a crash brings back would put this content over a newer one.
  if (flush) yield* syncDirectory(directory);
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
  yield* copyContent(path, targetPath, redo.size, target.size, true, () => {});
  return true;
}

function isMeant(target: Stats, redo: Redo): boolean {
  return target.isFile() && target.ino === redo.ino && target.birthtimeMs === redo.birthtimeMs;
}

/**
 * Writes the first `size` bytes of `from` over `to`, which is `oldSize` bytes long.
 *
 * @param overwriting Called before the first old byte is lost.
 */
function* copyContent(
  from: string,
  to: string,
  size: number,
  oldSize: number,
  flush: boolean,
  overwriting: () => void,
): Steps<void> {
  const source = yield* open(from, READ_ONLY, 0);
  try {
    const target = yield* open(to, WRITE_ONLY, 0);
    try {
      yield* growFirst(source, target, size, oldSize);
      overwriting();
      yield* copyRange(source, target, 0, Math.min(size, oldSize));
      if (size < oldSize) yield* ftruncate(target, size);
      if (flush) yield* fsync(target);
    } finally {
      yield* close(target);
    }
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
