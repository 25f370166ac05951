// Names whose file was just replaced by a rename of ours. To a watcher of their directory that looks like a new file; this
// remembers that it was a change of an old one.

import { basename, dirname, relative, resolve } from 'node:path';
import type { Host } from '../steps/host';

/** A watcher may never report what was noted for it, because its queue overflowed. */
const NOTES_MAX = 1000;

/** What one watcher of a directory is to be told otherwise. */
export interface Watch {
  /** Whether a rename that it reports, of a name relative to its directory, was one of ours; each is told once. */
  take(name: string): boolean;
  readonly end: () => void;
}

export class Replacements {
  readonly #host: Host;
  readonly #watchers = new Map<Watch, { directory: string; counts: Map<string, number> }>();

  constructor(host: Host) {
    this.#host = host;
  }

  watch(directory: string): Watch {
    const counts = new Map<string, number>();
    const watch: Watch = {
      take(name) {
        const count = counts.get(name) ?? 0;
        if (count > 1) counts.set(name, count - 1);
        else counts.delete(name);
        return count > 0;
      },
      end: () => void this.#watchers.delete(watch),
    };
    this.#watchers.set(watch, { directory: this.#real(directory), counts });
    return watch;
  }

  /**
   * Notes a rename that is about to be made: its report may be here before its callback.
   *
   * @returns Takes the note back.
   */
  note(path: string): () => void {
    if (this.#watchers.size === 0) return NOTHING;
    const file = resolve(this.#real(dirname(path)), basename(path));
    const takings: (() => void)[] = [];
    for (const [watch, { directory, counts }] of this.#watchers) {
      const name = relative(directory, file);
      if (name === '' || name.startsWith('..') || counts.size >= NOTES_MAX) continue;
      counts.set(name, (counts.get(name) ?? 0) + 1);
      takings.push(() => void watch.take(name));
    }
    return () => {
      for (const take of takings) take();
    };
  }

  /** Directories have many names; what cannot be looked up keeps the one that it was given. */
  #real(directory: string): string {
    try {
      return this.#host.sync.native('realpath', [directory]) as string;
    } catch {
      return resolve(directory);
    }
  }
}

const NOTHING = (): void => {};
