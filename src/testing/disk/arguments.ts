// Arguments in all the forms that node takes. What is not understood here is node's own to refuse, in its own words.

import { types } from 'node:util';
import { fileURLToPath } from 'node:url';
import { IntactError, codeOf } from '../../ground/errors';
import { nodeFs } from '../../ground/node-fs';
import { parseFlags } from '../../settings/flags';
import { fail } from './errno';

/** Thrown for an argument that is not plainly right. */
const NOT_PLAIN = Symbol('an argument that node must judge');

function notPlain(): never {
  // It is caught before it leaves the disk.
  throw NOT_PLAIN;
}

export function isNotPlain(thrown: unknown): boolean {
  return thrown === NOT_PLAIN;
}

const UINT32_MAX = 2 ** 32 - 1;
const INT32_MAX = 2 ** 31 - 1;

/** Never open, so that a call with it ends at EBADF. */
const NO_DESCRIPTOR = INT32_MAX;
/** Leads nowhere, so that a call with it ends at ENOTDIR. */
const NO_PATH = '/dev/null/none';

/**
 * What node throws for these arguments. Its own function is asked, with paths and descriptors that lead nowhere in place of
 * the good ones, so that it can only complain.
 *
 * @param name The function's: `'openSync'`.
 * @param paths How many of the first arguments are paths; with none, the first is a descriptor.
 */
export function complaintOf(name: string, paths: number, args: readonly unknown[]): unknown {
  const harmless = args.map((value, index) => {
    if (index < paths) return isPlain(pathOf, value) ? NO_PATH : value;
    return paths === 0 && index === 0 && isPlain(descriptorOf, value) ? NO_DESCRIPTOR : value;
  });
  const asked = (nodeFs as unknown as Record<string, (...args: unknown[]) => unknown>)[name]!;
  try {
    asked(...harmless);
  } catch (error) {
    if (codeOf(error).startsWith('ERR_')) return error;
  }
  return new IntactError('ERR_INTACT_ARGUMENT', `The memory disk does not know these arguments of ${name}()`);
}

function isPlain(parse: (value: unknown) => unknown, value: unknown): boolean {
  try {
    parse(value);
    return true;
  } catch (thrown) {
    return !isNotPlain(thrown);
  }
}

/** A path as text. Names that are not UTF-8 are refused with EILSEQ, as by APFS and by ZFS with utf8only. */
export function pathOf(value: unknown): string {
  if (typeof value === 'string') return value.includes('\0') ? notPlain() : wellFormed(value);
  if (value instanceof Uint8Array) return value.includes(0) ? notPlain() : decode(value);
  return value instanceof URL && value.protocol === 'file:' ? pathOf(pathOfUrl(value)) : notPlain();
}

function pathOfUrl(url: URL): string {
  try {
    return fileURLToPath(url);
  } catch {
    return notPlain();
  }
}

/** As node writes text: half a surrogate pair becomes U+FFFD. */
function wellFormed(text: string): string {
  return /[\ud800-\udfff]/.test(text) ? Buffer.from(text).toString() : text;
}

function decode(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
  return Buffer.from(text).equals(bytes) ? text : fail('EILSEQ');
}

export function descriptorOf(value: unknown): number {
  return isIntegerWithin(value, 0, INT32_MAX) ? value : notPlain();
}

export function flagsOf(value: unknown): number {
  return parseFlags(value) ?? notPlain();
}

/** @param byDefault For an argument that may be missing. */
export function modeOf(value: unknown, byDefault?: number): number {
  if (value === undefined || value === null) return byDefault ?? notPlain();
  if (typeof value === 'string') return /^[0-7]+$/.test(value) ? modeOf(Number.parseInt(value, 8)) : notPlain();
  return isIntegerWithin(value, 0, UINT32_MAX) ? value : notPlain();
}

export function accessModeOf(value: unknown): number {
  if (value === undefined || value === null) return 0;
  return isIntegerWithin(value, 0, 7) ? value : notPlain();
}

/** -1 leaves an owner as it is. */
export function ownerOf(value: unknown): number {
  return isIntegerWithin(value, -1, UINT32_MAX) ? value : notPlain();
}

export function lengthOf(value: unknown): number {
  if (value === undefined) return 0;
  return isIntegerWithin(value, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER) ? Math.max(0, value) : notPlain();
}

/** A time in the forms of utimes, as milliseconds. Like node, a time before 1970 becomes now if it is a number. */
export function timeOf(value: unknown): number {
  if (types.isDate(value)) return millisecondsOf(value.getTime() / 1000);
  const seconds = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof seconds !== 'number' || !Number.isFinite(seconds)) return notPlain();
  return millisecondsOf(seconds < 0 && typeof value === 'number' ? Date.now() / 1000 : seconds);
}

/** Whole nanoseconds, cut off as libuv does. */
function millisecondsOf(seconds: number): number {
  const whole = Math.floor(seconds);
  return whole * 1000 + Math.trunc((seconds - whole) * 1e9) / 1e6;
}

export interface Transfer {
  readonly bytes: Uint8Array;
  /** Null for where the descriptor stands. */
  readonly position: number | null;
}

/** read(fd, buffer[, offset[, length[, position]]]) and read(fd, buffer[, options]). */
export function readOf(args: readonly unknown[]): Transfer {
  const [buffer, offsetOrOptions, length, position] = args;
  if (!ArrayBuffer.isView(buffer)) return notPlain();
  if (args.length > 2 && typeof offsetOrOptions !== 'object') return into(buffer, offsetOrOptions, length, position);
  const { offset = 0, length: asked, position: at } = transferOptionsOf(offsetOrOptions);
  return into(buffer, offset, asked === undefined ? buffer.byteLength - Number(offset) : asked, at);
}

function into(buffer: ArrayBufferView, offset: unknown, length: unknown, position: unknown): Transfer {
  // Node cuts the length to 32 bits.
  const bytes = part(buffer, offset ?? 0, typeof length === 'number' ? length | 0 : 0);
  if (bytes.length > 0 && buffer.byteLength === 0) notPlain();
  if (position === undefined || position === null) return { bytes, position: null };
  const at = typeof position === 'bigint' ? Number(position) : position;
  if (!isIntegerWithin(at, -1, Number.MAX_SAFE_INTEGER - bytes.length)) return notPlain();
  return { bytes, position: at === -1 ? null : at };
}

/** write(fd, buffer[, offset[, length[, position]]]), write(fd, buffer[, options]) and write(fd, text[, position[, encoding]]). */
export function writeOf([data, offsetOrOptions, length, position]: readonly unknown[]): Transfer {
  if (typeof data === 'string') return textOf(data, offsetOrOptions, length);
  if (!ArrayBuffer.isView(data)) return notPlain();
  if (typeof offsetOrOptions !== 'object') return from(data, offsetOrOptions, length, position);
  const { offset = 0, length: asked, position: at } = transferOptionsOf(offsetOrOptions);
  return from(data, offset, asked, at);
}

function from(data: ArrayBufferView, offset: unknown, length: unknown, position: unknown): Transfer {
  const start = offset ?? 0;
  const bytes = part(data, start, typeof length === 'number' ? length : data.byteLength - Number(start));
  return { bytes, position: writePositionOf(position) };
}

function textOf(text: string, position: unknown, encoding: unknown): Transfer {
  const known = encoding ?? 'utf8';
  if (typeof known !== 'string' || !Buffer.isEncoding(known)) return notPlain();
  // Node refuses half a byte of hex with an error of its own.
  if (known.toLowerCase() === 'hex' && text.length % 2 !== 0) return notPlain();
  return { bytes: Buffer.from(text, known), position: writePositionOf(position) };
}

/** Anything that is no number means where the descriptor stands, and so do negative ones: uv_fs_write(). */
function writePositionOf(position: unknown): number | null {
  return Number.isSafeInteger(position) && (position as number) >= 0 ? (position as number) : null;
}

/** readv(fd, buffers[, position]) and writev. */
export function vectorOf(buffers: unknown, position: unknown): { parts: Uint8Array[]; position: number | null } {
  if (!Array.isArray(buffers) || !buffers.every((buffer) => ArrayBuffer.isView(buffer))) return notPlain();
  return { parts: buffers.map((buffer) => part(buffer, 0, buffer.byteLength)), position: writePositionOf(position) };
}

function transferOptionsOf(value: unknown): { offset?: unknown; length?: unknown; position?: unknown } {
  if (value === undefined || value === null) return {};
  return typeof value === 'object' && !Array.isArray(value) ? value : notPlain();
}

function part(view: ArrayBufferView, offset: unknown, length: number): Uint8Array {
  if (!isIntegerWithin(offset, 0, view.byteLength)) return notPlain();
  if (!isIntegerWithin(length, 0, view.byteLength - offset)) return notPlain();
  return new Uint8Array(view.buffer, view.byteOffset + offset, length);
}

export interface ListingOptions {
  readonly encoding: BufferEncoding | 'buffer';
  readonly withFileTypes: boolean;
  readonly recursive: boolean;
}

/** The options of readdir and opendir; those of readlink, realpath and mkdtemp are the encoding among them. */
export function listingOptionsOf(value: unknown): ListingOptions {
  const given = optionsOf(typeof value === 'string' ? { encoding: value } : value);
  const { withFileTypes, recursive } = given;
  if (recursive !== undefined && recursive !== null && typeof recursive !== 'boolean') notPlain();
  return {
    encoding: encodingOf(given['encoding']),
    withFileTypes: Boolean(withFileTypes),
    recursive: recursive === true,
  };
}

function encodingOf(value: unknown): BufferEncoding | 'buffer' {
  if (value === undefined || value === null) return 'utf8';
  if (value === 'buffer') return value;
  return typeof value === 'string' && Buffer.isEncoding(value) ? value : notPlain();
}

/** A name or path as the caller wants it. */
export function encode(text: string, encoding: BufferEncoding | 'buffer'): string | Buffer {
  if (encoding === 'buffer') return Buffer.from(text);
  return encoding === 'utf8' ? text : Buffer.from(text).toString(encoding);
}

export interface StatOptions {
  readonly bigint: boolean;
  readonly throwIfNoEntry: boolean;
}

export function statOptionsOf(value: unknown): StatOptions {
  if (value === undefined) return { bigint: false, throwIfNoEntry: true };
  if (value === null) return notPlain();
  const { bigint, throwIfNoEntry } = value as { bigint?: unknown; throwIfNoEntry?: unknown };
  return { bigint: Boolean(bigint), throwIfNoEntry: throwIfNoEntry !== false };
}

export interface MakeDirectoryOptions {
  readonly recursive: boolean;
  readonly mode: number;
}

export function makeDirectoryOptionsOf(value: unknown): MakeDirectoryOptions {
  const given = typeof value === 'number' || typeof value === 'string' ? { mode: value } : value || {};
  const { recursive = false, mode = 0o777 } = given as { recursive?: unknown; mode?: unknown };
  return typeof recursive === 'boolean' ? { recursive, mode: modeOf(mode) } : notPlain();
}

function optionsOf(value: unknown): Readonly<Record<string, unknown>> {
  if (value === undefined || value === null || typeof value === 'function') return {};
  return typeof value === 'object' ? (value as Record<string, unknown>) : notPlain();
}

function isIntegerWithin(value: unknown, least: number, most: number): value is number {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}
