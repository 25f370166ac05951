// A crash state as a memfs volume, for whoever has tools for those.

import type { NodeFs } from '../ground/node-fs';
import type { DiskImage } from './disk-image';
import { loadMemfs } from './load-memfs';

/** A memfs `Volume`, told without its types: they would have to be installed for whoever never asks for one. */
export type MemfsVolume = Omit<NodeFs, 'constants' | 'promises'> & {
  readonly promises: NodeFs['promises'];
  toJSON(): Record<string, string | null>;
  toTree(): string;
};

/**
 * Puts what a disk holds into a memfs volume, with its hard links, symbolic links and modes, so that memfs's own tools
 * (`toTree`, `toJSON`, snapshots) can show it: `toVolume(report.violations[0].image)`.
 *
 * The lab itself does not run on memfs, whose calls differ from POSIX where a crash lab must not.
 *
 * @throws ERR_INTACT_MEMFS where memfs, an optional peer dependency, is not installed.
 */
export function toVolume(image: DiskImage): MemfsVolume {
  const volume = new (loadMemfs('toVolume()').Volume)() as unknown as MemfsVolume;
  const firstPaths = new Map<number, string>();

  function add(path: string, ino: number): void {
    const inode = image.inodes.get(ino)!;
    const first = firstPaths.get(ino);
    if (first !== undefined) return volume.linkSync(first, path);
    firstPaths.set(ino, path);
    if (inode.kind === 'symlink') return volume.symlinkSync(inode.target, path);
    if (inode.kind === 'file') {
      volume.writeFileSync(path, Buffer.from(inode.bytes));
    } else {
      if (path !== '/') volume.mkdirSync(path);
      for (const [name, child] of inode.entries) add(path === '/' ? `/${name}` : `${path}/${name}`, child);
    }
    // Last: memfs asks a directory's mode before it creates anything in it.
    volume.chownSync(path, inode.uid, inode.gid);
    volume.chmodSync(path, inode.mode);
  }

  add('/', image.root);
  return volume;
}
