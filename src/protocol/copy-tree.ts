// Copying the regular files of a tree, where cpSync would walk it natively. Directories are made as they are met; links, and
// whatever else there is, are left to node, which comes after and finds the files in place.

import { dirname } from 'node:path';
import { constants } from '../ground/node-fs';
import { copiesDirectoryModes } from '../ground/platform';
import { type Steps, access, copyFile, lstat, mkdir, native, readdir, stat } from '../steps/step';
import { type CopyRequest, copyContentOf } from './copy-file';
import type { AskedPath } from './target';
import type { Volume } from './volume';

export interface TreeCopyRequest {
  readonly from: AskedPath;
  readonly to: AskedPath;
  /** Whether existing files are written over. */
  readonly force: boolean;
  /** Whether an existing file is a mistake, which is node's to report: then nothing is copied here. */
  readonly errorOnExist: boolean;
  /** Whether links are followed. */
  readonly dereference: boolean;
  /** What is to be done with one file. */
  readonly file: (from: AskedPath, to: AskedPath) => CopyRequest;
}

/** Copies the regular files. @returns False where node would refuse, and nothing has been done: it is asked next. */
export function* copyFilesOfTree(volume: Volume, request: TreeCopyRequest): Steps<boolean> {
  const { from, to } = request;
  const source = yield* lstat(from.absolute);
  if (!source?.isDirectory() || (yield* isInside(to.absolute, source))) return false;
  if (request.dereference && (yield* hasDanglingLink(from))) return false;
  const there = yield* lstat(to.absolute);
  if (there && (!there.isDirectory() || (yield* isRefused(from, to, request)))) return false;
  yield* copyDirectory(volume, request);
  return true;
}

/**
 * Whether something at the destination is in the way: what cannot be written to, a directory of a file, a file of a
 * directory, or anything at all.
 */
function* isRefused(from: AskedPath, to: AskedPath, request: TreeCopyRequest): Steps<boolean> {
  if (!(yield* isAllowed(to, constants.W_OK | constants.X_OK))) return true;
  for (const name of yield* readdir(from.absolute)) {
    const [source, destination] = [below(from, name), below(to, name)];
    const there = yield* lstat(destination.absolute);
    if (there === undefined) continue;
    const found = yield* lstat(source.absolute);
    if (found?.isDirectory() !== there.isDirectory() && (found?.isFile() || found?.isDirectory())) return true;
    if (request.errorOnExist && !found?.isDirectory()) return true;
    if (request.force && found?.isFile() && !(yield* isAllowed(destination, constants.W_OK))) return true;
    if (found?.isDirectory() && (yield* isRefused(source, destination, request))) return true;
  }
  return false;
}

function* hasDanglingLink(from: AskedPath): Steps<boolean> {
  for (const name of yield* readdir(from.absolute)) {
    const source = below(from, name);
    const found = yield* lstat(source.absolute);
    if (found?.isSymbolicLink() && !(yield* leadsSomewhere(source))) return true;
    if (found?.isDirectory() && (yield* hasDanglingLink(source))) return true;
  }
  return false;
}

function* leadsSomewhere({ absolute }: AskedPath): Steps<boolean> {
  try {
    yield* stat(absolute);
    return true;
  } catch {
    return false;
  }
}

function* isAllowed({ absolute }: AskedPath, mode: number): Steps<boolean> {
  try {
    yield* access(absolute, mode);
    return true;
  } catch {
    return false;
  }
}

function* copyDirectory(volume: Volume, request: TreeCopyRequest): Steps<void> {
  const { from, to, force, file } = request;
  const isNew = (yield* lstat(to.absolute)) === undefined;
  if (isNew) {
    const first = yield* mkdir(to.absolute, { recursive: true });
    if (first !== undefined) volume.directories.made(first, to.absolute);
  }
  for (const name of yield* readdir(from.absolute)) {
    const [source, destination] = [below(from, name), below(to, name)];
    const found = yield* lstat(source.absolute);
    if (found?.isDirectory()) yield* copyDirectory(volume, { ...request, from: source, to: destination });
    else if (found?.isFile() && (force || !(yield* lstat(destination.absolute)))) {
      const isCopied = yield* copyContentOf(volume, file(source, destination));
      if (!isCopied) yield* copyFile(source.absolute, destination.absolute, 0);
    }
  }
  // Last: it may be one that nothing can be made in.
  if (isNew && copiesDirectoryModes) yield* native('chmod', [to.absolute, (yield* stat(from.absolute)).mode & 0o7777]);
}

function below({ asked, absolute }: AskedPath, name: string): AskedPath {
  return { asked: `${asked}/${name}`, absolute: `${absolute}/${name}` };
}

/** Whether a path leads into a directory, by any name that the directory may have. */
function* isInside(path: string, { dev, ino }: { dev: number; ino: number }): Steps<boolean> {
  for (let above = path, last = ''; above !== last; last = above, above = dirname(above)) {
    const found = (yield* lstat(above)) && (yield* stat(above));
    if (found?.dev === dev && found.ino === ino) return true;
  }
  return false;
}
