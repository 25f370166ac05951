// What a directory of any fs holds, as an image of a disk that has nothing else.

import { dirname } from 'node:path';
import type { NodeFs } from '../ground/node-fs';
import type { Attributes, DiskImage, Inode } from './disk-image';
import type { InodeIds } from './inode-ids';

/**
 * Reads a directory with all that is in it, and the directories above it without what else they hold. Devices, sockets and FIFOs are left out.
 *
 * @param directory Absolute and without symbolic links.
 * @throws What the fs throws.
 */
export function imageOfTree(fs: NodeFs, directory: string, ids: InodeIds): DiskImage {
  const inodes = new Map<number, Inode>();

  function read(path: string): number | undefined {
    const stats = fs.lstatSync(path);
    const { mode, uid, gid, atimeMs, mtimeMs } = stats;
    const attributes: Attributes = { mode: mode & 0o7777, uid, gid, atimeMs, mtimeMs };
    const id = ids.of(stats);
    if (inodes.has(id)) return id;
    if (stats.isDirectory()) inodes.set(id, { kind: 'directory', ...attributes, entries: entriesOf(path) });
    else if (stats.isSymbolicLink()) inodes.set(id, { kind: 'symlink', ...attributes, target: fs.readlinkSync(path) });
    else if (stats.isFile())
      inodes.set(id, { kind: 'file', ...attributes, bytes: new Uint8Array(fs.readFileSync(path)) });
    else return undefined;
    return id;
  }

  function entriesOf(path: string): Map<string, number> {
    const entries = new Map<string, number>();
    const isInside = path === directory || path.startsWith(`${directory}/`);
    const names = isInside ? fs.readdirSync(path) : [nextTowards(path)];
    for (const name of names) {
      const id = read(path === '/' ? `/${name}` : `${path}/${name}`);
      if (id !== undefined) entries.set(name, id);
    }
    return entries;
  }

  /** The name by which a directory above leads to ours. */
  function nextTowards(path: string): string {
    let below = directory;
    while (dirname(below) !== path) below = dirname(below);
    return below.slice(below.lastIndexOf('/') + 1);
  }

  return { root: read('/')!, inodes };
}
