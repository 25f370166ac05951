// Reading arguments as node does. What is not plainly right is node's to judge.

import { isAbsolute } from 'node:path';
import { readMode as modeOf, readPath as pathOf } from '../../shapes/arguments';
import { parseFlags } from '../../settings/flags';
import { askNode } from './ask-node';
import type { FlavourName } from './flavours';
import type { Lab } from './lab';
import type { NameOptions, PathArgument, Position, StatOptions } from './primitives';

/** A path argument as the caller wrote it, which is how errors name it, and as the primitive calls have it. */
export interface Path {
  readonly asked: string;
  readonly absolute: PathArgument;
}

/** string, `file:` URL or Buffer. */
export function readPath(lab: Lab, path: unknown): Path {
  // The common case first.
  if (typeof path === 'string' && path.startsWith('/') && !path.includes('\0')) return { asked: path, absolute: path };
  if (path === '' || (path instanceof Uint8Array && path.length === 0)) return { asked: '', absolute: '' };
  const read = pathOf(path);
  if (read !== undefined) return { asked: read.asked, absolute: absolute(lab, read.asked) };
  return path instanceof Uint8Array && !path.includes(0) ? readBytes(lab, path) : askNode();
}

/** A name that is no UTF-8. */
function readBytes(lab: Lab, path: Uint8Array): Path {
  const bytes = Buffer.from(path);
  const inside = bytes[0] === SLASH ? bytes : Buffer.concat([Buffer.from(inDirectory(lab, '')), bytes]);
  return { asked: bytes.toString(), absolute: inside };
}

const SLASH = 0x2f;

/** Joined as text: normalising `link/..` would name another directory than the kernel does. */
function absolute(lab: Lab, asked: string): string {
  return isAbsolute(asked) ? asked : inDirectory(lab, asked);
}

/** Joined to the working directory, as text. */
export function inDirectory({ cwd }: Lab, path: string): string {
  const directory = cwd();
  return directory.endsWith('/') ? directory + path : `${directory}/${path}`;
}

export function isDescriptor(value: unknown): value is number {
  return typeof value === 'number' && (value | 0) === value;
}

export function readFd(fd: unknown): number {
  return isDescriptor(fd) && fd >= 0 ? fd : askNode();
}

export function readFlags(flags: unknown): number {
  return parseFlags(flags) ?? askNode();
}

/** @param byDefault Left out where node insists on a mode. */
export function readMode(mode: unknown, byDefault?: number): number {
  if (byDefault === undefined && (mode === undefined || mode === null)) askNode();
  return modeOf(mode, byDefault ?? 0) ?? askNode();
}

export function readInteger(value: unknown, min: number, max: number = Number.MAX_SAFE_INTEGER): number {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max
    ? (value as number)
    : askNode();
}

/** A user or group; -1 leaves it as it is. */
export function readOwner(id: unknown): number {
  return readInteger(id, -1, 2 ** 32 - 1);
}

/** A length that a file is cut to; less than nothing counts as nothing. */
export function readLength(length: unknown = 0): number {
  return Math.max(0, readInteger(length, Number.MIN_SAFE_INTEGER));
}

/** Bits, of which node takes the integer part; none by default. */
export function readBits(bits: unknown, all: number): number {
  return typeof (bits ?? 0) === 'number' ? readInteger(Math.trunc((bits ?? 0) as number), 0, all) : askNode();
}

/** Where node takes an encoding or an object; the encoding, if there is one, is one that node has. */
export function readOptions(options: unknown): Readonly<Record<string, unknown>> {
  const given = objectOf(options);
  const { encoding, signal } = given;
  if (encoding && encoding !== 'buffer' && !Buffer.isEncoding(encoding as string)) askNode();
  if (signal !== undefined && !isSignal(signal)) askNode();
  return given;
}

function objectOf(options: unknown): Readonly<Record<string, unknown>> {
  if (options === undefined || options === null) return {};
  if (typeof options === 'string') return { encoding: options };
  return typeof options === 'object' ? (options as Record<string, unknown>) : askNode();
}

function isSignal(signal: unknown): signal is AbortSignal {
  return typeof signal === 'object' && signal !== null && 'aborted' in signal;
}

/** Throws to have node report an abort. */
export function checkAborted(signal: unknown): void {
  if ((signal as AbortSignal | undefined)?.aborted) askNode();
}

/** Where node takes nothing but an object, or nothing at all. */
export function readObject(options: unknown): Readonly<Record<string, unknown>> {
  if (options === undefined) return {};
  return typeof options === 'object' && options !== null && !Array.isArray(options)
    ? (options as Record<string, unknown>)
    : askNode();
}

export function readBoolean(value: unknown, byDefault: boolean): boolean {
  if (value === undefined) return byDefault;
  return typeof value === 'boolean' ? value : askNode();
}

/** Options of calls that answer with a name. */
export function readNameOptions(options: unknown): NameOptions {
  return { encoding: (readOptions(options)['encoding'] || 'utf8') as BufferEncoding };
}

export function readStatOptions(options: unknown): StatOptions {
  if (options === undefined) return { bigint: false, throwIfNoEntry: true };
  if (options === null) askNode();
  const { bigint, throwIfNoEntry } = options as Record<string, unknown>;
  return { bigint: bigint === true, throwIfNoEntry: throwIfNoEntry !== false };
}

/** Options of a stat whose signal, too, is looked at. */
export function readAbortableStatOptions(given: unknown, flavour: FlavourName): StatOptions {
  const options = flavour === 'callback' ? objectOrNone(given) : readObject(given);
  const { signal } = options;
  if (signal !== undefined && !isSignal(signal)) askNode();
  checkAborted(signal);
  return readStatOptions(options);
}

/** With a callback, what is no object is no options. */
export function objectOrNone(given: unknown): Readonly<Record<string, unknown>> {
  return typeof given === 'object' && given !== null ? (given as Record<string, unknown>) : {};
}

/** A time as node takes it: seconds, as a number or in digits, or a Date. */
export function readTime(time: unknown): number {
  if (typeof time === 'string' && !Number.isNaN(Number(time))) return Number(time);
  if (typeof time === 'number' && Number.isFinite(time)) return time < 0 ? Date.now() / 1000 : time;
  return time instanceof Date ? time.getTime() / 1000 : askNode();
}

/** Bytes in any view of them, not copied. */
export function bytesOf(view: unknown): Uint8Array {
  if (view instanceof Uint8Array) return view;
  return ArrayBuffer.isView(view) ? new Uint8Array(view.buffer, view.byteOffset, view.byteLength) : askNode();
}

export function readViews(views: unknown): Uint8Array[] {
  return Array.isArray(views) ? views.map(bytesOf) : askNode();
}

/** Where to write; what is no place in a file means the descriptor's own position. */
export function writePosition(position: unknown): Position {
  return Number.isSafeInteger(position) && (position as number) >= 0 ? (position as number) : null;
}

/** Where to read. */
export function readPosition(position: unknown): Position {
  if (position === undefined || position === null || position === -1 || position === -1n) return null;
  if (typeof position === 'bigint') return position >= 0n && position < 2n ** 62n ? position : askNode();
  return readInteger(position, 0);
}

/** A part of a view. */
export interface Range {
  readonly offset: number;
  readonly length: number;
  readonly position: unknown;
}

/** The part that (offset, length, position) or ({ offset, length, position }) speaks of. */
export function readRange(rest: readonly unknown[], byteLength: number): Range {
  const [first, second, third] = rest;
  const given =
    typeof first === 'object'
      ? (first as Record<string, unknown> | null)
      : { offset: first, length: second, position: third };
  const offset = readInteger(given?.['offset'] ?? 0, 0, byteLength);
  const { length = byteLength - offset, position = null } = given ?? {};
  return { offset, length: length as number, position };
}
