// Calls about a file itself, made on a descriptor of one that keeps its inode: they are about that inode, and at once, while
// only the content waits in the staged file.

import type { Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import type { OpenFile } from '../protocol/open-file';
import type { Context } from './context';

type AnyFunction = (...args: unknown[]) => unknown;
type Natives = Readonly<Record<string, AnyFunction>>;

/** The names of the calls in the fs, and of those on a FileHandle. */
const CALLS = { fchmod: 'chmod', fchown: 'chown', futimes: 'utimes', fstat: 'stat' } as const;
type Name = keyof typeof CALLS;

/** The synchronous and callback forms of each, in front of its native one. */
export function inodeCalls({ volume, natives }: Context): Record<string, AnyFunction> {
  const { openFiles } = volume;
  const native = natives as unknown as Natives;
  const ours: Record<string, AnyFunction> = {};
  for (const name of Object.keys(CALLS) as Name[]) {
    ours[`${name}Sync`] = (...args) => {
      const file = openFiles.size === 0 ? undefined : openFiles.get(args[0] as number);
      const inode = file && keptInode(file);
      return inode === undefined ? native[`${name}Sync`]!(...args) : onInodeSync(native, name, inode, args);
    };
    ours[name] = (...args) => {
      const file = openFiles.size === 0 ? undefined : openFiles.get(args[0] as number);
      const inode = file && keptInode(file);
      if (inode === undefined || typeof args.at(-1) !== 'function') return native[name]!(...args);
      return onInode(native, name, inode, args);
    };
  }
  return ours;
}

/** Puts the same in front of the methods of one FileHandle. */
export function handleInode(handle: FileHandle, file: OpenFile, { natives }: Context): void {
  if (keptInode(file) === undefined) return;
  const methods = handle as unknown as Record<string, AnyFunction>;
  for (const [name, method] of Object.entries(CALLS) as [Name, string][]) {
    const original = methods[method]!.bind(handle);
    const value = async (...args: unknown[]): Promise<unknown> => {
      const inode = keptInode(file);
      if (inode === undefined) return original(...args);
      return new Promise((resolve, reject) => {
        const done = (error: unknown, result: unknown): void => (error ? reject(error) : resolve(result));
        onInode(natives as unknown as Natives, name, inode, [handle.fd, ...args, done]);
      });
    };
    Object.defineProperty(handle, method, { value, configurable: true, writable: true });
  }
}

/** A descriptor of the inode that is to stay, as long as the content is not there yet. */
function keptInode({ stage }: OpenFile): number | undefined {
  return stage.state === 'open' ? stage.inodeFd : undefined;
}

function onInodeSync(native: Natives, name: Name, inode: number, args: readonly unknown[]): unknown {
  const call = native[`${name}Sync`]!;
  const result = call(inode, ...args.slice(1));
  if (name === 'futimes') return call(...args);
  return name === 'fstat' ? withInodeOf(call(...args) as Stats, result as Stats) : result;
}

function onInode(native: Natives, name: Name, inode: number, args: readonly unknown[]): unknown {
  const call = native[name]!;
  const done = args.at(-1) as AnyFunction;
  const rest = args.slice(1, -1);
  if (name === 'fchmod' || name === 'fchown') return call(inode, ...rest, done);
  return call(inode, ...rest, (error: unknown, found: Stats) => {
    if (error) done(error);
    // The times of the staged file are handed on with the content.
    else if (name === 'futimes') call(args[0], ...rest, done);
    else
      call(args[0], ...rest, (failure: unknown, content: Stats) =>
        failure ? done(failure) : done(null, withInodeOf(content, found)),
      );
  });
}

/** What a file looks like that keeps its inode while its content is elsewhere. */
export function withInodeOf(content: Stats, file: Stats): Stats {
  for (const key of ABOUT_INODE) if (key in file) Object.assign(content, { [key]: file[key as keyof Stats] });
  return content;
}

const ABOUT_INODE = ['dev', 'ino', 'mode', 'nlink', 'uid', 'gid', 'birthtimeMs', 'birthtimeNs', 'birthtime'];
