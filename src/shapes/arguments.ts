// Reading the arguments of node's functions. What is not plainly right reads as undefined, and the call is passed to node,
// which checks it in its own order and complains in its own words.

import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasPermissionModel } from '../ground/platform';
import { parseFlags } from '../settings/flags';
import type { AskedPath } from '../protocol/target';

/** A path argument of a call that we may take over. */
export function readPath(path: unknown): AskedPath | undefined {
  // The permission model checks the paths of node's own calls; a staged file is none of those.
  return hasPermissionModel ? undefined : parsePath(path);
}

/** The paths that a call is about: of its first two arguments those that are any. */
export function readPaths(args: readonly unknown[]): AskedPath[] {
  return args
    .slice(0, 2)
    .map(readPath)
    .filter((path) => path !== undefined);
}

/** A path: string, `file:` URL, or Buffer that is UTF-8. */
export function parsePath(path: unknown): AskedPath | undefined {
  const asked = typeof path === 'string' ? path : decodePath(path);
  if (asked === undefined || asked === '' || asked.includes('\0')) return undefined;
  if (isAbsolute(asked)) return { asked, absolute: asked };
  try {
    // Joined as text: normalising `link/..` would name another directory than the kernel does. Joined now, because the
    // program may change its working directory before it closes the file.
    return { asked, absolute: `${process.cwd()}/${asked}` };
  } catch {
    // The working directory is gone.
    return undefined;
  }
}

function decodePath(path: unknown): string | undefined {
  if (path instanceof Uint8Array) {
    const bytes = Buffer.from(path.buffer, path.byteOffset, path.byteLength);
    const text = bytes.toString();
    return Buffer.from(text).equals(bytes) ? text : undefined;
  }
  try {
    return fileURLToPath(path as URL);
  } catch {
    return undefined;
  }
}

/** A `mode` argument: a number or octal digits; undefined for what node refuses. */
export function readMode(mode: unknown, byDefault: number): number | undefined {
  if (mode === undefined || mode === null) return byDefault;
  if (typeof mode === 'number') return Number.isInteger(mode) && mode >= 0 && mode <= 0xffffffff ? mode : undefined;
  return typeof mode === 'string' && /^[0-7]+$/.test(mode) ? parseInt(mode, 8) : undefined;
}

/** The options of node's writeFile functions, complete. */
export interface WriteFileOptions {
  readonly encoding: BufferEncoding;
  readonly mode: number;
  readonly flags: number;
  readonly flush: boolean;
  readonly signal: AbortSignal | undefined;
}

/**
 * The `options` argument of writeFile and appendFile.
 *
 * @param data What is to be written, on which it depends whether the encoding matters.
 * @param flag What node takes where the caller names none.
 */
export function readWriteFileOptions(data: unknown, options: unknown, flag: 'w' | 'a'): WriteFileOptions | undefined {
  if (options === undefined || options === null || typeof options === 'function') return DEFAULTS[flag];
  const given = givenOptions(options);
  if (given === undefined) return undefined;
  const encoding = readEncoding(given['encoding'], data);
  const mode = readMode(given['mode'], 0o666);
  const flags = parseFlags(given['flag'] || flag);
  const flush = given['flush'] ?? false;
  const signal = given['signal'] as AbortSignal | undefined;
  if (encoding === undefined || mode === undefined || flags === undefined || typeof flush !== 'boolean')
    return undefined;
  if (!isLiveSignal(signal)) return undefined;
  return { encoding, mode, flags, flush, signal };
}

const DEFAULTS = { w: defaults('w'), a: defaults('a') };

function defaults(flag: 'w' | 'a'): WriteFileOptions {
  return { encoding: 'utf8', mode: 0o666, flags: parseFlags(flag)!, flush: false, signal: undefined };
}

/** An aborted signal and an impossible one are node's to report. */
function isLiveSignal(signal: unknown): boolean {
  if (signal === undefined) return true;
  return typeof signal === 'object' && signal !== null && 'aborted' in signal && signal.aborted !== true;
}

/** Where node takes an encoding or an object. */
function givenOptions(options: unknown): Record<string, unknown> | undefined {
  if (typeof options === 'string') return { encoding: options };
  return typeof options === 'object' ? (options as Record<string, unknown>) : undefined;
}

function readEncoding(encoding: unknown, data: unknown): BufferEncoding | undefined {
  if (encoding === undefined || encoding === null || encoding === '') return 'utf8';
  // Node's word for "no encoding"; it cannot encode a string.
  if (encoding === 'buffer' && typeof data !== 'string') return 'utf8';
  return typeof encoding === 'string' && Buffer.isEncoding(encoding) ? encoding : undefined;
}

/** Data that every writeFile function takes. */
export function isPlainData(data: unknown): data is string | ArrayBufferView {
  return typeof data === 'string' || ArrayBuffer.isView(data);
}

/** Data that only the promise functions take: iterables, async iterables, streams. */
export function isIterable(data: unknown): data is Iterable<unknown> | AsyncIterable<unknown> {
  if (typeof data !== 'object' || data === null) return false;
  const { [Symbol.asyncIterator]: asyncIterator, [Symbol.iterator]: iterator } = data as Record<symbol, unknown>;
  return typeof asyncIterator === 'function' || typeof iterator === 'function';
}
