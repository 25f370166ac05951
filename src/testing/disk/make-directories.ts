// The two calls of node that make directories by trying: mkdir with `recursive`, and mkdtemp.

import { dirname } from 'node:path';
import type { Disk } from './disk';
import { Errno, fail } from './errno';
import { makeDirectory } from './names';
import { find } from './walk';

/**
 * Makes a directory and those above it that are missing, as node does it (MKDirpSync in src/node_file.cc): from the path
 * upwards until one can be made, then back down.
 *
 * @returns The first directory that was made, or undefined if there was nothing to make.
 */
export function makeDirectories(disk: Disk, path: string, mode: number): string | undefined {
  const pending = [path];
  let first: string | undefined;
  // Each turn makes one directory or goes one up, and there are no more of them than components in the path.
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const code = codeOfMaking(disk, next, mode);
    if (code === undefined) first ??= next;
    else if (code === 'ENOENT' && dirname(next) !== next && next !== '') pending.push(next, dirname(next));
    else if (code === 'ENOENT' || REFUSALS.has(code)) fail(code);
    else requireDirectory(disk, next, code, pending.length > 0);
  }
  return first;
}

/** Those after which node does not look whether the directory is there already. */
const REFUSALS: ReadonlySet<string> = new Set(['EACCES', 'ENOSPC', 'ENOTDIR', 'EPERM']);

function codeOfMaking(disk: Disk, path: string, mode: number): string | undefined {
  try {
    makeDirectory(disk, path, mode);
    return undefined;
  } catch (thrown) {
    if (thrown instanceof Errno) return thrown.code;
    throw thrown;
  }
}

function requireDirectory(disk: Disk, path: string, code: string, isOnTheWay: boolean): void {
  if (find(disk, path).kind === 'directory') return;
  fail(code === 'EEXIST' && isOnTheWay ? 'ENOTDIR' : 'EEXIST');
}

/** mkdtemp(3) appends six characters. Here they count, so that every run of a program makes the same names. */
export function makeTemporaryDirectory(disk: Disk, prefix: string): string {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const path = `${prefix}${(disk.nextIno + attempt).toString(36).padStart(6, '0').slice(-6)}`;
    const code = codeOfMaking(disk, path, 0o700);
    if (code === undefined) return path;
    if (code !== 'EEXIST') throw new Errno(code, { syscall: 'mkdtemp', path: `${prefix}XXXXXX` });
  }
  return fail('EEXIST');
}

/** As many as mkdtemp(3) of the GNU library makes at least (TMP_MAX). */
const ATTEMPTS_MAX = 238_328;
