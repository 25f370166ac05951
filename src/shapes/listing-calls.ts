// readdir and opendir show the files that are open for replacing under the names that they are to have.

import type { Dir, Dirent } from 'node:fs';
import { basename } from 'node:path';
import { isInPlace } from '../protocol/stage';
import { type Steps, native } from '../steps/step';
import { readPath } from './arguments';
import type { Context } from './context';
import { type ThreeFlavours, inThreeFlavours } from './flavours';

type Listed = string | Buffer | Dirent;

export function listingCalls(context: Context): Record<'readdir' | 'opendir', ThreeFlavours> {
  return {
    readdir: inThreeFlavours(context, 'readdir', (args) => readdir(context, args)),
    opendir: inThreeFlavours(context, 'opendir', (args) => opendir(context, args)),
  };
}

function* readdir(context: Context, args: readonly unknown[]): Steps<Listed[]> {
  const found = (yield* native('readdir', args)) as Listed[];
  const renaming = new Renaming(context);
  if (!found.some((entry) => renaming.isStaged(entry))) return found;
  const shown = found.map((entry) => renaming.show(entry)).filter((entry) => entry !== undefined);
  const seen = new Set<string>();
  const once = shown.filter((entry) => {
    const place = placeOf(entry);
    const isNew = !seen.has(place);
    seen.add(place);
    return isNew;
  });
  const isRecursive = (args[1] as { recursive?: unknown } | null | undefined)?.recursive === true;
  // libuv sorts a directory's names by their bytes.
  return isRecursive ? once : once.toSorted((one, other) => Buffer.compare(bytesOf(one), bytesOf(other)));
}

function* opendir(context: Context, args: readonly unknown[]): Steps<Dir> {
  const directory = (yield* native('opendir', args)) as Dir;
  return readPath(args[0]) === undefined ? directory : showing(directory, new Renaming(context));
}

/** Replaces, on this one directory, the methods that tell its entries. */
function showing(directory: Dir, renaming: Renaming): Dir {
  const readSync = directory.readSync.bind(directory);
  const read = directory.read.bind<() => Promise<Dirent | null>>(directory);
  const seen = new Set<string>();
  /** The entry as it is to be shown; undefined if it has been. */
  const show = (entry: Dirent): Dirent | undefined => {
    const shown = renaming.show(entry) as Dirent | undefined;
    if (shown === undefined || seen.has(placeOf(shown))) return undefined;
    seen.add(placeOf(shown));
    return shown;
  };

  async function next(): Promise<Dirent | null> {
    for (;;) {
      const entry = await read();
      const shown = entry && show(entry);
      if (shown !== undefined) return shown;
    }
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
        const entry = readSync();
        const shown = entry && show(entry);
        if (shown !== undefined) return shown;
      }
    },
    read(callback?: (error: unknown, entry: Dirent | null) => void): Promise<Dirent | null> | undefined {
      if (callback === undefined) return next();
      next().then(
        (entry) => process.nextTick(callback, null, entry),
        (error: unknown) => process.nextTick(callback, error, null),
      );
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

/** Knows the staged files by their hidden names, which are unique wherever they are. */
class Renaming {
  /** The name that each is to have; none where the file that it is for keeps its own. */
  readonly #names: Map<string, string | undefined>;

  constructor({ volume: { view } }: Context) {
    const names = view.files.flatMap(({ stage }) =>
      stage.names.map(({ stagedPath, name }) => {
        return [basename(stagedPath), isInPlace(stage.publishBy) ? undefined : name] as const;
      }),
    );
    this.#names = new Map(names);
  }

  isStaged(entry: Listed): boolean {
    return this.#names.has(basename(textOf(entry)));
  }

  /** The entry under the name that its file is to have, if it is to have one. */
  show(entry: Listed): Listed | undefined {
    if (!this.isStaged(entry)) return entry;
    const text = textOf(entry);
    const name = this.#names.get(basename(text));
    if (name === undefined) return undefined;
    const shown = text.slice(0, text.length - basename(text).length) + name;
    if (typeof entry === 'string') return shown;
    return Buffer.isBuffer(entry) ? Buffer.from(shown) : Object.assign(entry, { name: shown });
  }
}

function textOf(entry: Listed): string {
  if (typeof entry === 'string') return entry;
  return Buffer.isBuffer(entry) ? entry.toString() : entry.name;
}

/** Where an entry is: with `recursive`, one name may stand in many directories. */
function placeOf(entry: Listed): string {
  const isDirent = typeof entry === 'object' && !Buffer.isBuffer(entry);
  return isDirent ? `${(entry as Dirent & { parentPath?: string }).parentPath ?? ''}/${textOf(entry)}` : textOf(entry);
}

function bytesOf(entry: Listed): Buffer {
  return Buffer.from(textOf(entry));
}
