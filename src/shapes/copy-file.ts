// copyFile and cp. The walk through a tree, and its many rules, stay node's own: a filter copies the regular files and
// tells node to skip them.

import { type CopyRequest, type EntryCopyRequest, copyContentOf, copyEntry } from '../protocol/copy-file';
import { treatmentOf } from '../settings/treatment';
import { runCallback, runPromise, runSync } from '../steps/run';
import { readPath } from './arguments';
import { type Context, isPassingThrough } from './context';

type Callback = (error: unknown) => void;
type Filter = (source: string, destination: string) => unknown;

/** https://nodejs.org/api/fs.html#fscopyfilesrc-dest-mode-callback and its kin. */
export function copyFileCalls(context: Context) {
  const { volume, natives, nativePromises } = context;
  const { host } = volume;

  function copyFileSync(from: unknown, to: unknown, mode?: unknown): void {
    const request = readCopy(context, from, to, mode, false);
    if (request !== undefined && runSync(copyContentOf(volume, request), host)) return;
    natives.copyFileSync(from as never, to as never, mode as never);
  }

  function copyFile(from: unknown, to: unknown, mode: unknown, callback?: unknown): void {
    const native = (): void => natives.copyFile(from as never, to as never, mode as never, callback as never);
    const done = (typeof mode === 'function' ? mode : callback) as Callback;
    const bits = typeof mode === 'function' ? 0 : mode;
    const request = typeof done === 'function' ? readCopy(context, from, to, bits, true) : undefined;
    if (request === undefined) return native();
    runCallback(
      copyContentOf(volume, request),
      host,
      (copied) => (copied ? done(null) : native()),
      (error) => done(error),
    );
  }

  async function copyFileWithPromise(from: unknown, to: unknown, mode?: unknown): Promise<void> {
    const request = readCopy(context, from, to, mode, true);
    if (request !== undefined && (await runPromise(copyContentOf(volume, request), host))) return;
    return nativePromises().copyFile(from as never, to as never, mode as never);
  }

  return { copyFileSync, copyFile, copyFileWithPromise };
}

/** https://nodejs.org/api/fs.html#fscpsrc-dest-options-callback and its kin. */
export function cpCalls(context: Context) {
  const { volume, natives, nativePromises } = context;
  const { host } = volume;

  function cpSync(from: unknown, to: unknown, options?: unknown): void {
    natives.cpSync(from as never, to as never, withFilter(options, filterSync) as never);
  }

  function cp(from: unknown, to: unknown, options: unknown, callback?: unknown): void {
    const [given, done] = typeof options === 'function' ? [undefined, options] : [options, callback];
    natives.cp(from as never, to as never, withFilter(given, filterAsync) as never, done as never);
  }

  async function cpWithPromise(from: unknown, to: unknown, options?: unknown): Promise<void> {
    return nativePromises().cp(from as never, to as never, withFilter(options, filterAsync) as never);
  }

  function filterSync(options: Options): Filter {
    return (from, to) => {
      const wanted = options.filter?.(from, to) ?? true;
      // A promise is a mistake here, and node's to report.
      if (!wanted || wanted instanceof Promise) return wanted;
      const request = readEntry(context, options, from, to, false);
      return request === undefined || !runSync(copyEntry(volume, request), host);
    };
  }

  function filterAsync(options: Options): Filter {
    return async (from, to) => {
      if (options.filter !== undefined && !(await options.filter(from, to))) return false;
      const request = readEntry(context, options, from, to, true);
      return request === undefined || !(await runPromise(copyEntry(volume, request), host));
    };
  }

  return { cpSync, cp, cpWithPromise };
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

function readEntry(
  context: Context,
  { force = true, dereference = false, preserveTimestamps = false, mode }: Options,
  from: string,
  to: string,
  interruptible: boolean,
): EntryCopyRequest | undefined {
  const request = readCopy(context, from, to, mode, interruptible);
  return request && { ...request, force, dereference, preserveTimestamps };
}

function readCopy(
  { settings: currentSettings }: Context,
  from: unknown,
  to: unknown,
  mode: unknown = 0,
  interruptible: boolean,
): CopyRequest | undefined {
  if (isPassingThrough()) return undefined;
  const source = readPath(from);
  const destination = source && readPath(to);
  if (source === undefined || destination === undefined) return undefined;
  if (mode !== null && !(Number.isInteger(mode) && (mode as number) >= 0 && (mode as number) <= COPY_MODES))
    return undefined;
  const settings = currentSettings();
  const treatment = treatmentOf(settings, destination.absolute, 'whole');
  return { from: source, to: destination, mode: Number(mode ?? 0), settings, treatment, interruptible };
}

/** COPYFILE_EXCL, COPYFILE_FICLONE and COPYFILE_FICLONE_FORCE together. */
const COPY_MODES = 7;
