// Where the files are written: a directory of the caller's, or an ext4 with a journal on a loop device in memory, made for
// the run and taken away after it. A disk's own noise would drown what is compared; what a disk has to do is counted.

import { execFileSync } from 'node:child_process';
import {
  accessSync,
  closeSync,
  constants,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  rmdirSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { clearProgress } from './progress';

export interface Place {
  readonly directory: string;
  /** What it is, for the reader of the results. */
  readonly description: string;
  /** The name of the loop device under it, if it is on one: nothing else writes to that. */
  readonly device: string | undefined;
}

const SHARED_MEMORY = '/dev/shm';
/** Sparse: it takes what is written to it. */
const IMAGE_BYTES = 5 * 1024 ** 3;

/** Runs `use` with a place, and takes away whatever was made for it. */
export async function withPlace<T>(wanted: string | undefined, use: (place: Place) => Promise<T>): Promise<T> {
  if (wanted !== undefined) return withDirectoryIn(existing(wanted), '', use);
  const missing = missingForImage();
  if (missing !== undefined) return withDirectoryIn(tmpdir(), noteWithout(missing), use);
  return undoingAfter((undo) => {
    const depth = undoings.length;
    let place: Place;
    try {
      place = makeImage(undo);
    } catch (error) {
      // In a container root may not mount, for one.
      undoDownTo(depth);
      return withDirectoryIn(tmpdir(), noteWithout((error as Error).message.trim().split('\n').at(-1)!), use);
    }
    return use(place);
  });
}

function noteWithout(missing: string): string {
  return ` (no ext4 in memory: ${missing})`;
}

/** A tmpfs to write to; undefined where there is none. */
export async function withTmpfs<T>(use: (place: Place) => Promise<T>): Promise<T | undefined> {
  return isUsableSharedMemory() ? withDirectoryIn(SHARED_MEMORY, '', use) : undefined;
}

function withDirectoryIn<T>(parent: string, note: string, use: (place: Place) => Promise<T>): Promise<T> {
  return undoingAfter(async (undo) => {
    const directory = mkdtempSync(join(realpathSync(parent), 'fs-intact-bench-'));
    // Several times: a child that was interrupted may still be writing.
    undo(() => rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 }));
    return use({ directory, description: fileSystemOf(directory) + note, device: loopDeviceOf(directory) });
  });
}

function existing(directory: string): string {
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() === true) return directory;
  throw new Error(`--directory is '${directory}'; allowed: a directory that exists`);
}

/** What keeps us from making the image; undefined if nothing does. */
function missingForImage(): string | undefined {
  if (process.platform !== 'linux') return 'not on Linux';
  if (process.getuid?.() !== 0) return 'not root';
  if (!isUsableSharedMemory()) return `no tmpfs on ${SHARED_MEMORY}`;
  for (const tool of ['mkfs.ext4', 'losetup', 'mount']) {
    try {
      execFileSync('sh', ['-c', `command -v ${tool}`], { stdio: 'ignore' });
    } catch {
      return `no ${tool}`;
    }
  }
  return undefined;
}

function isUsableSharedMemory(): boolean {
  try {
    accessSync(SHARED_MEMORY, constants.W_OK | constants.X_OK);
    return mountOf(SHARED_MEMORY)?.type === 'tmpfs';
  } catch {
    return false;
  }
}

function makeImage(undo: (undoing: Undo) => void): Place {
  const root = mkdtempSync(join(SHARED_MEMORY, 'fs-intact-bench-'));
  undo(() => rmSync(root, { recursive: true, force: true }));
  const image = join(root, 'image');
  const fd = openSync(image, 'wx');
  ftruncateSync(fd, IMAGE_BYTES);
  closeSync(fd);
  call('mkfs.ext4', '-q', '-F', '-E', 'lazy_itable_init=0,lazy_journal_init=0', image);
  const device = call('losetup', '--find', '--show', image);
  undo(() => call('losetup', '--detach', device));
  const directory = mkdtempSync(join(tmpdir(), 'fs-intact-bench-'));
  undo(() => rmdirSync(directory));
  call('mount', '-t', 'ext4', device, directory);
  // Lazily: a child that was interrupted may not be gone yet.
  undo(() => call('umount', '--lazy', directory));
  return { directory, description: `${fileSystemOf(directory)}, a file in memory`, device: basename(device) };
}

function call(command: string, ...args: string[]): string {
  return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}

type Undo = () => unknown;

/** What is still to be undone, the latest last. */
const undoings: Undo[] = [];

function undoDownTo(depth: number): void {
  while (undoings.length > depth) {
    try {
      undoings.pop()!();
    } catch (error) {
      console.error(`cleaning up: ${(error as Error).message}`);
    }
  }
}

function undoAll(): void {
  undoDownTo(0);
}

/** With the numbers that a shell adds to 128 for them. */
const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

/** Undoes what `run` asks for, whatever happens: its end, an exception, a signal, nobody left to print for. */
async function undoingAfter<T>(run: (undo: (undoing: Undo) => void) => Promise<T>): Promise<T> {
  const depth = undoings.length;
  if (depth === 0) {
    process.on('exit', undoAll);
    for (const signal of Object.keys(SIGNALS)) process.on(signal, interrupted);
  }
  try {
    return await run((undoing) => undoings.push(undoing));
  } finally {
    undoDownTo(depth);
    if (depth === 0) {
      process.off('exit', undoAll);
      for (const signal of Object.keys(SIGNALS)) process.off(signal, interrupted);
    }
  }
}

function interrupted(signal: keyof typeof SIGNALS): never {
  clearProgress();
  console.error(`bench: ended by ${signal}`);
  process.exit(128 + SIGNALS[signal]);
}

/** Type, source and options of the mount that a directory is on; proc(5). */
export function mountOf(directory: string): { type: string; source: string; options: string } | undefined {
  let found: { type: string; source: string; options: string; on: string } | undefined;
  for (const line of readFileSync('/proc/self/mountinfo', 'utf8').trim().split('\n')) {
    const [left, right] = line.split(' - ') as [string, string];
    const on = left.split(' ')[4]!;
    const [type, source, options] = right.split(' ') as [string, string, string];
    const isAbove = directory === on || directory.startsWith(on === '/' ? on : `${on}/`);
    // Later mounts lie on top of earlier ones.
    if (isAbove && on.length >= (found?.on.length ?? 0)) found = { type, source, options, on };
  }
  return found;
}

function loopDeviceOf(directory: string): string | undefined {
  const source = process.platform === 'linux' ? mountOf(directory)?.source : undefined;
  return /^\/dev\/(loop\d+)$/.exec(source ?? '')?.[1];
}

function fileSystemOf(directory: string): string {
  if (process.platform !== 'linux') return process.platform;
  const mount = mountOf(realpathSync(directory));
  return mount === undefined ? 'unknown' : `${mount.type} (${mount.options}) on ${mount.source}`;
}
