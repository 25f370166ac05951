// From the living disk to plain data.

import type { Attributes, DiskImage, Inode } from '../disk-image';
import { frozenBytes } from './content';
import type { Disk, LiveInode } from './disk';

/** Every inode that a path leads to. A file that only a descriptor holds has no name, and would be gone after a restart. */
export function imageOf(disk: Disk): DiskImage {
  const inodes = new Map<number, Inode>();
  const pending: LiveInode[] = [disk.root];
  for (const inode of pending) {
    if (inodes.has(inode.ino)) continue;
    inodes.set(inode.ino, plainInode(inode));
    if (inode.kind === 'directory') pending.push(...inode.entries.values());
  }
  return { root: disk.root.ino, inodes };
}

function plainInode(inode: LiveInode): Inode {
  const { mode, uid, gid, atimeMs, mtimeMs } = inode;
  const attributes: Attributes = { mode, uid, gid, atimeMs, mtimeMs };
  if (inode.kind === 'file') return { kind: 'file', ...attributes, bytes: frozenBytes(inode) };
  if (inode.kind === 'symlink') return { kind: 'symlink', ...attributes, target: inode.target };
  const entries = new Map([...inode.entries].map(([name, { ino }]) => [name, ino]));
  return { kind: 'directory', ...attributes, entries };
}
