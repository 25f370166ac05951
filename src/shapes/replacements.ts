// Functions in the place of native ones, under the names by which fs and fs.promises have those.

import type { NodeFs, NodeFsPromises } from '../ground/node-fs';
import { type Context, dressedAs } from './context';
import type { ThreeFlavours } from './flavours';

type AnyFunction = (...args: never[]) => unknown;
export type Functions = Record<string, AnyFunction>;

/** The functions that take the place of native ones, by name. */
export interface Replacements {
  readonly fs: Functions;
  readonly promises: Functions;
}

/**
 * Puts functions of ours under their names, dressed as those whose place they take. Those whose native is missing (an fs that
 * lacks `cp`) are left out.
 *
 * @param calls Those that there are in three flavours, by the name of the call.
 * @param more The others, by their own.
 */
export function replacementsOf(
  { natives, nativePromises }: Context,
  calls: Readonly<Record<string, ThreeFlavours>>,
  more?: Replacements,
): Replacements {
  const fs: Functions = { ...more?.fs };
  const promises: Functions = { ...more?.promises };
  for (const [name, { sync, callback, promise }] of Object.entries(calls)) {
    fs[`${name}Sync`] = sync;
    fs[name] = callback;
    promises[name] = promise;
  }
  return { fs: dressed(fs, natives), promises: dressed(promises, nativePromises()) };
}

function dressed(functions: Functions, natives: NodeFs | NodeFsPromises): Functions {
  const originals = natives as unknown as Record<string, AnyFunction | undefined>;
  return Object.fromEntries(
    Object.entries(functions).flatMap(([name, ours]) => {
      const original = originals[name];
      return typeof original === 'function' ? [[name, dressedAs(original, ours)]] : [];
    }),
  );
}
