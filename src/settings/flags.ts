// Open flags: what a caller's flag means, and which of them replace a file's content.

import { constants } from '../ground/node-fs';

const { O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_EXCL, O_TRUNC, O_APPEND, O_SYNC } = constants;
// Absent on some platforms, where no flag can have them either.
const O_DIRECTORY = constants.O_DIRECTORY ?? 0;
const O_NOFOLLOW = constants.O_NOFOLLOW ?? 0;
const O_NONBLOCK = constants.O_NONBLOCK ?? 0;
const O_ACCMODE = O_RDONLY | O_WRONLY | O_RDWR;
const O_TMPFILE = 0o20000000;
const O_PATH = 0o10000000;

/** https://nodejs.org/api/fs.html#file-system-flags, with the spellings that node accepts beside the documented ones. */
const BY_NAME: ReadonlyMap<string, number> = new Map(
  Object.entries({
    'r': O_RDONLY,
    'rs sr': O_RDONLY | O_SYNC,
    'r+': O_RDWR,
    'w': O_TRUNC | O_CREAT | O_WRONLY,
    'wx xw': O_TRUNC | O_CREAT | O_WRONLY | O_EXCL,
    'w+': O_TRUNC | O_CREAT | O_RDWR,
    'wx+ xw+': O_TRUNC | O_CREAT | O_RDWR | O_EXCL,
    'a': O_APPEND | O_CREAT | O_WRONLY,
    'ax xa': O_APPEND | O_CREAT | O_WRONLY | O_EXCL,
    'as sa': O_APPEND | O_CREAT | O_WRONLY | O_SYNC,
    'a+': O_APPEND | O_CREAT | O_RDWR,
    'ax+ xa+': O_APPEND | O_CREAT | O_RDWR | O_EXCL,
    'as+ sa+': O_APPEND | O_CREAT | O_RDWR | O_SYNC,
    'rs+ sr+': O_RDWR | O_SYNC,
  }).flatMap(([names, flags]) => names.split(' ').map((name) => [name, flags] as const)),
);

/** A flag as a number, or undefined where node would refuse it (and will say so itself). */
export function parseFlags(flags: unknown): number | undefined {
  if (flags === undefined || flags === null) return O_RDONLY;
  if (typeof flags === 'number') return Number.isInteger(flags) && (flags | 0) === flags ? flags : undefined;
  return typeof flags === 'string' ? BY_NAME.get(flags) : undefined;
}

/** Opens a file for writing and empties it: the calls this package exists for. */
export function replacesContent(flags: number): boolean {
  if ((flags & O_TRUNC) === 0 || (flags & O_ACCMODE) === O_RDONLY) return false;
  return (flags & (O_TMPFILE | O_PATH | O_DIRECTORY)) === 0;
}

/** Opens a file for writing, in whatever way. */
export function canWrite(flags: number): boolean {
  return (flags & O_ACCMODE) !== O_RDONLY;
}

/** Opens a file for reading, perhaps for writing as well. */
export function canRead(flags: number): boolean {
  return (flags & O_ACCMODE) !== O_WRONLY;
}

/** Fails where the file exists: `'wx'` and its kin. */
export function isExclusive(flags: number): boolean {
  return (flags & O_EXCL) !== 0;
}

/** Creates the file where it does not exist. */
export function creates(flags: number): boolean {
  return (flags & O_CREAT) !== 0;
}

/** Adds to the end of what is there: `'a'` and its kin. */
export function appends(flags: number): boolean {
  return (flags & O_APPEND) !== 0 && (flags & O_TRUNC) === 0 && (flags & O_ACCMODE) !== O_RDONLY;
}

/** Must fail where the path is a symbolic link. */
export function refusesSymlinks(flags: number): boolean {
  return (flags & O_NOFOLLOW) !== 0;
}

/** The flags a staged file is opened with for a caller who asked for `flags`: its own new file, never somebody's. */
export function stageFlags(flags: number): number {
  return (flags & ~O_TRUNC) | O_CREAT | O_EXCL;
}

/** The flags to open a staged file once more with: it exists, and must not be made if it has just been published. */
export function sharingFlags(flags: number): number {
  return flags & ~(O_CREAT | O_EXCL);
}

/** The same, for a file that must be left as it is until it is certain that it is the right one. */
export function withoutTruncation(flags: number): number {
  return flags & ~O_TRUNC;
}

/** The flags to find out with whether a file may be opened with these: it is neither made nor changed. */
export function flagsToProbe(flags: number): number {
  return flags & O_ACCMODE;
}

export const READ_ONLY: number = O_RDONLY;
export const READ_DIRECTORY: number = O_RDONLY | O_DIRECTORY;
/**
 * For a regular file that is known by its name: what has taken that name since must neither lead elsewhere, as a symbolic
 * link does, nor keep us waiting, as a FIFO does. Whether it is one must be asked of the descriptor.
 */
export const READ_REGULAR: number = O_RDONLY | O_NOFOLLOW | O_NONBLOCK;
export const WRITE_REGULAR: number = O_WRONLY | O_NOFOLLOW | O_NONBLOCK;
export const APPEND: number = BY_NAME.get('a')!;
export const REPLACE: number = BY_NAME.get('w')!;
export const CREATE_EXCLUSIVELY: number = BY_NAME.get('wx')!;
