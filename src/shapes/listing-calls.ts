// readdir and opendir show the files that are open for replacing under the names that they are to have, and nothing of
// writes that are under way.

import type { Dir, Dirent } from 'node:fs';
import { basename } from 'node:path';
import { isOwnStageName } from '../protocol/leftover-name';
import { isInPlace } from '../protocol/stage';
import type { Volume } from '../protocol/volume';
import { readPath } from './arguments';
import type { Context } from './context';
import { type ThreeFlavours, callOnStaged, inThreeFlavours, sight } from './flavours';

type AnyFunction = (...args: unknown[]) => unknown;
type Listed = string | Buffer | Dirent;
type DirectoryRead = (error: NodeJS.ErrnoException | null, entry: Dirent | null) => void;

export function listingCalls(context: Context): Record<'readdir' | 'opendir', ThreeFlavours> {
  return {
    readdir: withResult(context, 'readdir', (found, args, wasQuiet) =>
      wasQuiet() ? found : shownList(context, found as Listed[], args),
    ),
    opendir: withResult(context, 'opendir', (directory, args) =>
      readPath(args[0]) === undefined ? directory : showing(directory as Dir, context),
    ),
  };
}

/** What the native call has found, as it is to be shown. `wasQuiet` tells whether nothing of ours can be in it. */
type Show = (found: unknown, args: readonly unknown[], wasQuiet: () => boolean) => unknown;

/** The native call in three flavours, and something done with its result. */
function withResult(context: Context, name: 'readdir' | 'opendir', show: Show): ThreeFlavours {
  const { volume } = context;
  // To the program, what is open for replacing is a file: there the call fails as it must.
  const native = inThreeFlavours(context, name, (args) => {
    const seen = sight(context, args[0], true);
    return seen && callOnStaged(name, args, 0, seen);
  });
  const watch = (): (() => boolean) => {
    const isNoneBegun = volume.underWay.watch();
    const isNothingOpen = volume.view.isEmpty;
    return () => isNothingOpen && volume.view.isEmpty && isNoneBegun();
  };

  function sync(...args: unknown[]): unknown {
    return show(Reflect.apply(native.sync, undefined, args), args, () => volume.view.isEmpty && volume.underWay.isNone);
  }

  function callback(...args: unknown[]): unknown {
    const done = args.at(-1);
    if (typeof done !== 'function') return Reflect.apply(native.callback, undefined, args);
    const wasQuiet = watch();
    return native.callback(...args.slice(0, -1), (error: unknown, ...results: unknown[]) => {
      if (error) (done as AnyFunction)(error);
      else (done as AnyFunction)(error, show(results[0], args, wasQuiet));
    });
  }

  async function promise(...args: unknown[]): Promise<unknown> {
    const wasQuiet = watch();
    return show(await native.promise(...args), args, wasQuiet);
  }

  return { sync, callback, promise };
}

function shownList({ volume }: Context, found: Listed[], args: readonly unknown[]): Listed[] {
  if (!found.some((entry) => isHidden(volume, entry))) return found;
  const showOnce = onceUnderItsName(volume);
  const once = found.map((entry) => showOnce(entry)).filter((entry) => entry !== undefined);
  const isRecursive = (args[1] as { recursive?: unknown } | null | undefined)?.recursive === true;
  // libuv sorts a directory's names by their bytes.
  return isRecursive ? once : once.toSorted((one, other) => Buffer.compare(bytesOf(one), bytesOf(other)));
}

/** Replaces, on this one directory, the methods that tell its entries. */
function showing(directory: Dir, { volume }: Context): Dir {
  const readSync = directory.readSync.bind(directory);
  const read = directory.read.bind<Dir['read']>(directory);
  const showOnce = onceUnderItsName(volume);
  const shownOnce = (entry: Dirent | null): Dirent | null | undefined =>
    entry && (showOnce(entry) as Dirent | undefined);

  /** The next entry to show. What node throws at once is thrown at once. */
  function next(): Promise<Dirent | null> {
    return firstShown(read());
  }

  async function firstShown(reading: Promise<Dirent | null>): Promise<Dirent | null> {
    for (let entry = await reading; ; entry = await read()) {
      const shown = shownOnce(entry);
      if (shown !== undefined) return shown;
    }
  }

  function readWithCallback(callback: DirectoryRead): void {
    read((error, entry) => {
      const shown = error ? entry : shownOnce(entry);
      if (shown === undefined) readWithCallback(callback);
      else callback(error, shown);
    });
  }

  async function* entries(): AsyncGenerator<Dirent, undefined> {
    try {
      for (let entry = await next(); entry !== null; entry = await next()) yield entry;
    } finally {
      await directory.close();
    }
    return undefined;
  }

  const methods: Record<string | symbol, unknown> = {
    readSync(): Dirent | null {
      for (;;) {
        const shown = shownOnce(readSync());
        if (shown !== undefined) return shown;
      }
    },
    read(callback?: DirectoryRead): Promise<Dirent | null> | undefined {
      if (callback === undefined) return next();
      // What is wrong with the callback is node's to say.
      if (typeof callback === 'function') readWithCallback(callback);
      else read(callback);
      return undefined;
    },
    entries,
    [Symbol.asyncIterator]: entries,
  };
  for (const name of Reflect.ownKeys(methods)) {
    Object.defineProperty(directory, name, { value: methods[name], configurable: true, writable: true });
  }
  return directory;
}

/** Whether an entry is a file of ours that is under way, in whatever directory: such names are unique. */
function isHidden({ underWay, machine }: Volume, entry: Listed): boolean {
  const name = basename(textOf(entry));
  return isOwnStageName(name, machine) || underWay.hasRecord(name);
}

/**
 * Shows the entries of one listing, one after the other, as they are to be shown: undefined for one that must not be, or has
 * been. A directory may have an older file under the name that an open one is to have.
 */
function onceUnderItsName(volume: Volume): (entry: Listed) => Listed | undefined {
  const seen = new Set<string>();
  return (entry) => {
    if (volume.view.isEmpty && seen.size === 0 && !isHidden(volume, entry)) return entry;
    const names = namesToBe(volume);
    const shown = underItsName(volume, names, entry);
    if (shown === undefined || seen.has(placeOf(shown))) return undefined;
    if ([...names.values()].includes(basename(textOf(shown)))) seen.add(placeOf(shown));
    return shown;
  };
}

/** The names that open files are to have, by their hidden ones. None where the file that one is for keeps its own. */
function namesToBe({ view }: Volume): Map<string, string> {
  const replacing = view.files.filter(({ stage }) => !isInPlace(stage.publishBy));
  return new Map(
    replacing.flatMap(({ stage }) => stage.names.map(({ stagedPath, name }) => [basename(stagedPath), name] as const)),
  );
}

/** The entry under the name that its file is to have, if it is to have one. */
function underItsName(volume: Volume, names: Map<string, string>, entry: Listed): Listed | undefined {
  if (!isHidden(volume, entry)) return entry;
  const text = textOf(entry);
  const name = names.get(basename(text));
  if (name === undefined) return undefined;
  const shown = text.slice(0, text.length - basename(text).length) + name;
  if (typeof entry === 'string') return shown;
  if (Buffer.isBuffer(entry)) return Buffer.from(shown);
  return Object.assign(entry, { name: Buffer.isBuffer(entry.name) ? Buffer.from(shown) : shown });
}

function textOf(entry: Listed): string {
  // With the encoding `buffer` the name in a Dirent is one, too.
  const name: string | Buffer = typeof entry === 'string' || Buffer.isBuffer(entry) ? entry : entry.name;
  return typeof name === 'string' ? name : name.toString();
}

/** Where an entry is: with `recursive`, one name may stand in many directories. */
function placeOf(entry: Listed): string {
  const isDirent = typeof entry === 'object' && !Buffer.isBuffer(entry);
  return isDirent ? `${(entry as Dirent & { parentPath?: string }).parentPath ?? ''}/${textOf(entry)}` : textOf(entry);
}

function bytesOf(entry: Listed): Buffer {
  return Buffer.from(textOf(entry));
}
