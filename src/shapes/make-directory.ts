// mkdir and mkdtemp are native. Only what they made is noted: a durable file in a new directory needs that directory's own
// name to be durable too.

import { readPath } from './arguments';
import type { Context } from './context';

type AnyFunction = (...args: unknown[]) => unknown;
type MakeDirectory = 'mkdir' | 'mkdtemp';

/** https://nodejs.org/api/fs.html#fsmkdirpath-options-callback, #fsmkdtempprefix-options-callback and their kin. */
export function makeDirectoryCalls({ volume, natives, nativePromises }: Context, name: MakeDirectory) {
  const sync = natives[`${name}Sync`] as AnyFunction;
  const withCallback = natives[name] as AnyFunction;

  function note([path, options]: readonly unknown[], result: unknown): void {
    // A recursive mkdir answers the first directory that it made, or nothing; mkdtemp the one that it made.
    const isRecursive = (options as { recursive?: unknown } | null | undefined)?.recursive === true;
    const last = readPath(name === 'mkdtemp' ? result : path);
    const first = isRecursive ? readPath(result) : last;
    if (first !== undefined && last !== undefined) volume.directories.made(first.absolute, last.absolute);
  }

  function makeSync(...args: unknown[]): unknown {
    const result = sync(...args);
    note(args, result);
    return result;
  }

  function makeWithCallback(...args: unknown[]): unknown {
    const callback = args.at(-1);
    if (typeof callback !== 'function') return withCallback(...args);
    return withCallback(...args.slice(0, -1), (error: unknown, result: unknown) => {
      if (!error) note(args, result);
      (callback as AnyFunction)(error, result);
    });
  }

  async function makeWithPromise(...args: unknown[]): Promise<unknown> {
    const result = await (nativePromises()[name] as AnyFunction)(...args);
    note(args, result);
    return result;
  }

  return { makeSync, makeWithCallback, makeWithPromise };
}
