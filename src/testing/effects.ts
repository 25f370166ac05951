// What each primitive call changes, found out by looking at the fs underneath before and after it.

import type { Stats } from 'node:fs';
import { dirname } from 'node:path';
import { type NodeFs, constants } from '../ground/node-fs';
import type { Attributes, Inode } from './disk-image';
import type { InodeIds } from './inode-ids';
import type { Effect, Entry } from './trace';

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_TRUNC, O_APPEND, O_SYNC, O_DSYNC } = constants;

export interface OpenDescriptor {
  readonly ino: number;
  readonly path: string;
  readonly flags: number;
  position: number;
}

/** The fs underneath, and what was learned of it. */
export interface Observed {
  readonly base: NodeFs;
  readonly ids: InodeIds;
  readonly descriptors: Map<number, OpenDescriptor>;
}

/** Makes the call, and tells what it changed, in order. Nothing is added where the call throws. */
export type Observer = (on: Observed, args: readonly unknown[], call: () => unknown, effects: Effect[]) => unknown;

/** By the call's name. A call that is not here changes nothing. */
export const OBSERVERS: Readonly<Record<string, Observer>> = {
  open(on, [given, given2], call, effects) {
    const [path, flags] = [given as string, given2 as number];
    const follows = (flags & O_NOFOLLOW) === 0 && (flags & (O_CREAT | O_EXCL)) !== (O_CREAT | O_EXCL);
    const before = look(on, path, follows);
    // Through a dangling symlink, the new file gets the name that the link tells.
    const entry = before === undefined && (flags & O_CREAT) !== 0 ? newEntryAt(on, path, follows) : undefined;
    const fd = call() as number;
    const stats = on.base.fstatSync(fd);
    const ino = on.ids.of(stats);
    if (entry !== undefined) effects.push({ kind: 'link', entry, ino, created: inodeOf(on, stats) });
    else if ((flags & O_TRUNC) !== 0 && before!.size > 0) effects.push({ kind: 'truncate', ino, size: 0 });
    on.descriptors.set(fd, { ino, path, flags, position: 0 });
    return fd;
  },

  close(on, [fd], call) {
    const stats = lookAt(on, fd);
    const result = call();
    on.descriptors.delete(fd as number);
    if (stats !== undefined) forgetIfGone(on, stats, stats.nlink);
    return result;
  },

  read(on, [fd, , , , position], call) {
    return advancing(on, fd, position, call);
  },

  readv(on, [fd, , position], call) {
    return advancing(on, fd, position, call);
  },

  write(on, [fd, bytes, offset, , position], call, effects) {
    const from = offset as number;
    return wrote(on, fd, position, call, effects, (count) => (bytes as Uint8Array).slice(from, from + count));
  },

  writev(on, [fd, buffers, position], call, effects) {
    return wrote(on, fd, position, call, effects, (count) => {
      return new Uint8Array(Buffer.concat(buffers as Uint8Array[]).subarray(0, count));
    });
  },

  ftruncate(on, [fd, length], call, effects) {
    const stats = lookAt(on, fd);
    const result = call();
    const size = Math.max(0, Number(length ?? 0));
    if (stats !== undefined && size !== stats.size) effects.push({ kind: 'truncate', ino: on.ids.of(stats), size });
    return result;
  },

  fsync: (on, args, call, effects) => synced(on, args, call, effects, true),
  fdatasync: (on, args, call, effects) => synced(on, args, call, effects, false),

  fchmod: changedDescriptor,
  fchown: changedDescriptor,
  futimes: changedDescriptor,
  chmod: (on, args, call, effects) => changedPath(on, args, call, effects, true),
  chown: (on, args, call, effects) => changedPath(on, args, call, effects, true),
  utimes: (on, args, call, effects) => changedPath(on, args, call, effects, true),
  lchmod: (on, args, call, effects) => changedPath(on, args, call, effects, false),
  lchown: (on, args, call, effects) => changedPath(on, args, call, effects, false),
  lutimes: (on, args, call, effects) => changedPath(on, args, call, effects, false),

  link(on, [existing, added], call, effects) {
    const result = call();
    const ino = on.ids.of(on.base.lstatSync(existing as string));
    effects.push({ kind: 'link', entry: entryAt(on, added as string), ino });
    return result;
  },

  symlink: (on, [, path], call, effects) => created(on, path as string, call, effects),
  mkdir: (on, [path], call, effects) => created(on, path as string, call, effects),

  rename(on, [from, to], call, effects) {
    const moved = look(on, from as string, false);
    const replaced = look(on, to as string, false);
    const source = moved && entryAt(on, from as string);
    const result = call();
    // POSIX rename() does nothing where the two are names of one file.
    if (moved === undefined || source === undefined || moved.ino === replaced?.ino) return result;
    effects.push({
      kind: 'rename',
      from: source,
      to: entryAt(on, to as string),
      ino: on.ids.of(moved),
      replaces: replaced !== undefined,
    });
    if (replaced !== undefined) forgetIfGone(on, replaced, replaced.isDirectory() ? 0 : replaced.nlink - 1);
    return result;
  },

  unlink: removed,
  rmdir: removed,
};

/** An image's view of what stats tell. */
export function inodeOf(on: Pick<Observed, 'base'>, stats: Stats, path?: string): Inode {
  const attributes = attributesOf(stats);
  if (stats.isDirectory()) return { kind: 'directory', ...attributes, entries: new Map() };
  if (stats.isSymbolicLink()) return { kind: 'symlink', ...attributes, target: on.base.readlinkSync(path!) };
  return { kind: 'file', ...attributes, bytes: new Uint8Array(0) };
}

function attributesOf({ mode, uid, gid, atimeMs, mtimeMs }: Stats): Attributes {
  return { mode: mode & 0o7777, uid, gid, atimeMs, mtimeMs };
}

function advancing(on: Observed, fd: unknown, position: unknown, call: () => unknown): unknown {
  const count = call() as number;
  const descriptor = on.descriptors.get(fd as number);
  if (descriptor !== undefined && !isPosition(position)) descriptor.position += count;
  return count;
}

function wrote(
  on: Observed,
  fd: unknown,
  position: unknown,
  call: () => unknown,
  effects: Effect[],
  take: (count: number) => Uint8Array,
): unknown {
  const descriptor = on.descriptors.get(fd as number);
  if (descriptor === undefined) return call();
  const { ino, flags } = descriptor;
  const appends = (flags & O_APPEND) !== 0;
  const end = appends ? lookAt(on, fd)!.size : 0;
  const count = call() as number;
  const at = appends ? end : isPosition(position) ? Number(position) : descriptor.position;
  if (appends || !isPosition(position)) descriptor.position = at + count;
  if (count > 0) effects.push({ kind: 'write', ino, at, bytes: take(count) });
  // O_SYNC contains the bit of O_DSYNC.
  if ((flags & O_DSYNC) !== 0) effects.push({ kind: 'sync', ino, attributes: (flags & O_SYNC) === O_SYNC });
  return count;
}

function synced(on: Observed, [fd]: readonly unknown[], call: () => unknown, effects: Effect[], all: boolean): unknown {
  const result = call();
  effects.push({ kind: 'sync', ino: on.ids.of(on.base.fstatSync(fd as number)), attributes: all });
  return result;
}

function changedDescriptor(on: Observed, [fd]: readonly unknown[], call: () => unknown, effects: Effect[]): unknown {
  const result = call();
  const stats = on.base.fstatSync(fd as number);
  effects.push({ kind: 'attributes', ino: on.ids.of(stats), attributes: attributesOf(stats) });
  return result;
}

function changedPath(
  on: Observed,
  [path]: readonly unknown[],
  call: () => unknown,
  effects: Effect[],
  follows: boolean,
): unknown {
  const result = call();
  const stats = look(on, path as string, follows)!;
  effects.push({ kind: 'attributes', ino: on.ids.of(stats), attributes: attributesOf(stats) });
  return result;
}

function created(on: Observed, path: string, call: () => unknown, effects: Effect[]): unknown {
  const result = call();
  const stats = on.base.lstatSync(path);
  effects.push({ kind: 'link', entry: entryAt(on, path), ino: on.ids.of(stats), created: inodeOf(on, stats, path) });
  return result;
}

function removed(on: Observed, [path]: readonly unknown[], call: () => unknown, effects: Effect[]): unknown {
  const stats = look(on, path as string, false);
  const entry = stats && entryAt(on, path as string);
  const result = call();
  if (stats === undefined || entry === undefined) return result;
  effects.push({ kind: 'unlink', entry, ino: on.ids.of(stats) });
  forgetIfGone(on, stats, stats.isDirectory() ? 0 : stats.nlink - 1);
  return result;
}

/** A number is free for another file once nothing names the file and nothing has it open. */
function forgetIfGone(on: Observed, stats: Stats, names: number): void {
  if (names > 0) return;
  const ino = on.ids.of(stats);
  for (const open of on.descriptors.values()) if (open.ino === ino) return;
  on.ids.forget(stats);
}

/** What a descriptor is open on; undefined where it is not open, of which the call itself will complain. */
function lookAt(on: Observed, fd: unknown): Stats | undefined {
  try {
    return on.base.fstatSync(fd as number);
  } catch {
    return undefined;
  }
}

/** What is there; undefined where nothing is, or where the way to it is not open. */
function look(on: Observed, path: string, follow: boolean): Stats | undefined {
  try {
    return follow
      ? on.base.statSync(path, { throwIfNoEntry: false })
      : on.base.lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** The name that a path ends in, in the directory that it leads to. */
function entryAt(on: Observed, path: string): Entry {
  const trimmed = path.replace(/\/+$/, '');
  const directory = on.base.statSync(dirname(trimmed));
  return { dir: on.ids.of(directory), name: trimmed.slice(trimmed.lastIndexOf('/') + 1) };
}

/** The name that creating a file at this path would give it; undefined where its directory is missing. */
function newEntryAt(on: Observed, path: string, follows: boolean): Entry | undefined {
  let at = path;
  try {
    for (let hops = 0; hops < (follows ? SYMLINK_HOPS_MAX : 0); hops++) {
      if (look(on, at, false) === undefined) break;
      const target = on.base.readlinkSync(at);
      at = target.startsWith('/') ? target : `${dirname(at)}/${target}`;
    }
    return entryAt(on, at);
  } catch {
    return undefined;
  }
}

/** Linux gives up after as many (path_resolution(7)). */
const SYMLINK_HOPS_MAX = 40;

function isPosition(position: unknown): boolean {
  return (typeof position === 'number' && position >= 0) || typeof position === 'bigint';
}
