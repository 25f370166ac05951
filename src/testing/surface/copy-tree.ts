// cp: node's own walk (lib/internal/fs/cp), over the calls of the surface.

import type { BigIntStats, Dirent, Stats } from 'node:fs';
import { dirname, isAbsolute, join, parse, resolve } from 'node:path';
import { isPromise } from 'node:util/types';
import { codeOf } from '../../ground/errors';
import { constants } from '../../ground/node-fs';
import { type Steps, wait } from '../../steps/step';
import { readBoolean, readInteger, readObject, readPath } from './arguments';
import { askNode } from './ask-node';
import { codedError } from './coded-error';
import { copyFileStory } from './copy-file';
import { opendirStory } from './directory';
import { existsStory } from './exists';
import type { FlavourName, Story } from './flavours';
import type { Lab } from './lab';
import { mkdirStory } from './make-directory';
import { cpLooksCloser } from './node-habits';
import { pathCalls } from './path-calls';
import { reportedError } from './reported-error';

type Filter = (source: string, destination: string) => unknown;

interface Options {
  readonly recursive: boolean;
  readonly force: boolean;
  readonly errorOnExist: boolean;
  readonly dereference: boolean;
  readonly preserveTimestamps: boolean;
  readonly verbatimSymlinks: boolean;
  readonly mode: number;
  readonly filter: Filter | undefined;
}

/** https://nodejs.org/api/fs.html#fscpsrc-dest-options-callback and its kin. */
export const cpStory: Story = (lab, [from, to, given], flavour) => {
  const options = readCopyOptions(given);
  const copy = new TreeCopy(lab, flavour, options).copy(readPath(lab, from).asked, readPath(lab, to).asked);
  const notText = [from, to].find((path) => path instanceof Uint8Array);
  return notText === undefined ? copy : refuseNotText(notText);
};

/** Bytes get as far as the first function that works on text. */
function* refuseNotText(path: unknown): Steps<void> {
  yield* [];
  dirname(path as string);
}

const { COPYFILE_EXCL, COPYFILE_FICLONE, COPYFILE_FICLONE_FORCE } = constants;

function readCopyOptions(given: unknown): Options {
  const options = readObject(given);
  const { filter, mode } = options;
  if (filter !== undefined && typeof filter !== 'function') askNode();
  const read: Options = {
    recursive: readBoolean(options['recursive'], false),
    force: readBoolean(options['force'], true),
    errorOnExist: readBoolean(options['errorOnExist'], false),
    dereference: readBoolean(options['dereference'], false),
    preserveTimestamps: readBoolean(options['preserveTimestamps'], false),
    verbatimSymlinks: readBoolean(options['verbatimSymlinks'], false),
    mode: readInteger(mode ?? 0, 0, COPYFILE_EXCL | COPYFILE_FICLONE | COPYFILE_FICLONE_FORCE),
    filter: filter as Filter | undefined,
  };
  return read.dereference && read.verbatimSymlinks ? askNode() : read;
}

class TreeCopy {
  constructor(
    readonly lab: Lab,
    readonly flavour: FlavourName,
    readonly options: Options,
  ) {}

  *copy(from: string, to: string): Steps<void> {
    const checked = yield* this.#check(from, to);
    if (checked === undefined) return;
    yield* this.#refuseCopyIntoItself(from, checked.source, to);
    yield* this.#makeParent(dirname(to));
    yield* this.#copyEntry(checked.destination, from, to);
  }

  /** Whether this entry is copied at all, and whether it can be. */
  *#check(from: string, to: string): Steps<{ source: BigIntStats; destination: BigIntStats | undefined } | undefined> {
    if (!(yield* this.#isWanted(from, to))) return undefined;
    const source = (yield* this.#stat(from, { bigint: true })) as unknown as BigIntStats;
    const destination = yield* this.#statIfThere(to);
    if (destination !== undefined) refuseOtherKind(from, source, to, destination);
    if (source.isDirectory() && isBelow(from, to)) throw copiedIntoItself(from, to);
    return { source, destination };
  }

  *#isWanted(from: string, to: string): Steps<unknown> {
    const { filter } = this.options;
    if (filter === undefined) return true;
    const answer = filter(from, to);
    if (this.flavour !== 'sync') return yield* wait(Promise.resolve(answer));
    // A promise is always true, and therefore a mistake.
    if (isPromise(answer)) throw notBoolean();
    return answer;
  }

  *#refuseCopyIntoItself(from: string, source: BigIntStats, to: string): Steps<void> {
    const above = this.#resolve(dirname(from));
    let parent = this.#resolve(dirname(to));
    // Ends at the root.
    while (parent !== above && parent !== parse(parent).root) {
      const found = (yield* this.#call('stat', [parent, { bigint: true }], undefined)) as BigIntStats | undefined;
      if (found === undefined) return;
      if (isSame(source, found)) throw copiedIntoItself(from, to);
      parent = this.#resolve(dirname(parent));
    }
  }

  *#makeParent(directory: string): Steps<void> {
    const { lab, flavour } = this;
    const isThere =
      flavour === 'sync'
        ? yield* existsStory(lab, [directory], flavour)
        : yield* this.#call('stat', [directory], undefined);
    if (!isThere) yield* mkdirStory(lab, [directory, { recursive: true }], flavour);
  }

  *#copyEntry(destination: BigIntStats | undefined, from: string, to: string): Steps<void> {
    const source = yield* this.#stat(from, undefined);
    if (source.isDirectory()) yield* this.#copyDirectory(source, destination, from, to);
    else if (source.isFile() || source.isCharacterDevice() || source.isBlockDevice())
      yield* this.#copyFile(source, destination, from, to);
    else if (source.isSymbolicLink()) yield* this.#copyLink(destination, from, to);
    else refuseKind(source, to);
  }

  *#copyDirectory(source: Stats, destination: BigIntStats | undefined, from: string, to: string): Steps<void> {
    const { lab, flavour } = this;
    if (!this.options.recursive) {
      const message = `${from} is a directory (not copied)`;
      const errnoOf = flavour === 'sync' ? 'EINVAL' : 'EISDIR';
      throw reportedError('ERR_FS_EISDIR', { code: 'EISDIR', errnoOf, message, syscall: 'cp', path: from });
    }
    if (destination === undefined) yield* mkdirStory(lab, [to], flavour);
    else if (cpLooksCloser && this.options.errorOnExist && !this.options.force) throw alreadyThere(to);
    const directory = (yield* opendirStory(lab, [from], flavour)) as { readSync(): Dirent | null };
    for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) {
      const [inner, outer] = [join(from, entry.name), join(to, entry.name)];
      const checked = yield* this.#check(inner, outer);
      if (checked !== undefined) yield* this.#copyEntry(checked.destination, inner, outer);
    }
    if (destination === undefined) yield* this.#path('chmod', to, source.mode);
  }

  *#copyFile(source: Stats, destination: BigIntStats | undefined, from: string, to: string): Steps<void> {
    const { lab, flavour, options } = this;
    if (destination !== undefined) {
      if (!options.force && options.errorOnExist) throw alreadyThere(to);
      if (!options.force) return;
      yield* this.#path('unlink', to);
    }
    yield* copyFileStory(lab, [from, to, options.mode], flavour);
    if (options.preserveTimestamps) yield* this.#copyTimes(source, from, to);
    yield* this.#path('chmod', to, source.mode);
  }

  *#copyTimes({ mode }: Stats, from: string, to: string): Steps<void> {
    if ((mode & OWNER_WRITES) === 0) yield* this.#path('chmod', to, mode | OWNER_WRITES);
    // Anew, for the copying has read the source.
    const { atime, mtime } = (yield* this.#path('stat', from)) as Stats;
    yield* this.#path('utimes', to, atime, mtime);
  }

  *#copyLink(destination: BigIntStats | undefined, from: string, to: string): Steps<void> {
    let target = (yield* this.#path('readlink', from)) as string;
    if (!this.options.verbatimSymlinks && !isAbsolute(target)) target = this.#resolve(dirname(from), target);
    const leadsToDirectory = !cpLooksCloser || (yield* this.#leadsToDirectory(from));
    if (destination !== undefined) {
      const present = yield* this.#linkAt(to);
      if (present !== undefined) {
        const leadsTo = this.#resolve(dirname(to), present);
        if (leadsToDirectory && isBelow(target, leadsTo)) throw copiedIntoItself(target, leadsTo, to);
        yield* this.#refuseOverwriting(from, target, to, leadsTo);
        yield* this.#path('unlink', to);
      }
    }
    yield* this.#path('symlink', target, to);
  }

  /** What a link says; undefined for what is none. */
  *#linkAt(path: string): Steps<string | undefined> {
    try {
      return (yield* this.#path('readlink', path)) as string;
    } catch (error) {
      if (codeOf(error) === 'EINVAL') return undefined;
      throw error;
    }
  }

  *#leadsToDirectory(path: string): Steps<boolean> {
    try {
      return ((yield* this.#path('stat', path)) as Stats).isDirectory();
    } catch {
      return false;
    }
  }

  *#refuseOverwriting(from: string, target: string, to: string, present: string): Steps<void> {
    const looked = this.flavour === 'sync' ? to : from;
    const found = (yield* this.#path('stat', looked)) as Stats;
    if (!found.isDirectory() || !isBelow(present, target)) return;
    const message = `cannot overwrite ${present} with ${target}`;
    throw reportedError('ERR_FS_CP_SYMLINK_TO_SUBDIRECTORY', { code: 'EINVAL', message, syscall: 'cp', path: to });
  }

  *#stat(path: string, options: object | undefined): Steps<Stats> {
    const name = this.options.dereference ? 'stat' : 'lstat';
    return (yield* this.#path(name, path, options)) as Stats;
  }

  *#statIfThere(path: string): Steps<BigIntStats | undefined> {
    const name = this.options.dereference ? 'stat' : 'lstat';
    return (yield* this.#call(name, [path, { bigint: true }], undefined)) as BigIntStats | undefined;
  }

  #path(name: string, ...args: readonly unknown[]): Steps<unknown> {
    return pathCalls[name]!(this.lab, args, this.flavour);
  }

  /** The call, or `otherwise` where nothing is there. */
  *#call(name: string, args: readonly unknown[], otherwise: unknown): Steps<unknown> {
    try {
      return yield* this.#path(name, ...args);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return otherwise;
      throw error;
    }
  }

  #resolve(...paths: string[]): string {
    return resolve(this.lab.cwd(), ...paths);
  }
}

const OWNER_WRITES = 0o200;

function isSame(one: BigIntStats, other: BigIntStats): boolean {
  return one.ino === other.ino && one.dev === other.dev;
}

/** Whether a path is in a directory or that directory itself, going by the text. */
function isBelow(directory: string, path: string): boolean {
  const inner = partsOf(path);
  return partsOf(directory).every((part, index) => inner[index] === part);
}

function partsOf(path: string): string[] {
  return resolve(path).split('/').filter(Boolean);
}

function refuseOtherKind(from: string, source: BigIntStats, to: string, destination: BigIntStats): void {
  if (isSame(source, destination)) {
    const message = 'src and dest cannot be the same';
    throw reportedError('ERR_FS_CP_EINVAL', { code: 'EINVAL', message, syscall: 'cp', path: to });
  }
  if (source.isDirectory() && !destination.isDirectory()) {
    const message = `cannot overwrite non-directory ${to} with directory ${from}`;
    throw reportedError('ERR_FS_CP_DIR_TO_NON_DIR', { code: 'EISDIR', message, syscall: 'cp', path: to });
  }
  if (!source.isDirectory() && destination.isDirectory()) {
    const message = `cannot overwrite directory ${to} with non-directory ${from}`;
    throw reportedError('ERR_FS_CP_NON_DIR_TO_DIR', { code: 'ENOTDIR', message, syscall: 'cp', path: to });
  }
}

function refuseKind(source: Stats, to: string): never {
  const [code, kind] = source.isSocket()
    ? (['ERR_FS_CP_SOCKET', 'a socket file'] as const)
    : source.isFIFO()
      ? (['ERR_FS_CP_FIFO_PIPE', 'a FIFO pipe'] as const)
      : (['ERR_FS_CP_UNKNOWN', 'an unknown file type'] as const);
  throw reportedError(code, { code: 'EINVAL', message: `cannot copy ${kind}: ${to}`, syscall: 'cp', path: to });
}

function copiedIntoItself(from: string, to: string, path: string = to): Error {
  const message = `cannot copy ${from} to a subdirectory of self ${to}`;
  return reportedError('ERR_FS_CP_EINVAL', { code: 'EINVAL', message, syscall: 'cp', path });
}

function alreadyThere(path: string): Error {
  return reportedError('ERR_FS_CP_EEXIST', { code: 'EEXIST', message: `${path} already exists`, syscall: 'cp', path });
}

function notBoolean(): Error {
  const message = 'Expected boolean to be returned from the "filter" function but got an instance of Promise.';
  return codedError('ERR_INVALID_RETURN_VALUE', message, TypeError);
}
