// writeFile and appendFile, in three flavours each.

import { systemError } from '../ground/errors';
import { writesInOneJob } from '../ground/platform';
import { type Content, writeContent } from '../protocol/content';
import type { OpenFile } from '../protocol/open-file';
import { replaceFile } from '../protocol/replace-file';
import type { Stage } from '../protocol/stage';
import type { AskedPath } from '../protocol/target';
import { type Caller, type WholeWrite, writeInTurn } from '../protocol/turns';
import type { Volume } from '../protocol/volume';
import { appends, isExclusive, refusesSymlinks, replacesContent, sharingFlags } from '../settings/flags';
import type { Settings } from '../settings/settings';
import { type Treatment, treatmentOf } from '../settings/treatment';
import type { Host } from '../steps/host';
import { callSync, runPromise } from '../steps/run';
import { type Steps, refused } from '../steps/step';
import { type WriteFileOptions, isIterable, isPlainData, readPath, readWriteFileOptions } from './arguments';
import { type Context, isPassingThrough, passThrough } from './context';
import { watchWriteFile } from './descriptor-calls';
import { HandleHost } from './handle-host';
import { FOREIGN_FS } from './public-host';
import { type Seen, type ThreeFlavours, callOnStaged, inThreeFlavours, sightContent } from './flavours';

/** Thrown by a checkpoint to stop; the caller gets node's own AbortError, which only node can make. */
const ABORTED = Symbol('aborted');

type Callback = (error: unknown) => void;

const goOn = (): void => {};

function unlessAborted(signal: AbortSignal): () => void {
  return () => {
    if (signal.aborted) throw ABORTED;
  };
}

/** What one call wants written. */
class FileWrite implements WholeWrite {
  readonly call = 'whole';
  readonly inherit = 'mode-and-owner';
  readonly flags: number;
  readonly mode: number;
  readonly flush: boolean;
  readonly seed: boolean;
  readonly isRepeatable: boolean;
  readonly checkpoint: () => void;
  readonly #encoding: BufferEncoding;

  constructor(
    readonly path: AskedPath,
    readonly data: Content,
    { flags, mode, flush, encoding, signal }: WriteFileOptions,
    readonly settings: Settings,
    readonly treatment: Treatment,
    readonly interruptible: boolean,
  ) {
    this.flags = flags;
    this.mode = mode;
    this.flush = flush;
    this.seed = !replacesContent(flags);
    this.isRepeatable = isPlainData(data);
    this.checkpoint = signal === undefined ? goOn : unlessAborted(signal);
    this.#encoding = encoding;
  }

  fill({ slot }: Stage, fd: number): Steps<void> {
    return writeContent(fd, this.data, this.#encoding, this.checkpoint, slot);
  }
}

/** https://nodejs.org/api/fs.html#fswritefilefile-data-options-callback and its kin. */
export function writeFileCalls(context: Context, name: 'writeFile' | 'appendFile'): ThreeFlavours {
  const { volume, writeFileHost } = context;
  const { view } = volume;
  const flag = name === 'writeFile' ? 'w' : 'a';
  const native = inThreeFlavours(context, name, (args) => writeOnStaged(context, name, args));

  function sync(...args: unknown[]): void {
    const request = isPlainData(args[1]) ? read(args[0], args[1], args[2], false) : undefined;
    try {
      if (request !== undefined && callSync(writeFileHost(), replaceFile, volume, request)) return;
    } catch (error) {
      if (error !== FOREIGN_FS) throw error;
    }
    const file = fileBehind(volume, args[0]);
    try {
      passThrough(() => native.sync(...args));
    } catch (error) {
      file?.noteWriteFile(error);
      throw error;
    }
    file?.noteWriteFile();
  }

  function callback(...args: unknown[]): void {
    const [path, data, options, last] = args;
    const done = (last || options) as Callback;
    const request = typeof done === 'function' && isPlainData(data) ? read(path, data, options, true) : undefined;
    if (request === undefined) pass(args);
    else writeInTurn(volume, request, new CallbackCaller(args, done));
  }

  function pass(args: readonly unknown[]): void {
    passThrough(() => native.callback(...args));
  }

  /** A class, because a thousand of these may wait: three functions for each would have to be kept. */
  class CallbackCaller implements Caller {
    readonly #args: readonly unknown[];
    readonly #done: Callback;

    constructor(args: readonly unknown[], done: Callback) {
      this.#args = args;
      this.#done = done;
    }

    host({ flush }: WholeWrite): Host {
      return writesInOneJob && !flush ? volume.host : writeFileHost();
    }

    resolve(replaced: boolean): void {
      const done = this.#done;
      if (replaced) done(null);
      else pass(this.#args);
    }

    reject(error: unknown): void {
      const done = this.#done;
      if (error === ABORTED) pass(this.#args);
      else done(error);
    }
  }

  async function promise(...args: unknown[]): Promise<unknown> {
    const [path, data, options] = args;
    const request = isPlainData(data) || isIterable(data) ? read(path, data, options, true) : undefined;
    try {
      if (request !== undefined && (await promiseOf(request))) return undefined;
    } catch (error) {
      if (error !== ABORTED) throw error;
    }
    const file = fileBehind(volume, path);
    const call = passThrough(() => native.promise(...args));
    if (file === undefined) return call;
    return watchWriteFile(file, call as Promise<unknown>);
  }

  const handleHost = (): Host => new HandleHost(context).host;

  function promiseOf(request: WholeWrite): Promise<boolean> {
    // An iterable is consumed, whoever is newer, and may itself wait for another write.
    if (!request.isRepeatable) return runPromise(replaceFile(volume, request), handleHost());
    return new Promise((resolve, reject) => writeInTurn(volume, request, { host: handleHost, resolve, reject }));
  }

  function read(path: unknown, data: Content, options: unknown, interruptible: boolean): WholeWrite | undefined {
    if (isPassingThrough()) return undefined;
    const given = readWriteFileOptions(data, options, flag);
    const asked = given && readPath(path);
    if (given === undefined || asked === undefined) return undefined;
    const settings = context.settings();
    const treatment = treatmentOf(settings, asked.absolute, 'whole');
    const { flags } = given;
    if (!isProtected(flags, treatment) || view.isOpen(asked, !refusesSymlinks(flags))) return undefined;
    return new FileWrite(asked, data, given, settings, treatment, interruptible);
  }

  return { sync, callback, promise };
}

/** The open file that a descriptor or FileHandle in the place of a path is of; node writes to it without a public call. */
function fileBehind({ openFiles }: Volume, target: unknown): OpenFile | undefined {
  if (openFiles.size === 0) return undefined;
  const fd = typeof target === 'object' && target !== null ? (target as { fd?: unknown }).fd : target;
  return openFiles.get(fd as number);
}

/** A file that is open for replacing is written where its content is; it becomes visible with that. */
function writeOnStaged(
  context: Context,
  name: 'writeFile' | 'appendFile',
  args: readonly unknown[],
): Steps<unknown> | undefined {
  const [path, data, options] = args;
  const given = readWriteFileOptions(data, options, name === 'writeFile' ? 'w' : 'a');
  const seen = given && sightContent(context, path, !refusesSymlinks(given.flags));
  if (given === undefined || seen === undefined) return undefined;
  const { encoding, flags, mode, flush, signal } = given;
  if (isExclusive(flags)) return refused(systemError('EEXIST', 'open', seen.asked.asked));
  const completed = { encoding, mode, flush, flag: sharingFlags(flags), ...(signal === undefined ? {} : { signal }) };
  return writeOn(seen, name, [path, data, completed]);
}

function* writeOn(seen: Seen, name: string, args: readonly unknown[]): Steps<unknown> {
  const result = yield* callOnStaged(name, args, 0, seen);
  seen.file.noteWriter();
  return result;
}

/** Whether an open with these flags goes through a staged file at all; the plan for its target comes later. */
export function isProtected(flags: number, treatment: Treatment): boolean {
  return replacesContent(flags) || (appends(flags) && treatment.append === 'copy');
}
