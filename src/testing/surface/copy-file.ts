// copyFile, as libuv carries it out on Linux (src/unix/fs.c uv__fs_copyfile). The kernel copies there what is read and
// written here.

import type { Stats } from 'node:fs';
import { systemError } from '../../ground/errors';
import { constants } from '../../ground/node-fs';
import type { Steps } from '../../steps/step';
import { readBits, readPath } from './arguments';
import type { Story } from './flavours';
import { namingTwo } from './naming';
import { copiesTimesAndOwner } from './node-habits';
import * as primitive from './primitives';

const { COPYFILE_EXCL, COPYFILE_FICLONE, COPYFILE_FICLONE_FORCE, O_CREAT, O_EXCL, O_RDONLY, O_WRONLY } = constants;

/** https://nodejs.org/api/fs.html#fscopyfilesrc-dest-mode-callback and its kin. */
export const copyFileStory: Story = (lab, [from, to, mode]) => {
  const [source, target] = [readPath(lab, from), readPath(lab, to)];
  const bits = readBits(mode, COPYFILE_EXCL | COPYFILE_FICLONE | COPYFILE_FICLONE_FORCE);
  return namingTwo(source.asked, target.asked, copy(source.absolute, target.absolute, bits), 'copyfile');
};

function* copy(from: primitive.PathArgument, to: primitive.PathArgument, mode: number): Steps<void> {
  const source = yield* primitive.open(from, O_RDONLY, 0);
  let target: number | undefined;
  let failure: { readonly error: unknown } | undefined;
  try {
    const stats = (yield* primitive.fstat(source, { bigint: false })) as Stats;
    const exclusive = (mode & COPYFILE_EXCL) === 0 ? 0 : O_EXCL;
    target = yield* primitive.open(to, O_WRONLY | O_CREAT | exclusive, stats.mode & PERMISSIONS);
    yield* copyInto(target, source, stats, mode);
  } catch (error) {
    failure = { error };
  }
  for (const fd of target === undefined ? [source] : [source, target]) {
    try {
      yield* primitive.close(fd);
    } catch (error) {
      failure ??= { error };
    }
  }
  if (failure === undefined) return;
  if (target !== undefined) yield* removeQuietly(to);
  throw failure.error;
}

const PERMISSIONS = 0o7777;

function* copyInto(target: number, source: number, stats: Stats, mode: number): Steps<void> {
  if ((mode & COPYFILE_EXCL) === 0) {
    const existing = (yield* primitive.fstat(target, { bigint: false })) as Stats;
    if (existing.dev === stats.dev && existing.ino === stats.ino) return;
    yield* primitive.ftruncate(target, 0);
  }
  if (copiesTimesAndOwner) {
    yield* primitive.futimes(target, stats.atimeMs / 1000, stats.mtimeMs / 1000);
    yield* giveIfAllowed(target, stats);
  }
  yield* primitive.fchmod(target, stats.mode & PERMISSIONS);
  // Nothing can be cloned here, and only this flag insists on it.
  if ((mode & COPYFILE_FICLONE_FORCE) !== 0) throw systemError('ENOTSUP', 'copyfile', '');
  yield* copyBytes(target, source, stats.size);
}

function* giveIfAllowed(fd: number, { uid, gid }: Stats): Steps<void> {
  try {
    yield* primitive.fchown(fd, uid, gid);
  } catch {
    // Only root may give files away; the copy is the copier's then.
  }
}

const PIECE_BYTES = 64 * 1024 * 1024;

function* copyBytes(target: number, source: number, size: number): Steps<void> {
  let copied = 0;
  while (copied < size) {
    const piece = Buffer.alloc(Math.min(PIECE_BYTES, size - copied));
    const count = yield* primitive.read(source, piece, 0, piece.length, copied);
    // Somebody has cut it meanwhile.
    if (count === 0) return;
    copied += yield* primitive.write(target, piece, 0, count, null);
  }
}

function* removeQuietly(path: primitive.PathArgument): Steps<void> {
  try {
    yield* primitive.unlink(path);
  } catch {
    // The first failure is what the call ends with.
  }
}
