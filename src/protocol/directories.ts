// What is remembered about directories: which this process made, which it has looked through, which cannot be synced.

import { dirname, resolve } from 'node:path';
import type { DirectoryEntry } from './target';

export class Directories {
  /** Made by this process, and their own names perhaps not on the device yet. */
  readonly #fresh = new Set<string>();
  readonly #visited = new Set<string>();
  /** Most writes go where the one before went, and a comparison costs less than a path's hash. */
  #lastVisited = '';
  readonly #unsyncable = new Set<string>();
  readonly #unprotected = new Set<string>();

  /**
   * Notes that this process made the directories from `first` down to `last`, because mkdir(2) alone promises nothing
   * after a power cut.
   */
  made(first: string, last: string): void {
    const top = resolve(first);
    for (let directory = resolve(last); directory.startsWith(top); directory = dirname(directory)) {
      addedTo(this.#fresh, directory);
      addedTo(this.#visited, directory);
      if (directory === top) return;
    }
  }

  /**
   * The directories whose sync makes these names durable: those that hold them, and above each one that is fresh the
   * directory that holds its name.
   */
  toSyncFor(names: readonly DirectoryEntry[]): Iterable<string> {
    if (this.#fresh.size === 0 && names.length === 1) return [names[0]!.directory];
    const holders = new Set<string>();
    for (const { directory } of names) {
      holders.add(directory);
      for (let fresh = resolve(directory); this.#fresh.has(fresh); fresh = dirname(fresh)) holders.add(dirname(fresh));
    }
    return holders;
  }

  /** Notes that these names are on the device, with those of all directories down to them. */
  synced(names: readonly DirectoryEntry[]): void {
    if (this.#fresh.size === 0) return;
    for (const { directory } of names) {
      for (let fresh = resolve(directory); this.#fresh.delete(fresh); fresh = dirname(fresh));
    }
  }

  /** True once for each directory that this process did not make itself: where leftovers of others may lie. */
  isFirstVisit(directory: string): boolean {
    if (directory === this.#lastVisited) return false;
    this.#lastVisited = directory;
    return addedTo(this.#visited, directory);
  }

  /** True once for each directory in which nothing can be staged. */
  isFirstUnprotected(directory: string): boolean {
    return addedTo(this.#unprotected, directory);
  }

  /** True once for each directory that cannot be synced. */
  isFirstUnsyncable(directory: string): boolean {
    return addedTo(this.#unsyncable, directory);
  }
}

/** A process that lives long and writes in ever new directories must not remember them all. */
const REMEMBERED_MAX = 100_000;

function addedTo(set: Set<string>, item: string): boolean {
  const before = set.size;
  const isNew = set.add(item).size > before;
  if (set.size > REMEMBERED_MAX) set.delete(set.values().next().value!);
  return isNew;
}
