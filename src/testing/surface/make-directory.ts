// mkdir and mkdtemp.

import type { Stats } from 'node:fs';
import { codeOf, namingTarget, systemError } from '../../ground/errors';
import type { Steps } from '../../steps/step';
import { type Path, readBoolean, readMode, readNameOptions, readPath } from './arguments';
import type { Story } from './flavours';
import type { Lab } from './lab';
import { naming, renaming } from './naming';
import * as primitive from './primitives';

/** https://nodejs.org/api/fs.html#fsmkdirpath-options-callback and its kin. */
export const mkdirStory: Story = (lab, [path, given]) => {
  const { recursive, mode } = readMkdirOptions(given);
  const asked = readPath(lab, path);
  return recursive ? makeDirectories(asked, mode) : naming(asked, primitive.mkdir(asked.absolute, mode));
};

function readMkdirOptions(given: unknown): { recursive: boolean; mode: number } {
  if (typeof given === 'number' || typeof given === 'string') return { recursive: false, mode: readMode(given, 0o777) };
  const { recursive, mode } = (given || {}) as Record<string, unknown>;
  return { recursive: readBoolean(recursive, false), mode: mode === undefined ? 0o777 : readMode(mode) };
}

/**
 * Makes a directory and those above it that are missing, as node does: first the last, and where that is impossible the
 * ones above (src/node_file.cc MKDirpSync).
 *
 * @returns The first that had to be made, in the caller's words.
 */
export function* makeDirectories(path: Path, mode: number): Steps<string | undefined> {
  const whole = String(path.absolute);
  const missing = [whole];
  let first: string | undefined;
  // Each turn makes a directory or goes one up.
  while (missing.length > 0) {
    const next = missing.pop()!;
    const code = yield* tryMkdir(next, mode, path);
    if (code === undefined) first ??= next;
    else if (code === 'ENOENT') {
      const above = directoryOf(next);
      if (above === next) throw systemError('ENOENT', 'mkdir', path.asked);
      missing.push(next, above);
    } else if (!(yield* isDirectory(next, path))) {
      const isMidway = code === 'EEXIST' && missing.length > 0;
      throw systemError(isMidway ? 'ENOTDIR' : 'EEXIST', 'mkdir', path.asked);
    }
  }
  return first === undefined ? undefined : first.slice(whole.length - path.asked.length);
}

function* tryMkdir(directory: string, mode: number, path: Path): Steps<string | undefined> {
  try {
    yield* primitive.mkdir(directory, mode);
    return undefined;
  } catch (error) {
    const code = codeOf(error);
    if (code === '' || FINAL.has(code)) throw namingTarget(error, path.asked);
    return code;
  }
}

const FINAL = new Set(['EACCES', 'ENOSPC', 'ENOTDIR', 'EPERM']);

function* isDirectory(path: string, { asked }: Path): Steps<boolean> {
  const options = { bigint: false, throwIfNoEntry: true };
  const found = yield* renaming(primitive.stat(path, options), (error) => namingTarget(error, asked, 'mkdir'));
  return (found as Stats).isDirectory();
}

function directoryOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash <= 0 ? path : path.slice(0, slash);
}

/** A name that is taken is tried again with another suffix, this many times at most. */
const NAMES_MAX = 100;

/** https://nodejs.org/api/fs.html#fsmkdtempprefix-options-callback and its kin. */
export const mkdtempStory: Story = (lab, [prefix, given]) => {
  const { encoding } = readNameOptions(given);
  const asked = readPath(lab, prefix);
  return makeUnique(lab, asked, encoding);
};

function* makeUnique(lab: Lab, { asked, absolute }: Path, encoding: BufferEncoding | 'buffer'): Steps<string | Buffer> {
  for (let attempt = 1; ; attempt++) {
    const suffix = lab.nextSuffix();
    try {
      yield* primitive.mkdir(String(absolute) + suffix, 0o700);
    } catch (error) {
      if (codeOf(error) === 'EEXIST' && attempt < NAMES_MAX) continue;
      throw namingTarget(error, `${asked}XXXXXX`, 'mkdtemp');
    }
    const name = Buffer.from(asked + suffix);
    return encoding === 'buffer' ? name : name.toString(encoding);
  }
}
