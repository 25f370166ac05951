// The calls that are one primitive call on a path, or on two.

import { constants } from '../../ground/node-fs';
import type { Steps } from '../../steps/step';
import {
  type Path,
  checkAborted,
  objectOrNone,
  readAbortableStatOptions,
  readBits,
  readMode,
  readNameOptions,
  readOptions,
  readOwner,
  readPath,
  readStatOptions,
  readTime,
} from './arguments';
import { askNode } from './ask-node';
import type { FlavourName, Story } from './flavours';
import { naming, namingTwo } from './naming';
import { allStatsHaveSignals, checksSymlinkTypes, statHasOptions } from './node-habits';
import * as primitive from './primitives';

type OnPath = (path: primitive.PathArgument, rest: readonly unknown[], flavour: FlavourName) => Steps<unknown>;
type OnTwoPaths = (from: Path, to: Path, rest: readonly unknown[]) => Steps<unknown>;

const { R_OK, W_OK, X_OK } = constants;

export const pathCalls: Readonly<Record<string, Story>> = {
  access: onPath((path, [mode]) => primitive.access(path, readBits(mode, R_OK | W_OK | X_OK))),
  chmod: onPath((path, [mode]) => primitive.chmod(path, readMode(mode))),
  chown: onPath((path, [uid, gid]) => primitive.chown(path, readOwner(uid), readOwner(gid))),
  lchown: onPath((path, [uid, gid]) => primitive.lchown(path, readOwner(uid), readOwner(gid))),
  utimes: onPath((path, [atime, mtime]) => primitive.utimes(path, readTime(atime), readTime(mtime))),
  lutimes: onPath((path, [atime, mtime]) => primitive.lutimes(path, readTime(atime), readTime(mtime))),
  unlink: onPath((path) => primitive.unlink(path)),
  stat: onPath((path, [options], flavour) => primitive.stat(path, statOptions(options, flavour))),
  lstat: onPath((path, [options], flavour) => primitive.lstat(path, lstatOptions(options, flavour))),
  statfs: onPath((path, [options]) => primitive.statfs(path, { bigint: readStatOptions(options).bigint })),
  readlink: onPath((path, [options]) => primitive.readlink(path, readNameOptions(options))),
  rename: onTwoPaths((from, to) => primitive.rename(from.absolute, to.absolute)),
  link: onTwoPaths((from, to) => primitive.link(from.absolute, to.absolute)),
  symlink: (lab, [target, path, type]) => {
    const isLookedAt = typeof type === 'string' || (checksSymlinkTypes && type !== undefined && type !== null);
    if (isLookedAt && !SYMLINK_TYPES.has(type)) askNode();
    const [says, at] = [readPath(lab, target), readPath(lab, path)];
    // What is no text is kept in its bytes.
    const text = typeof says.absolute === 'string' ? says.asked : Buffer.from(target as Uint8Array);
    return namingTwo(says.asked, at.asked, primitive.symlink(text, at.absolute));
  },
};

const SYMLINK_TYPES = new Set<unknown>(['dir', 'file', 'junction']);

function statOptions(given: unknown, flavour: FlavourName): primitive.StatOptions {
  if (allStatsHaveSignals && flavour !== 'sync') return pathStatOptions(given, flavour);
  if (!statHasOptions) return lstatOptions(given, flavour);
  if (flavour !== 'callback') return readStatOptions(given);
  const options = typeof given === 'object' && given !== null ? readOptions(given) : {};
  checkAborted(options['signal']);
  return readStatOptions(options);
}

function pathStatOptions(given: unknown, flavour: FlavourName): primitive.StatOptions {
  return readAbortableStatOptions(flavour === 'callback' ? readOptions(objectOrNone(given)) : given, flavour);
}

/** Nothing being there is an error for everybody but synchronous callers. */
function lstatOptions(given: unknown, flavour: FlavourName): primitive.StatOptions {
  const isAbortable = allStatsHaveSignals && flavour !== 'sync';
  const options = isAbortable ? pathStatOptions(given, flavour) : readStatOptions(given);
  return flavour === 'sync' ? options : { ...options, throwIfNoEntry: true };
}

function onPath(make: OnPath): Story {
  return (lab, [path, ...rest], flavour) => {
    const asked = readPath(lab, path);
    return naming(asked, make(asked.absolute, rest, flavour));
  };
}

function onTwoPaths(make: OnTwoPaths): Story {
  return (lab, [first, second, ...rest]) => {
    const [from, to] = [readPath(lab, first), readPath(lab, second)];
    return namingTwo(from.asked, to.asked, make(from, to, rest));
  };
}
