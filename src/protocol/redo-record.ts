// A redo record: a staged file that is complete and says at its end which file it is to be copied over. As long as it
// exists, whoever finds it can finish the copy that its maker began.

import type { Stats } from 'node:fs';
import { hash } from '../ground/hash';
import type { ProcessIdentity } from '../ground/process-identity';
import { APPEND, READ_REGULAR } from '../settings/flags';
import { type Steps, close, fstat, fsync, open, read } from '../steps/step';
import { writeBytes } from './content';
import { redoName } from './leftover-name';

export interface Redo {
  /** The target's name, in the record's own directory. */
  readonly name: string;
  /** The target's inode and birth, because a file that has replaced it since is not meant. */
  readonly ino: number;
  readonly birthtimeMs: number;
  /** Length in bytes of the content, with which the record begins. */
  readonly size: number;
  /** Who makes the copy. */
  readonly owner: ProcessIdentity;
}

const MAGIC = 'fs-intact redo 1\n';
const ANY_MAGIC = /fs-intact redo \d+\n$/;
/** Length and checksum of the JSON, as 8 hexadecimal digits each, and the magic. */
const FOOTER_BYTES = 8 + 8 + MAGIC.length;
/** A name of at most 255 bytes, each at worst 6 characters of JSON, and three numbers. */
const JSON_BYTES_MAX = 4096;

/**
 * Turns a complete staged file into a record for `target`. The content must have been flushed before: a crash may keep
 * the trailer and lose content that was not.
 */
export function* sealRecord(
  path: string,
  name: string,
  target: Stats,
  owner: ProcessIdentity,
  flush: boolean,
): Steps<void> {
  const fd = yield* open(path, APPEND, 0);
  try {
    const { size } = yield* fstat(fd);
    const redo: Redo = { name, ino: target.ino, birthtimeMs: target.birthtimeMs, size, owner };
    const json = Buffer.from(JSON.stringify(redo));
    yield* writeBytes(fd, Buffer.concat([json, Buffer.from(footerOf(json))]));
    if (flush) yield* fsync(fd);
  } finally {
    yield* close(fd);
  }
}

/** A file with the name of a record. */
export interface FoundRecord {
  readonly ino: number;
  /** Who has made it. */
  readonly uid: number;
  /**
   * What it says. `'torn'`: it was not sealed to its end. `'foreign'`: it is not ours to judge, such as a record in the
   * format of a later version.
   */
  readonly redo: Redo | 'torn' | 'foreign';
}

/** Looks at the file `name`, which has the name of a record, in `directory`. */
export function* readRecord(directory: string, name: string): Steps<FoundRecord> {
  const fd = yield* open(`${directory}/${name}`, READ_REGULAR, 0);
  try {
    const stats = yield* fstat(fd);
    const { ino, uid, size } = stats;
    if (!stats.isFile()) return { ino, uid, redo: 'foreign' };
    const tail = Buffer.alloc(Math.min(size, JSON_BYTES_MAX + FOOTER_BYTES));
    const length = yield* read(fd, tail, 0, tail.length, size - tail.length);
    return { ino, uid, redo: parseTail(tail.subarray(0, length), size, name) };
  } finally {
    yield* close(fd);
  }
}

function parseTail(tail: Buffer, fileSize: number, recordName: string): FoundRecord['redo'] {
  const footer = tail.subarray(Math.max(0, tail.length - FOOTER_BYTES)).toString('latin1');
  if (!footer.endsWith(MAGIC)) return ANY_MAGIC.test(footer) ? 'foreign' : 'torn';
  const jsonLength = parseInt(footer.slice(0, 8), 16);
  const start = tail.length - FOOTER_BYTES - jsonLength;
  if (!(start >= 0)) return 'torn';
  const json = tail.subarray(start, start + jsonLength);
  if (footer !== footerOf(json)) return 'torn';
  const redo: unknown = parseJson(json.toString());
  if (!isRedo(redo) || redoName(redo.name) !== recordName) return 'foreign';
  return redo.size === fileSize - FOOTER_BYTES - jsonLength ? redo : 'torn';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The checksum tells a torn record from a whole one; anybody can make one that is false. */
function isRedo(value: unknown): value is Redo {
  const { name, ino, birthtimeMs, size, owner } = (value ?? {}) as Partial<Record<keyof Redo, unknown>>;
  if (typeof name !== 'string' || name === '.' || name === '..') return false;
  const { pid, startTicks, boot, namespace } = (owner ?? {}) as Partial<Record<keyof ProcessIdentity, unknown>>;
  return [ino, birthtimeMs, size, pid, startTicks, boot, namespace].every((part) => typeof part === 'number');
}

function footerOf(json: Uint8Array): string {
  return hex(json.length) + hex(hash(json)) + MAGIC;
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}
