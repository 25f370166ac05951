// The host for promise callers. Their descriptors are FileHandles, as those of node's own promise functions are, and what
// else they get of node's own comes from its promise functions.

import type { FileHandle } from 'node:fs/promises';
import type { Host } from '../steps/host';
import type { Context } from './context';
import { promiseHost } from './flavours';

export interface OpenHandle {
  readonly handle: FileHandle;
  /** Closes it as node does, whatever has been put in the place of `handle.close` since. */
  readonly close: () => Promise<void>;
}

export class HandleHost {
  readonly host: Host;
  readonly #handles = new Map<number, OpenHandle>();

  constructor(context: Context) {
    const { sync, callback } = promiseHost(context);
    const handles = this.#handles;
    const open = async (path: string, flags: number, mode: number): Promise<number> => {
      const handle = await context.nativePromises().open(path, flags, mode);
      const fd = await descriptorOf(handle);
      handles.set(fd, { handle, close: handle.close.bind(handle) });
      return fd;
    };
    this.host = {
      sync,
      callback: {
        ...callback,
        open: (path, flags, mode, done) => void open(path, flags, mode).then((fd) => done(null, fd), done),
        close(fd, done) {
          const opened = handles.get(fd);
          if (opened === undefined) return callback.close(fd, done);
          handles.delete(fd);
          opened.close().then(() => done(null), done);
        },
      },
    };
  }

  opened(fd: number): OpenHandle {
    return this.#handles.get(fd)!;
  }
}

/** A handle's number. Somebody's own getter may throw in its place, and then the handle is closed, as node does. */
async function descriptorOf(handle: FileHandle): Promise<number> {
  try {
    return handle.fd;
  } catch (error) {
    await handle.close().catch((closing: unknown) => {
      throw withBoth(error, closing);
    });
    throw error;
  }
}

/** Node's way to report a failure and a failure to clean up after it. */
function withBoth(first: unknown, second: unknown): unknown {
  const { message, code } = first as NodeJS.ErrnoException;
  return Object.assign(new AggregateError([first, second], message), { code });
}
