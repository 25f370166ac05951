// Calls as a person would write them, for traces and reports.

import { constants } from '../ground/node-fs';
import type { PrimitiveCall } from './primitive-call';

/** As in `write('/app/config.json', 14 bytes)`; a descriptor is shown by the path that it was opened by. */
export function showCall({ name, args }: PrimitiveCall, path: string | undefined): string {
  const [first, ...rest] = args;
  const subject = typeof first === 'number' && path !== undefined ? quote(path) : showValue(first);
  return `${name}(${[subject, ...showRest(name, rest)].join(', ')})`;
}

/**
 * What a call has returned, where it tells a reader something: not which descriptor it was given, and how many bytes only
 * where they were not all.
 *
 * @param bytes How many it was to read or write, if it does.
 */
export function showResult(result: unknown, bytes: number | undefined): string {
  if (typeof result === 'number') return bytes === undefined || result === bytes ? '' : String(result);
  return typeof result === 'string' ? quote(result) : '';
}

function showRest(name: string, rest: readonly unknown[]): string[] {
  switch (name) {
    case 'open':
      return [showFlags(rest[0] as number), ...(creates(rest[0] as number) ? [showMode(rest[1])] : [])];
    case 'write':
    case 'read':
      return [`${String(rest[2])} bytes`, ...(typeof rest[3] === 'number' ? [`at ${rest[3]}`] : [])];
    case 'writev':
    case 'readv':
      return [`${(rest[0] as Uint8Array[]).reduce((sum, { length }) => sum + length, 0)} bytes`];
    case 'chmod':
    case 'fchmod':
    case 'lchmod':
    case 'mkdir':
      return [showMode(rest[0])];
    default:
      return rest.filter((value) => value !== undefined).map(showValue);
  }
}

const FLAG_NAMES = ['O_CREAT', 'O_EXCL', 'O_TRUNC', 'O_APPEND', 'O_NOFOLLOW', 'O_DIRECTORY'] as const;

function showFlags(flags: number): string {
  const access = ['O_RDONLY', 'O_WRONLY', 'O_RDWR'][flags & 3] ?? String(flags & 3);
  const others: string[] = FLAG_NAMES.filter((name) => (flags & constants[name]) !== 0);
  if ((flags & constants.O_SYNC) === constants.O_SYNC) others.push('O_SYNC');
  else if ((flags & constants.O_DSYNC) !== 0) others.push('O_DSYNC');
  return [access, ...others].join('|');
}

function creates(flags: number): boolean {
  return (flags & constants.O_CREAT) !== 0;
}

function showMode(mode: unknown): string {
  return typeof mode === 'number' ? `0o${mode.toString(8)}` : showValue(mode);
}

function showValue(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  if (value instanceof Date) return value.toISOString();
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}

function quote(text: string): string {
  return `'${text}'`;
}
