// open and close.

import { type OpenFile, closeOpenFile, openReplacing } from '../protocol/open-file';
import { publishWhenIdle } from '../protocol/publish-idle';
import type { WriteRequest } from '../protocol/begin-stage';
import { isExclusive, parseFlags, replacesContent } from '../settings/flags';
import { treatmentOf } from '../settings/treatment';
import { runCallback, runSync } from '../steps/run';
import { readMode, readPath } from './arguments';
import { type Context, isPassingThrough, passThrough } from './context';
import { isProtected } from './write-file';

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
    flags: numericFlags,
    mode: numericMode,
    settings,
    treatment,
    inherit: 'mode-and-owner',
    seed: !replacesContent(numericFlags),
  };
}

/** Begins what an open file does by itself. */
export function watchOver(file: OpenFile): void {
  const { publishIdleMs } = file.stage.treatment;
  if (publishIdleMs !== undefined) publishWhenIdle(file, publishIdleMs);
}

/** https://nodejs.org/api/fs.html#fsopenpath-flags-mode-callback, #fsclosefd-callback and their synchronous forms. */
export function openFileCalls(context: Context) {
  const { volume, natives } = context;
  const { host, openFiles } = volume;

  function openSync(path: unknown, flags?: unknown, mode?: unknown): number {
    const request = readOpen(context, path, flags, mode);
    const file = request && runSync(openReplacing(volume, request), host);
    if (file === undefined) return natives.openSync(path as never, flags as never, mode as never);
    watchOver(file);
    return file.fd;
  }

  function open(...args: unknown[]): void {
    const native = (): void => passThrough(() => natives.open(...(args as Parameters<typeof natives.open>)));
    const { path, flags, mode, callback } = readOpenArguments(args);
    const request = typeof callback === 'function' ? readOpen(context, path, flags, mode) : undefined;
    if (request === undefined) return native();
    const done = callback as (error: unknown, fd?: number) => void;
    runCallback(
      openReplacing(volume, request),
      host,
      (file) => {
        if (file === undefined) return native();
        watchOver(file);
        done(null, file.fd);
      },
      (error) => done(error),
    );
  }

  function closeSync(fd: unknown): void {
    const file = openFiles.get(fd as number);
    if (file !== undefined && runSync(closeOpenFile(file), host)) return;
    natives.closeSync(fd as number);
  }

  function close(fd: unknown, callback: unknown = throwIfAny): void {
    const file = typeof callback === 'function' ? openFiles.get(fd as number) : undefined;
    if (file === undefined) return natives.close(fd as number, callback as never);
    const done = callback as (error: unknown) => void;
    runCallback(
      closeOpenFile(file),
      host,
      (closed) => (closed ? done(null) : natives.close(fd as number, done)),
      (error) => done(error),
    );
  }

  return { openSync, open, closeSync, close };
}

/** open(path, callback), open(path, flags, callback), open(path, flags, mode, callback), told apart as node does. */
function readOpenArguments(args: readonly unknown[]): Record<'path' | 'flags' | 'mode' | 'callback', unknown> {
  const [path, flags, mode, callback] = args;
  if (args.length < 3) return { path, flags: 'r', mode: undefined, callback: flags };
  return typeof mode === 'function'
    ? { path, flags, mode: undefined, callback: mode }
    : { path, flags, mode, callback };
}

function throwIfAny(error: unknown): void {
  if (error !== null) throw error;
}
