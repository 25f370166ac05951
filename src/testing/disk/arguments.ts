// Arguments in all the forms that node takes. What is not understood here is node's own to refuse, in its own words.

import { types } from 'node:util';
import { fileURLToPath } from 'node:url';
import { codeOf } from '../../ground/errors';
import { nodeFs } from '../../ground/node-fs';
import { parseFlags } from '../../settings/flags';
import { fail } from './errno';
import { refusesNegativePositions, timeResolutionNs } from './node-versions';

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
 * What node throws for these arguments, if it does. Its own function is asked, with paths and descriptors that lead nowhere
 * in place of the good ones, so that it can only complain.
 *
 * @param name The function's: `'openSync'`.
 * @param paths How many of the first arguments are paths; with none, the first is a descriptor.
 */
export function complaintOf(name: string, paths: number, args: readonly unknown[]): Error | undefined {
  const harmless = args.map((value, index) => {
    if (index < paths) return isRight(pathOf, value) ? NO_PATH : value;
    return paths === 0 && index === 0 && isRight(descriptorOf, value) ? NO_DESCRIPTOR : value;
  });
  const asked = (nodeFs as unknown as Record<string, (...args: unknown[]) => unknown>)[name]!;
  try {
    asked(...harmless);
  } catch (error) {
    if (error instanceof Error && codeOf(error).startsWith('ERR_')) return error;
  }
  return undefined;
}

function isRight(parse: (value: unknown) => unknown, value: unknown): boolean {
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
  if (types.isUint8Array(value)) return value.includes(0) ? notPlain() : decode(value);
  return isUrl(value) ? pathOf(pathOfUrl(value)) : notPlain();
}

/** As node tells it (lib/internal/url.js): by its looks, because it may come from another realm or library. */
export function isUrl(value: unknown): value is URL {
  if (typeof value !== 'object' || value === null) return false;
  const { href, protocol, auth, path } = value as Readonly<Record<string, unknown>>;
  return Boolean(href) && Boolean(protocol) && auth === undefined && path === undefined;
}

/** The JavaScript realpath makes text of anything at all. */
export function textOf(value: unknown): string {
  if (typeof value === 'string' || isUrl(value)) return pathOf(value);
  // A symbol has no text, and the error for that is the language's own.
  return pathOf(''.concat(value as string));
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
  // Node lets a fraction pass, and cuts it off.
  return typeof value === 'number' && isIntegerWithin(Math.trunc(value), 0, 7) ? Math.trunc(value) : notPlain();
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
  // Text that is equal to a number, as `==` has it, and so the empty one too.
  if (typeof value === 'string') return Number.isNaN(Number(value)) ? notPlain() : millisecondsOf(Number(value));
  if (typeof value !== 'number' || !Number.isFinite(value)) return notPlain();
  return millisecondsOf(value < 0 ? Date.now() / 1000 : value);
}

/** Cut off as libuv does it. */
function millisecondsOf(seconds: number): number {
  if (!Number.isFinite(seconds)) return seconds;
  const whole = Math.floor(seconds);
  const units = Math.trunc((seconds - whole) * (1e9 / timeResolutionNs));
  return whole * 1000 + (units * timeResolutionNs) / 1e6;
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
  if (Array.isArray(offsetOrOptions)) return notPlain();
  const { offset = 0, length: asked, position: at } = transferOptionsOf(offsetOrOptions);
  return into(buffer, offset, asked === undefined ? buffer.byteLength - Number(offset) : asked, at);
}

function into(buffer: ArrayBufferView, offset: unknown, length: unknown, position: unknown): Transfer {
  // Node cuts the length to 32 bits, whatever it is.
  const bytes = part(buffer, offset === undefined ? 0 : offset, (length as number) | 0);
  if (bytes.length > 0 && buffer.byteLength === 0) notPlain();
  if (position === undefined || position === null) return { bytes, position: null };
  const at = typeof position === 'bigint' ? Number(position) : position;
  if (typeof position === 'bigint' && position < 0n && !refusesNegativePositions) return { bytes, position: null };
  if (!isIntegerWithin(at, -1, Number.MAX_SAFE_INTEGER - bytes.length)) return notPlain();
  return { bytes, position: at === -1 ? null : at };
}

/** write(fd, buffer[, offset[, length[, position]]]), write(fd, buffer[, options]) and write(fd, text[, position[, encoding]]). */
export function writeOf([data, offsetOrOptions, length, position]: readonly unknown[]): Transfer {
  if (typeof data === 'string') return encodedText(data, offsetOrOptions, length);
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

/** Of an encoding that node does not know, it says nothing and writes UTF-8. */
function encodedText(text: string, position: unknown, encoding: unknown): Transfer {
  const known = typeof encoding === 'string' && Buffer.isEncoding(encoding) ? encoding : 'utf8';
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
  return typeof value === 'object' ? value : notPlain();
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

/** The options of readdir. */
export function listingOptionsOf(value: unknown): ListingOptions {
  const { recursive } = optionsOf(value);
  return typeof (recursive ?? false) === 'boolean' ? openDirectoryOptionsOf(value) : notPlain();
}

/** The same of opendir, which does not look at what kind they are. */
export function openDirectoryOptionsOf(value: unknown): ListingOptions {
  const { withFileTypes, recursive } = optionsOf(value);
  return { encoding: encodingOptionOf(value), withFileTypes: Boolean(withFileTypes), recursive: Boolean(recursive) };
}

/** The one option of readlink, realpath and mkdtemp. */
export function encodingOptionOf(value: unknown): BufferEncoding | 'buffer' {
  return encodingOf(optionsOf(value)['encoding']);
}

function encodingOf(value: unknown): BufferEncoding | 'buffer' {
  // Node does not look at what is falsy.
  if (!value) return 'utf8';
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

/** Of these only true and false themselves count. */
export function statOptionsOf(value: unknown = {}): StatOptions {
  const given = value as { readonly bigint?: unknown; readonly throwIfNoEntry?: unknown };
  return { bigint: given.bigint === true, throwIfNoEntry: given.throwIfNoEntry !== false };
}

/** The options of rmdir say nothing about one directory, but node looks at them. A whole tree is not one call's to remove. */
export function requireRemovalOptions(path: unknown, options: unknown): void {
  if (options === undefined) return;
  const complaint = complaintOf('rmdirSync', 1, [path, options]);
  if (complaint !== undefined) throw complaint;
  if ((options as { readonly recursive?: unknown }).recursive === true) notPlain();
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
  if (typeof value === 'string') return { encoding: value };
  return typeof value === 'object' ? (value as Record<string, unknown>) : notPlain();
}

function isIntegerWithin(value: unknown, least: number, most: number): value is number {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}
