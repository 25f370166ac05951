// Names whose file was just replaced by a rename of ours. To a watcher of their directory that looks like a new file; this
// remembers that it was a change of an old one.

import { resolve } from 'node:path';

/** A watcher may never report what was noted for it: its queue overflowed, or it watches another directory. */
const NOTES_MAX = 1000;

export class Replacements {
  readonly #notes = new Map<string, number>();
  #watchers = 0;

  /** @returns Ends the watch. */
  watch(): () => void {
    this.#watchers++;
    return () => {
      if (--this.#watchers === 0) this.#notes.clear();
    };
  }

  note(path: string): void {
    if (this.#watchers === 0 || this.#notes.size >= NOTES_MAX) return;
    const key = resolve(path);
    this.#notes.set(key, (this.#notes.get(key) ?? 0) + 1);
  }

  /** Whether a reported rename was one of ours; each is told once. */
  take(directory: string, name: string): boolean {
    const key = resolve(directory, name);
    const count = this.#notes.get(key) ?? 0;
    if (count > 1) this.#notes.set(key, count - 1);
    else this.#notes.delete(key);
    return count > 0;
  }
}
