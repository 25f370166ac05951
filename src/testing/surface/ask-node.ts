// Arguments that are not plainly right are shown to node itself: it checks them in its own order and complains in its own
// words. The paths and descriptors among them are exchanged for some with which a call can do nothing.

import { IntactError } from '../../ground/intact-error';
import { nodeFs, nodeFsPromises } from '../../ground/node-fs';
import { readPath } from '../../shapes/arguments';

type AnyFunction = (...args: unknown[]) => unknown;

/** Thrown by whoever reads arguments that node is to judge. Only before the first step of a call, or after an abort. */
export const ASK_NODE = Symbol('ask node');

export function askNode(): never {
  throw ASK_NODE;
}

/** Below a file there is nothing, for root neither. */
const NOWHERE = `${__filename}/nowhere`;

/** A number that no descriptor reaches. */
const CLOSED = 0x7fffffff;

const TWO_PATHS = new Set(['copyFile', 'cp', 'link', 'rename', 'symlink']);

/** Throws what node throws. */
export function refuseSync(name: string, args: readonly unknown[]): never {
  const functions = nodeFs as unknown as Record<string, AnyFunction>;
  try {
    functions[`${name}Sync`]!(...harmless(name, args));
  } catch (error) {
    throw verdict(error, name);
  }
  throw unread(name);
}

/** Throws what node throws, or has it call back. */
export function refuseCallback(name: string, args: readonly unknown[]): void {
  const functions = nodeFs as unknown as Record<string, AnyFunction>;
  const watched = args.map((arg, index) => {
    if (typeof arg !== 'function' || index === 0) return arg;
    return (error: unknown) => (arg as AnyFunction)(error ? verdict(error, name) : unread(name));
  });
  functions[name]!(...harmless(name, watched));
}

/** Rejects as node does. */
export async function refusePromise(name: string, args: readonly unknown[]): Promise<never> {
  const functions = nodeFsPromises() as unknown as Record<string, AnyFunction>;
  try {
    await functions[name]!(
      ...harmless(
        name,
        args.map((arg) => (isHandle(arg) ? NOWHERE : arg)),
      ),
    );
  } catch (error) {
    throw verdict(error, name);
  }
  throw unread(name);
}

function harmless(name: string, args: readonly unknown[]): unknown[] {
  // A pattern leads nowhere before the arguments have been checked.
  const places = name === 'glob' ? 0 : TWO_PATHS.has(name) ? 2 : 1;
  return args.map((arg, index) => (index < places ? withoutEffect(arg) : arg));
}

function withoutEffect(target: unknown): unknown {
  if (typeof target === 'number') return Number.isInteger(target) && target >= 0 && target <= CLOSED ? CLOSED : target;
  return readPath(target) === undefined ? target : NOWHERE;
}

/** Only the promise flavour takes them for paths. */
function isHandle(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'appendFile' in value;
}

/** Node's complaint; a failure to reach nowhere is none. */
function verdict(error: unknown, name: string): unknown {
  const { code, path } = error as NodeJS.ErrnoException;
  return path === NOWHERE || code === 'EBADF' ? unread(name) : error;
}

function unread(name: string): IntactError {
  return new IntactError(
    'ERR_INTACT_ARGUMENTS',
    `The lab's fs cannot read these arguments of ${name}(), which node takes`,
  );
}
