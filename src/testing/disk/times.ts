// Which call changes which time: inode(7), and mount(8) on relatime.

import type { Disk, LiveInode } from './disk';

const DAY_MS = 86_400_000;

/** The inode changed: its mode, its owner, its number of names. */
export function touchChange(disk: Disk, inode: LiveInode): void {
  inode.ctimeMs = disk.now();
}

/** The content changed. */
export function touchContent(disk: Disk, inode: LiveInode): void {
  inode.mtimeMs = inode.ctimeMs = disk.now();
}

/** The content was read. As on every Linux since 2.6.30, only the first read after a change is noted, and one a day. */
export function touchAccess(disk: Disk, inode: LiveInode): void {
  const now = disk.now();
  const isNoted = inode.atimeMs > inode.mtimeMs && inode.atimeMs > inode.ctimeMs;
  if (!isNoted || now - inode.atimeMs >= DAY_MS) inode.atimeMs = now;
}
