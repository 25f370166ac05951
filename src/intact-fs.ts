// Assembles the functions that take the place of native ones.

import type { NodeFs, NodeFsPromises } from './ground/node-fs';
import { type Context, dressedAs } from './shapes/context';
import { copyFileCalls, cpCalls } from './shapes/copy-file';
import { descriptorCalls } from './shapes/descriptor-calls';
import { openFileHandleCall } from './shapes/file-handle';
import type { ThreeFlavours } from './shapes/flavours';
import { inodeCalls } from './shapes/inode-calls';
import { listingCalls } from './shapes/listing-calls';
import { makeDirectoryCalls } from './shapes/make-directory';
import { openFileCalls } from './shapes/open-file';
import { existsCalls, realpathCalls, viewedCalls } from './shapes/viewed-calls';
import { openAsBlobCall, watchCall, watchPromiseCall } from './shapes/watch-calls';
import { writeFileCalls } from './shapes/write-file';

type AnyFunction = (...args: never[]) => unknown;
export type Functions = Record<string, AnyFunction>;

/** The functions that take the place of native ones, by name. */
export interface Replacements {
  readonly fs: Functions;
  readonly promises: Functions;
}

/** Makes every function of ours for one context. Those whose native is missing (an fs that lacks `cp`) are left out. */
export function replacementsFor(context: Context): Replacements {
  const { openSync, open, closeSync, close } = openFileCalls(context);
  const exists = existsCalls(context);
  const calls: Record<string, ThreeFlavours> = {
    ...viewedCalls(context),
    ...listingCalls(context),
    writeFile: writeFileCalls(context, 'writeFile'),
    appendFile: writeFileCalls(context, 'appendFile'),
    open: { sync: openSync, callback: open, promise: openFileHandleCall(context) },
    copyFile: copyFileCalls(context),
    cp: cpCalls(context),
    mkdir: makeDirectoryCalls(context, 'mkdir'),
    mkdtemp: makeDirectoryCalls(context, 'mkdtemp'),
    realpath: realpathCalls(context),
  };
  const fs: Functions = {
    closeSync,
    close,
    ...descriptorCalls(context),
    ...inodeCalls(context),
    existsSync: exists.sync,
    exists: exists.callback,
    watch: watchCall(context),
    openAsBlob: openAsBlobCall(context),
  };
  const promises: Functions = { watch: watchPromiseCall(context) };
  for (const [name, { sync, callback, promise }] of Object.entries(calls)) {
    fs[`${name}Sync`] = sync;
    fs[name] = callback;
    promises[name] = promise;
  }
  return { fs: dressed(fs, context.natives), promises: dressed(promises, context.nativePromises()) };
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
