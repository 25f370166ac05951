// The calls on descriptors: open(2), close(2), pread(2), pwrite(2), ftruncate(2), fsync(2).

import { constants } from '../../ground/node-fs';
import { readBytes, setSize, writeBytes } from './content';
import { type Descriptor, type Disk, type LiveFile, type LiveInode, releaseIfGone } from './disk';
import { fail } from './errno';
import { makeFile } from './names';
import { READ, WRITE, isPrivileged, requireOwnership, requirePermission, withoutSetId } from './permissions';
import { touchAccess, touchContent } from './times';
import { type Place, isNamed, lookInto, slotOf, walk } from './walk';

const { O_CREAT, O_EXCL, O_TRUNC, O_APPEND, O_NOFOLLOW, O_DIRECTORY, O_NOATIME } = constants;

/** Far above those of the real process, so that one kind handed to the other is refused. POSIX's lowest free one from there. */
const FIRST_FD = 1_000_000_000;

/** What a process may have open on Linux at the most, fs.nr_open in proc_sys_fs(5). */
const DESCRIPTORS_MAX = 1_048_576;

/** @param flags The bits of open(2). Those that only speed or safety depend on (O_SYNC, O_DIRECT, ...) change nothing here. */
export function open(disk: Disk, path: string, flags: number, mode: number): number {
  // Since Linux 6.4; before, it made a regular file and complained.
  if (has(flags, O_CREAT | O_DIRECTORY)) fail('EINVAL');
  const place = placeToOpen(disk, path, flags);
  if (place.inode === undefined) return describe(disk, path, creation(disk, place, flags, mode), flags);
  requireOpenable(disk, place, place.inode, flags);
  if (has(flags, O_TRUNC) && place.inode.kind === 'file') resize(disk, place.inode, 0);
  return describe(disk, path, place.inode, flags);
}

function has(flags: number, wanted: number): boolean {
  return (flags & wanted) === wanted;
}

function placeToOpen(disk: Disk, path: string, flags: number): Place {
  if (!has(flags, O_CREAT)) return walk(disk, path, has(flags, O_NOFOLLOW) ? 'before a slash' : 'always');
  if (!has(flags, O_EXCL) && !has(flags, O_NOFOLLOW)) return walk(disk, path, 'to create');
  const slot = slotOf(disk, path);
  if (isNamed(slot) && slot.hasSlash) fail('EISDIR');
  return lookInto(slot);
}

function creation(disk: Disk, place: Place, flags: number, mode: number): LiveFile {
  if (!has(flags, O_CREAT)) fail('ENOENT');
  return makeFile(disk, place, mode);
}

function requireOpenable(disk: Disk, { hasSlash }: Place, inode: LiveInode, flags: number): void {
  const isDirectory = inode.kind === 'directory';
  if (has(flags, O_CREAT | O_EXCL)) fail('EEXIST');
  if (has(flags, O_CREAT) && isDirectory) fail('EISDIR');
  if ((hasSlash || has(flags, O_DIRECTORY)) && !isDirectory) fail('ENOTDIR');
  if (inode.kind === 'symlink') fail('ELOOP');
  const wanted = accessOf(flags);
  if (isDirectory && (wanted & WRITE) !== 0) fail('EISDIR');
  requirePermission(disk, inode, wanted);
  if (has(flags, O_NOATIME)) requireOwnership(disk, inode);
}

/** O_RDONLY, O_WRONLY, O_RDWR and the 3 that is none of them ask for reading, writing, both and both. */
function accessOf(flags: number): number {
  const asked = [READ, WRITE, READ | WRITE, READ | WRITE][flags & 3]!;
  return has(flags, O_TRUNC) ? asked | WRITE : asked;
}

function describe(disk: Disk, path: string, inode: LiveInode, flags: number): number {
  const { descriptors } = disk;
  if (descriptors.size >= DESCRIPTORS_MAX) fail('EMFILE');
  let fd = FIRST_FD;
  while (descriptors.has(fd)) fd++;
  // One more than the flag has a bit for each way; the 3 has none, though it asked for both.
  const ways = (flags + 1) & 3;
  const canRead = (ways & 1) !== 0;
  const canWrite = (ways & 2) !== 0;
  descriptors.set(fd, { fd, path, inode, canRead, canWrite, appends: has(flags, O_APPEND), position: 0 });
  if (inode.kind === 'file') inode.descriptors++;
  return fd;
}

/** @throws EBADF */
export function descriptorOf(disk: Disk, fd: number): Descriptor {
  return disk.descriptors.get(fd) ?? fail('EBADF');
}

export function close(disk: Disk, fd: number): void {
  const { inode } = descriptorOf(disk, fd);
  disk.descriptors.delete(fd);
  if (inode.kind !== 'file') return;
  inode.descriptors--;
  releaseIfGone(disk, inode);
}

/** @param position Null for where the descriptor stands, which then moves on. */
export function read(disk: Disk, fd: number, into: Uint8Array, position: number | null): number {
  const descriptor = descriptorOf(disk, fd);
  if (!descriptor.canRead) fail('EBADF');
  const { inode } = descriptor;
  if (inode.kind !== 'file') fail('EISDIR');
  const count = readBytes(inode, into, position ?? descriptor.position);
  if (position === null) descriptor.position += count;
  touchAccess(disk, inode);
  return count;
}

/** @param position As for `read`. A descriptor that appends writes at the end all the same, as on Linux: pwrite(2). */
export function write(disk: Disk, fd: number, bytes: Uint8Array, position: number | null): number {
  const descriptor = descriptorOf(disk, fd);
  const { inode } = descriptor;
  if (!descriptor.canWrite || inode.kind !== 'file') fail('EBADF');
  if (bytes.length === 0) return 0;
  const start = descriptor.appends ? inode.size : (position ?? descriptor.position);
  const count = writeBytes(disk, inode, bytes, start);
  if (position === null) descriptor.position = start + count;
  touchWritten(disk, inode);
  return count;
}

/** readv(2): one read into several parts. @throws EINVAL for none. */
export function readVector(disk: Disk, fd: number, parts: readonly Uint8Array[], position: number | null): number {
  if (parts.length === 0) fail('EINVAL');
  const into = new Uint8Array(totalLength(parts));
  const count = read(disk, fd, into, position);
  let taken = 0;
  for (const part of parts) {
    part.set(into.subarray(taken, Math.min(taken + part.length, count)));
    taken = Math.min(taken + part.length, count);
  }
  return count;
}

/** writev(2): one write of several parts. */
export function writeVector(disk: Disk, fd: number, parts: readonly Uint8Array[], position: number | null): number {
  return write(disk, fd, Buffer.concat(parts, totalLength(parts)), position);
}

function totalLength(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}

/** @throws EINVAL where the descriptor is not open for writing, or is no file's. */
export function truncate(disk: Disk, fd: number, size: number): void {
  const { inode, canWrite } = descriptorOf(disk, fd);
  if (!canWrite || inode.kind !== 'file') fail('EINVAL');
  resize(disk, inode, size);
}

function resize(disk: Disk, file: LiveFile, size: number): void {
  setSize(disk, file, size);
  touchWritten(disk, file);
}

function touchWritten(disk: Disk, file: LiveFile): void {
  if (!isPrivileged(disk.user)) file.mode = withoutSetId(file.mode);
  touchContent(disk, file);
}
