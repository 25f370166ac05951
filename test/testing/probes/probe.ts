// A probe: a small program, run on the machine's own file system and on a memory disk, and what can be told of its run.

import { dirname, join } from 'node:path';
import type { Stats } from 'node:fs';
import type { NodeFs } from '../../../src/ground/node-fs';

/** What a probe works with. */
export interface Stage {
  readonly fs: NodeFs;
  /** Who makes the calls. */
  readonly user: { readonly uid: number; readonly gid: number };
  /** A path in the probe's own directory, which is empty at first. Not normalised: `..` and slashes stay. */
  readonly at: (path?: string) => string;
  /** Makes a call and notes its answer or its error. @returns The answer; undefined if it failed. */
  readonly does: <T>(call: () => T) => T | undefined;
  /** Opens a file and notes whether that worked; whatever is still open in the end is closed. */
  readonly opens: (path: string, flags?: string | number, mode?: number) => number;
  /** Notes something that was found out. */
  readonly notes: (found: unknown) => void;
}

export type Program = (stage: Stage) => void;

export interface Probe {
  readonly title: string;
  readonly run: Program;
  /** What root does in the directory before. */
  readonly prepare?: Program;
  /** Who runs it. @default both */
  readonly as?: 'root' | 'user';
  /** What the real file system must be for it, where they differ among themselves. */
  readonly needs?: 'ext4';
}

/** Titles with their programs. */
export type Probes = Readonly<Record<string, Program | Omit<Probe, 'title'>>>;

export function probesOf(probes: Probes): Probe[] {
  return Object.entries(probes).map(([title, probe]) =>
    typeof probe === 'function' ? { title, run: probe } : Object.assign({ title }, probe),
  );
}

/** No descriptor of anybody. */
export const CLOSED_FD = 2 ** 31 - 1;

/** Runs a program in a directory of this file system. @returns Everything that it noted, as plain data. */
export function runProgram(program: Program, fs: NodeFs, directory: string, user: Stage['user']): unknown[] {
  const noted: unknown[] = [];
  const open = new Set<number>();
  const does = <T>(call: () => T): T | undefined => {
    try {
      const answer = call();
      noted.push(pictureOf(answer));
      return answer;
    } catch (error) {
      noted.push(pictureOf(error));
      return undefined;
    }
  };
  const opens: Stage['opens'] = (path, flags, mode) => {
    let fd = CLOSED_FD;
    // Which number it gets is nobody's business.
    does(() => typeof (fd = fs.openSync(path, flags as string, mode)));
    open.add(fd);
    return fd;
  };
  const at = (path?: string): string => (path === undefined ? directory : `${directory}/${path}`);
  program({ fs, user, at, does, opens, notes: (found) => void noted.push(pictureOf(found)) });
  for (const fd of open) closeIfOpen(fs, fd);
  return noted;
}

function closeIfOpen(fs: NodeFs, fd: number): void {
  try {
    fs.closeSync(fd);
  } catch {
    // The probe closed it.
  }
}

/** Any answer or error as plain data. */
export function pictureOf(value: unknown): unknown {
  if (value === undefined) return 'undefined';
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Error) return pictureOfError(value);
  if (ArrayBuffer.isView(value))
    return `bytes ${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1')}`;
  if (Array.isArray(value)) return value.map(pictureOf);
  if (isStats(value)) return pictureOfStats(value);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, pictureOf(part)]));
}

function pictureOfError(error: Error): Record<string, unknown> {
  const own = Object.fromEntries(Object.entries(error));
  return { threw: error.constructor.name, name: error.name, message: error.message, ...own };
}

function isStats(value: object): value is Stats {
  return 'nlink' in value && 'isFile' in value;
}

/** Without numbers that no two disks share, sizes of directories, and times, which have probes of their own. */
function pictureOfStats(stats: Stats): Record<string, unknown> {
  const { mode, nlink, uid, gid, size, rdev } = stats;
  const picture = { class: stats.constructor.name, mode: mode.toString(8), nlink, uid, gid, rdev };
  return Object.fromEntries(
    Object.entries(stats.isDirectory() ? picture : { ...picture, size }).map(([key, part]) => [key, pictureOf(part)]),
  );
}

/** Everything below a directory: names, attributes, content, and which names are one inode, as far as one may look. */
export function pictureOfTree(fs: NodeFs, directory: string): string[] {
  const lines: string[] = [];
  const seen = new Map<number, string>();
  const visit = (path: string, shown: string): void => {
    const stats = fs.lstatSync(path);
    lines.push(`${shown} ${lineOf(fs, path, stats, seen.get(stats.ino))}`);
    if (!seen.has(stats.ino)) seen.set(stats.ino, shown);
    if (stats.isDirectory()) for (const name of fs.readdirSync(path)) visitOrNote(join(path, name), join(shown, name));
  };
  const visitOrNote = (path: string, shown: string): void => {
    try {
      visit(path, shown);
    } catch (error) {
      lines.push(`${shown} ${(error as Error).message}`);
    }
  };
  visitOrNote(directory, '.');
  return lines;
}

function lineOf(fs: NodeFs, path: string, stats: Stats, twin: string | undefined): string {
  const { mode, uid, gid, nlink } = stats;
  const head = `${mode.toString(8)} ${uid}:${gid} nlink ${nlink}`;
  if (twin !== undefined) return `${head} is ${twin}`;
  if (stats.isSymbolicLink()) return `${head} -> ${fs.readlinkSync(path)}`;
  return stats.isFile() ? `${head} ${stats.size} bytes ${contentOf(fs, path, stats.size)}` : head;
}

/** Of a file of any size, the beginning: some probes make holes. */
function contentOf(fs: NodeFs, path: string, size: number): string {
  const bytes = Buffer.alloc(Math.min(size, SHOWN_BYTES));
  const fd = fs.openSync(path, 'r');
  if (bytes.length > 0) fs.readSync(fd, bytes, 0, bytes.length, 0);
  fs.closeSync(fd);
  return JSON.stringify(bytes.toString('latin1'));
}

const SHOWN_BYTES = 20_000;

/** Makes a file with this content, and the directories above it. */
export function put({ fs, at }: Stage, path: string, content = path, mode = 0o666): string {
  fs.mkdirSync(dirname(at(path)), { recursive: true });
  const fd = fs.openSync(at(path), 'w', mode);
  fs.writeSync(fd, content);
  fs.closeSync(fd);
  return at(path);
}

/** The whole content of a file, read through a new descriptor. */
export function contentAt({ fs }: Stage, path: string): string {
  const fd = fs.openSync(path, 'r');
  const bytes = Buffer.alloc(fs.fstatSync(fd).size);
  const count = bytes.length === 0 ? 0 : fs.readSync(fd, bytes, 0, bytes.length, 0);
  fs.closeSync(fd);
  return bytes.toString('latin1', 0, count);
}

/**
 * One of everything that a path can lead to:
 * a file, its twin, an empty and a full directory, links to a file, to a directory, to nothing, into a missing directory,
 * round in a circle, to `directory/`, and a file that is too deep for its parent to be one.
 */
export function putZoo(stage: Stage): void {
  const { fs, at } = stage;
  put(stage, 'file');
  fs.linkSync(at('file'), at('twin'));
  fs.mkdirSync(at('empty'));
  put(stage, 'full/inside');
  fs.symlinkSync('file', at('to-file'));
  fs.symlinkSync('full', at('to-full'));
  fs.symlinkSync('full/', at('to-full-slash'));
  fs.symlinkSync('missing', at('to-missing'));
  fs.symlinkSync('missing/', at('to-missing-slash'));
  fs.symlinkSync('missing/too', at('to-far'));
  fs.symlinkSync('circle', at('circle'));
  fs.symlinkSync('to-file', at('to-to-file'));
}

/** A path of every kind in the zoo, and odd spellings. */
export const ZOO_PATHS: readonly string[] = [
  'file',
  'twin',
  'empty',
  'full',
  'to-file',
  'to-full',
  'to-full-slash',
  'to-missing',
  'to-missing-slash',
  'to-far',
  'circle',
  'to-to-file',
  'absent',
  'absent/',
  'absent/below',
  'file/',
  'file/.',
  'file/below',
  'empty/',
  'empty/.',
  'empty/..',
  'full/',
  'full/./inside',
  'full/../file',
  'full//inside',
  'to-file/',
  'to-full/',
  'to-full/.',
  'to-full/inside',
  'to-full/absent',
  'to-missing/',
  'circle/',
  'circle/below',
  '.',
  '..',
  '',
  'x'.repeat(255),
  'x'.repeat(256),
  'ü'.repeat(128),
  `${'y'.repeat(200)}/`.repeat(20),
];

/**
 * For every path of the zoo one call, each in a zoo of its own, so that the tree tells what was done.
 *
 * @param call Makes the call on one path.
 */
export function overZoo(stage: Stage, call: (zoo: Stage, path: string) => void): void {
  for (const [index, path] of ZOO_PATHS.entries()) callInZoo(zooIn(stage, `${index}`), path, call);
}

/** The same for calls that change nothing, in one zoo for all of them. */
export function throughZoo(stage: Stage, call: (zoo: Stage, path: string) => void): void {
  const zoo = zooIn(stage, 'zoo');
  for (const path of ZOO_PATHS) callInZoo(zoo, path, call);
}

function zooIn(stage: Stage, name: string): Stage {
  const zoo = { ...stage, at: (below?: string) => stage.at(below === undefined ? name : `${name}/${below}`) };
  stage.fs.mkdirSync(zoo.at());
  putZoo(zoo);
  return zoo;
}

function callInZoo(zoo: Stage, path: string, call: (zoo: Stage, path: string) => void): void {
  zoo.notes(`on ${path.slice(0, 20)}`);
  call(zoo, zoo.at(path));
}
