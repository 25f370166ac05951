// open and close.

import type { FileHandle } from 'node:fs/promises';
import { codeOf, namingTarget, systemError } from '../ground/errors';
import { type OpenFile, closeOpenFile, isBeingClosed, openReplacing, settleLost } from '../protocol/open-file';
import type { WriteRequest } from '../protocol/begin-stage';
import { publishWhenIdle } from '../protocol/publish-idle';
import {
  READ_ONLY,
  canWrite,
  isExclusive,
  parseFlags,
  refusesSymlinks,
  replacesContent,
  sharingFlags,
} from '../settings/flags';
import { treatmentOf } from '../settings/treatment';
import { runCallback, runSync } from '../steps/run';
import { type Steps, native } from '../steps/step';
import { readMode, readPath } from './arguments';
import { type Context, isPassingThrough } from './context';
import { type Seen, type ThreeFlavours, inThreeFlavours, sightContent } from './flavours';
import { noteOwnOpen } from './public-host';
import { isProtected } from './write-file';

type Done = (error: unknown, fd?: number) => void;

/** What a call of open asks for, if it goes through a staged file. */
export function readOpen(context: Context, path: unknown, flags: unknown, mode: unknown): WriteRequest | undefined {
  const numericFlags = parseFlags(flags);
  // First, because most opens are for reading. `wx` is how programs lock: its file must be there at once.
  if (numericFlags === undefined || isExclusive(numericFlags) || isPassingThrough()) return undefined;
  const settings = context.settings();
  if (!replacesContent(numericFlags) && settings.append === 'native' && settings.rules.length === 0) return undefined;
  const asked = readPath(path);
  const numericMode = readMode(mode, 0o666);
  if (asked === undefined || numericMode === undefined) return undefined;
  const treatment = treatmentOf(settings, asked.absolute, 'open');
  if (!isProtected(numericFlags, treatment)) return undefined;
  return {
    path: asked,
    call: 'open',
    flags: numericFlags,
    mode: numericMode,
    settings,
    treatment,
    inherit: 'mode-and-owner',
    seed: !replacesContent(numericFlags),
  };
}

/** The open file behind a descriptor that was just opened for replacing; begins what it does by itself. */
export function watchOver({ volume, opened }: Context, fd: number): OpenFile {
  opened();
  const file = volume.openFiles.get(fd)!;
  const { publishIdleMs } = file.stage.treatment;
  if (publishIdleMs !== undefined && file.descriptors.size === 1) publishWhenIdle(file, publishIdleMs);
  return file;
}

/** Every other open: node's own, of the staged file where the path is open for replacing. */
export function openOther(context: Context): ThreeFlavours {
  const { nativeWriters, openFiles, host } = context.volume;
  const { sync, callback, promise } = inThreeFlavours(context, 'open', (args) => {
    const flags = parseFlags(args[1]);
    if (flags === undefined || isPassingThrough()) return undefined;
    const seen = sightContent(context, args[0], !refusesSymlinks(flags));
    // A redo record is not what the program wrote; the file itself soon is.
    if (seen === undefined || seen.file.stage.contentBytes !== undefined) return undefined;
    return openStagedPath(args, flags, seen);
  });

  function note(args: readonly unknown[], fd: number): void {
    // Somebody has closed that file without us: the number is another one's now.
    if (openFiles.size > 0) runSync(settleLost(openFiles.get(fd), fd), host);
    if (isForWriting(args)) nativeWriters.note(fd);
  }

  return {
    sync(...args) {
      const fd = Reflect.apply(sync, undefined, args) as number;
      note(args, fd);
      return fd;
    },
    callback(...args) {
      const done = args.at(-1);
      const isOfInterest = openFiles.size > 0 || isForWriting(args);
      if (typeof done !== 'function' || !isOfInterest) return Reflect.apply(callback, undefined, args);
      return callback(...args.slice(0, -1), (error: unknown, ...results: [number]) => {
        if (!error) note(args, results[0]);
        (done as Done)(error, ...results);
      });
    },
    async promise(...args) {
      const handle = (await promise(...args)) as FileHandle;
      note(args, handle.fd);
      return handle;
    },
  };
}

function isForWriting(args: readonly unknown[]): boolean {
  return canWrite(parseFlags(args[1]) ?? READ_ONLY);
}

function* openStagedPath(args: readonly unknown[], flags: number, { file, staged, asked }: Seen): Steps<unknown> {
  if (isExclusive(flags)) throw systemError('EEXIST', 'open', asked.asked);
  try {
    const opened = yield* native('open', [staged.stagedPath, sharingFlags(flags), ...args.slice(2)]);
    if (canWrite(flags)) file.noteWriter();
    return opened;
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw namingTarget(error, asked.asked);
    // Published in this very moment, by a close that runs on another thread.
    return yield* native('open', args);
  }
}

/** https://nodejs.org/api/fs.html#fsopenpath-flags-mode-callback, #fsclosefd-callback and their synchronous forms. */
export function openFileCalls(context: Context) {
  const { volume, natives } = context;
  const { host, openFiles } = volume;
  const other = openOther(context);

  function openSync(...args: unknown[]): unknown {
    noteOwnOpen();
    const request = readOpen(context, args[0], args[1], args[2]);
    const fd = request && runSync(openReplacing(volume, request), host);
    if (fd === undefined) return Reflect.apply(other.sync, undefined, args);
    watchOver(context, fd);
    return fd;
  }

  function open(...args: unknown[]): void {
    const { path, flags, mode, callback } = readOpenArguments(args);
    const request = typeof callback === 'function' ? readOpen(context, path, flags, mode) : undefined;
    if (request === undefined) {
      Reflect.apply(other.callback, undefined, args);
      return;
    }
    const done = callback as Done;
    runCallback(
      openReplacing(volume, request),
      host,
      (fd) => {
        if (fd === undefined) {
          other.callback(...args);
          return;
        }
        watchOver(context, fd);
        done(null, fd);
      },
      (error) => done(error),
    );
  }

  function closeSync(fd: unknown): void {
    const file = openFiles.get(fd as number);
    if (file !== undefined && runSync(closeOpenFile(file, fd as number), host)) return;
    if (isBeingClosed(volume, fd as number)) throw systemError('EBADF', 'close');
    natives.closeSync(fd as number);
  }

  function close(fd: unknown, callback: unknown = throwIfAny): void {
    if (typeof callback !== 'function') return natives.close(fd as number, callback as never);
    const done = callback as Done;
    const file = openFiles.get(fd as number);
    if (file === undefined && isBeingClosed(volume, fd as number)) {
      setImmediate(done, systemError('EBADF', 'close'));
      return;
    }
    if (file === undefined) return natives.close(fd as number, done);
    runCallback(
      closeOpenFile(file, fd as number),
      host,
      (closed) => (closed ? done(null) : natives.close(fd as number, done)),
      (error) => done(error),
    );
  }

  return { openSync, open, closeSync, close };
}

/** open(path, callback), open(path, flags, callback), open(path, flags, mode, callback), told apart as node does. */
function readOpenArguments(args: readonly unknown[]): Record<'path' | 'flags' | 'mode' | 'callback', unknown> {
  const path = args[0];
  const flags = args[1];
  const mode = args[2];
  const callback = args[3];
  if (args.length < 3) return { path, flags: 'r', mode: undefined, callback: flags };
  return typeof mode === 'function'
    ? { path, flags, mode: undefined, callback: mode }
    : { path, flags, mode, callback };
}

function throwIfAny(error: unknown): void {
  if (error !== null) throw error;
}
