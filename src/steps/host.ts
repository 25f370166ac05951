// The narrow waist: the few calls of an fs that the write protocol is made of, each in two flavours.

import type { Stats, StatsFs } from 'node:fs';
import { codeOf } from '../ground/errors';
import { IntactError } from '../ground/intact-error';
import type { NodeFs } from '../ground/node-fs';

/** The primitive calls, in their synchronous form. Meanings are those of the POSIX calls of the same names. */
export interface Primitives {
  open(path: string, flags: number, mode: number): number;
  close(fd: number): void;
  read(fd: number, into: Uint8Array, offset: number, length: number, position: number | null): number;
  /** Text is written as UTF-8, at the descriptor's own position. */
  write(...args: [fd: number, text: string] | WriteArguments): number;
  fsync(fd: number): void;
  /** The fsync that the caller asked for, as opposed to the one that the durability does. */
  flush(fd: number): void;
  ftruncate(fd: number, length: number): void;
  fstat(fd: number): Stats;
  fchmod(fd: number, mode: number): void;
  fchown(fd: number, uid: number, gid: number): void;
  /** Times as dates, or in seconds since the epoch. */
  futimes(fd: number, atime: Date | number, mtime: Date | number): void;
  /** Undefined where nothing is there (ENOENT); every other failure throws. */
  lstat(path: string): Stats | undefined;
  stat(path: string): Stats;
  access(path: string, mode: number): void;
  readlink(path: string): string;
  rename(from: string, to: string): void;
  link(existing: string, added: string): void;
  unlink(path: string): void;
  copyFile(from: string, to: string, mode: number): void;
  /** Answers the first directory that had to be made. */
  mkdir(path: string, options: { recursive: true }): string | undefined;
  readdir(path: string): string[];
  statfs(path: string): StatsFs;
  /** Any other call of the fs by its name, in the flavour that is being run. */
  native(name: string, args: readonly unknown[]): unknown;
}

/** Where to write which bytes: write(2), or pwrite(2) with a position. */
export type WriteArguments = [fd: number, bytes: Uint8Array, offset: number, length: number, position: number | null];

export type Callback<R> = (error: Error | null, value?: R) => void;

type CallbackPrimitives = {
  [Name in keyof Primitives]: (
    ...args: [...Parameters<Primitives[Name]>, Callback<ReturnType<Primitives[Name]>>]
  ) => void;
};

/** Something the protocol can run on: native fs, a memfs volume, either of them with faults in it. */
export interface Host {
  readonly sync: Primitives;
  readonly callback: CallbackPrimitives;
}

const NAMES = [
  'open',
  'close',
  'read',
  'write',
  'fsync',
  'flush',
  'ftruncate',
  'fstat',
  'fchmod',
  'fchown',
  'futimes',
  'lstat',
  'stat',
  'access',
  'readlink',
  'rename',
  'link',
  'unlink',
  'copyFile',
  'mkdir',
  'readdir',
  'statfs',
] as const satisfies readonly Exclude<keyof Primitives, 'native'>[];

/**
 * Takes the primitives from an fs-shaped object, as they are at this moment.
 *
 * @param base node:fs, a memfs volume, or anything else with node's synchronous and callback functions.
 * @throws ERR_INTACT_BASE where one of the functions is missing, naming it.
 */
export function hostOf(base: NodeFs): Host {
  const functions = base as unknown as Record<string, unknown>;
  const take = (name: string): ((...args: unknown[]) => unknown) => {
    const found = functions[name];
    if (typeof found === 'function') return found.bind(base) as (...args: unknown[]) => unknown;
    // Only the sweep of leftovers asks for statfs, and it can do without.
    if (name === 'statfsSync') return () => undefined;
    if (name === 'statfs') return (_path, done) => (done as Callback<undefined>)(null);
    throw new IntactError('ERR_INTACT_BASE', `The fs given to createFs() has no function ${name}()`);
  };
  const sync: Record<string, unknown> = {};
  const callback: Record<string, unknown> = {};
  for (const name of NAMES) {
    const theirs = name === 'flush' ? 'fsync' : name;
    sync[name] = take(`${theirs}Sync`);
    callback[name] = take(theirs);
  }
  const lstatSync = take('lstatSync') as (path: string, options: object) => Stats | undefined;
  return {
    sync: {
      ...(sync as unknown as Primitives),
      lstat: (path) => lstatSync(path, UNLESS_MISSING),
      native: (name, args) => take(`${name}Sync`)(...args),
    },
    callback: {
      ...(callback as unknown as CallbackPrimitives),
      lstat: (path, done) => lstat(base, path, done),
      native: (name, args, done) => take(name)(...args, done),
    },
  };
}

const UNLESS_MISSING = { throwIfNoEntry: false };

function lstat(base: NodeFs, path: string, done: Callback<Stats | undefined>): void {
  base.lstat(path, (error, stats) => (codeOf(error) === 'ENOENT' ? done(null, undefined) : done(error, stats)));
}
