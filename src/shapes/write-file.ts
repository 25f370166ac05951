// writeFile and appendFile, in three flavours each.

import { type Content, writeContent } from '../protocol/content';
import type { WriteRequest } from '../protocol/begin-stage';
import { type Completion, replaceFile } from '../protocol/replace-file';
import { appends, replacesContent } from '../settings/flags';
import { type Treatment, treatmentOf } from '../settings/treatment';
import { runCallback, runPromise, runSync } from '../steps/run';
import { isIterable, isPlainData, readPath, readWriteFileOptions } from './arguments';
import { type Context, isPassingThrough, passThrough } from './context';

/** Thrown by a checkpoint to stop; the caller gets node's own AbortError, which only node can make. */
const ABORTED = Symbol('aborted');

type Callback = (error: unknown) => void;
type Request = WriteRequest & Completion;

/** https://nodejs.org/api/fs.html#fswritefilefile-data-options-callback and its kin. */
export function writeFileCalls(context: Context, name: 'writeFile' | 'appendFile') {
  const { volume, natives, nativePromises } = context;
  const { host } = volume;
  const flag = name === 'writeFile' ? 'w' : 'a';

  function writeSync(path: unknown, data: unknown, options?: unknown): void {
    const request = isPlainData(data) ? read(path, data, options, false) : undefined;
    if (request !== undefined && runSync(replaceFile(volume, request), host)) return;
    passThrough(() => natives[`${name}Sync`](path as never, data as never, options as never));
  }

  function writeWithCallback(path: unknown, data: unknown, options: unknown, callback?: unknown): void {
    const native = (): void => {
      passThrough(() => natives[name](path as never, data as never, options as never, callback as never));
    };
    const done = (callback || options) as Callback;
    const request = typeof done === 'function' && isPlainData(data) ? read(path, data, options, true) : undefined;
    if (request === undefined) return native();
    runCallback(
      replaceFile(volume, request),
      host,
      (replaced) => (replaced ? done(null) : native()),
      (error) => (error === ABORTED ? native() : done(error)),
    );
  }

  async function writeWithPromise(path: unknown, data: unknown, options?: unknown): Promise<void> {
    const request = isPlainData(data) || isIterable(data) ? read(path, data, options, true) : undefined;
    try {
      if (request !== undefined && (await runPromise(replaceFile(volume, request), host))) return;
    } catch (error) {
      if (error !== ABORTED) throw error;
    }
    return passThrough(() => nativePromises()[name](path as never, data as never, options as never));
  }

  function read(path: unknown, data: Content, options: unknown, interruptible: boolean): Request | undefined {
    if (isPassingThrough()) return undefined;
    const given = readWriteFileOptions(data, options, flag);
    const asked = given && readPath(path);
    if (given === undefined || asked === undefined) return undefined;
    const settings = context.settings();
    const treatment = treatmentOf(settings, asked.absolute, 'whole');
    const { flags, mode, encoding, flush, signal } = given;
    if (!isProtected(flags, treatment)) return undefined;
    const checkpoint = (): void => {
      if (signal?.aborted) throw ABORTED;
    };
    return {
      path: asked,
      flags,
      mode,
      settings,
      treatment,
      flush,
      interruptible,
      inherit: 'mode-and-owner',
      seed: !replacesContent(flags),
      *fill(_stage, fd) {
        yield* writeContent(fd, data, encoding, checkpoint);
        checkpoint();
      },
    };
  }

  return { writeSync, writeWithCallback, writeWithPromise };
}

/** Whether an open with these flags goes through a staged file at all; the plan for its target comes later. */
export function isProtected(flags: number, treatment: Treatment): boolean {
  return replacesContent(flags) || (appends(flags) && treatment.append === 'copy');
}
