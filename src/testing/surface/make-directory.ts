// mkdir and mkdtemp.

import { codeOf, namingTarget, systemError } from '../../ground/errors';
import { type Steps, refused } from '../../steps/step';
import { type Path, inDirectory, readBoolean, readMode, readNameOptions, readPath } from './arguments';
import type { FlavourName, Story } from './flavours';
import type { Lab } from './lab';
import { naming } from './naming';
import { makesNamesWithoutPrefix } from './node-habits';
import * as primitive from './primitives';

/** https://nodejs.org/api/fs.html#fsmkdirpath-options-callback and its kin. */
export const mkdirStory: Story = (lab, [path, given], flavour) => {
  const { recursive, mode } = readMkdirOptions(given);
  const asked = readPath(lab, path);
  return recursive ? makeDirectories(asked, mode, flavour) : naming(asked, primitive.mkdir(asked.absolute, mode));
};

function readMkdirOptions(given: unknown): { recursive: boolean; mode: number } {
  if (typeof given === 'number' || typeof given === 'string') return { recursive: false, mode: readMode(given, 0o777) };
  const { recursive, mode } = (given || {}) as Record<string, unknown>;
  return { recursive: readBoolean(recursive, false), mode: mode === undefined ? 0o777 : readMode(mode) };
}

/**
 * Makes a directory and those above it that are missing, as node does: first the last, and where that is impossible the
 * ones above (src/node_file.cc MKDirpSync and MKDirpAsync).
 *
 * @returns The first that had to be made, in the caller's words.
 */
export function* makeDirectories(path: Path, mode: number, flavour: FlavourName): Steps<string | undefined> {
  const whole = String(path.absolute);
  const inWords = (part: string): string => part.slice(whole.length - path.asked.length);
  const missing = [whole];
  let first: string | undefined;
  // Each turn makes a directory or goes one up.
  while (missing.length > 0) {
    const next = missing.pop()!;
    // The synchronous flavour names what was asked for, the others what they have come to.
    const named = flavour === 'sync' ? path.asked : inWords(next);
    const code = yield* tryMkdir(next, mode, named);
    if (code === undefined) first ??= next;
    else if (code === 'ENOENT') {
      const above = directoryOf(next);
      if (above === next) throw systemError('ENOENT', 'mkdir', named);
      missing.push(next, above);
    } else {
      const isMidway = code === 'EEXIST' && missing.length > 0;
      yield* refuseOther(next, named, isMidway, flavour);
    }
  }
  return first === undefined ? undefined : inWords(first);
}

function* tryMkdir(directory: string, mode: number, named: string): Steps<string | undefined> {
  try {
    yield* primitive.mkdir(directory, mode);
    return undefined;
  } catch (error) {
    const code = codeOf(error);
    if (code === '' || FINAL.has(code)) throw namingTarget(error, named);
    return code;
  }
}

const FINAL = new Set(['EACCES', 'ENOSPC', 'ENOTDIR', 'EPERM']);

/** What is there already must be a directory. */
function* refuseOther(path: string, named: string, isMidway: boolean, flavour: FlavourName): Steps<void> {
  let isDirectory: boolean;
  try {
    const found = yield* primitive.stat(path, { bigint: false, throwIfNoEntry: true });
    isDirectory = found!.isDirectory();
  } catch (error) {
    if (isMidway && flavour !== 'sync') throw systemError('ENOTDIR', 'mkdir', named);
    throw namingTarget(error, named, 'mkdir');
  }
  if (!isDirectory) throw systemError(isMidway ? 'ENOTDIR' : 'EEXIST', 'mkdir', named);
}

function directoryOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash <= 0 ? path : path.slice(0, slash);
}

/** A name that is taken is tried again with another suffix, this many times at most. */
const NAMES_MAX = 100;

/** https://nodejs.org/api/fs.html#fsmkdtempprefix-options-callback and its kin. */
export const mkdtempStory: Story = (lab, [prefix, given], flavour) => {
  const { encoding } = readNameOptions(given);
  const asked = readPath(lab, prefix);
  if (asked.asked !== '') return makeUnique(lab, asked, encoding, flavour);
  if (!makesNamesWithoutPrefix) return refused(systemError('EINVAL', 'mkdtemp', 'XXXXX'));
  return makeUnique(lab, { asked: '', absolute: inDirectory(lab, '') }, encoding, flavour);
};

function* makeUnique(
  lab: Lab,
  { asked, absolute }: Path,
  encoding: BufferEncoding | 'buffer',
  flavour: FlavourName,
): Steps<string | Buffer> {
  for (let attempt = 1; ; attempt++) {
    const suffix = lab.nextSuffix();
    try {
      yield* primitive.mkdir(String(absolute) + suffix, 0o700);
    } catch (error) {
      if (codeOf(error) === 'EEXIST' && attempt < NAMES_MAX) continue;
      throw namingTarget(error, asked + (flavour === 'sync' ? 'XXXXXX' : suffix), 'mkdtemp');
    }
    const name = Buffer.from(asked + suffix);
    return encoding === 'buffer' ? name : name.toString(encoding);
  }
}
