// copyFile and cp. The walk through a tree, and its many rules, stay node's own: a filter copies the regular files and
// tells node to skip them.

import type { CopySyncOptions, Stats } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { namingBoth } from '../ground/errors';
import { walksTreesNatively } from '../ground/platform';
import { type CopyRequest, type EntryCopyRequest, copyContentOf, copyEntry } from '../protocol/copy-file';
import { isClosingAt, settleClosing } from '../protocol/closing';
import { countNative } from '../protocol/counts';
import { type TreeCopyRequest, copyFilesOfTree } from '../protocol/copy-tree';
import { inOrder } from '../protocol/landing-order';
import type { Turn } from '../protocol/landing-site';
import type { AskedPath } from '../protocol/target';
import { treatmentOf } from '../settings/treatment';
import { runCallback, runPromise, runSync } from '../steps/run';
import { type Steps, fchmod, fstat, native } from '../steps/step';
import { readPath, readPaths } from './arguments';
import { type Context, isPassingThrough } from './context';
import { type Seen, type ThreeFlavours, afterClosings, inThreeFlavours, sight, sightContent } from './flavours';

type Callback = (error: unknown) => void;
type Filter = (source: string, destination: string) => unknown;

/** https://nodejs.org/api/fs.html#fscopyfilesrc-dest-mode-callback and its kin. */
export function copyFileCalls(context: Context): ThreeFlavours {
  const { volume } = context;
  const { host } = volume;
  const other = inThreeFlavours(context, 'copyFile', (args) => copyStaged(context, args));

  function sync(...args: unknown[]): void {
    const request = read(args[0], args[1], args[2], false);
    if (request !== undefined && runSync(copy(request, args), host)) return;
    other.sync(...args);
  }

  function callback(...args: unknown[]): void {
    const [from, to, mode, last] = args;
    const [bits, done] = typeof mode === 'function' ? [0, mode as Callback] : [mode, last as Callback];
    const request = typeof done === 'function' ? read(from, to, bits, true) : undefined;
    if (request === undefined) {
      other.callback(...args);
      return;
    }
    runCallback(
      copy(request, [from, to, bits]),
      host,
      (copied) => (copied ? done(null) : void other.callback(...args)),
      (error) => done(error),
    );
  }

  async function promise(...args: unknown[]): Promise<unknown> {
    const request = read(args[0], args[1], args[2], true);
    if (request !== undefined && (await runPromise(copy(request, args), host))) return undefined;
    return other.promise(...args);
  }

  /** Its place in the order of the calls is that of the call, also where a file that it is made of is being closed. */
  function copy(request: CopyRequest, args: readonly unknown[]): Steps<boolean> {
    const sources = readPaths(args.slice(0, 1));
    if (!isClosingAt(volume, sources)) return copyContentOf(volume, request);
    return inOrder(volume.landingOrder, (turn) => copyClosed(sources, args, request.interruptible, turn));
  }

  function* copyClosed(
    sources: readonly AskedPath[],
    [from, to, mode]: readonly unknown[],
    interruptible: boolean,
    turn: Turn | undefined,
  ): Steps<boolean> {
    yield* settleClosing(volume, sources);
    const request = read(from, to, mode, interruptible);
    return request !== undefined && (yield* copyContentOf(volume, request, turn));
  }

  /** Undefined where it is copied onto what the program has open. */
  function read(from: unknown, to: unknown, mode: unknown, interruptible: boolean): CopyRequest | undefined {
    const request = readCopy(context, from, to, mode, interruptible);
    return request === undefined || volume.view.isOpen(request.to, true) ? undefined : request;
  }

  return { sync, callback, promise };
}

/** A copy from or onto a file that is open for replacing is made where its content is. */
function copyStaged(context: Context, args: readonly unknown[]): Steps<unknown> | undefined {
  const [from, to] = [sightContent(context, args[0], true), sightContent(context, args[1], true)];
  if (from === undefined && to === undefined) return undefined;
  return copyBetween(args, from?.staged.stagedPath ?? args[0], to);
}

function* copyBetween(args: readonly unknown[], from: unknown, to: Seen | undefined): Steps<unknown> {
  try {
    const inode = to?.file.stage.inodeFd;
    if (inode !== undefined) yield* giveModeOf(from, inode);
    const result = yield* native('copyFile', [from, to?.staged.stagedPath ?? args[1], ...args.slice(2)]);
    to?.file.noteWriter();
    // It has its mode already; the staged file's is not to be handed on to it later.
    if (inode !== undefined) to!.file.stage.mode = (yield* fstat(to!.file.stage.fd!)).mode;
    return result;
  } catch (error) {
    throw namingBoth(error, readPath(args[0])?.asked ?? '', readPath(args[1])?.asked ?? '', 'copyfile');
  }
}

/** A copy gives its source's mode to a file that keeps its inode, or fails. */
function* giveModeOf(from: unknown, inode: number): Steps<void> {
  const { mode } = (yield* native('stat', [from])) as Stats;
  yield* fchmod(inode, mode & 0o7777);
}

/** https://nodejs.org/api/fs.html#fscpsrc-dest-options-callback and its kin. */
export function cpCalls(context: Context): ThreeFlavours {
  const { volume, natives, nativePromises } = context;
  const { host } = volume;

  function sync(from: unknown, to: unknown, options?: unknown): void {
    const source = walksTreesNatively ? lstatIfThere(from) : undefined;
    if (source?.isSymbolicLink() || (source && lstatIfThere(to)?.isSymbolicLink())) {
      // What it checks about links, and what it answers, is its own, and changes from version to version.
      countNative('not-a-regular-file');
      return natives.cpSync(from as never, to as never, options as never);
    }
    const tree = source?.isDirectory() ? readTree(context, from, to, options) : undefined;
    if (tree !== undefined) {
      const areThere = runSync(copyFilesOfTree(volume, tree), host);
      // Files that are there because of us are no mistake.
      const rest = areThere ? { force: false, errorOnExist: false } : {};
      natives.cpSync(from as never, to as never, { ...(options as CopySyncOptions), ...rest });
      return;
    }
    const named = sourceOf(asNamed(from, options), options);
    natives.cpSync(named as never, asNamed(to, options) as never, withFilter(options, filterSync) as never);
  }

  function callback(from: unknown, to: unknown, options: unknown, last?: unknown): void {
    const [given, done] = typeof options === 'function' ? [undefined, options] : [options, last];
    natives.cp(sourceOf(from, given) as never, to as never, withFilter(given, filterAsync) as never, done as never);
  }

  async function promise(from: unknown, to: unknown, options?: unknown): Promise<void> {
    return nativePromises().cp(
      sourceOf(from, options) as never,
      to as never,
      withFilter(options, filterAsync) as never,
    );
  }

  function lstatIfThere(path: unknown): Stats | undefined {
    const asked = readPath(path);
    try {
      return asked && host.sync.lstat(asked.absolute);
    } catch {
      return undefined;
    }
  }

  /** Node looks at the source itself, and must see one that is open for replacing. */
  function sourceOf(from: unknown, options: unknown): unknown {
    // Buffers are node's to refuse.
    if (volume.view.isEmpty || from instanceof Uint8Array) return from;
    const { dereference } = (options ?? {}) as Options;
    return sight(context, from, dereference === true)?.staged.stagedPath ?? from;
  }

  function filterSync(options: Options): Filter {
    return (from, to) => {
      const entry = shown(context, from, to);
      const wanted = options.filter?.(entry.from, entry.to) ?? true;
      // A promise is a mistake here, and node's to report.
      if (!wanted || wanted instanceof Promise) return wanted;
      const request = readEntry(context, options, from, entry.to, false);
      return request === undefined || !runSync(copyEntry(volume, request), host);
    };
  }

  function filterAsync(options: Options): Filter {
    return async (from, to) => {
      const entry = shown(context, from, to);
      if (options.filter !== undefined && !(await options.filter(entry.from, entry.to))) return false;
      const request = readEntry(context, options, from, entry.to, true);
      return request === undefined || !(await runPromise(copyEntry(volume, request), host));
    };
  }

  return afterClosings(context, { sync, callback, promise });
}

/** What node's walk has found, by the names that it is to have: a staged file stands for the one that it will be. */
function shown({ volume: { view } }: Context, from: string, to: string): { from: string; to: string } {
  if (view.isEmpty) return { from, to };
  const name = basename(from);
  const staged = view.files.flatMap(({ stage }) => stage.names).find(({ stagedPath }) => basename(stagedPath) === name);
  if (staged === undefined) return { from, to };
  // At the top of the walk the destination's name is the caller's own.
  return { from: join(dirname(from), staged.name), to: basename(to) === name ? join(dirname(to), staged.name) : to };
}

/** Node refuses Buffers where it has a filter to ask, and there is one only because of us. */
function asNamed(path: unknown, options: unknown): unknown {
  const isForeign = !walksTreesNatively || (options as Options | undefined)?.filter !== undefined;
  return isForeign || !(path instanceof Uint8Array) ? path : (readPath(path)?.asked ?? path);
}

interface Options {
  readonly filter?: Filter;
  readonly force?: boolean;
  readonly dereference?: boolean;
  readonly preserveTimestamps?: boolean;
  readonly mode?: number;
}

/** The caller's options with our filter before theirs; options that node refuses are left for it to see. */
function withFilter(options: unknown, filterWith: (options: Options) => Filter): unknown {
  if (options !== undefined && (typeof options !== 'object' || options === null || Array.isArray(options)))
    return options;
  const given = (options ?? {}) as Options;
  if (given.filter !== undefined && typeof given.filter !== 'function') return options;
  return { ...given, filter: filterWith(given) };
}

/** A call of cpSync that node carries out natively. */
function readTree(context: Context, from: unknown, to: unknown, options: unknown): TreeCopyRequest | undefined {
  const source = readPath(from);
  const destination = readPath(to);
  const isOrdinary = typeof options === 'object' && options !== null;
  if (source === undefined || destination === undefined || !isOrdinary || !context.volume.view.isEmpty)
    return undefined;
  const {
    recursive,
    force = true,
    filter,
    errorOnExist,
    dereference,
    preserveTimestamps,
    mode,
  } = options as Options & CopySyncOptions;
  if (recursive !== true || filter !== undefined) return undefined;
  const sample = readCopy(context, from, to, mode, false);
  return (
    sample && {
      from: source,
      to: destination,
      force,
      errorOnExist: !force && errorOnExist === true,
      dereference: dereference === true,
      file: (one, other) => ({
        ...sample,
        from: one,
        to: other,
        preserveTimestamps: preserveTimestamps === true,
        treatment: treatmentOf(sample.settings, other.absolute, 'whole'),
      }),
    }
  );
}

function readEntry(
  context: Context,
  { force = true, dereference = false, preserveTimestamps = false, mode }: Options,
  from: unknown,
  to: unknown,
  interruptible: boolean,
): EntryCopyRequest | undefined {
  // Node's walk refuses Buffers, but only after it has asked the filter.
  if (typeof from !== 'string' || typeof to !== 'string') return undefined;
  const request = readCopy(context, from, to, mode, interruptible, dereference);
  // Node's JavaScript puts the bits back, its native copying does not.
  const keepsSetIds = interruptible || !walksTreesNatively;
  return request && { ...request, force, dereference, preserveTimestamps, keepsSetIds };
}

function readCopy(
  context: Context,
  from: unknown,
  to: unknown,
  mode: unknown = 0,
  interruptible: boolean,
  follow = true,
): CopyRequest | undefined {
  if (isPassingThrough()) return undefined;
  const source = readPath(from);
  const destination = source && readPath(to);
  if (source === undefined || destination === undefined) return undefined;
  if (mode !== null && !(Number.isInteger(mode) && (mode as number) >= 0 && (mode as number) <= COPY_MODES))
    return undefined;
  const { view } = context.volume;
  const found = view.isEmpty ? undefined : view.findContent(source, follow);
  const settings = context.settings();
  return {
    from: found === undefined ? source : { asked: source.asked, absolute: found.staged.stagedPath },
    // Where its inode stays it has a mode of its own.
    modeFrom: found?.file.stage.inodeFd === undefined ? undefined : source,
    to: destination,
    mode: Number(mode ?? 0),
    settings,
    treatment: treatmentOf(settings, destination.absolute, 'whole'),
    interruptible,
  };
}

/** COPYFILE_EXCL, COPYFILE_FICLONE and COPYFILE_FICLONE_FORCE together. */
const COPY_MODES = 7;
