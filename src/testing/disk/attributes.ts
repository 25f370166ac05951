// The calls that change what an inode says of itself: chmod(2), chown(2), utimensat(2).

import type { Disk, LiveInode } from './disk';
import { fail } from './errno';
import { hasTimeMarks } from './node-versions';
import { SET_GROUP_ID, isPrivileged, requireOwnership, withoutSetId } from './permissions';
import { touchChange } from './times';

const MODE_BITS = 0o7777;

/** A set-group-ID bit is dropped where the caller is not in that group: chmod(2). */
export function changeMode(disk: Disk, inode: LiveInode, mode: number): void {
  requireOwnership(disk, inode);
  const isMember = isPrivileged(disk.user) || disk.user.gid === inode.gid;
  inode.mode = mode & MODE_BITS & (isMember ? ~0 : ~SET_GROUP_ID);
  touchChange(disk, inode);
}

/** What chown(2) leaves as it is, as a signed and as an unsigned number. */
const UNCHANGED: ReadonlySet<number> = new Set([-1, 2 ** 32 - 1]);

/**
 * Only root gives files away; an owner may give them to his own group. All but directories lose their set-ID bits, root's
 * too: Linux says so, POSIX leaves it open.
 */
export function changeOwner(disk: Disk, inode: LiveInode, uid: number, gid: number): void {
  const { user } = disk;
  const newUid = UNCHANGED.has(uid) ? inode.uid : uid;
  const newGid = UNCHANGED.has(gid) ? inode.gid : gid;
  if (!isPrivileged(user)) {
    const isOwner = user.uid === inode.uid;
    if (!UNCHANGED.has(uid) && !(isOwner && newUid === inode.uid)) fail('EPERM');
    if (!UNCHANGED.has(gid) && !(isOwner && (newGid === inode.gid || newGid === user.gid))) fail('EPERM');
  }
  inode.uid = newUid;
  inode.gid = newGid;
  if (inode.kind !== 'directory') inode.mode = withoutSetId(inode.mode);
  touchChange(disk, inode);
}

/** Infinity stands for now and NaN for what it was, where node can say that at all. */
export function changeTimes(disk: Disk, inode: LiveInode, atimeMs: number, mtimeMs: number): void {
  if (!hasTimeMarks && !Number.isFinite(atimeMs + mtimeMs)) fail('EINVAL');
  requireOwnership(disk, inode);
  inode.atimeMs = newTime(disk, inode.atimeMs, atimeMs);
  inode.mtimeMs = newTime(disk, inode.mtimeMs, mtimeMs);
  touchChange(disk, inode);
}

function newTime(disk: Disk, present: number, asked: number): number {
  if (Number.isNaN(asked)) return present;
  return asked === Infinity ? disk.now() : asked;
}
