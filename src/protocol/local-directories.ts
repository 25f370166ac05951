// Which directories are of a file system that the kernel alone answers for. There a call on what has just been used costs
// less than the way to a thread and back. Anywhere else it may have to wait: for a server, which may be gone, or for a
// process, which may be this one.

import { dirname } from 'node:path';
import { isAnsweredByKernel } from '../ground/platform';
import type { Host } from '../steps/host';
import { runCallback } from '../steps/run';
import { type Steps, atOnce, canWait, statfs } from '../steps/step';
import type { Directories } from './directories';

export class LocalDirectories {
  readonly #host: Host;
  readonly #directories: Directories;
  readonly #known = new Map<string, boolean>();

  constructor(host: Host, directories: Directories) {
    this.#host = host;
    this.#directories = directories;
  }

  /** Makes the calls of these steps at once if what they are about is in a directory that is known to be local. */
  atOnceIn<R>(directory: string, steps: Steps<R>): Steps<R> {
    return canWait() && this.#has(directory) ? atOnce(steps) : steps;
  }

  #has(directory: string): boolean {
    const known = this.#known.get(directory);
    if (known !== undefined) return known;
    if (!this.#directories.isFresh(directory)) {
      this.#learn(directory);
      return false;
    }
    // On the file system that the one above it is on, because nobody mounts anything on what is still being made.
    const isLocal = this.#has(dirname(directory));
    if (isLocal) this.#remember(directory, isLocal);
    return isLocal;
  }

  #learn(directory: string): void {
    this.#remember(directory, false);
    // Off the path of the write that led here.
    setImmediate(() => {
      runCallback(
        statfs(directory),
        this.#host,
        (found) => this.#remember(directory, found !== undefined && isAnsweredByKernel(found.type)),
        // Whatever it is, it may make others wait.
        () => {},
      );
    });
  }

  #remember(directory: string, isLocal: boolean): void {
    if (this.#known.size >= KNOWN_MAX) this.#known.clear();
    this.#known.set(directory, isLocal);
  }
}

/** A process that lives long and writes in ever new directories must not remember them all. */
const KNOWN_MAX = 100_000;
