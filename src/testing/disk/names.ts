// The calls that make, remove and move names: mkdir(2), rmdir(2), link(2), symlink(2), unlink(2), rename(2), readlink(2). Which
// error comes first where several would do is Linux's own order (fs/namei.c).

import {
  type Disk,
  type LiveDirectory,
  type LiveFile,
  type LiveInode,
  attach,
  detach,
  newDirectory,
  newFile,
  newSymlink,
  releaseIfGone,
} from './disk';
import { fail } from './errno';
import {
  READ,
  SET_GROUP_ID,
  STICKY,
  SET_USER_ID,
  WRITE,
  groupForNew,
  isPrivileged,
  permits,
  requireEntryChange,
  requirePermission,
  requireRemoval,
} from './permissions';
import { touchAccess, touchChange, touchContent } from './times';
import { type Place, find, isNamed, lookInto, placeOf, slotOf } from './walk';

/** Of the mode that mkdir(2) is given, Linux takes these bits. */
const MKDIR_BITS = 0o777 | STICKY;

/** @throws EEXIST, ENOENT, ENOTDIR, EACCES, ... */
export function makeDirectory(disk: Disk, path: string, mode: number): void {
  const place = placeOf(disk, path);
  requireFree(disk, place);
  // A directory hands its set-group-ID bit down with its group: inode(7).
  const inherited = place.directory.mode & SET_GROUP_ID;
  const group = groupForNew(disk, place.directory);
  add(disk, place, newDirectory(disk, (mode & MKDIR_BITS & ~disk.umask) | inherited, group));
}

/** @param target Kept as it is: it need not lead anywhere. */
export function makeSymlink(disk: Disk, target: string, path: string): void {
  if (target === '') fail('ENOENT');
  if (Buffer.byteLength(target) >= TARGET_BYTES_MAX) fail('ENAMETOOLONG');
  const place = placeOf(disk, path);
  requireFree(disk, place);
  if (place.hasSlash) fail('ENOENT');
  add(disk, place, newSymlink(disk, target, groupForNew(disk, place.directory)));
}

/** The target of a link is a path, with the NUL behind it. */
const TARGET_BYTES_MAX = 4096;

/** Makes a file where open(2) found none. */
export function makeFile(disk: Disk, place: Place, mode: number): LiveFile {
  requireEntryChange(disk, place.directory);
  const gid = groupForNew(disk, place.directory);
  const file = newFile(disk, permittedMode(disk, mode & 0o7777 & ~disk.umask, gid), gid);
  add(disk, place, file);
  return file;
}

/** Nobody makes a program that runs as a group that he is not in. */
function permittedMode({ user }: Disk, mode: number, gid: number): number {
  const runsAsGroup = (mode & SET_GROUP_ID) !== 0 && (mode & 0o010) !== 0;
  return runsAsGroup && gid !== user.gid && !isPrivileged(user) ? mode & ~SET_GROUP_ID : mode;
}

/** A second name for a file. A symbolic link is not followed: it gets a second name itself, as on Linux. */
export function makeLink(disk: Disk, existing: string, added: string): void {
  const inode = find(disk, existing, 'before a slash');
  const place = placeOf(disk, added);
  if (place.inode !== undefined) fail('EEXIST');
  if (place.hasSlash) fail('ENOENT');
  if (!mayLink(disk, inode)) fail('EPERM');
  requireEntryChange(disk, place.directory);
  if (inode.kind === 'directory') fail('EPERM');
  add(disk, place, inode);
  touchChange(disk, inode);
}

/**
 * Linux lets nobody keep a link to a file that he could not use: proc_sys_fs(5), protected_hardlinks, which is 1 wherever
 * systemd set it.
 */
function mayLink({ user }: Disk, inode: LiveInode): boolean {
  if (isPrivileged(user) || user.uid === inode.uid) return true;
  if (inode.kind !== 'file' || (inode.mode & SET_USER_ID) !== 0) return false;
  const runsAsGroup = (inode.mode & SET_GROUP_ID) !== 0 && (inode.mode & 0o010) !== 0;
  return !runsAsGroup && permits(user, inode, READ | WRITE);
}

function requireFree(disk: Disk, place: Place): void {
  if (place.inode !== undefined) fail('EEXIST');
  requireEntryChange(disk, place.directory);
}

function add(disk: Disk, { directory, name }: Place, inode: LiveInode): void {
  attach(directory, name, inode);
  touchContent(disk, directory);
}

/** @throws EISDIR for a directory, as Linux has it where POSIX says EPERM. */
export function removeFile(disk: Disk, path: string): void {
  const { directory, name, inode, hasSlash } = namedPlace(disk, path, () => 'EISDIR');
  if (inode === undefined) fail('ENOENT');
  if (hasSlash) fail(inode.kind === 'directory' ? 'EISDIR' : 'ENOTDIR');
  requireRemoval(disk, directory, inode);
  if (inode.kind === 'directory') fail('EISDIR');
  remove(disk, directory, name, inode);
}

/** @throws ENOTEMPTY, ENOTDIR, and EINVAL or EBUSY for what rmdir(2) refuses by its name. */
export function removeDirectory(disk: Disk, path: string): void {
  const { directory, name, inode } = namedPlace(disk, path, (last) => REFUSED_BY_RMDIR[last] ?? 'EBUSY');
  if (inode === undefined) fail('ENOENT');
  requireRemoval(disk, directory, inode);
  if (inode.kind !== 'directory') fail('ENOTDIR');
  if (inode.entries.size > 0) fail('ENOTEMPTY');
  remove(disk, directory, name, inode);
}

const REFUSED_BY_RMDIR: Readonly<Record<string, string>> = { '.': 'EINVAL', '..': 'ENOTEMPTY' };

function namedPlace(disk: Disk, path: string, refusal: (last: string) => string): Place {
  const place = placeOf(disk, path);
  if (!isNamed(place)) fail(refusal(place.name));
  return place;
}

/**
 * rename(2): one step for every observer. What stood at the new name is gone; two names of one inode stay as they are.
 *
 * @throws EISDIR and ENOTDIR between files and directories, ENOTEMPTY, EINVAL into itself, EBUSY for the root and dots.
 */
export function moveName(disk: Disk, from: string, to: string): void {
  const slots = [slotOf(disk, from), slotOf(disk, to)] as const;
  if (!slots.every(isNamed)) fail('EBUSY');
  const old = lookInto(slots[0]);
  const { inode } = old;
  if (inode === undefined) fail('ENOENT');
  const target = lookInto(slots[1]);
  if (inode.kind !== 'directory' && (old.hasSlash || target.hasSlash)) fail('ENOTDIR');
  if (isWithin(target.directory, inode)) fail('EINVAL');
  if (target.inode !== undefined && isWithin(old.directory, target.inode)) fail('ENOTEMPTY');
  if (target.inode === inode) return;
  requireRemoval(disk, old.directory, inode);
  requireReplaceable(disk, target, inode);
  // Its `..` changes, and that is a write to the directory itself.
  if (inode.kind === 'directory' && old.directory !== target.directory) requirePermission(disk, inode, WRITE);
  if (target.inode?.kind === 'directory' && target.inode.entries.size > 0) fail('ENOTEMPTY');
  move(disk, old, target, inode);
}

function requireReplaceable(disk: Disk, target: Place, inode: LiveInode): void {
  if (target.inode === undefined) return requireEntryChange(disk, target.directory);
  requireRemoval(disk, target.directory, target.inode);
  if (inode.kind === 'directory' && target.inode.kind !== 'directory') fail('ENOTDIR');
  if (inode.kind !== 'directory' && target.inode.kind === 'directory') fail('EISDIR');
}

function move(disk: Disk, old: Place, target: Place, inode: LiveInode): void {
  if (target.inode !== undefined) remove(disk, target.directory, target.name, target.inode);
  detach(old.directory, old.name, inode);
  attach(target.directory, target.name, inode);
  touchChange(disk, inode);
  touchContent(disk, old.directory);
  touchContent(disk, target.directory);
}

/** Whether a directory is this one, or somewhere in it. */
function isWithin(directory: LiveDirectory, inode: LiveInode): boolean {
  for (let above: LiveDirectory | undefined = directory; above !== undefined; above = above.parent) {
    if (above === inode) return true;
  }
  return false;
}

function remove(disk: Disk, directory: LiveDirectory, name: string, inode: LiveInode): void {
  detach(directory, name, inode);
  if (inode.kind === 'file') releaseIfGone(disk, inode);
  // Its `.` goes with it.
  if (inode.kind === 'directory') inode.nlink = 0;
  touchChange(disk, inode);
  touchContent(disk, directory);
}

/** @throws EINVAL where the path leads to no link. */
export function readSymlink(disk: Disk, path: string): string {
  const inode = find(disk, path, 'before a slash');
  if (inode.kind !== 'symlink') fail('EINVAL');
  touchAccess(disk, inode);
  return inode.target;
}
