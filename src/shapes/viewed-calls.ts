// Calls about a path that may be open for replacing: they see what the program has written to it so far.

import type { Stats } from 'node:fs';
import { codeOf, namingBoth, namingTarget, systemError } from '../ground/errors';
import type { Directories } from '../protocol/directories';
import type { AskedPath } from '../protocol/target';
import type { Shown, Sighting } from '../protocol/view';
import {
  dropReplaced,
  followRename,
  forgetRemoved,
  linkStaged,
  renameOver,
  renameStaged,
  sightingsAt,
  unlinkStaged,
} from '../protocol/view-changes';
import { type Volume, areNamesFree, isNoneShown } from '../protocol/volume';
import { type Steps, atOnce, lstat, native, refused } from '../steps/step';
import { readPath } from './arguments';
import { liesBelow } from '../protocol/closing';
import { type Context, dressedAs } from './context';
import {
  type Seen,
  type Story,
  type ThreeFlavours,
  afterClosings,
  callOnStaged,
  inThreeFlavours,
  sight,
  sightContent,
} from './flavours';
import { withInodeOf } from './inode-calls';

type AnyFunction = (...args: unknown[]) => unknown;

/** Calls about the file itself, at the end of a symbolic link. */
const FOLLOWING = ['access', 'statfs', 'chmod', 'chown'];
/** The same, about the link itself. */
const NOT_FOLLOWING = ['lchown', 'lchmod', 'readlink'];

/** All calls whose only difference is what their paths stand for, by name. */
export function viewedCalls(context: Context): Record<string, ThreeFlavours> {
  const stories: Record<string, Story> = {
    ...storiesFor(['truncate'], (path) => sightContent(context, path, true)),
    readFile: (args) => {
      const seen = sightContent(context, args[0], true);
      return seen && readContent(args, seen);
    },
    ...storiesFor(FOLLOWING, (path) => sight(context, path, true)),
    ...storiesFor(NOT_FOLLOWING, (path) => sight(context, path, false)),
    stat: statStory(context, 'stat', true),
    lstat: statStory(context, 'lstat', false),
    utimes: timesStory(context, 'utimes', true),
    lutimes: timesStory(context, 'lutimes', false),
  };
  const changes: Record<string, Story> = {
    unlink: unlinkStory(context),
    rename: renameStory(context),
    link: linkStory(context),
    symlink: symlinkStory(context),
    rm: removeStory(context, 'rm'),
    rmdir: removeStory(context, 'rmdir'),
  };
  return {
    ...mapped(stories, (name, story) => inThreeFlavours(context, name, story)),
    ...mapped(changes, (name, story) =>
      afterClosings(
        context,
        inThreeFlavours(context, name, story, () =>
          name === 'rename' ? areNamesFree(context.volume) : isNoneShown(context.volume),
        ),
      ),
    ),
  };
}

function mapped(
  stories: Record<string, Story>,
  make: (name: string, story: Story) => ThreeFlavours,
): Record<string, ThreeFlavours> {
  return Object.fromEntries(Object.entries(stories).map(([name, story]) => [name, make(name, story)]));
}

/** Calls whose first argument is the path, and about which nothing else is special. */
function storiesFor(names: readonly string[], look: (path: unknown) => Seen | undefined): Record<string, Story> {
  const storyFor =
    (name: string): Story =>
    (args) => {
      const seen = look(args[0]);
      return seen && callOnStaged(name, args, 0, seen);
    };
  return Object.fromEntries(names.map((name) => [name, storyFor(name)]));
}

function statStory(context: Context, name: 'stat' | 'lstat', follow: boolean): Story {
  return (args) => {
    const seen = sight(context, args[0], follow);
    if (seen !== undefined) return callOnStaged(name, args, 0, seen);
    const content = sightContent(context, args[0], follow);
    return content && statKept(name, args, content);
  };
}

/** stat(2) of a file whose inode stays while its content is elsewhere. */
function* statKept(name: string, args: readonly unknown[], { file: openFile, staged }: Seen): Steps<unknown> {
  const file = (yield* native(name, args)) as Stats | undefined;
  const content = (yield* statIfThere(name, args.with(0, staged.stagedPath))) as Stats | undefined;
  if (file === undefined || content === undefined) return file;
  const { contentBytes } = openFile.stage;
  if (contentBytes !== undefined)
    content.size = typeof content.size === 'bigint' ? (BigInt(contentBytes) as never) : contentBytes;
  return withInodeOf(content, file);
}

function timesStory(context: Context, name: 'utimes' | 'lutimes', follow: boolean): Story {
  return (args) => {
    const seen = sight(context, args[0], follow);
    if (seen !== undefined) return callOnStaged(name, args, 0, seen);
    const content = sightContent(context, args[0], follow);
    return content && setTimesOfBoth(name, args, content);
  };
}

/** The times that the content has when it is copied over the file are handed on with it. */
function* setTimesOfBoth(name: string, args: readonly unknown[], content: Seen): Steps<unknown> {
  yield* native(name, args);
  return yield* callOnStaged(name, args, 0, content);
}

/** Undefined once the content is where it belongs: by a close that is under way, on another thread. */
function* statIfThere(name: string, args: readonly unknown[]): Steps<unknown> {
  try {
    return yield* native(name, args);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    return undefined;
  }
}

/** What has been written so far, without what a redo record has at its end. */
function* readContent(args: readonly unknown[], seen: Seen): Steps<unknown> {
  const { contentBytes } = seen.file.stage;
  if (contentBytes === undefined) return yield* callOnStaged('readFile', args, 0, seen);
  const options = args[1];
  const given = typeof options === 'string' ? { encoding: options } : ((options ?? {}) as { encoding?: unknown });
  const whole = yield* callOnStaged('readFile', [args[0], { ...given, encoding: null }], 0, seen);
  const content = (whole as Buffer).subarray(0, contentBytes);
  const { encoding } = given;
  return typeof encoding === 'string' && encoding !== 'buffer' ? content.toString(encoding as BufferEncoding) : content;
}

function unlinkStory(context: Context): Story {
  return (args) => {
    const seen = seenAt(context, args[0]);
    return seen && inOneGo(unlinkAll(seen));
  };
}

/** Between two of these calls the file must not come to its names. */
function* inOneGo<R>(steps: Steps<R>): Steps<R> {
  return yield* atOnce(steps);
}

function* unlinkAll({ asked, sightings }: SeenAll): Steps<void> {
  for (const sighting of sightings) yield* unlinkStaged(sighting, asked);
}

/** A path whose name is being replaced, perhaps by several whole-file writes. */
interface SeenAll {
  readonly asked: AskedPath;
  /** The newest first. */
  readonly sightings: readonly Sighting<Shown>[];
}

function seenAt({ volume }: Context, path: unknown): SeenAll | undefined {
  const asked = readPath(path);
  const sightings = asked ? sightingsAt(volume, asked) : [];
  return sightings.length === 0 ? undefined : { asked: asked!, sightings };
}

function renameStory(context: Context): Story {
  const { volume } = context;
  return (args) => {
    const from = readPath(args[0]);
    const to = readPath(args[1]);
    if (from === undefined || to === undefined) return undefined;
    if (volume.pending.size === 0) return renameFresh(volume, args, from, to);
    const source = seenAt(context, args[0]);
    if (source !== undefined) return inOneGo(renameAll(volume, source, to));
    const destination = seenAt(context, args[1]);
    if (destination !== undefined) return inOneGo(renameOver(volume, from, destination.sightings[0]!, to));
    if ([...volume.pending.stages].some((stage) => liesBelow(stage, from)))
      return inOneGo(renameOther(context, args, from, to));
    if (!volume.view.isEmpty) return renameOther(context, args, from, to);
    return renameFresh(volume, args, from, to);
  };
}

/** A rename of a directory that this process has made, or of one that holds such; undefined for every other. */
function renameFresh(
  { directories }: Volume,
  args: readonly unknown[],
  from: AskedPath,
  to: AskedPath,
): Steps<void> | undefined {
  return directories.isAboveFresh(from.absolute) ? renameNoting(directories, args, from, to) : undefined;
}

function* renameNoting(
  directories: Directories,
  args: readonly unknown[],
  from: AskedPath,
  to: AskedPath,
): Steps<void> {
  yield* native('rename', args);
  directories.renamed(from.absolute, to.absolute);
}

/** The newest moves; what is overtaken by it must not come to its old name. */
function* renameAll(volume: Volume, { asked, sightings }: SeenAll, to: AskedPath): Steps<void> {
  const [newest, ...older] = sightings;
  yield* renameStaged(volume, newest!, asked, to);
  for (const sighting of older) yield* dropReplaced(sighting);
}

/** A rename of something else, which may be a directory with open files in it, or a link that they were opened through. */
function* renameOther({ volume }: Context, args: readonly unknown[], from: AskedPath, to: AskedPath): Steps<void> {
  const { directories } = volume;
  yield* native('rename', args);
  if (directories.isAboveFresh(from.absolute)) directories.renamed(from.absolute, to.absolute);
  if (!(yield* lstat(to.absolute))?.isFile()) yield* followRename(volume, from, to);
}

function linkStory(context: Context): Story {
  return (args) => {
    const from = readPath(args[0]);
    const to = readPath(args[1]);
    if (from === undefined || to === undefined) return undefined;
    const [source] = sightingsAt(context.volume, from);
    if (source !== undefined) return inOneGo(linkStaged(context.volume, source, from, to));
    const taken = sight(context, args[1], false);
    return taken && linkOnto(args, taken, from.asked);
  };
}

/** Fails as it must where the name is taken, or for an earlier reason. */
function* linkOnto(args: readonly unknown[], { staged, asked }: Seen, from: string): Steps<void> {
  try {
    yield* native('link', args.with(1, staged.stagedPath));
  } catch (error) {
    throw namingBoth(error, from, asked.asked);
  }
}

function symlinkStory(context: Context): Story {
  return (args) => {
    const taken = sight(context, args[1], false);
    if (taken === undefined) return undefined;
    const { asked } = taken.asked;
    return refused(namingBoth(systemError('EEXIST', 'symlink', asked), String(args[0]), asked));
  };
}

function removeStory(context: Context, name: 'rm' | 'rmdir'): Story {
  return (args) => {
    const seen = seenAt(context, args[0]);
    if (seen !== undefined) return inOneGo(removeSeen(name, args, seen));
    const isRecursive = (args[1] as { recursive?: unknown } | null | undefined)?.recursive === true;
    return isRecursive ? removeTree(context, name, args) : undefined;
  };
}

function* removeSeen(name: string, args: readonly unknown[], seen: SeenAll): Steps<void> {
  const { asked, sightings } = seen;
  try {
    yield* native(name, args.with(0, sightings[0]!.staged.stagedPath));
  } catch (error) {
    throw namingTarget(error, asked.asked);
  }
  yield* unlinkAll(seen);
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
