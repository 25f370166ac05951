// Assembles the fs-shaped object: the functions that differ, and everything else as it was.

import type { NodeFs, NodeFsPromises } from './ground/node-fs';
import { type Context, dressedAs } from './shapes/context';
import { copyFileCalls, cpCalls } from './shapes/copy-file';
import { descriptorCalls } from './shapes/descriptor-calls';
import { openFileHandleCall } from './shapes/file-handle';
import { makeDirectoryCalls } from './shapes/make-directory';
import { openFileCalls } from './shapes/open-file';
import { writeFileCalls } from './shapes/write-file';

type AnyFunction = (...args: never[]) => unknown;
type Functions = Record<string, AnyFunction>;

/** The functions that take the place of native ones, by name. */
export interface Replacements {
  readonly fs: Functions;
  readonly promises: Functions;
}

/** Makes every function of ours for one context. Those whose native is missing (an fs that lacks `cp`) are left out. */
export function replacementsFor(context: Context): Replacements {
  const writeFile = writeFileCalls(context, 'writeFile');
  const appendFile = writeFileCalls(context, 'appendFile');
  const { openSync, open, closeSync, close } = openFileCalls(context);
  const { copyFileSync, copyFile, copyFileWithPromise } = copyFileCalls(context);
  const { cpSync, cp, cpWithPromise } = cpCalls(context);
  const mkdir = makeDirectoryCalls(context, 'mkdir');
  const mkdtemp = makeDirectoryCalls(context, 'mkdtemp');

  const fs: Functions = {
    writeFileSync: writeFile.writeSync,
    writeFile: writeFile.writeWithCallback,
    appendFileSync: appendFile.writeSync,
    appendFile: appendFile.writeWithCallback,
    openSync,
    open,
    closeSync,
    close,
    ...descriptorCalls(context),
    copyFileSync,
    copyFile,
    cpSync,
    cp,
    mkdirSync: mkdir.makeSync,
    mkdir: mkdir.makeWithCallback,
    mkdtempSync: mkdtemp.makeSync,
    mkdtemp: mkdtemp.makeWithCallback,
  };
  const promises: Functions = {
    writeFile: writeFile.writeWithPromise,
    appendFile: appendFile.writeWithPromise,
    open: openFileHandleCall(context),
    copyFile: copyFileWithPromise,
    cp: cpWithPromise,
    mkdir: mkdir.makeWithPromise,
    mkdtemp: mkdtemp.makeWithPromise,
  };
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
