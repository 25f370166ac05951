// Errors in node's own dress: `code`, `errno`, `syscall`, `path`, and the message made of them.

import type * as os from 'node:os';
import { getSystemErrorMap } from 'node:util';

/** An error as node:fs throws it. `published` is ours: the new content is in place, only a later step failed. */
export interface SystemError extends Error {
  code: string;
  errno?: number;
  syscall?: string;
  path?: string;
  dest?: string;
  published?: true;
}

/**
 * The `code` of anything thrown, or `''`. Errors that libuv has no name for, such as a quota's EDQUOT, reach a program as
 * `'Unknown system error -122'`; here they have the name that the operating system gives them.
 */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  if (typeof code !== 'string') return '';
  const number = UNKNOWN.exec(code)?.[1];
  return number === undefined ? code : (nameOf(Number(number)) ?? code);
}

const UNKNOWN = /^Unknown system error -(\d+)$/;

function nameOf(number: number): string | undefined {
  return Object.entries(numbers()).find(([, value]) => value === number)?.[0];
}

/** The operating system's own numbers. Loaded at the first error that needs them, which most programs never meet. */
function numbers(): Readonly<Partial<Record<string, number>>> {
  return (require('node:os') as typeof os).constants.errno;
}

/**
 * Makes an error that looks as if node:fs had thrown it.
 *
 * @param code A POSIX name such as `'EIO'`.
 * @param syscall The call that failed, as node names it: `'open'`, `'write'`, `'fsync'`, ...
 * @param path The file that the caller named; none for a call on a descriptor.
 * @param dest The second one, of a call that has two.
 */
export function systemError(code: string, syscall: string, path?: string, dest?: string): SystemError {
  const place = `${path === undefined ? '' : ` '${path}'`}${dest === undefined ? '' : ` -> '${dest}'`}`;
  const { errno, text, shown } = knownErrors().get(code) ?? unknownError(code);
  return dress(new Error(`${shown}: ${text}, ${syscall}${place}`), { errno, code: shown, syscall, path, dest });
}

interface KnownError {
  /** Undefined for a code that the operating system has not. */
  readonly errno: number | undefined;
  readonly text: string;
  /** The code that a program sees. */
  readonly shown: string;
}

let known: ReadonlyMap<string, KnownError> | undefined;

/** Every error that libuv knows, by its name. */
function knownErrors(): NonNullable<typeof known> {
  return (known ??= new Map(
    [...getSystemErrorMap()].map(([errno, [name, text]]) => [name, { errno, text, shown: name }]),
  ));
}

function unknownError(code: string): KnownError {
  const number = numbers()[code];
  if (number === undefined) return { errno: undefined, text: code, shown: code };
  const shown = `Unknown system error ${-number}`;
  return { errno: -number, text: shown, shown };
}

/**
 * Gives an error of a protocol step the name of the caller's file in place of the staged file's.
 *
 * A native error is rebuilt, since its stack has the staged name in its first line; anything else (an abort, an error
 * of the caller's own iterable) is passed on as it is.
 *
 * @param error What the step threw.
 * @param path The target as the caller wrote it.
 * @param syscall The call to name, where the step's own would puzzle the caller (a `link` that stood for `open`).
 */
export function namingTarget(error: unknown, path: string, syscall?: string): unknown {
  if (!isSystemError(error)) return error;
  const call = syscall ?? error.syscall;
  const { errno, code, published } = error;
  const renamed = new Error(`${code}: ${reasonOf(error)}, ${call} '${path}'`);
  return dress(renamed, { errno, code, syscall: call, path, published });
}

/**
 * The same for a call with two paths, which node reports with both.
 *
 * @param syscall The call to name: the step's own by default.
 */
export function namingBoth(error: unknown, from: string, to: string, syscall?: string): unknown {
  if (!isSystemError(error)) return error;
  const call = syscall ?? error.syscall;
  const { errno, code, published } = error;
  const renamed = new Error(`${code}: ${reasonOf(error)}, ${call} '${from}' -> '${to}'`);
  return dress(renamed, { errno, code, syscall: call, path: from, dest: to, published });
}

/** Marks an error of a step that came after publishing: the new content is in place all the same. */
export function asPublished(error: unknown): unknown {
  return isSystemError(error) ? Object.assign(error, { published: true }) : error;
}

/** Why: the middle of `CODE: reason, syscall 'path'`. A message that is not made like this may name the staged file. */
function reasonOf({ code, message }: SystemError): string {
  const start = `${code}: `;
  const end = message.indexOf(', ', start.length);
  if (message.startsWith(start) && end >= 0) return message.slice(start.length, end);
  return (knownErrors().get(code) ?? unknownError(code)).text;
}

/** Whether it is an error as a call of the file system throws it. */
export function isSystemError(error: unknown): error is SystemError & { syscall: string } {
  return error instanceof Error && typeof (error as SystemError).syscall === 'string' && codeOf(error) !== '';
}

/** Adds the fields that have a value, in the order that node's errors have them. */
function dress(error: Error, fields: { [Key in keyof SystemError]?: SystemError[Key] | undefined }): SystemError {
  for (const [key, value] of Object.entries(fields)) {
    if (value !== undefined) Object.assign(error, { [key]: value });
  }
  return error as SystemError;
}
