// promises.open: a real FileHandle of the staged file, whose close commits.

import type { EventEmitter } from 'node:events';
import type { PathLike, WriteStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { replaceHandleMethod, usersOfHandle } from '../ground/node-internals';
import { type OpenFile, closeOpenFile, openReplacing, publishOpenFile } from '../protocol/open-file';
import type { Host } from '../steps/host';
import { runPromise, runSync } from '../steps/run';
import { type Context, dressedAs, passThrough } from './context';
import { requestedByWrite, requestedByWritev } from './descriptor-calls';
import { readOpen, watchOver } from './open-file';
import { abandonOnDestroy } from './write-stream';

type AnyFunction = (...args: unknown[]) => unknown;
type AsyncFunction = (...args: unknown[]) => Promise<unknown>;

/** https://nodejs.org/api/fs.html#fspromisesopenpath-flags-mode */
export function openFileHandleCall(context: Context) {
  const { volume, nativePromises } = context;

  return async function open(path: unknown, flags?: unknown, mode?: unknown): Promise<FileHandle> {
    const native = (): Promise<FileHandle> =>
      passThrough(() => nativePromises().open(path as PathLike, flags as never, mode as never));
    const request = readOpen(context, path, flags, mode);
    if (request === undefined) return native();
    const descriptors = new HandleHost(context);
    const file = await runPromise(openReplacing(volume, request), descriptors.host);
    if (file === undefined) return native();
    watchOver(file);
    return settleOnClose(file, descriptors);
  };
}

/** A host whose descriptors are those of FileHandles, so that a staged file can be opened as one. */
class HandleHost {
  readonly host: Host;
  readonly #handles = new Map<number, { handle: FileHandle; close: () => Promise<void> }>();

  constructor({ volume, nativePromises }: Context) {
    const { sync, callback } = volume.host;
    const handles = this.#handles;
    this.host = {
      sync,
      callback: {
        ...callback,
        open(path, flags, mode, done) {
          nativePromises()
            .open(path, flags, mode)
            .then((handle) => {
              handles.set(handle.fd, { handle, close: handle.close.bind(handle) });
              done(null, handle.fd);
            }, done);
        },
        close(fd, done) {
          const opened = handles.get(fd);
          if (opened === undefined) return callback.close(fd, done);
          handles.delete(fd);
          opened.close().then(() => done(null), done);
        },
      },
    };
  }

  opened(fd: number): { handle: FileHandle; close: () => Promise<void> } {
    return this.#handles.get(fd)!;
  }
}

/** Replaces, on this one handle, every method that ends its use or tells of lost bytes. */
function settleOnClose(file: OpenFile, descriptors: HandleHost): FileHandle {
  const { handle, close: nativeClose } = descriptors.opened(file.fd);
  const emitter = handle as FileHandle & EventEmitter;
  const { host } = file.volume;
  let closing: Promise<void> | undefined;
  let isSettled = false;
  let whenUnused: (() => void) | undefined;

  async function settle(): Promise<void> {
    // From now on node answers calls on this handle with EBADF, as it does once a close has begun.
    Object.defineProperty(handle, 'fd', { value: -1, configurable: true });
    try {
      if (!(await runPromise(closeOpenFile(file), descriptors.host))) await nativeClose();
    } finally {
      isSettled = true;
    }
  }

  /** Node lets streams and calls under way finish before it closes, and tells the streams to. */
  function settleWhenUnused(): Promise<void> {
    return new Promise((resolve, reject) => {
      whenUnused = () => void settle().then(resolve, reject);
      emitter.emit('close');
      swallowOnce(emitter, 'close');
    });
  }

  handle.close = () => {
    if (isSettled) return nativeClose();
    return (closing ??= usersOfHandle(handle) === 0 ? settle() : settleWhenUnused());
  };
  replaceHandleMethod(handle, 'kUnref', (original) => {
    original();
    if (whenUnused === undefined || usersOfHandle(handle) > 0) return;
    const proceed = whenUnused;
    whenUnused = undefined;
    proceed();
  });
  replaceHandleMethod(handle, 'kCloseSync', (original) => {
    if (isSettled || closing !== undefined) return original();
    isSettled = true;
    const sync = { ...host.sync, close: () => void original() };
    if (!runSync(closeOpenFile(file), { ...host, sync })) original();
    return undefined;
  });
  // Another thread cannot commit: what it writes goes to the target itself.
  replaceHandleMethod(handle, 'kTransfer', (original) => {
    runSync(publishOpenFile(file), host);
    file.volume.openFiles.delete(file.fd);
    return original();
  });
  noteOutcomes(handle, file);
  return handle;
}

function swallowOnce(handle: EventEmitter, event: string): void {
  const emit = handle.emit.bind(handle);
  const value = (name: string, ...args: unknown[]): boolean => {
    if (name !== event) return emit(name, ...args);
    Reflect.deleteProperty(handle, 'emit');
    return true;
  };
  Object.defineProperty(handle, 'emit', { value, configurable: true, writable: true });
}

/** Calls that fail as a whole, and those that answer how many bytes they accepted. */
const OUTCOMES: Readonly<Record<string, ((args: readonly unknown[]) => number) | undefined>> = {
  write: requestedByWrite,
  writev: requestedByWritev,
  writeFile: undefined,
  appendFile: undefined,
  truncate: undefined,
  sync: undefined,
  datasync: undefined,
};

function noteOutcomes(handle: FileHandle, file: OpenFile): void {
  for (const [name, requested] of Object.entries(OUTCOMES)) {
    replace<AsyncFunction>(handle, name, (original) => async (...args) => {
      try {
        const result = await original(...args);
        if (requested) file.noteWrite(requested([file.fd, ...args]), (result as { bytesWritten: number }).bytesWritten);
        return result;
      } catch (error) {
        file.noteFailure(error);
        throw error;
      }
    });
  }
  replace<AnyFunction>(handle, 'createWriteStream', (original) => (...args) => {
    const stream = original(...args) as WriteStream;
    abandonOnDestroy(stream, file);
    return stream;
  });
  replace<AnyFunction>(handle, 'writer', (original) => (...args) => {
    const writer = original(...args) as Writer;
    abandonOnFail(writer, file);
    return writer;
  });
}

/** Node 24's FileHandle.prototype.writer(), which writes without any public call. */
interface Writer extends Record<string, AnyFunction> {
  fail: AnyFunction;
  end: AnyFunction;
  endSync: AnyFunction;
}

function abandonOnFail(writer: Writer, file: OpenFile): void {
  let isEnded = false;
  const end = writer.end.bind(writer);
  const endSync = writer.endSync.bind(writer);
  const fail = writer.fail.bind(writer);
  writer.end = (...args) => {
    isEnded = true;
    return end(...args);
  };
  writer.endSync = (...args) => {
    isEnded = true;
    return endSync(...args);
  };
  // Also called when a writer goes out of scope, ended or not.
  writer.fail = (...args) => {
    file.isAbandoned ||= !isEnded;
    return fail(...args);
  };
}

/** Puts another method in the place of one, where there is one, on this object alone. */
function replace<F extends AnyFunction>(object: object, name: string, make: (original: F) => F): void {
  const method = (object as Record<string, unknown>)[name];
  if (typeof method !== 'function') return;
  const value = dressedAs(method as F, make(method.bind(object) as F));
  Object.defineProperty(object, name, { value, configurable: true, writable: true });
}
