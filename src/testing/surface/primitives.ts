// The primitive calls: what every call of the surface is made of. They are Linux's system calls in node's dress.

import type { BigIntStats, BigIntStatsFs, Dirent, Stats, StatsFs } from 'node:fs';
import type { NodeFs } from '../../ground/node-fs';
import type { Host } from '../../steps/host';
import { type Steps, native } from '../../steps/step';

/** Absolute; a Buffer only where the bytes are no UTF-8. The empty path, which no call accepts, stays empty. */
export type PathArgument = string | Buffer;

/** Where in the file; null for the descriptor's own position. */
export type Position = number | bigint | null;

export interface StatOptions {
  readonly bigint: boolean;
  /** False: nothing there is no error, and answered with undefined. */
  readonly throwIfNoEntry: boolean;
}

export interface NameOptions {
  readonly encoding: BufferEncoding | 'buffer';
}

/** The primitive calls by name, with their arguments as a `Perform` sees them. Times are seconds since 1970. */
export interface Primitives {
  open(path: PathArgument, flags: number, mode: number): number;
  close(fd: number): void;
  read(fd: number, into: Uint8Array, offset: number, length: number, position: Position): number;
  readv(fd: number, into: readonly Uint8Array[], position: Position): number;
  write(fd: number, bytes: Uint8Array, offset: number, length: number, position: Position): number;
  writev(fd: number, bytes: readonly Uint8Array[], position: Position): number;
  fsync(fd: number): void;
  fdatasync(fd: number): void;
  ftruncate(fd: number, length: number): void;
  fstat(fd: number, options: { readonly bigint: boolean }): Stats | BigIntStats;
  lstat(path: PathArgument, options: StatOptions): Stats | BigIntStats | undefined;
  stat(path: PathArgument, options: StatOptions): Stats | BigIntStats | undefined;
  statfs(path: PathArgument, options: { readonly bigint: boolean }): StatsFs | BigIntStatsFs;
  access(path: PathArgument, mode: number): void;
  readlink(path: PathArgument, options: NameOptions): string | Buffer;
  realpath(path: PathArgument, options: NameOptions): string | Buffer;
  readdir(
    path: PathArgument,
    options: NameOptions & { readonly withFileTypes: boolean },
  ): string[] | Buffer[] | Dirent[];
  chmod(path: PathArgument, mode: number): void;
  fchmod(fd: number, mode: number): void;
  chown(path: PathArgument, uid: number, gid: number): void;
  lchown(path: PathArgument, uid: number, gid: number): void;
  fchown(fd: number, uid: number, gid: number): void;
  utimes(path: PathArgument, atime: number, mtime: number): void;
  lutimes(path: PathArgument, atime: number, mtime: number): void;
  futimes(fd: number, atime: number, mtime: number): void;
  link(existing: PathArgument, added: PathArgument): void;
  /** The target is what the link is to say, so it is no path yet and may be relative. */
  symlink(target: PathArgument, path: PathArgument): void;
  rename(from: PathArgument, to: PathArgument): void;
  unlink(path: PathArgument): void;
  mkdir(path: PathArgument, mode: number): void;
  rmdir(path: PathArgument): void;
}

export type PrimitiveName = keyof Primitives;

/** One primitive call as the surface asks for it. */
export type PrimitiveCall = {
  readonly [Name in PrimitiveName]: { readonly name: Name; readonly args: Readonly<Parameters<Primitives[Name]>> };
}[PrimitiveName];

/**
 * What every primitive call goes through. `effect` makes the call on the base, and returns or throws what it answers;
 * whoever performs may leave it out, make it later or twice, and answer something else.
 */
export type Perform = (call: PrimitiveCall, effect: () => unknown) => unknown;

function primitive<Name extends PrimitiveName>(name: Name) {
  return (...args: Parameters<Primitives[Name]>): Steps<ReturnType<Primitives[Name]>> =>
    native(name, args) as Steps<ReturnType<Primitives[Name]>>;
}

export const open = primitive('open');
export const close = primitive('close');
export const read = primitive('read');
export const readv = primitive('readv');
export const write = primitive('write');
export const writev = primitive('writev');
export const fsync = primitive('fsync');
export const fdatasync = primitive('fdatasync');
export const ftruncate = primitive('ftruncate');
export const fstat = primitive('fstat');
export const lstat = primitive('lstat');
export const stat = primitive('stat');
export const statfs = primitive('statfs');
export const access = primitive('access');
export const readlink = primitive('readlink');
export const realpath = primitive('realpath');
export const readdir = primitive('readdir');
export const chmod = primitive('chmod');
export const fchmod = primitive('fchmod');
export const chown = primitive('chown');
export const lchown = primitive('lchown');
export const fchown = primitive('fchown');
export const utimes = primitive('utimes');
export const lutimes = primitive('lutimes');
export const futimes = primitive('futimes');
export const link = primitive('link');
export const symlink = primitive('symlink');
export const rename = primitive('rename');
export const unlink = primitive('unlink');
export const mkdir = primitive('mkdir');
export const rmdir = primitive('rmdir');

/** Runs a task in a later turn, and the tasks of one fs in the order in which they came. `call` is what it will make. */
export type Later = (task: () => void, call: PrimitiveCall) => void;

/**
 * A host whose every step is one primitive call: made at once for synchronous callers, and in a later turn for the others.
 *
 * @param base A function, because the file system underneath may be exchanged.
 */
export function hostOfPrimitives(base: () => NodeFs, perform: Perform, later: Later): Host {
  const make = (name: string, args: readonly unknown[]): unknown =>
    perform({ name, args } as PrimitiveCall, () => callOn(base(), name, args));
  const makeLater = (name: string, args: readonly unknown[], done: (error: unknown, value?: unknown) => void): void =>
    later(
      () => {
        let value: unknown;
        try {
          value = make(name, args);
        } catch (error) {
          done(error);
          return;
        }
        done(null, value);
      },
      { name, args } as PrimitiveCall,
    );
  // The steps of the surface are all of this one kind.
  return { sync: { native: make }, callback: { native: makeLater } } as unknown as Host;
}

type AnyFunction = (...args: readonly unknown[]) => unknown;

function callOn(base: NodeFs, name: string, args: readonly unknown[]): unknown {
  const functions = base as unknown as Record<string, AnyFunction & { native?: AnyFunction }>;
  const call = functions[`${name}Sync`]!;
  // Only `native` is one call; node's other realpath walks by itself.
  return name === 'realpath' && call.native ? call.native(...args) : Reflect.apply(call, base, args);
}
