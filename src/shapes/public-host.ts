// Node's writeFile functions are made of public ones: `fs.open`, `fs.write`, `fs.fsync`, `fs.close`. A program that has put
// something of its own in their place (graceful-fs does so with `close`, test spies with any) sees them called, and so it
// must by ours. Newer nodes have one job of a thread for it, if it is not to flush.

import type { NodeFs } from '../ground/node-fs';
import { isExclusive } from '../settings/flags';
import type { Callback, Host, Primitives, WriteArguments } from '../steps/host';

/** The public functions that node's writeFile calls. */
export const CALLED_BY_WRITE_FILE = ['open', 'write', 'fsync', 'close'].flatMap((name) => [name, `${name}Sync`]);

/**
 * Thrown by an open that never came to node: whoever answered it has a file system of their own, and the whole write is
 * theirs.
 */
export const FOREIGN_FS = Symbol('foreign fs');

let ownOpens = 0;

/** Called by our openSync, which every wrapper of it ends in. */
export function noteOwnOpen(): void {
  ownOpens++;
}

/** A host that makes the calls on the staged file of a whole-file write through the public module, the rest natively. */
export function publicHost({ sync, callback }: Host, live: NodeFs): Host {
  // Directories are opened and closed as well, but not by node's writeFile.
  const staged = new Set<number>();
  return {
    sync: {
      ...sync,
      open(path, flags, mode) {
        if (!isExclusive(flags)) return sync.open(path, flags, mode);
        const before = ownOpens;
        const fd = live.openSync(path, flags, mode);
        if (ownOpens === before) throw FOREIGN_FS;
        staged.add(fd);
        return fd;
      },
      write: (...args) => (staged.has(args[0]) ? live.writeSync(...inBytes(args)) : sync.write(...args)),
      flush: (fd) => (staged.has(fd) ? live.fsyncSync(fd) : sync.flush(fd)),
      close: (fd) => (staged.delete(fd) ? live.closeSync(fd) : sync.close(fd)),
    },
    callback: {
      ...callback,
      open(path, flags, mode, done) {
        if (!isExclusive(flags)) return callback.open(path, flags, mode, done);
        live.open(path, flags, mode, (error, fd) => {
          if (!error) staged.add(fd);
          done(error, fd);
        });
      },
      write(...args) {
        const given = args.slice(0, -1) as WriteArguments;
        const done = args.at(-1) as Callback<number>;
        if (staged.has(given[0])) live.write(...inBytes(given), done);
        else callback.write(...given, done);
      },
      flush: (fd, done) => (staged.has(fd) ? live.fsync(fd, done) : callback.flush(fd, done)),
      close: (fd, done) => (staged.delete(fd) ? live.close(fd, done) : callback.close(fd, done)),
    },
  };
}

/** Node's writeFile hands bytes to `fs.write`, whatever it was given. */
function inBytes(args: Parameters<Primitives['write']>): WriteArguments {
  const [fd, data] = args;
  if (typeof data !== 'string') return args as WriteArguments;
  const bytes = Buffer.from(data);
  return [fd, bytes, 0, bytes.length, null];
}
