// Values, errors and directory trees as plain data, without what differs from one run to the next.

import { createHash } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { BigIntStats, Stats } from 'node:fs';
import { readdirSync, readlinkSync } from 'node:fs';
import { isStageName } from '../../src/protocol/leftover-name';
import type { Fs, World } from './worlds';

const SHORT_BYTES = 200;

/** Anything that a call gives back. Paths of the world read `<dir>`. */
export function pictureOf(value: unknown, directory: string): unknown {
  const inside = (part: unknown): unknown => pictureOf(part, directory);
  // Which number a closed descriptor had is chance.
  if (typeof value === 'string')
    return value.replaceAll(directory, '<dir>').replace(/type number \(\d+\)/, 'type number');
  if (typeof value === 'function') return `function ${value.name}/${value.length}`;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Error) return pictureOfError(value, directory);
  if (Buffer.isBuffer(value)) return pictureOfBytes(value).replaceAll(directory, '<dir>');
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} of ${value.byteLength} bytes`;
  if (Array.isArray(value)) return value.map(inside);
  if (isStats(value))
    return { size: value.size, mode: (Number(value.mode) & 0o7777).toString(8), isFile: value.isFile() };
  // A FileHandle is no instance of the public EventEmitter.
  if (value instanceof EventEmitter || classOf(value) === 'FileHandle') return classOf(value);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, inside(part)]));
}

/** Undefined for an object without a prototype, which some of node's results are. */
function classOf(value: object): string | undefined {
  return (value as { constructor?: { name: string } }).constructor?.name;
}

function isStats(value: object): value is Stats | BigIntStats {
  return 'isFile' in value && 'mode' in value;
}

/** An error as a program may look at it. */
function pictureOfError(error: Error, directory: string): Record<string, unknown> {
  const { name, message, cause, stack = '' } = error;
  const own = Object.fromEntries(Object.entries(error));
  const picture: Record<string, unknown> = { ...own, class: error.constructor.name, name, message };
  if (cause !== undefined) picture['cause'] = cause;
  for (const [key, value] of Object.entries(picture)) picture[key] = pictureOf(value, directory);
  // The name of a staged file is nobody's business.
  picture['stack'] = stack.split(/[\s'"]/).filter((word) => isStageName(word.slice(word.lastIndexOf('/') + 1)));
  return picture;
}

export function pictureOfBytes(bytes: Buffer): string {
  if (bytes.length <= SHORT_BYTES) return bytes.toString('latin1');
  return `${bytes.length} bytes, ${createHash('sha1').update(bytes).digest('base64')}`;
}

/** Everything in the world's directory, by relative path, as another process sees it. */
export function pictureOfTree({ base, directory }: World): Record<string, unknown> {
  const tree: Record<string, unknown> = {};
  // In bytes, because a name need not be UTF-8.
  const visit = (path: Buffer, relative: string): void => {
    for (const name of base.readdirSync(path, { encoding: 'buffer' })) {
      const entry = Buffer.concat([path, Buffer.from('/'), name]);
      const entryName = relative + name.toString('latin1');
      const stats = base.lstatSync(entry);
      tree[entryName] = pictureOfEntry(base, entry, stats, directory);
      if (stats.isDirectory()) visit(entry, `${entryName}/`);
    }
  };
  visit(Buffer.from(directory), '');
  return tree;
}

function pictureOfEntry(base: Fs, path: Buffer, stats: Stats, directory: string): Record<string, unknown> {
  const { mode, nlink, uid, gid } = stats;
  const common = { mode: mode.toString(8), uid, gid };
  if (stats.isSymbolicLink()) return { ...common, leadsTo: pictureOf(base.readlinkSync(path), directory) };
  if (!stats.isFile()) return common;
  return { ...common, nlink, content: contentOf(base, path, stats) };
}

function contentOf(base: Fs, path: Buffer, { size }: Stats): string {
  try {
    return pictureOfBytes(base.readFileSync(path));
  } catch {
    // Its mode forbids it, where the process is not root or memfs is asked.
    return `${size} bytes that may not be read`;
  }
}

/** The files of the world that this process still has open. Nothing where there is no /proc. */
export function openFilesIn({ directory }: Pick<World, 'directory'>): string[] {
  return descriptors().flatMap((fd) => {
    const path = OPEN_FROM_THE_START.has(fd) ? undefined : linkOf(fd);
    return path?.startsWith(`${directory}/`) ? [path.replaceAll(directory, '<dir>')] : [];
  });
}

function descriptors(): string[] {
  return process.platform === 'linux' ? readdirSync('/proc/self/fd') : [];
}

/** Those of the process itself, which stay; to look at each of them every time is most of the work. */
const OPEN_FROM_THE_START = new Set(descriptors().filter((fd) => linkOf(fd) !== undefined));

function linkOf(fd: string): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    // It was the one that the listing was read through.
    return undefined;
  }
}
