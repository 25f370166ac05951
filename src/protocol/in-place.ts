// Writing a file whose inode must stay. The complete staged file becomes a redo record, then it is copied over the
// target, then the record is removed. A crash anywhere leaves either an untouched target or a record to finish with.

import type { Stats } from 'node:fs';
import { codeOf, systemError } from '../ground/errors';
import { isAboutThePath } from '../ground/platform';
import { READ_REGULAR, WRITE_REGULAR } from '../settings/flags';
import {
  type Steps,
  atOnce,
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
} from '../steps/step';
import { writeBytes } from './content';
import { type Landing, Overtaken } from './landing-site';
import { redoName } from './leftover-name';
import { type Redo, sealRecord } from './redo-record';
import { type Stage, type StagedName, removeIfSame, removeIfThere } from './stage';
import { syncDirectory } from './sync-directory';

const COPY_BYTES = 1024 * 1024;

/**
 * Copies the closed and flushed staged file over its target.
 *
 * The target is the inode that the stage holds, or else what has the target's name. A record is kept as long as that name
 * leads to that inode; without it nobody could tell what the record is for.
 *
 * @param landing Where other writes are under way.
 * @throws Overtaken where one of them is newer and was faster.
 */
export function* copyOver(stage: Stage, staged: StagedName, landing?: Landing): Steps<void> {
  const target = stage.inodeFd ?? (yield* open(staged.path, WRITE_REGULAR, 0));
  stage.inodeFd = undefined;
  const { underWay } = stage.volume;
  const recordName = redoName(staged.name);
  underWay.beginRecord(recordName);
  try {
    const source = yield* open(staged.stagedPath, READ_REGULAR, 0);
    try {
      yield* copyInOrder(stage, staged, source, target, landing);
    } finally {
      yield* close(source);
    }
  } finally {
    underWay.endRecord(recordName);
    yield* close(target);
  }
}

/** Copies when nobody else copies over the same inode, or ends in the place of somebody who cannot be waited for. */
function* copyInOrder(
  stage: Stage,
  staged: StagedName,
  source: number,
  target: number,
  landing: Landing | undefined,
): Steps<void> {
  if (landing === undefined) {
    yield* copyDescriptor(stage, staged, source, target);
    return;
  }
  const { landingOrder } = stage.volume;
  const { turn } = landing;
  const file = yield* fstat(target);
  const site = yield* landingOrder.whenFree(() => landingOrder.siteOfInode(file));
  site.throwIfLate(turn);
  const rival = site.landing;
  site.begin(landing);
  let outcome: unknown = new Overtaken({ number: turn.number, isFlushed: stage.isFlushed });
  try {
    yield* copyDescriptor(stage, staged, source, target, landing);
  } catch (error) {
    // What has the record's name now is somebody else's, and not ours to remove.
    if (landing.overtaken !== undefined && landing.record !== undefined) stage.state = 'recorded';
    if (stage.state !== 'published') outcome = error;
    throw error;
  } finally {
    site.end(landing);
    if (stage.state === 'published') landingOrder.landed(site, turn, stage);
    // One that has failed before it lost a byte leaves the other as it was.
    if (rival !== undefined && stage.state !== 'open') yield* endRival(stage, staged, rival, outcome);
  }
}

/** Ends another's copy that is half-way: its bytes have been written over, and its record must not bring them back. */
function* endRival(stage: Stage, { stagedPath }: StagedName, rival: Landing, outcome: unknown): Steps<void> {
  rival.overtaken = outcome;
  const { staged } = rival;
  if (rival.record === undefined || rival.record === stagedPath) return;
  yield* removeIfThere(rival.record);
  if (isFlushing(stage)) yield* syncDirectory(stage.volume, staged.directory);
}

function* copyDescriptor(
  stage: Stage,
  staged: StagedName,
  source: number,
  target: number,
  landing?: Landing,
): Steps<void> {
  const content = yield* fstat(source);
  const old = yield* fstat(target);
  const named = yield* lstat(staged.path);
  stage.contentBytes = content.size;
  const isNamed = named?.ino === old.ino && named.dev === old.dev;
  const isRecorded = isNamed && (yield* record(stage, staged, old, landing));
  landing?.throwIfOvertaken();
  yield* atOnce(handOnOwner(stage, target));
  // First, because it may be refused.
  if (isForTarget(stage, content.mode) && content.mode !== old.mode) {
    landing?.throwIfOvertaken();
    yield* atOnce(fchmod(target, content.mode & 0o7777));
  }
  // Asked for only now: until the record was there, somebody may have finished an older one.
  const { size: oldSize } = yield* fstat(target);
  const overwriting = (): void => {
    if (isRecorded) stage.state = 'recorded';
  };
  yield* copyContent(source, target, content.size, oldSize, overwriting, landing);
  landing?.throwIfOvertaken();
  yield* atOnce(handOnTimes(target, content));
  if (isFlushing(stage)) yield* fsync(target);
  stage.state = 'published';
  // Not left to a later sync: a record that a crash brings back would put this content over a newer one.
  if ((yield* atOnce(removeIfSame(staged.stagedPath, content))) && isFlushing(stage))
    yield* syncDirectory(stage.volume, staged.directory);
}

function isFlushing({ treatment }: Stage): boolean {
  return treatment.durability !== 'process';
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
function* record(stage: Stage, staged: StagedName, target: Stats, landing: Landing | undefined): Steps<boolean> {
  const { volume } = stage;
  yield* sealRecord(staged.stagedPath, staged.name, target, volume.machine.thisProcess(), isFlushing(stage));
  const path = `${staged.directory}/${redoName(staged.name)}`;
  landing?.throwIfOvertaken();
  try {
    // Of a copy that has come half-way, perhaps: from now on only this record can make the target whole.
    if (yield* atOnce(takePlace(staged.stagedPath, path))) stage.state = 'recorded';
  } catch (error) {
    if (!isAboutThePath(codeOf(error))) throw error;
    warnUnprotected(stage, staged);
    return false;
  }
  staged.stagedPath = path;
  if (landing) landing.record = path;
  if (isFlushing(stage)) yield* syncDirectory(volume, staged.directory);
  return true;
}

/** @returns Whether there was a record already. */
function* takePlace(stagedPath: string, path: string): Steps<boolean> {
  const older = yield* lstat(path);
  yield* rename(stagedPath, path);
  return older !== undefined;
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
      yield* copyContent(source, target, redo.size, found.size, () => {}, undefined);
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
 * Writes the first `size` bytes of one file over another that is `oldSize` bytes long. Every change is made synchronously,
 * in either flavour: no thread may be about to make one when a synchronous write copies over the same inode.
 *
 * @param overwriting Called before the first old byte is lost.
 */
function* copyContent(
  source: number,
  target: number,
  size: number,
  oldSize: number,
  overwriting: () => void,
  landing: Landing | undefined,
): Steps<void> {
  yield* growFirst(source, target, size, oldSize, landing);
  overwriting();
  yield* copyRange(source, target, 0, Math.min(size, oldSize), landing);
  if (size >= oldSize) return;
  landing?.throwIfOvertaken();
  yield* atOnce(ftruncate(target, size));
}

/** The part beyond the old end comes first: it alone needs new space, and where there is none the old content is whole. */
function* growFirst(
  source: number,
  target: number,
  size: number,
  oldSize: number,
  landing: Landing | undefined,
): Steps<void> {
  if (size <= oldSize) return;
  try {
    yield* copyRange(source, target, oldSize, size, landing);
  } catch (error) {
    // Unless somebody has come in between, and it is theirs.
    if (!landing?.overtaken) yield* atOnce(ftruncate(target, oldSize));
    throw error;
  }
}

function* copyRange(
  source: number,
  target: number,
  start: number,
  end: number,
  landing: Landing | undefined,
): Steps<void> {
  const buffer = Buffer.allocUnsafe(Math.min(COPY_BYTES, Math.max(end - start, 0)));
  let position = start;
  while (position < end) {
    const wanted = Math.min(buffer.length, end - position);
    const length = yield* read(source, buffer, 0, wanted, position);
    if (length === 0) throw systemError('EIO', 'read', '');
    landing?.throwIfOvertaken();
    yield* atOnce(writeBytes(target, buffer.subarray(0, length), position));
    position += length;
  }
}
