// A disk in memory whose calls mean what POSIX and Linux say they mean.

import type { NodeFs } from '../ground/node-fs';
import { type Disk, emptyDisk, mountImage } from './disk/disk';
import { imageOf } from './disk/image';
import { primitivesOf } from './disk/primitives';
import type { DiskImage } from './disk-image';

export interface MemoryDisk {
  /**
   * The disk in the shape of node:fs, as far as its calls go: the synchronous functions that are one system call each, or
   * nearly. What is made of several (writeFile, cp, streams, promises, ...) is for whoever stands above to make of these.
   *
   * Each means what POSIX says, or Linux where that is more exact: paths, permissions, owners, times, descriptors, errors and
   * their order, all as the same call of node:fs has them. It differs in a few ways that the differential suite declares:
   * O_PATH and O_TMPFILE are refused; names must be UTF-8; a hole in the middle of a file takes room; times are kept as a
   * number of milliseconds. Of the protections that systems may have switched on (proc_sys_fs(5)), only protected_hardlinks
   * is.
   */
  readonly fs: NodeFs;
  /** What the disk holds now, with the inode numbers that stat shows. Later changes of the disk leave it as it is. */
  image(): DiskImage;
  /** What a program has left open, in the order of opening. */
  openDescriptors(): readonly { readonly fd: number; readonly path: string }[];
}

export interface MemoryDiskOptions {
  /** What the disk holds at first. It stays as it is; bytes are copied only when they are written to. @default an empty root */
  readonly image?: DiskImage;
  /**
   * How many bytes all files may hold together; directories take none, and holes none as long as nothing is behind them. A write that does not fit is short first,
   * and only the next one fails with ENOSPC. @default Infinity
   */
  readonly capacityBytes?: number;
  /** Whose calls these are. 0 may do anything. @default the user of this process */
  readonly uid?: number;
  /** Their group; there are no supplementary ones. @default the group of this process */
  readonly gid?: number;
  /** What new files and directories do not get: umask(2). @default 0o022, whatever this process has */
  readonly umask?: number;
  /** The clock, in milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}

/** Makes a disk. It lives as long as somebody refers to it, and touches nothing outside itself. */
export function createMemoryDisk(options: MemoryDiskOptions = {}): MemoryDisk {
  const disk = diskFor(options);
  return {
    fs: primitivesOf(disk) as unknown as NodeFs,
    image: () => imageOf(disk),
    openDescriptors: () => [...disk.descriptors.values()].map(({ fd, path }) => ({ fd, path })),
  };
}

function diskFor({
  image,
  capacityBytes = Infinity,
  uid,
  gid,
  umask = 0o022,
  now = Date.now,
}: MemoryDiskOptions): Disk {
  // Windows has no users; there everybody is root.
  const user = { uid: uid ?? process.getuid?.() ?? 0, gid: gid ?? process.getgid?.() ?? 0 };
  const settings = { user, umask, now, capacityBytes };
  return image === undefined ? emptyDisk(settings) : mountImage(image, settings);
}
