// Watching is left to the file system underneath, where it can be watched: no primitive call is made for it.

import { nodeFs, nodeFsPromises } from '../../ground/node-fs';
import { dressedAs } from '../../shapes/context';
import { codedError } from './coded-error';
import type { Lab } from './lab';

type AnyFunction = (...args: never[]) => unknown;
type Functions = Record<string, AnyFunction>;

export function watchCalls(lab: Lab): Functions {
  const names = ['watch', 'watchFile', 'unwatchFile'] as const;
  return Object.fromEntries(
    names.map((name) => [
      name,
      dressedAs(
        nodeFs[name] as AnyFunction,
        passedTo(() => lab.base(), name),
      ),
    ]),
  );
}

export function watchPromiseCall(lab: Lab): AnyFunction {
  return dressedAs(
    nodeFsPromises().watch as AnyFunction,
    passedTo(() => lab.base().promises, 'watch'),
  );
}

function passedTo(base: () => object, name: string): AnyFunction {
  return (...args) => {
    const object = base() as Record<string, unknown>;
    const call = object[name];
    if (typeof call === 'function') return Reflect.apply(call, object, args) as unknown;
    throw codedError('ERR_METHOD_NOT_IMPLEMENTED', `The ${name}() method is not implemented`);
  };
}
