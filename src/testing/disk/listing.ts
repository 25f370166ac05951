// What a directory holds: readdir and opendir.

import type { Dir, Dirent } from 'node:fs';
import { join, relative } from 'node:path';
import { type ListingOptions, encode, isUrl, pathOf } from './arguments';
import type { Disk, LiveDirectory, LiveInode } from './disk';
import { Errno, fail } from './errno';
import { listsBehindLinks } from './node-versions';
import { OpenDirectory } from './open-directory';
import { READ, requirePermission } from './permissions';
import { direntOf } from './stats';
import { touchAccess } from './times';
import { find } from './walk';

/** In the order of their bytes, as uv_fs_scandir() sorts them. */
export function listDirectory(disk: Disk, path: unknown, options: ListingOptions): (string | Buffer | Dirent)[] {
  const { withFileTypes, recursive, encoding } = options;
  if (recursive) return listTree(disk, pathOf(path), options);
  const shown = isUrl(path) ? pathOf(path) : (path as string | Buffer);
  return entriesOf(disk, pathOf(path)).map(([name, inode]) => {
    const encoded = encode(name, encoding);
    return withFileTypes ? direntOf(encoded, inode, shown) : encoded;
  });
}

/** Level by level, as node does it: behind links too, though older ones only where no types are asked for. */
function listTree(disk: Disk, base: string, { withFileTypes, encoding }: ListingOptions): (string | Buffer | Dirent)[] {
  const listed: (string | Buffer | Dirent)[] = [];
  const pending = [base];
  const follows = listsBehindLinks || !withFileTypes;
  // Links that lead round in a circle end at ELOOP, and so does this.
  for (const path of pending) {
    for (const [name, inode] of entriesNaming(disk, path)) {
      const entry = join(path, name);
      listed.push(
        withFileTypes ? direntOf(encode(name, encoding), inode, path) : encode(relative(base, entry), encoding),
      );
      if (inode.kind === 'directory' || (follows && leadsToDirectory(disk, entry))) pending.push(entry);
    }
  }
  return listed;
}

function leadsToDirectory(disk: Disk, path: string): boolean {
  try {
    return find(disk, path).kind === 'directory';
  } catch {
    return false;
  }
}

/** An error names the directory that could not be listed, not the one where it began. */
function entriesNaming(disk: Disk, path: string): [string, LiveInode][] {
  try {
    return entriesOf(disk, path);
  } catch (thrown) {
    throw thrown instanceof Errno ? new Errno(thrown.code, { syscall: 'scandir', path }) : thrown;
  }
}

function entriesOf(disk: Disk, path: string): [string, LiveInode][] {
  const directory = readableDirectory(disk, path);
  return [...directory.entries].toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

function readableDirectory(disk: Disk, path: string): LiveDirectory {
  const directory = find(disk, path);
  if (directory.kind !== 'directory') fail('ENOTDIR');
  requirePermission(disk, directory, READ);
  touchAccess(disk, directory);
  return directory;
}

/** opendir(3). The entries come in no order that means anything: here, that in which they were made. */
export function openDirectory(disk: Disk, path: string, options: ListingOptions): Dir {
  const directory = readableDirectory(disk, path);
  const all = options.recursive ? listTree(disk, path, { ...options, withFileTypes: true }) : undefined;
  const entries = (all as Dirent[] | undefined) ?? entriesAsDirents(directory, path, options);
  return new OpenDirectory(path, entries);
}

function entriesAsDirents(directory: LiveDirectory, path: string, { encoding }: ListingOptions): Dirent[] {
  return [...directory.entries].map(([name, inode]) => direntOf(encode(name, encoding), inode, path));
}
