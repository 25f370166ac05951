// rm and rmdir.

import type { Stats } from 'node:fs';
import { codeOf } from '../../ground/errors';
import { type Steps, wait } from '../../steps/step';
import { type Path, readBoolean, readInteger, readObject, readPath } from './arguments';
import type { FlavourName, Story } from './flavours';
import { naming } from './naming';
import * as primitive from './primitives';
import { reportedError } from './reported-error';

interface Removal {
  readonly retriesMax: number;
  readonly retryDelayMs: number;
  readonly flavour: FlavourName;
}

interface Options extends Removal {
  readonly recursive: boolean;
  readonly force: boolean;
}

/** https://nodejs.org/api/fs.html#fsrmpath-options-callback and its kin. */
export const rmStory: Story = (lab, [path, given], flavour) => {
  const options = readRemoval(given, flavour);
  return remove(readPath(lab, path), options);
};

/** https://nodejs.org/api/fs.html#fsrmdirpath-options-callback and its kin. */
export const rmdirStory: Story = (lab, [path, given], flavour) => {
  const options = readRemoval(given, flavour);
  const asked = readPath(lab, path);
  return options.recursive ? removeDirectory(asked, options) : naming(asked, primitive.rmdir(asked.absolute));
};

function readRemoval(given: unknown, flavour: FlavourName): Options {
  const { recursive, force, maxRetries, retryDelay } = readObject(given);
  return {
    recursive: readBoolean(recursive, false),
    force: readBoolean(force, false),
    retriesMax: maxRetries === undefined ? 0 : readInteger(maxRetries, 0, 2 ** 32 - 1),
    retryDelayMs: retryDelay === undefined ? 100 : readInteger(retryDelay, 0, 2 ** 31 - 1),
    flavour,
  };
}

function* remove(path: Path, options: Options): Steps<void> {
  const { recursive, force, flavour } = options;
  // Asked for everything, the synchronous flavour does not look first.
  if (flavour !== 'sync' || !force || !recursive) {
    const found = yield* look(path, force);
    if (found?.isDirectory() && !recursive) {
      const { asked } = path;
      throw reportedError('ERR_FS_EISDIR', { code: 'EISDIR', message: 'is a directory', syscall: 'rm', path: asked });
    }
  }
  yield* removeTree(path, options);
}

function* look(path: Path, mayBeMissing: boolean): Steps<Stats | undefined> {
  try {
    const options = { bigint: false, throwIfNoEntry: true };
    return (yield* naming(path, primitive.lstat(path.absolute, options))) as Stats;
  } catch (error) {
    if (mayBeMissing && codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** rmdir with `recursive`, which was deprecated, ignored what is no directory, and is gone from node 26. */
function* removeDirectory(path: Path, options: Options): Steps<void> {
  const found = yield* look(path, false);
  if (found?.isDirectory()) yield* removeTree(path, options);
  else yield* naming(path, primitive.rmdir(path.absolute));
}

/** Errors after which another attempt may succeed (lib/internal/fs/rimraf.js). */
const WORTH_A_RETRY = new Set(['EBUSY', 'EMFILE', 'ENFILE', 'ENOTEMPTY', 'EPERM']);
const NOT_EMPTY = new Set(['ENOTEMPTY', 'EEXIST', 'EPERM']);

/** Removes whatever is at the path; nothing being there is what was wanted. */
function* removeTree(path: Path, removal: Removal): Steps<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      yield* removeOnce(path, removal);
      return;
    } catch (error) {
      const code = codeOf(error);
      if (code === 'ENOENT') return;
      if (!WORTH_A_RETRY.has(code) || attempt > removal.retriesMax) throw error;
      yield* pause(attempt * removal.retryDelayMs, removal.flavour);
    }
  }
}

function* removeOnce(path: Path, removal: Removal): Steps<void> {
  const found = yield* look(path, true);
  if (found === undefined) return;
  if (!found.isDirectory()) {
    yield* naming(path, primitive.unlink(path.absolute));
    return;
  }
  try {
    yield* naming(path, primitive.rmdir(path.absolute));
  } catch (error) {
    if (!NOT_EMPTY.has(codeOf(error))) throw error;
    yield* removeChildren(path, removal);
    yield* naming(path, primitive.rmdir(path.absolute));
  }
}

function* removeChildren(path: Path, removal: Removal): Steps<void> {
  const options = { encoding: 'buffer', withFileTypes: false } as const;
  for (const name of (yield* naming(path, primitive.readdir(path.absolute, options))) as Buffer[]) {
    yield* removeTree(below(path, name), removal);
  }
}

/** In bytes, for a name need not be UTF-8. */
function below({ asked, absolute }: Path, name: Buffer): Path {
  const text = name.toString();
  const isText = typeof absolute === 'string' && Buffer.from(text).equals(name);
  const joined = isText ? `${absolute}/${text}` : Buffer.concat([Buffer.from(absolute), Buffer.from('/'), name]);
  return { asked: `${asked}/${text}`, absolute: joined };
}

function* pause(milliseconds: number, flavour: FlavourName): Steps<void> {
  if (milliseconds === 0) return;
  if (flavour === 'sync') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
  else yield* wait(new Promise((resolve) => void setTimeout(resolve, milliseconds)));
}
