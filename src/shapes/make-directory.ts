// mkdir and mkdtemp are native. Only what they made is noted: a durable file in a new directory needs that directory's own
// name to be durable too.

import { dirname } from 'node:path';
import { systemError } from '../ground/errors';
import { refused } from '../steps/step';
import { readPath } from './arguments';
import type { Context } from './context';
import { type ThreeFlavours, inThreeFlavours } from './flavours';

type AnyFunction = (...args: unknown[]) => unknown;
type MakeDirectory = 'mkdir' | 'mkdtemp';

/** https://nodejs.org/api/fs.html#fsmkdirpath-options-callback, #fsmkdtempprefix-options-callback and their kin. */
export function makeDirectoryCalls(context: Context, name: MakeDirectory): ThreeFlavours {
  const { directories } = context.volume;
  const native = inThreeFlavours(context, name, ([path]) => {
    const asked = name === 'mkdir' ? readPath(path) : undefined;
    const code = asked && obstacleTo(context, asked.absolute);
    return code && refused(systemError(code, 'mkdir', asked.asked));
  });

  function note([path, options]: readonly unknown[], result: unknown): void {
    // A recursive mkdir answers the first directory that it made, or nothing; mkdtemp the one that it made.
    const isRecursive = (options as { recursive?: unknown } | null | undefined)?.recursive === true;
    const last = readPath(name === 'mkdtemp' ? result : path);
    const first = isRecursive ? readPath(result) : last;
    if (first !== undefined && last !== undefined) directories.made(first.absolute, last.absolute);
  }

  function sync(...args: unknown[]): unknown {
    const result = native.sync(...args);
    note(args, result);
    return result;
  }

  function callback(...args: unknown[]): unknown {
    const done = args.at(-1);
    if (typeof done !== 'function') return native.callback(...args);
    return native.callback(...args.slice(0, -1), (error: unknown, ...results: unknown[]) => {
      if (!error) note(args, results[0]);
      (done as AnyFunction)(error, ...results);
    });
  }

  async function promise(...args: unknown[]): Promise<unknown> {
    const result = await native.promise(...args);
    note(args, result);
    return result;
  }

  return { sync, callback, promise };
}

/** What keeps a directory from being made: its name, or one above it, is that of a file which is open for replacing. */
function obstacleTo({ volume: { view } }: Context, directory: string): 'EEXIST' | 'ENOTDIR' | undefined {
  const isFile = (absolute: string, follow: boolean): boolean =>
    view.find({ asked: absolute, absolute }, follow) !== undefined;
  if (isFile(directory, false)) return 'EEXIST';
  for (let below = directory, above = dirname(below); above !== below; below = above, above = dirname(above)) {
    if (isFile(above, true)) return 'ENOTDIR';
  }
  return undefined;
}
