// A call of the disk in the shape of a function of node:fs: it takes node's arguments, and its failures look like node's.

import { systemError } from '../../ground/errors';
import { IntactError } from '../../ground/intact-error';
import { complaintOf, isNotPlain, pathOf } from './arguments';
import type { Disk } from './disk';
import { Errno } from './errno';

export interface NodeCall {
  /** The call that node names in an error. */
  readonly syscall: string;
  /** How many paths the arguments start with; node names them too. */
  readonly paths: 0 | 1 | 2;
  /** Takes the arguments as the caller gave them. */
  readonly run: (disk: Disk, ...args: unknown[]) => unknown;
}

/** The same for the calls of one disk, as a function that keeps no `this`. */
export function bindCall(disk: Disk, name: string, call: NodeCall): (...args: unknown[]) => unknown {
  return (...args) => {
    try {
      return call.run(disk, ...args);
    } catch (thrown) {
      if (isNotPlain(thrown)) throw complaintOf(name, call.paths, args) ?? notUnderstood(name);
      throw thrown instanceof Errno ? dressed(thrown, call, args) : thrown;
    }
  };
}

/** Node would take what this disk does not: a flag of the system that it has no name for, a tree to remove. */
function notUnderstood(name: string): Error {
  return new IntactError('ERR_INTACT_ARGUMENT', `The memory disk cannot do what these arguments of ${name}() ask`);
}

function dressed({ code, failed }: Errno, { syscall, paths }: NodeCall, args: readonly unknown[]): Error {
  if (failed !== undefined) return systemError(code, failed.syscall, failed.path);
  const [path, dest] = args.slice(0, paths).map(pathOf);
  return systemError(code, syscall, path, dest);
}
