// promises.open: a real FileHandle of the staged file, whose close commits.

import type { EventEmitter } from 'node:events';
import type { WriteStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { replaceHandleMethod, usersOfHandle } from '../ground/node-internals';
import { type OpenFile, closeOpenFile, openReplacing, publishOpenFile } from '../protocol/open-file';
import { runPromise, runSync } from '../steps/run';
import { type Context, dressedAs } from './context';
import { NOTES, watchCall, watchWriteFile } from './descriptor-calls';
import { HandleHost } from './handle-host';
import { handleInode } from './inode-calls';
import { openOther, readOpen, watchOver } from './open-file';
import { settleStream } from './write-stream';

type AnyFunction = (...args: unknown[]) => unknown;
type AsyncFunction = (...args: unknown[]) => Promise<unknown>;

/** https://nodejs.org/api/fs.html#fspromisesopenpath-flags-mode */
export function openFileHandleCall(context: Context) {
  const { volume } = context;
  const other = openOther(context);

  return async function open(path: unknown, flags?: unknown, mode?: unknown): Promise<FileHandle> {
    const request = readOpen(context, path, flags, mode);
    const descriptors = new HandleHost(context);
    const fd = request && (await runPromise(openReplacing(volume, request), descriptors.host));
    if (fd === undefined) return other.promise(path, flags, mode) as Promise<FileHandle>;
    const file = watchOver(context, fd);
    const handle = settleOnClose(file, fd, descriptors);
    handleInode(handle, file, context);
    return handle;
  };
}

/** Replaces, on this one handle, every method that ends its use or tells of lost bytes. */
function settleOnClose(file: OpenFile, fd: number, descriptors: HandleHost): FileHandle {
  const { handle, close: nativeClose } = descriptors.opened(fd);
  const emitter = handle as FileHandle & EventEmitter;
  const { host } = file.volume;
  let closing: Promise<void> | undefined;
  let isSettled = false;
  let whenUnused: (() => void) | undefined;

  async function settle(): Promise<void> {
    // From now on node answers calls on this handle with EBADF, as it does once a close has begun.
    Object.defineProperty(handle, 'fd', { value: -1, configurable: true });
    try {
      if (!(await runPromise(closeOpenFile(file, fd), descriptors.host))) await nativeClose();
    } finally {
      isSettled = true;
    }
  }

  /** Node lets streams and calls under way finish before it closes, and tells the streams to. */
  function settleWhenUnused(): Promise<void> {
    return new Promise((resolve, reject) => {
      whenUnused = () => void settle().then(resolve, reject);
    });
  }

  const close = (): Promise<void> => {
    if (isSettled) return nativeClose();
    if (closing !== undefined) return closing;
    if (usersOfHandle(handle) === 0) return (closing = settle());
    closing = settleWhenUnused();
    // Only now, for the streams that hear it close the handle again.
    emitter.emit('close');
    swallowOnce(emitter, 'close');
    return closing;
  };
  handle.close = close;
  replaceHandleMethod(handle, 'unref', (original) => {
    original();
    if (whenUnused === undefined || usersOfHandle(handle) > 0) return;
    const proceed = whenUnused;
    whenUnused = undefined;
    proceed();
  });
  replaceHandleMethod(handle, 'closeSync', (original) => {
    if (isSettled || closing !== undefined) return original();
    isSettled = true;
    const sync = { ...host.sync, close: () => void original() };
    if (!runSync(closeOpenFile(file, fd), { ...host, sync })) original();
    return undefined;
  });
  // Another thread cannot commit: what it writes goes to the target itself.
  replaceHandleMethod(handle, 'transfer', (original) => {
    isSettled = true;
    runSync(publishOpenFile(file), host);
    file.detach(fd);
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

function noteOutcomes(handle: FileHandle, file: OpenFile): void {
  for (const name of ['write', 'writev'] as const) {
    const notes = NOTES[name];
    replace<AsyncFunction>(handle, name, (original) => async (...args) => {
      const [data, second, third] = args;
      const failed = (error: unknown): void => notes.failed(file, error, data, second, third);
      const result = await watchCall(file, original(...args), failed);
      notes.returned(file, (result as { bytesWritten: number }).bytesWritten, data, second, third);
      return result;
    });
  }
  for (const name of ['writeFile', 'appendFile']) {
    replace<AsyncFunction>(
      handle,
      name,
      (original) =>
        (...args) =>
          watchWriteFile(file, original(...args)),
    );
  }
  for (const name of ['truncate', 'sync', 'datasync']) {
    replace<AsyncFunction>(
      handle,
      name,
      (original) =>
        (...args) =>
          watchCall(file, original(...args)),
    );
  }
  replace<AnyFunction>(handle, 'createWriteStream', (original) => (...args) => {
    const stream = original(...args) as WriteStream & { autoClose: boolean };
    if (stream.autoClose) settleStream(stream, file);
    else file.streams.add(stream);
    return stream;
  });
  // Node 24's writer, which writes without any public call.
  replace<AnyFunction>(handle, 'writer', (original) => (...args) => {
    const writer = original(...args) as object;
    for (const name of ['write', 'writev'])
      replace<AsyncFunction>(
        writer,
        name,
        (write) =>
          (...chunk) =>
            watchCall(file, write(...chunk)),
      );
    return writer;
  });
}

/** Puts another method in the place of one, where there is one, on this object alone. */
function replace<F extends AnyFunction>(object: object, name: string, make: (original: F) => F): void {
  const method = (object as Record<string, unknown>)[name];
  if (typeof method !== 'function') return;
  const value = dressedAs(method as F, make(method.bind(object) as F));
  Object.defineProperty(object, name, { value, configurable: true, writable: true });
}
