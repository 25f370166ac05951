// open, close, and the calls on a descriptor.

import type { Steps } from '../../steps/step';
import {
  bytesOf,
  readAbortableStatOptions,
  readFd,
  readFlags,
  readInteger,
  readLength,
  readMode,
  readOwner,
  readPath,
  readPosition,
  readRange,
  readStatOptions,
  readTime,
  readViews,
  writePosition,
} from './arguments';
import { askNode } from './ask-node';
import type { Answer, Story } from './flavours';
import { naming } from './naming';
import { allStatsHaveSignals } from './node-habits';
import * as primitive from './primitives';

type OnDescriptor = (fd: number, rest: readonly unknown[]) => Steps<unknown>;

/** What the reading and writing calls end with: a count of bytes, and the caller's own data for its callback. */
export interface Transferred {
  readonly bytes: number;
  readonly data: unknown;
}

export const openStory: Story = (lab, [path, flags, mode]) => {
  const asked = readPath(lab, path);
  return naming(asked, primitive.open(asked.absolute, readFlags(flags), readMode(mode, 0o666)));
};

export const descriptorCalls: Readonly<Record<string, Story>> = {
  close: onDescriptor((fd) => primitive.close(fd)),
  fsync: onDescriptor((fd) => primitive.fsync(fd)),
  fdatasync: onDescriptor((fd) => primitive.fdatasync(fd)),
  ftruncate: onDescriptor((fd, [length]) => primitive.ftruncate(fd, readLength(length))),
  fstat: (_lab, [fd, given], flavour) => {
    const isAbortable = allStatsHaveSignals && flavour === 'callback';
    const { bigint } = isAbortable ? readAbortableStatOptions(given, flavour) : readStatOptions(given);
    return primitive.fstat(readFd(fd), { bigint });
  },
  fchmod: onDescriptor((fd, [mode]) => primitive.fchmod(fd, readMode(mode))),
  fchown: onDescriptor((fd, [uid, gid]) => primitive.fchown(fd, readOwner(uid), readOwner(gid))),
  futimes: onDescriptor((fd, [atime, mtime]) => primitive.futimes(fd, readTime(atime), readTime(mtime))),
};

/** Calls that end with `Transferred`. */
export const transferCalls: Readonly<Record<string, Story>> = {
  read: (_lab, [fd, ...rest], flavour) => readInto(readFd(fd), flavour === 'callback' ? completed(rest) : rest),
  write: (_lab, [fd, data, ...rest], flavour) => {
    // The callback of write(fd, text, position, encoding, callback) has no other place.
    if (flavour === 'callback' && typeof data === 'string' && rest.length > 2) askNode();
    return writeFrom(readFd(fd), data, rest);
  },
  readv: onDescriptor((fd, [views, position]) => {
    const place = typeof position === 'number' ? writePosition(position) : null;
    return counting(primitive.readv(fd, readViews(views), place), views);
  }),
  writev: onDescriptor((fd, [views, position]) => {
    const bytes = readViews(views);
    const place = typeof position === 'number' ? writePosition(position) : null;
    return bytes.length === 0 ? nothing(views) : counting(primitive.writev(fd, bytes, place), views);
  }),
};

/** What the callbacks of these calls get: (error, count, data), the count also where it failed. */
export const TRANSFER_ANSWER: Answer = {
  success: ({ bytes, data }: Transferred) => [null, bytes, data],
  failure: (error, [, given]) => [error, 0, typeof given === 'string' ? given : bufferIn(given)],
};

/** The data of a call, which is given in one of several forms, or not at all. */
function bufferIn(given: unknown): unknown {
  if (ArrayBuffer.isView(given) || Array.isArray(given)) return given;
  return (given as { buffer?: unknown } | undefined)?.buffer ?? Buffer.alloc(READ_BYTES);
}

function onDescriptor(make: OnDescriptor): Story {
  return (_lab, [fd, ...rest]) => make(readFd(fd), rest);
}

/**
 * read(fd, callback), (fd, params, callback), (fd, buffer, params, callback) and (fd, buffer, offset, length, position,
 * callback): node tells them apart by their number.
 */
function completed(rest: readonly unknown[]): readonly unknown[] {
  const [first, second] = rest;
  if (rest.length === 3 || (rest.length === 2 && typeof second !== 'object')) askNode();
  if (rest.length > 3 && typeof second === 'object' && second !== null) askNode();
  if (ArrayBuffer.isView(first)) return rest;
  if (rest.length > 1 || (first !== undefined && typeof first !== 'object')) askNode();
  const { buffer = Buffer.alloc(READ_BYTES), ...range } = (first ?? {}) as Record<string, unknown>;
  return [buffer, range];
}

export const READ_BYTES = 16384;

export function readInto(fd: number, [into, ...rest]: readonly unknown[]): Steps<Transferred> {
  const bytes = bytesOf(into);
  const isRange = rest.length <= 1 || typeof rest[0] === 'object';
  if (isRange && Array.isArray(rest[0])) askNode();
  const { offset, length, position } = readRange(rest, Number.MAX_SAFE_INTEGER);
  // Node takes what `|` makes of a length; without a range to say it in, none is not the rest of the buffer.
  const isLeftOut = length === Number.MAX_SAFE_INTEGER - offset;
  const wanted = isLeftOut ? (isRange ? bytes.byteLength - offset : 0) : length | 0;
  if (wanted === 0) return nothing(into);
  if (bytes.byteLength === 0 || wanted < 0 || offset + wanted > bytes.byteLength) askNode();
  return counting(primitive.read(fd, bytes, offset, wanted, readPosition(position)), into);
}

export function writeFrom(fd: number, data: unknown, rest: readonly unknown[]): Steps<Transferred> {
  if (typeof data === 'string') return writeText(fd, data, rest);
  const bytes = bytesOf(data);
  const range = readRange(rest, bytes.byteLength);
  const { offset } = range;
  const length = typeof range.length === 'number' ? range.length : bytes.byteLength - offset;
  readInteger(length, 0, Math.min(bytes.byteLength - offset, INT32_MAX));
  return counting(primitive.write(fd, bytes, offset, length, writePosition(range.position)), data);
}

const INT32_MAX = 0x7fffffff;

function writeText(fd: number, text: string, [position, encoding]: readonly unknown[]): Steps<Transferred> {
  // Node does not mind an encoding that there is none of.
  const known = Buffer.isEncoding(encoding as string) ? (encoding as BufferEncoding) : 'utf8';
  if (known.toLowerCase() === 'hex' && text.length % 2 !== 0) askNode();
  const bytes = Buffer.from(text, known);
  return counting(primitive.write(fd, bytes, 0, bytes.byteLength, writePosition(position)), text);
}

function* counting(transfer: Steps<number>, data: unknown): Steps<Transferred> {
  return { bytes: yield* transfer, data };
}

/** A transfer of no bytes, which takes no call. */
export function* nothing(data: unknown): Steps<Transferred> {
  yield* NO_STEPS;
  return { bytes: 0, data };
}

const NO_STEPS: readonly never[] = [];
