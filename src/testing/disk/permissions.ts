// Who may do what: path_resolution(7) on permissions, and capabilities(7) for what user 0 is free of.

import { constants } from '../../ground/node-fs';
import type { Disk, LiveDirectory, LiveInode, User } from './disk';
import { fail } from './errno';

/** The bits of access(2). */
export const READ = constants.R_OK;
export const WRITE = constants.W_OK;
export const SEARCH = constants.X_OK;

export const SET_USER_ID = 0o4000;
export const SET_GROUP_ID = 0o2000;
export const STICKY = 0o1000;
const GROUP_EXECUTE = 0o010;
const ANY_EXECUTE = 0o111;

/**
 * Whether the user may use an inode in these ways.
 *
 * Only the first class that the user belongs to counts: an owner without a permission is refused even where everybody else
 * has it. User 0 may do anything, but execute only what somebody may execute.
 */
export function permits(user: User, inode: LiveInode, wanted: number): boolean {
  const { mode } = inode;
  if (isPrivileged(user)) return (wanted & SEARCH) === 0 || inode.kind === 'directory' || (mode & ANY_EXECUTE) !== 0;
  const granted = user.uid === inode.uid ? mode >> 6 : user.gid === inode.gid ? mode >> 3 : mode;
  return (wanted & ~granted & 0o7) === 0;
}

export function requirePermission(disk: Disk, inode: LiveInode, wanted: number): void {
  if (!permits(disk.user, inode, wanted)) fail('EACCES');
}

/** Names in a directory are made and taken by those who may write it and search it. */
export function requireEntryChange(disk: Disk, directory: LiveDirectory): void {
  requirePermission(disk, directory, WRITE | SEARCH);
}

/**
 * Names are taken from a sticky directory only by the owner of the file or of the directory: unlink(2), rename(2).
 *
 * @throws EACCES, or EPERM where only the sticky bit forbids it.
 */
export function requireRemoval(disk: Disk, directory: LiveDirectory, inode: LiveInode): void {
  requireEntryChange(disk, directory);
  const { user } = disk;
  if ((directory.mode & STICKY) === 0 || isPrivileged(user)) return;
  if (user.uid !== inode.uid && user.uid !== directory.uid) fail('EPERM');
}

/** Mode and times are the owner's to set: chmod(2), utimensat(2). */
export function requireOwnership(disk: Disk, inode: LiveInode): void {
  if (disk.user.uid !== inode.uid && !isPrivileged(disk.user)) fail('EPERM');
}

export function isPrivileged({ uid }: User): boolean {
  return uid === 0;
}

/**
 * The mode without the bits that must not outlive a change of the content by somebody without privileges: write(2).
 * A set-group-ID bit without group execution is none (it once meant mandatory locking) and stays.
 */
export function withoutSetId(mode: number): number {
  const cleared = mode & ~SET_USER_ID;
  return (mode & GROUP_EXECUTE) === 0 ? cleared : cleared & ~SET_GROUP_ID;
}

/** A new entry belongs to the group of a set-group-ID directory, else to the user's: inode(7). */
export function groupForNew(disk: Disk, directory: LiveDirectory): number {
  return (directory.mode & SET_GROUP_ID) === 0 ? disk.user.gid : directory.gid;
}
