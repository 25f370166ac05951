// opendir, and the Dir that it answers with. The directory is listed when it is opened.

import type { Dirent } from 'node:fs';
import { nodeFs } from '../../ground/node-fs';
import { runCallback, runSync } from '../../steps/run';
import type { Steps } from '../../steps/step';
import { namingTarget } from '../../ground/errors';
import { type Path, readInteger, readOptions, readPath } from './arguments';
import type { Story } from './flavours';
import type { Lab } from './lab';
import { inside, listDirectory } from './list';
import { renaming } from './naming';

type Done = (error: unknown, entry?: Dirent | null) => void;

interface Options {
  /** As the caller wrote it. */
  readonly path: string;
  readonly encoding: BufferEncoding | 'buffer';
  readonly recursive: boolean;
}

interface Found {
  readonly entry: Dirent;
  readonly below: Path;
}

/** https://nodejs.org/api/fs.html#class-fsdir */
export class Dir {
  readonly #lab: Lab;
  readonly #options: Options;
  readonly #found: Found[];
  #isClosed = false;
  /** What is to be done when the read under way has ended; undefined while there is none. */
  #queue: (() => void)[] | undefined;

  constructor(lab: Lab, found: Found[], options: Options) {
    this.#lab = lab;
    this.#found = found;
    this.#options = options;
  }

  get path(): string {
    return this.#options.path;
  }

  read(): Promise<Dirent | null>;
  read(callback: Done): void;
  read(callback?: unknown): Promise<Dirent | null> | undefined {
    if (this.#isClosed) return closedLike((dir) => dir.read()) as never;
    if (callback === undefined) return promised((done) => this.#readSoon(done)) as Promise<Dirent | null>;
    if (typeof callback !== 'function') return openLike((dir) => dir.read(callback as never)) as never;
    this.#readSoon(callback as Done);
    return undefined;
  }

  readSync(): Dirent | null {
    if (this.#isClosed) return closedLike((dir) => dir.readSync()) as never;
    if (this.#queue !== undefined) return busyLike((dir) => dir.readSync()) as never;
    return runSync(this.#next(), this.#lab.host);
  }

  close(): Promise<void>;
  close(callback: Done): void;
  close(callback?: unknown): Promise<unknown> | undefined {
    if (callback === undefined)
      return this.#isClosed ? (closedLike((dir) => dir.close()) as never) : promised((done) => this.#closeSoon(done));
    if (typeof callback !== 'function') return openLike((dir) => dir.close(callback as never)) as never;
    if (this.#isClosed) closedLike((dir) => dir.close(callback as never));
    else this.#closeSoon(callback as Done);
    return undefined;
  }

  closeSync(): void {
    if (this.#isClosed) closedLike((dir) => dir.closeSync());
    if (this.#queue !== undefined) busyLike((dir) => dir.closeSync());
    this.#isClosed = true;
  }

  async *entries(): AsyncGenerator<Dirent, void> {
    try {
      for (let entry = await this.read(); entry !== null; entry = await this.read()) yield entry;
    } finally {
      await this.close();
    }
  }

  [Symbol.asyncIterator](): AsyncGenerator<Dirent, void> {
    return this.entries();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isClosed) await this.close();
  }

  #readSoon(done: Done): void {
    if (this.#queue !== undefined) {
      this.#queue.push(() => this.#readSoon(done));
      return;
    }
    this.#queue = [];
    const settle = (error: unknown, entry?: Dirent | null): void => {
      process.nextTick(() => {
        const waiting = this.#queue ?? [];
        this.#queue = undefined;
        for (const proceed of waiting) proceed();
      });
      process.nextTick(done, error, entry);
    };
    runCallback(this.#next(), this.#lab.host, (entry) => settle(null, entry), settle);
  }

  #closeSoon(done: Done): void {
    if (this.#queue !== undefined) {
      this.#queue.push(() => this.#closeSoon(done));
      return;
    }
    this.#isClosed = true;
    process.nextTick(done, null);
  }

  *#next(): Steps<Dirent | null> {
    const next = this.#found.shift();
    if (next === undefined) return null;
    if (this.#options.recursive && next.entry.isDirectory()) {
      this.#found.push(...(yield* list(next.below, this.#options.encoding)));
    }
    return next.entry;
  }
}

/** https://nodejs.org/api/fs.html#fsopendirpath-options-callback and its kin. */
export const opendirStory: Story = (lab, [path, given]) => {
  const options = readOptions(given);
  if (options['bufferSize'] !== undefined) readInteger(options['bufferSize'], 1, 2 ** 32 - 1);
  const encoding = (options['encoding'] || 'utf8') as BufferEncoding;
  const asked = readPath(lab, path);
  return openDirectory(lab, asked, { path: asked.asked, encoding, recursive: Boolean(options['recursive']) });
};

function* openDirectory(lab: Lab, path: Path, options: Options): Steps<Dir> {
  return new Dir(lab, yield* list(path, options.encoding), options);
}

function* list(path: Path, encoding: Options['encoding']): Steps<Found[]> {
  const listing = listDirectory(path, { encoding, withFileTypes: true });
  const entries = yield* renaming(listing, (error) => namingTarget(error, path.asked, 'opendir'));
  return (entries as Dirent[]).map((entry) => ({ entry, below: inside(path, nameOf(entry)) }));
}

/** In bytes, where the caller wants them so. */
function nameOf({ name }: { name: string | Buffer }): string {
  return name.toString();
}

function promised(begin: (done: Done) => void): Promise<unknown> {
  return new Promise((resolve, reject) => {
    begin((error, value) => (error ? reject(error) : resolve(value)));
  });
}

type NodeDir = ReturnType<typeof nodeFs.opendirSync>;

/** What node's own Dir answers when it is closed. */
function closedLike(call: (dir: NodeDir) => unknown): unknown {
  const dir = nodeFs.opendirSync(__dirname);
  dir.closeSync();
  return call(dir);
}

/** What it answers when it is open, to a call that it refuses. */
function openLike(call: (dir: NodeDir) => unknown): unknown {
  const dir = nodeFs.opendirSync(__dirname);
  try {
    return call(dir);
  } finally {
    dir.closeSync();
  }
}

/** What it answers while a read is under way. */
function busyLike(call: (dir: NodeDir) => unknown): unknown {
  const dir = nodeFs.opendirSync(__dirname);
  dir.read(() => void setImmediate(() => dir.closeSync()));
  return call(dir);
}
