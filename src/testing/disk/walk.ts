// From a path to what it names: path_resolution(7). Every call goes through here, so every call agrees on what a path means.

import type { Disk, LiveDirectory, LiveInode } from './disk';
import { fail } from './errno';
import { SEARCH, requirePermission } from './permissions';

/** limits.h: of a path with the NUL behind it, and of one name. In bytes. */
const PATH_MAX = 4096;
const NAME_MAX = 255;

/** What Linux follows in one resolution (fs/namei.c, MAXSYMLINKS). */
export const SYMLINKS_MAX = 40;

/** A name in a directory, whether there is anything of that name or not. */
export interface Slot {
  readonly directory: LiveDirectory;
  /** The last component. `''` for the root; `.` and `..` stand as they are, and cannot be made or removed. */
  readonly name: string;
  /** The path demands a directory: something/ */
  readonly hasSlash: boolean;
}

/** The same once somebody has looked. */
export interface Place extends Slot {
  readonly inode: LiveInode | undefined;
}

/**
 * When a symbolic link in the last component is followed. In all others it always is. Who follows it to create a file must
 * not meet a slash on the way, not even one behind a link.
 */
export type Following = 'always' | 'to create' | 'before a slash' | 'never';

/**
 * The inode that a path leads to.
 *
 * @throws ENOENT, ENOTDIR, EACCES, ELOOP, ENAMETOOLONG.
 */
export function find(disk: Disk, path: string, following: 'always' | 'before a slash' = 'always'): LiveInode {
  const { inode, hasSlash } = walk(disk, path, following);
  if (inode === undefined) fail('ENOENT');
  if (hasSlash && inode.kind !== 'directory') fail('ENOTDIR');
  return inode;
}

/** The last component itself, for calls that make or remove names: they never follow a link there. */
export function placeOf(disk: Disk, path: string): Place {
  return lookInto(slotOf(disk, path));
}

/** The way to the last component, which nobody has looked at yet: a call with two paths walks both of them first. */
export function slotOf(disk: Disk, path: string): Slot {
  return walk(disk, path, 'never');
}

/** @throws ENAMETOOLONG */
export function lookInto(slot: Slot): Place {
  return { ...slot, inode: lookUp(slot.directory, slot.name) };
}

/** Whether the last component is a name that can be made or removed. */
export function isNamed({ name }: Slot): boolean {
  return name !== '' && name !== '.' && name !== '..';
}

/** @throws As `find` does, except that the last component need not exist. With `'never'` it is not even looked up. */
export function walk(disk: Disk, path: string, following: Following): Place {
  if (path === '') fail('ENOENT');
  if (Buffer.byteLength(path) >= PATH_MAX) fail('ENAMETOOLONG');
  let rest = path.startsWith('/') ? path : `${process.cwd()}/${path}`;
  let directory = disk.root;
  let links = 0;
  let start = skipSlashes(rest, 0);
  if (start === rest.length) return { directory, name: '', inode: directory, hasSlash: false };
  // Each turn takes one component from `rest`, and only links add to it, which are counted.
  for (;;) {
    requirePermission(disk, directory, SEARCH);
    const end = endOfName(rest, start);
    const next = skipSlashes(rest, end);
    const name = rest.slice(start, end);
    const isLast = next === rest.length;
    const hasSlash = isLast && end < next;
    if (isLast && following === 'never') return { directory, name, inode: undefined, hasSlash };
    if (hasSlash && following === 'to create') fail('EISDIR');
    const inode = lookUp(directory, name);
    if (inode?.kind === 'symlink' && followsHere(following, isLast, hasSlash)) {
      if (++links > SYMLINKS_MAX) fail('ELOOP');
      if (inode.target.startsWith('/')) directory = disk.root;
      rest = inode.target + rest.slice(end);
      start = skipSlashes(rest, 0);
      if (start === rest.length) return { directory, name: '', inode: directory, hasSlash: false };
      continue;
    }
    if (isLast) return { directory, name, inode, hasSlash };
    if (inode === undefined) fail('ENOENT');
    if (inode.kind !== 'directory') fail('ENOTDIR');
    directory = inode;
    start = next;
  }
}

function lookUp(directory: LiveDirectory, name: string): LiveInode | undefined {
  if (name === '' || name === '.') return directory;
  if (name === '..') return directory.parent ?? directory;
  // No name has more bytes than three for each UTF-16 unit.
  if (name.length * 3 > NAME_MAX && Buffer.byteLength(name) > NAME_MAX) fail('ENAMETOOLONG');
  return directory.entries.get(name);
}

function followsHere(following: Following, isLast: boolean, hasSlash: boolean): boolean {
  return !isLast || hasSlash || following === 'always' || following === 'to create';
}

function skipSlashes(path: string, from: number): number {
  let at = from;
  while (path[at] === '/') at++;
  return at;
}

function endOfName(path: string, from: number): number {
  const slash = path.indexOf('/', from);
  return slash === -1 ? path.length : slash;
}
