// The bare sequence that a whole-file write takes, in node's three flavours: open a new file, write, flush it, close, rename
// it over the target, flush the directory; and the same for a stream and a copy. Nothing else is done: no look at the
// target, no mode, no owner, no clean-up.

import fs = require('node:fs');
import { dirname } from 'node:path';
import type { Level } from './level';

export type Done = (error?: unknown) => void;
export type Data = string | Uint8Array;

const { O_CREAT, O_EXCL, O_WRONLY, O_RDONLY, O_DIRECTORY, COPYFILE_EXCL } = fs.constants;
const NEW_FILE = O_WRONLY | O_CREAT | O_EXCL;
const DIRECTORY = O_RDONLY | O_DIRECTORY;

let counter = 0;

function stagedBeside(path: string): string {
  return `${path}.${process.pid}-${counter++}.raw`;
}

/**
 * What is asked besides: `'lstat'`, as every program must that keeps a file's mode or follows a link; `'all'`, whether the
 * target may be written to (access) and what the new file has become (fstat) as well.
 */
export type Looks = 'none' | 'lstat' | 'all';

export function rawSync(level: Level, looks: Looks = 'none'): (path: string, data: Data) => void {
  return (path, data) => {
    const found = looks === 'none' ? undefined : fs.lstatSync(path, { throwIfNoEntry: false });
    if (looks === 'all' && found !== undefined) fs.accessSync(path, fs.constants.W_OK);
    const staged = stagedBeside(path);
    const fd = fs.openSync(staged, NEW_FILE, 0o666);
    if (looks === 'all') fs.fstatSync(fd);
    fs.writeSync(fd, data as string);
    if (level !== 'process') fs.fsyncSync(fd);
    fs.closeSync(fd);
    publishSync(staged, path, level);
  };
}

function publishSync(staged: string, path: string, level: Level): void {
  fs.renameSync(staged, path);
  if (level !== 'directory') return;
  const directory = fs.openSync(dirname(path), DIRECTORY);
  fs.fsyncSync(directory);
  fs.closeSync(directory);
}

export function rawCallback(level: Level): (path: string, data: Data, done: Done) => void {
  return (path, data, done) => {
    const staged = stagedBeside(path);

    fs.open(staged, NEW_FILE, 0o666, (error, fd) => (error ? done(error) : write(fd)));

    function write(fd: number): void {
      fs.write(fd, data as string, (error) => (error ? done(error) : flush(fd)));
    }

    function flush(fd: number): void {
      if (level === 'process') close(fd);
      else fs.fsync(fd, (error) => (error ? done(error) : close(fd)));
    }

    function close(fd: number): void {
      fs.close(fd, (error) => (error ? done(error) : publishCallback(staged, path, level, done)));
    }
  };
}

function publishCallback(staged: string, path: string, level: Level, done: Done): void {
  fs.rename(staged, path, (error) => (error || level !== 'directory' ? done(error) : syncDirectory()));

  function syncDirectory(): void {
    fs.open(dirname(path), DIRECTORY, (error, fd) => {
      if (error) done(error);
      else fs.fsync(fd, (failed) => (failed ? done(failed) : fs.close(fd, done)));
    });
  }
}

export function rawPromise(level: Level): (path: string, data: Data) => Promise<void> {
  const { open } = fs.promises;
  return async (path, data) => {
    const staged = stagedBeside(path);
    const handle = await open(staged, NEW_FILE, 0o666);
    await handle.write(data as string);
    if (level !== 'process') await handle.sync();
    await handle.close();
    await publishPromise(staged, path, level);
  };
}

async function publishPromise(staged: string, path: string, level: Level): Promise<void> {
  await fs.promises.rename(staged, path);
  if (level !== 'directory') return;
  const directory = await fs.promises.open(dirname(path), DIRECTORY);
  await directory.sync();
  await directory.close();
}

/** Node's own stream to a new file; what a whole-file write does at its end is done before `finish`. */
export function rawStream(level: Level): (path: string, options: object) => fs.WriteStream {
  return (path, options) => {
    const staged = stagedBeside(path);
    const stream = fs.createWriteStream(staged, { ...options, flags: 'wx' });
    const opened = new Promise<number>((resolve) => stream.once('open', resolve));
    stream._final = (done) => {
      const publish = (error?: Error | null): void =>
        error ? done(error) : publishCallback(staged, path, level, done as Done);
      void opened.then((fd) => (level === 'process' ? publish() : fs.fsync(fd, publish)));
    };
    return stream;
  };
}

export function rawCopySync(level: Level): (from: string, to: string) => void {
  return (from, to) => {
    const staged = stagedBeside(to);
    fs.copyFileSync(from, staged, COPYFILE_EXCL);
    if (level !== 'process') {
      const fd = fs.openSync(staged, O_WRONLY);
      fs.fsyncSync(fd);
      fs.closeSync(fd);
    }
    publishSync(staged, to, level);
  };
}

export function rawCopy(level: Level): (from: string, to: string) => Promise<void> {
  const { open, copyFile } = fs.promises;
  return async (from, to) => {
    const staged = stagedBeside(to);
    await copyFile(from, staged, COPYFILE_EXCL);
    if (level !== 'process') {
      const handle = await open(staged, O_WRONLY);
      await handle.sync();
      await handle.close();
    }
    await publishPromise(staged, to, level);
  };
}
