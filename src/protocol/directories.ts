// What is remembered about directories: which this process made, which it has looked through, which cannot be synced.

import { dirname, resolve } from 'node:path';
import type { DirectoryEntry } from './target';

export class Directories {
  /** Made by this process, and their own names perhaps not on the device yet. */
  readonly #fresh = new Set<string>();
  /** Those above the fresh ones. */
  readonly #aboveFresh = new Set<string>();
  /** Where there were too many fresh ones to remember: those whose names are on the device all the same. */
  #settled: Set<string> | undefined;
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
      this.#add(directory);
      addedTo(this.#visited, directory);
      if (directory === top) return;
    }
  }

  /** Whether this process made it, and its name may not be on the device yet. */
  isFresh(directory: string): boolean {
    return this.#fresh.has(directory);
  }

  get hasFresh(): boolean {
    return this.#fresh.size > 0;
  }

  /** Whether one of those that `made` was told of would be renamed with this, or is this. */
  isAboveFresh(path: string): boolean {
    return this.hasFresh && (this.#fresh.has(resolve(path)) || this.#aboveFresh.has(resolve(path)));
  }

  /** Notes that the program has renamed such a directory: its new name is as little on the device as its old one was. */
  renamed(from: string, to: string): void {
    const [before, after] = [resolve(from), resolve(to)];
    for (const directory of this.#fresh) {
      if (!`${directory}/`.startsWith(`${before}/`)) continue;
      this.#fresh.delete(directory);
      this.#add(after + directory.slice(before.length));
    }
    this.#add(after);
  }

  #add(directory: string): void {
    this.#settled?.delete(directory);
    this.#fresh.add(directory);
    if (this.#fresh.size > REMEMBERED_MAX) {
      this.#settled = new Set();
      this.#fresh.clear();
      this.#aboveFresh.clear();
      return;
    }
    for (let above = dirname(directory); !this.#aboveFresh.has(above); above = dirname(above))
      this.#aboveFresh.add(above);
  }

  /**
   * The directories whose sync makes these names durable: those that hold them, and above each one that is fresh the
   * directory that holds its name.
   */
  toSyncFor(names: readonly DirectoryEntry[]): Iterable<string> {
    if (this.#isNoneFresh && names.length === 1) return [names[0]!.directory];
    const holders = new Set<string>();
    for (const { directory } of names) {
      holders.add(directory);
      for (let fresh = resolve(directory); this.#isUnsettled(fresh); fresh = dirname(fresh))
        holders.add(dirname(fresh));
    }
    return holders;
  }

  get #isNoneFresh(): boolean {
    return !this.hasFresh && this.#settled === undefined;
  }

  #isUnsettled(directory: string): boolean {
    if (this.#fresh.has(directory)) return true;
    return this.#settled !== undefined && !this.#settled.has(directory) && dirname(directory) !== directory;
  }

  /** Notes that these names are on the device, with those of all directories down to them. */
  synced(names: readonly DirectoryEntry[]): void {
    if (this.#isNoneFresh) return;
    for (const { directory } of names) {
      for (let fresh = resolve(directory); this.#isUnsettled(fresh); fresh = dirname(fresh)) {
        this.#fresh.delete(fresh);
        if (this.#settled) addedTo(this.#settled, fresh);
      }
    }
    if (!this.hasFresh) this.#aboveFresh.clear();
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
