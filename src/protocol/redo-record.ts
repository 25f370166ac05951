// A redo record: a staged file that is complete and says at its end which file it is to be copied over. As long as it
// exists, whoever finds it can finish the copy that its maker began.

import type { Stats } from 'node:fs';
import { hash } from '../ground/hash';
import type { ProcessIdentity } from '../ground/process-identity';
import { APPEND, READ_ONLY } from '../settings/flags';
import { type Steps, close, fstat, fsync, open, read } from '../steps/step';
import { writeBytes } from './content';

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

/** What the record at `path` says, or undefined if it is an ordinary staged file, or was not sealed to its end. */
export function* readRecord(path: string): Steps<Redo | undefined> {
  const fd = yield* open(path, READ_ONLY, 0);
  try {
    const { size } = yield* fstat(fd);
    const tail = Buffer.alloc(Math.min(size, JSON_BYTES_MAX + FOOTER_BYTES));
    const length = yield* read(fd, tail, 0, tail.length, size - tail.length);
    return parseTail(tail.subarray(0, length), size);
  } finally {
    yield* close(fd);
  }
}

function parseTail(tail: Buffer, fileSize: number): Redo | undefined {
  const footer = tail.subarray(Math.max(0, tail.length - FOOTER_BYTES)).toString('latin1');
  const jsonLength = parseInt(footer.slice(0, 8), 16);
  const start = tail.length - FOOTER_BYTES - jsonLength;
  if (!(start >= 0)) return undefined;
  const json = tail.subarray(start, start + jsonLength);
  if (footer !== footerOf(json)) return undefined;
  const redo = JSON.parse(json.toString()) as Redo;
  return redo.size === fileSize - FOOTER_BYTES - jsonLength ? redo : undefined;
}

function footerOf(json: Uint8Array): string {
  return hex(json.length) + hex(hash(json)) + MAGIC;
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}
