// readdir.

import type { Dirent, Stats } from 'node:fs';
import { join, relative } from 'node:path';
import type { Steps } from '../../steps/step';
import { type Path, readOptions, readPath } from './arguments';
import { askNode } from './ask-node';
import type { Story } from './flavours';
import { naming } from './naming';
import { listingFollowsLinks, listsTreesByTypes } from './node-habits';
import * as primitive from './primitives';

type Entries = string[] | Buffer[] | Dirent[];

interface Options {
  readonly encoding: BufferEncoding | 'buffer';
  readonly withFileTypes: boolean;
}

/** https://nodejs.org/api/fs.html#fsreaddirpath-options-callback and its kin. */
export const readdirStory: Story = (lab, [path, given], flavour) => {
  const options = readOptions(given);
  const { recursive } = options;
  if (recursive !== undefined && recursive !== null && typeof recursive !== 'boolean' && flavour !== 'promise')
    askNode();
  const listing: Options = {
    encoding: (options['encoding'] || 'utf8') as BufferEncoding,
    withFileTypes: Boolean(options['withFileTypes']),
  };
  const asked = readPath(lab, path);
  if (!recursive) return listDirectory(asked, listing);
  return listsTreesByTypes ? listTreeByTypes(asked, listing) : listTree(asked, listing, flavour === 'promise');
};

export function* listDirectory(path: Path, options: Options): Steps<Entries> {
  const entries = yield* naming(path, primitive.readdir(path.absolute, options));
  return foundIn(entries, path.asked);
}

/** Entries with types say where they were found, in the words of the caller. */
function foundIn(entries: Entries, path: string): Entries {
  for (const entry of entries) {
    if (typeof entry === 'string' || Buffer.isBuffer(entry)) return entries;
    for (const name of ['parentPath', 'path']) {
      if (Object.hasOwn(entry, name)) Object.assign(entry, { [name]: path });
    }
  }
  return entries;
}

function* listTreeByTypes(top: Path, { encoding, withFileTypes }: Options): Steps<Entries> {
  if (encoding === 'buffer') askNode();
  const found: (string | Dirent)[] = [];
  // A tree has no cycles but through links, which the kernel bounds.
  const queue = [top];
  for (let path = queue.shift(); path; path = queue.shift()) {
    for (const entry of (yield* listDirectory(path, { encoding, withFileTypes: true })) as Dirent[]) {
      const below = inside(path, entry.name);
      found.push(withFileTypes ? entry : relative(top.asked, below.asked));
      if (entry.isDirectory() || (entry.isSymbolicLink() && (yield* leadsToDirectory(below)))) queue.push(below);
    }
  }
  return found as Entries;
}

/** @param isDepthFirst As the promise flavour walks; the others list level by level. */
function* listTree(top: Path, options: Options, isDepthFirst: boolean): Steps<Entries> {
  const found: (string | Dirent)[] = [];
  const queue = [{ path: top, entries: isDepthFirst ? yield* listDirectory(top, options) : undefined }];
  // Each turn takes one directory off the queue, and a tree has no cycles but through links, which the kernel bounds.
  for (let turn = isDepthFirst ? queue.pop() : queue.shift(); turn; turn = isDepthFirst ? queue.pop() : queue.shift()) {
    const { path, entries = yield* listDirectory(path, options) } = turn;
    for (const entry of entries as (string | Dirent)[]) {
      const below = inside(path, typeof entry === 'string' ? entry : entry.name);
      found.push(typeof entry === 'string' ? relative(top.asked, below.asked) : entry);
      if (!(yield* isEntered(below, entry, isDepthFirst))) continue;
      queue.push({ path: below, entries: isDepthFirst ? yield* listDirectory(below, options) : undefined });
    }
  }
  return found as Entries;
}

function* isEntered(path: Path, entry: string | Dirent, isDepthFirst: boolean): Steps<boolean> {
  if (typeof entry !== 'string' && entry.isDirectory()) return true;
  if (typeof entry !== 'string' && (isDepthFirst || !listingFollowsLinks)) return false;
  return yield* leadsToDirectory(path);
}

function* leadsToDirectory(path: Path): Steps<boolean> {
  try {
    const stats = yield* primitive.stat(path.absolute, { bigint: false, throwIfNoEntry: false });
    return (stats as Stats | undefined)?.isDirectory() === true;
  } catch {
    // A link that leads nowhere, or in circles.
    return false;
  }
}

export function inside(path: Path, name: string): Path {
  return { asked: join(path.asked, name), absolute: join(String(path.absolute), name) };
}
