// Every public way to write a file, as a story for the crash lab: what was there, what is done, what may be found.

import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import type { NodeFs } from '../../src/ground/node-fs';

export const TARGET = '/app/config.json';
export const OLD = JSON.stringify({ version: 1, padding: 'o'.repeat(700) });
export const NEW = JSON.stringify({ version: 2, padding: 'n'.repeat(1500) });

export interface Write {
  readonly name: string;
  /** Writes NEW to TARGET; when it settles, the write is acknowledged. */
  readonly write: (fs: NodeFs) => void | Promise<void>;
  /** Whether it can only create the file. */
  readonly createsOnly?: boolean;
  /** What it needs beside an empty `/app`. */
  readonly setup?: (fs: NodeFs) => void;
}

/** The pieces in which it is written where it is written in pieces: not at the grain of anything. */
const PIECES = [NEW.slice(0, 100), NEW.slice(100, 777), NEW.slice(777)];

const called = (start: (done: (error?: Error | null) => void) => void): Promise<void> => {
  return new Promise((resolve, reject) => {
    start((error) => (error ? reject(error) : resolve()));
  });
};

const writeSource = (fs: NodeFs): void => fs.writeFileSync('/app/source', NEW);

export const WRITES: readonly Write[] = [
  { name: 'writeFileSync', write: (fs) => fs.writeFileSync(TARGET, NEW) },
  { name: 'writeFile', write: (fs) => called((done) => fs.writeFile(TARGET, NEW, done)) },
  { name: 'promises.writeFile', write: (fs) => fs.promises.writeFile(TARGET, NEW) },
  {
    name: 'promises.writeFile of an async iterable',
    async write(fs) {
      await fs.promises.writeFile(TARGET, pieces());
    },
  },
  { name: 'writeFileSync, wx', createsOnly: true, write: (fs) => fs.writeFileSync(TARGET, NEW, { flag: 'wx' }) },
  {
    name: 'promises.writeFile, wx',
    createsOnly: true,
    write: (fs) => fs.promises.writeFile(TARGET, NEW, { flag: 'wx' }),
  },
  {
    name: 'openSync, writeSync, closeSync',
    write(fs) {
      const fd = fs.openSync(TARGET, 'w');
      try {
        for (const piece of PIECES) {
          const bytes = Buffer.from(piece);
          for (let at = 0; at < bytes.length;) at += fs.writeSync(fd, bytes, at);
        }
      } finally {
        fs.closeSync(fd);
      }
    },
  },
  {
    name: 'openSync, writeSync without a look at what it returns, closeSync',
    write(fs) {
      const fd = fs.openSync(TARGET, 'w');
      try {
        for (const piece of PIECES) fs.writeSync(fd, piece);
      } finally {
        fs.closeSync(fd);
      }
    },
  },
  {
    name: 'open, write, close',
    async write(fs) {
      const fd = await new Promise<number>((resolve, reject) => {
        fs.open(TARGET, 'w', (error, opened) => (error ? reject(error) : resolve(opened)));
      });
      try {
        for (const piece of PIECES) await called((done) => fs.write(fd, piece, done));
      } finally {
        await called((done) => fs.close(fd, done));
      }
    },
  },
  {
    name: 'FileHandle.write',
    async write(fs) {
      const handle = await fs.promises.open(TARGET, 'w');
      try {
        for (const piece of PIECES) await handle.write(piece);
      } finally {
        await handle.close();
      }
    },
  },
  {
    name: 'FileHandle.writeFile',
    async write(fs) {
      const handle = await fs.promises.open(TARGET, 'w');
      try {
        await handle.writeFile(NEW);
      } finally {
        await handle.close();
      }
    },
  },
  {
    name: 'createWriteStream',
    async write(fs) {
      const stream = fs.createWriteStream(TARGET);
      // `once` hears the first error; one of the close may follow.
      stream.on('error', () => {});
      for (const piece of PIECES) if (!stream.write(piece)) await once(stream, 'drain');
      stream.end();
      await once(stream, 'finish');
    },
  },
  {
    name: 'createWriteStream in a pipeline',
    write: (fs) => pipeline(pieces(), fs.createWriteStream(TARGET, { highWaterMark: 64 })),
  },
  {
    name: 'FileHandle.createWriteStream',
    async write(fs) {
      const handle = await fs.promises.open(TARGET, 'w');
      await pipeline(pieces(), handle.createWriteStream());
    },
  },
  { name: 'copyFileSync', setup: writeSource, write: (fs) => fs.copyFileSync('/app/source', TARGET) },
  { name: 'copyFile', setup: writeSource, write: (fs) => called((done) => fs.copyFile('/app/source', TARGET, done)) },
  { name: 'promises.copyFile', setup: writeSource, write: (fs) => fs.promises.copyFile('/app/source', TARGET) },
  {
    name: 'copyFileSync, COPYFILE_EXCL',
    setup: writeSource,
    createsOnly: true,
    write: (fs) => fs.copyFileSync('/app/source', TARGET, fs.constants.COPYFILE_EXCL),
  },
  { name: 'cpSync', setup: writeSource, write: (fs) => fs.cpSync('/app/source', TARGET) },
  { name: 'promises.cp', setup: writeSource, write: (fs) => fs.promises.cp('/app/source', TARGET) },
];

async function* pieces(): AsyncGenerator<string> {
  yield* PIECES;
}
