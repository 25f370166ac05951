// The disk as it lives: inodes that change, and the table of open descriptors. The calls stand in the files beside this one.

import type { Attributes, DiskImage, Inode } from '../disk-image';

interface LiveAttributes {
  readonly ino: number;
  mode: number;
  uid: number;
  gid: number;
  /** Names that lead here; of a directory, the `.` in it and the `..` of each directory in it too. */
  nlink: number;
  atimeMs: number;
  mtimeMs: number;
  ctimeMs: number;
  readonly birthtimeMs: number;
}

export interface LiveFile extends LiveAttributes {
  readonly kind: 'file';
  size: number;
  /** The content up to `storedBytes`; from there to `size` the file is a hole, which reads as zeros. */
  bytes: Uint8Array;
  storedBytes: number;
  /** The bytes belong to an image too, and must be copied before they are changed. */
  isShared: boolean;
  descriptors: number;
}

export interface LiveDirectory extends LiveAttributes {
  readonly kind: 'directory';
  readonly entries: Map<string, LiveInode>;
  /** Undefined for the root, and for a directory that has not got its name yet. */
  parent: LiveDirectory | undefined;
}

export interface LiveSymlink extends LiveAttributes {
  readonly kind: 'symlink';
  readonly target: string;
}

export type LiveInode = LiveFile | LiveDirectory | LiveSymlink;

/** What open(2) calls an open file description. */
export interface Descriptor {
  readonly fd: number;
  /** As it was opened; the name may lead elsewhere by now. */
  readonly path: string;
  readonly inode: LiveInode;
  readonly canRead: boolean;
  readonly canWrite: boolean;
  readonly appends: boolean;
  position: number;
}

/** Who makes the calls: credentials(7). User 0 has all privileges; there are no supplementary groups. */
export interface User {
  readonly uid: number;
  readonly gid: number;
}

export interface Disk {
  readonly root: LiveDirectory;
  readonly user: User;
  readonly umask: number;
  readonly now: () => number;
  readonly descriptors: Map<number, Descriptor>;
  readonly capacityBytes: number;
  freeBytes: number;
  /** Numbers are never used again, so that a trace tells inodes apart. */
  nextIno: number;
}

export interface DiskSettings {
  readonly user: User;
  readonly umask: number;
  readonly now: () => number;
  readonly capacityBytes: number;
}

/** The root's inode number on ext2 and its kin. */
const ROOT_INO = 2;

const EMPTY = new Uint8Array(0);

/** A disk with nothing on it but a root directory, which is the user's own. */
export function emptyDisk(settings: DiskSettings): Disk {
  const root = directoryWith(newAttributes(ROOT_INO, 0o755, settings.user, settings.now()));
  return diskWith(root, ROOT_INO, settings);
}

/** A disk that holds what an image says. Nothing of the image is copied but its structure. */
export function mountImage(image: DiskImage, settings: DiskSettings): Disk {
  const live = new Map<number, LiveInode>();
  let highestIno = image.root;
  for (const [ino, inode] of image.inodes) {
    live.set(ino, revive(ino, inode));
    if (ino > highestIno) highestIno = ino;
  }
  const root = live.get(image.root);
  if (root?.kind !== 'directory') throw new TypeError(`The image's root, inode ${image.root}, is no directory`);
  for (const [ino, inode] of image.inodes) {
    if (inode.kind === 'directory') fill(live.get(ino) as LiveDirectory, inode.entries, live);
  }
  const disk = diskWith(root, highestIno, settings);
  for (const inode of live.values()) if (inode.kind === 'file') disk.freeBytes -= inode.storedBytes;
  return disk;
}

function diskWith(root: LiveDirectory, highestIno: number, settings: DiskSettings): Disk {
  // The root has no name, but its own `..`.
  root.nlink++;
  const { user, umask, now, capacityBytes } = settings;
  const [freeBytes, nextIno] = [capacityBytes, highestIno + 1];
  return { root, user, umask, now, capacityBytes, freeBytes, nextIno, descriptors: new Map() };
}

function revive(ino: number, inode: Inode): LiveInode {
  const attributes = attributesOf(ino, inode);
  if (inode.kind === 'file') return fileWith(attributes, inode.bytes, true);
  if (inode.kind === 'symlink') return symlinkWith(attributes, inode.target);
  return directoryWith(attributes);
}

function attributesOf(ino: number, { mode, uid, gid, atimeMs, mtimeMs }: Attributes): LiveAttributes {
  return { ino, mode, uid, gid, nlink: 0, atimeMs, mtimeMs, ctimeMs: mtimeMs, birthtimeMs: mtimeMs };
}

function fill(
  directory: LiveDirectory,
  entries: ReadonlyMap<string, number>,
  live: ReadonlyMap<number, LiveInode>,
): void {
  for (const [name, ino] of entries) {
    const inode = live.get(ino);
    if (inode === undefined) throw new TypeError(`The image's entry '${name}' names inode ${ino}, which it lacks`);
    attach(directory, name, inode);
  }
}

/** Gives an inode a name, and counts it. */
export function attach(directory: LiveDirectory, name: string, inode: LiveInode): void {
  directory.entries.set(name, inode);
  inode.nlink++;
  if (inode.kind !== 'directory') return;
  inode.parent = directory;
  directory.nlink++;
}

/** Takes a name from an inode, and leaves it to the caller to end the inode if that was the last. */
export function detach(directory: LiveDirectory, name: string, inode: LiveInode): void {
  directory.entries.delete(name);
  inode.nlink--;
  if (inode.kind === 'directory') directory.nlink--;
}

/** Gives back the space of a file that has neither a name nor a descriptor. */
export function releaseIfGone(disk: Disk, file: LiveFile): void {
  if (file.nlink > 0 || file.descriptors > 0) return;
  disk.freeBytes += file.storedBytes;
  file.bytes = EMPTY;
  file.storedBytes = 0;
}

function newAttributes(ino: number, mode: number, { uid, gid }: User, now: number): LiveAttributes {
  return { ino, mode, uid, gid, nlink: 0, atimeMs: now, mtimeMs: now, ctimeMs: now, birthtimeMs: now };
}

/** @param gid The owning group, which is not always the user's. */
export function newFile(disk: Disk, mode: number, gid: number): LiveFile {
  return fileWith(nextAttributes(disk, mode, gid), EMPTY, false);
}

export function newDirectory(disk: Disk, mode: number, gid: number): LiveDirectory {
  return directoryWith(nextAttributes(disk, mode, gid));
}

/** The permissions of a symbolic link are never used, and shown as all: symlink(7). */
export function newSymlink(disk: Disk, target: string, gid: number): LiveSymlink {
  return symlinkWith(nextAttributes(disk, 0o777, gid), target);
}

function nextAttributes(disk: Disk, mode: number, gid: number): LiveAttributes {
  return newAttributes(disk.nextIno++, mode, { uid: disk.user.uid, gid }, disk.now());
}

function fileWith(attributes: LiveAttributes, bytes: Uint8Array, isShared: boolean): LiveFile {
  const { length } = bytes;
  return { kind: 'file', ...attributes, size: length, bytes, storedBytes: length, isShared, descriptors: 0 };
}

function symlinkWith(attributes: LiveAttributes, target: string): LiveSymlink {
  return { kind: 'symlink', ...attributes, target };
}

/** Its `.` is a name too. */
function directoryWith(attributes: LiveAttributes): LiveDirectory {
  return { kind: 'directory', ...attributes, nlink: 1, entries: new Map(), parent: undefined };
}
