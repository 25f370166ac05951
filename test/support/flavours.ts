// The same call in its three flavours, so that one test can speak about all of them.

import type * as nodeFs from 'node:fs';

type Fs = typeof nodeFs;
type AnyFunction = (...args: unknown[]) => unknown;

export interface Flavour {
  readonly name: string;
  /** Makes the call and settles with its result, or rejects with what it threw, called back or rejected with. */
  call(fs: Fs, name: string, ...args: unknown[]): Promise<unknown>;
}

export const FLAVOURS: readonly Flavour[] = [
  {
    name: 'sync',
    // Async, so that a throw is a rejection here.
    call: async (fs, name, ...args) => functionOf(fs, `${name}Sync`)(...args),
  },
  {
    name: 'callback',
    call: (fs, name, ...args) =>
      new Promise((resolve, reject) => {
        functionOf(fs, name)(...args, (error: unknown, result: unknown) => (error ? reject(error) : resolve(result)));
      }),
  },
  {
    name: 'promise',
    call: async (fs, name, ...args) => functionOf(fs.promises, name)(...args),
  },
];

function functionOf(object: object, name: string): AnyFunction {
  return (object as Record<string, AnyFunction>)[name]!.bind(object);
}
