// Calls about a path that may be open for replacing: they see what the program has written to it so far.

import { codeOf, namingBoth, namingTarget, systemError } from '../ground/errors';
import {
  forgetRemoved,
  followDirectory,
  linkStaged,
  renameOver,
  renameStaged,
  unlinkStaged,
} from '../protocol/view-changes';
import { type Steps, lstat, native, refused } from '../steps/step';
import { readPath } from './arguments';
import { type Context, dressedAs } from './context';
import { type Seen, type Story, type ThreeFlavours, inThreeFlavours, onStagedPath, sight } from './flavours';

type AnyFunction = (...args: unknown[]) => unknown;

/** Calls that mean the file at the end of a symbolic link, by the position of the path. */
const FOLLOWING = ['access', 'stat', 'statfs', 'readFile', 'chmod', 'chown', 'utimes', 'truncate'];
/** Calls that mean the link itself. */
const NOT_FOLLOWING = ['lstat', 'lchown', 'lchmod', 'lutimes', 'readlink'];

/** All calls whose only difference is what their paths stand for, by name. */
export function viewedCalls(context: Context): Record<string, ThreeFlavours> {
  const stories: Record<string, Story> = {
    ...Object.fromEntries(FOLLOWING.map((name) => [name, onStagedPath(context, name, 0, true)])),
    ...Object.fromEntries(NOT_FOLLOWING.map((name) => [name, onStagedPath(context, name, 0, false)])),
    unlink: unlinkStory(context),
    rename: renameStory(context),
    link: linkStory(context),
    symlink: symlinkStory(context),
    rm: removeStory(context, 'rm'),
    rmdir: removeStory(context, 'rmdir'),
  };
  return Object.fromEntries(
    Object.entries(stories).map(([name, story]) => [name, inThreeFlavours(context, name, story)] as const),
  );
}

function unlinkStory(context: Context): Story {
  return (args) => {
    const seen = sight(context, args[0], false);
    return seen && unlinkStaged(context.volume, seen, seen.asked);
  };
}

function renameStory(context: Context): Story {
  const { volume } = context;
  return (args) => {
    const from = readPath(args[0]);
    const to = readPath(args[1]);
    if (from === undefined || to === undefined) return undefined;
    const source = sight(context, args[0], false);
    if (source !== undefined) return renameStaged(volume, source, from, to);
    const destination = sight(context, args[1], false);
    if (destination !== undefined) return renameOver(volume, from, destination, to);
    return renameOther(context, args);
  };
}

/** A rename of something else, which may be a directory with open files in it. */
function* renameOther({ volume }: Context, args: readonly unknown[]): Steps<void> {
  yield* native('rename', args);
  const from = readPath(args[0])!;
  const to = readPath(args[1])!;
  if ((yield* lstat(to.absolute))?.isDirectory()) yield* followDirectory(volume, from, to);
}

function linkStory(context: Context): Story {
  return (args) => {
    const from = readPath(args[0]);
    const to = readPath(args[1]);
    if (from === undefined || to === undefined) return undefined;
    const source = sight(context, args[0], false);
    if (source !== undefined) return linkStaged(context.volume, source, from, to);
    return sight(context, args[1], false) && taken('link', from.asked, to.asked);
  };
}

function symlinkStory(context: Context): Story {
  return (args) => {
    const seen = sight(context, args[1], false);
    return seen && taken('symlink', String(args[0]), seen.asked.asked);
  };
}

/** The name is taken by a file that only this process sees. */
function taken(syscall: string, from: string, to: string): Steps<never> {
  return refused(namingBoth(systemError('EEXIST', syscall, to), from, to));
}

function removeStory(context: Context, name: 'rm' | 'rmdir'): Story {
  return (args) => {
    const seen = sight(context, args[0], false);
    if (seen !== undefined) return removeSeen(context, name, args, seen);
    const isRecursive = (args[1] as { recursive?: unknown } | null | undefined)?.recursive === true;
    return isRecursive ? removeTree(context, name, args) : undefined;
  };
}

function* removeSeen({ volume }: Context, name: string, args: readonly unknown[], seen: Seen): Steps<void> {
  try {
    yield* native(name, args.with(0, seen.staged.stagedPath));
  } catch (error) {
    throw namingTarget(error, seen.asked.asked);
  }
  yield* unlinkStaged(volume, seen, seen.asked);
}

function* removeTree({ volume }: Context, name: string, args: readonly unknown[]): Steps<void> {
  yield* native(name, args);
  yield* forgetRemoved(volume);
}

/** exists and existsSync, which tell a path's presence in a way of their own. */
export function existsCalls(context: Context): { sync: AnyFunction; callback: AnyFunction } {
  const { volume, natives } = context;
  const stagedPathOf = (path: unknown): string | undefined =>
    volume.view.isEmpty ? undefined : sight(context, path, true)?.staged.stagedPath;

  return {
    sync(path) {
      const staged = stagedPathOf(path);
      return (staged !== undefined && natives.existsSync(staged)) || natives.existsSync(path as string);
    },
    callback(path, done) {
      const staged = typeof done === 'function' ? stagedPathOf(path) : undefined;
      const asBefore = (): void => natives.exists(path as string, done as never);
      if (staged === undefined) asBefore();
      else natives.exists(staged, (found) => (found ? (done as AnyFunction)(true) : asBefore()));
    },
  };
}

/** Everything up to the last slash. */
function directoryOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

/** realpath, whose answer is the name that the file is to have. */
export function realpathCalls(context: Context): ThreeFlavours {
  const { natives } = context;
  const { sync, callback, promise } = inThreeFlavours(context, 'realpath', (args) => {
    const seen = sight(context, args[0], true);
    return seen && realpathOf(args, seen);
  });
  const isSeen = (path: unknown): boolean => !context.volume.view.isEmpty && sight(context, path, true) !== undefined;
  /** The other implementation that both have under `native`; about an open file the two agree. */
  const withNative = (call: AnyFunction, original: object): AnyFunction => {
    const other = (original as { native?: AnyFunction }).native;
    if (other === undefined) return call;
    return Object.assign(call, { native: dressedAs(other, (...args) => (isSeen(args[0]) ? call : other)(...args)) });
  };
  return { sync: withNative(sync, natives.realpathSync), callback: withNative(callback, natives.realpath), promise };
}

function* realpathOf(args: readonly unknown[], { staged, asked }: Seen): Steps<unknown> {
  try {
    const found = (yield* native('realpath', args.with(0, staged.stagedPath))) as string | Buffer;
    if (typeof found === 'string') return directoryOf(found) + staged.name;
    return Buffer.from(directoryOf(found.toString('latin1')) + Buffer.from(staged.name).toString('latin1'), 'latin1');
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw namingTarget(error, asked.asked);
    return yield* native('realpath', args);
  }
}
