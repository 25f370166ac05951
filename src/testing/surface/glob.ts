// glob, where node has it. Node's own walk reaches the disk by ways that cannot be led elsewhere; this one walks below what is
// fixed in a pattern, and has node match what it finds.

import type { Dirent } from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeFs, nodeFsPromises } from '../../ground/node-fs';
import { dressedAs } from '../../shapes/context';
import { runPromise } from '../../steps/run';
import type { Steps } from '../../steps/step';
import { type Path, readBoolean, readObject, readPath } from './arguments';
import { ASK_NODE, askNode, refuseSync } from './ask-node';
import type { Story } from './flavours';
import type { Lab } from './lab';
import { inside, listDirectory } from './list';
import * as primitive from './primitives';

/** Node has it wherever it has glob. */
const { matchesGlob } = path as unknown as { matchesGlob: (path: string, pattern: string) => boolean };

interface Options extends Exclusion {
  readonly cwd: Path;
  readonly withFileTypes: boolean;
}

interface Exclusion {
  /** The caller's function. Node asks it on its way through `**` only. */
  readonly isUnwanted: (entry: Dirent) => unknown;
  /** By the caller's patterns. */
  readonly isExcluded: (relative: string) => boolean;
}

/** https://nodejs.org/api/fs.html#fsglobpattern-options-callback and its kin. Ends with all that was found. */
export const globStory: Story = (lab, [patterns, given]) => {
  const texts = typeof patterns === 'string' ? [patterns] : patterns;
  if (!Array.isArray(texts) || !texts.every((text) => typeof text === 'string')) askNode();
  return findAll(texts, readGlobOptions(lab, given));
};

/** promises.glob, which is an async generator. */
export function globPromiseCall(lab: Lab): ((...args: never[]) => unknown) | undefined {
  const { glob: native } = nodeFsPromises() as unknown as Record<string, ((...args: never[]) => unknown) | undefined>;
  async function* glob(...args: readonly unknown[]): AsyncGenerator<unknown, void> {
    try {
      yield* (await runPromise(globStory(lab, args, 'promise'), lab.host)) as unknown[];
    } catch (error) {
      if (error === ASK_NODE) refuseSync('glob', args);
      throw error;
    }
  }
  return native && dressedAs(native, glob);
}

function readGlobOptions(lab: Lab, given: unknown): Options {
  const { cwd = '.', exclude, withFileTypes, followSymlinks } = readObject(given);
  if (typeof cwd !== 'string' && !(cwd instanceof URL)) askNode();
  // Nothing that a walk of one's own could not get lost in.
  if (readBoolean(followSymlinks ?? undefined, false)) askNode();
  const root = typeof cwd === 'string' ? cwd : fileURLToPath(cwd);
  const base = path.resolve(lab.cwd(), root);
  const isWithTypes = Boolean(withFileTypes);
  return { cwd: readPath(lab, root), withFileTypes: isWithTypes, ...readExclude(exclude, base, isWithTypes) };
}

function readExclude(exclude: unknown, root: string, withFileTypes: boolean): Exclusion {
  if (exclude === undefined || exclude === null) return { isUnwanted: () => false, isExcluded: () => false };
  if (typeof exclude === 'function') {
    const call = exclude as (entry: string | Dirent) => unknown;
    return { isUnwanted: (entry) => call(withFileTypes ? entry : entry.name), isExcluded: () => false };
  }
  if (!Array.isArray(exclude) || !exclude.every((text) => typeof text === 'string')) askNode();
  const patterns = exclude.map((pattern) => path.resolve(root, pattern));
  const isExcluded = (relative: string): boolean =>
    patterns.some((pattern) => matchesGlob(path.resolve(root, relative), pattern));
  return { isUnwanted: () => false, isExcluded };
}

function* findAll(patterns: readonly string[], options: Options): Steps<(string | Dirent)[]> {
  const found = new Map<string, string | Dirent>();
  for (const pattern of patterns) {
    for (const { relative, entry } of yield* find(pattern, options)) {
      found.set(relative, options.withFileTypes ? entry : relative);
    }
  }
  return [...found.values()];
}

/** Something below the working directory. */
interface Found {
  /** From the working directory, or absolute where the pattern is. */
  readonly relative: string;
  readonly path: Path;
  readonly entry: Dirent;
  readonly isDirectory: boolean;
}

function* find(pattern: string, options: Options): Steps<Found[]> {
  const onlyDirectories = pattern.endsWith('/');
  const wanted = path.normalize(pattern).replace(/(?<=.)\/$/, '');
  const start = yield* startOf(wanted, options);
  if (start === undefined || ancestors(start.relative).some(options.isExcluded)) return [];
  const isDeep = wanted.includes('**');
  const depthMax = isDeep ? Infinity : wanted.split('/').length;
  const found = [start];
  // Directories join the list while it is gone through. Links are not followed, so there are only so many.
  for (const directory of found) {
    const depth = directory.relative.split('/').length - (directory.relative === '.' ? 1 : 0);
    if (directory.isDirectory && depth < depthMax) found.push(...(yield* entriesOf(directory, isDeep, options)));
  }
  return found.filter(({ relative, isDirectory }) => (isDirectory || !onlyDirectories) && isMatch(relative, wanted));
}

/** Where the walk begins: at what no wildcard is in. A link there is followed. */
function* startOf(pattern: string, { cwd }: Options): Steps<Found | undefined> {
  const parts = pattern.split('/');
  const wild = parts.findIndex((part) => /[*?[\]{}()!+@]/.test(part));
  const fixed = parts.slice(0, wild < 0 ? parts.length : wild).join('/');
  const relative = fixed === '' ? (pattern.startsWith('/') ? '/' : '.') : fixed;
  const start = path.isAbsolute(relative) ? { asked: relative, absolute: relative } : inside(cwd, relative);
  const stats = yield* statIfThere(start);
  if (stats === undefined) return undefined;
  const own = (yield* primitive.lstat(start.absolute, { bigint: false, throwIfNoEntry: true }))!;
  const entry = Object.assign(Object.create(nodeFs.Dirent.prototype) as Dirent, {
    name: path.basename(start.asked),
    parentPath: path.dirname(start.asked),
    isDirectory: () => own.isDirectory(),
    isFile: () => own.isFile(),
    isSymbolicLink: () => own.isSymbolicLink(),
  });
  return { relative, path: start, entry, isDirectory: stats.isDirectory() };
}

/** A path and those of the directories that it is in. */
function ancestors(relative: string): string[] {
  const parts = relative.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

function* statIfThere({ absolute }: Path): Steps<{ isDirectory(): boolean } | undefined> {
  try {
    return yield* primitive.stat(absolute, { bigint: false, throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function* entriesOf({ relative, path: directory }: Found, isDeep: boolean, options: Options): Steps<Found[]> {
  const entries = (yield* listDirectory(directory, { encoding: 'utf8', withFileTypes: true })) as Dirent[];
  return entries.flatMap((entry) => {
    const name = relative === '.' ? entry.name : path.join(relative, entry.name);
    if (options.isExcluded(name) || (isDeep && options.isUnwanted(entry))) return [];
    return [{ relative: name, path: inside(directory, entry.name), entry, isDirectory: entry.isDirectory() }];
  });
}

/** Unlike node's matcher, its glob takes a final `**` for the directory itself too. */
function isMatch(relative: string, pattern: string): boolean {
  if (relative === '.') return pattern === '**' || pattern === '.';
  if (relative === pattern || matchesGlob(relative, pattern)) return true;
  return pattern.endsWith('/**') && isMatch(relative, pattern.slice(0, -'/**'.length));
}
