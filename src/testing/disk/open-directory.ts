// fs.Dir over entries that are known already: node makes its own only from a handle of the real file system.

import type { Dir, Dirent } from 'node:fs';

/** The entries are those of the moment when it was opened; POSIX leaves open which later changes a reader sees. */
export class OpenDirectory implements Dir {
  readonly path: string;
  readonly #entries: IterableIterator<Dirent>;
  #isClosed = false;

  constructor(path: string, entries: readonly Dirent[]) {
    this.path = path;
    this.#entries = entries.values();
  }

  /** @returns Null after the last entry. */
  readSync(): Dirent | null {
    this.#requireOpen();
    const { done, value } = this.#entries.next();
    return done === true ? null : value;
  }

  closeSync(): void {
    this.#requireOpen();
    this.#isClosed = true;
  }

  read(): Promise<Dirent | null>;
  read(callback: (error: NodeJS.ErrnoException | null, entry: Dirent | null) => void): void;
  read(callback?: (error: NodeJS.ErrnoException | null, entry: Dirent | null) => void): Promise<Dirent | null> | void {
    // A closed directory throws at once in both flavours, as node's does.
    this.#requireOpen();
    const entry = this.readSync();
    if (callback === undefined) return Promise.resolve(entry);
    process.nextTick(callback, null, entry);
  }

  close(): Promise<void>;
  close(callback: (error?: NodeJS.ErrnoException | null) => void): void;
  close(callback?: (error?: NodeJS.ErrnoException | null) => void): Promise<void> | void {
    const error = this.#isClosed ? closedError() : null;
    this.#isClosed = true;
    if (callback !== undefined) return process.nextTick(callback, error);
    return error === null ? Promise.resolve() : Promise.reject(error);
  }

  async *entries(): AsyncGenerator<Dirent, void> {
    try {
      // As long as there are entries, which are counted.
      for (let entry = await this.read(); entry !== null; entry = await this.read()) yield entry;
    } finally {
      await this.close();
    }
  }

  [Symbol.asyncIterator](): AsyncGenerator<Dirent, void> {
    return this.entries();
  }

  #requireOpen(): void {
    if (this.#isClosed) throw closedError();
  }
}

function closedError(): Error {
  return Object.assign(new Error('Directory handle was closed'), { code: 'ERR_DIR_CLOSED' });
}
