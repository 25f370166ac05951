// What every fs function of ours works with: the volume, the settings, and the functions that it stands in front of.

import type { NodeFs, NodeFsPromises } from '../ground/node-fs';
import type { Settings } from '../settings/settings';
import type { Volume } from '../protocol/volume';
import type { Host } from '../steps/host';

export interface Context {
  readonly volume: Volume;
  /** A function, because a patch can be given other settings, and switched off, while others hold its functions. */
  readonly settings: () => Settings;
  /** What whole-file writes are run on. */
  readonly writeFileHost: () => Host;
  /** Called when a program has opened a file for replacing. */
  readonly opened: () => void;
  /** The functions of the fs underneath, for everything that is passed through. */
  readonly natives: NodeFs;
  /** Those of its `promises`, which are loaded when first needed. */
  readonly nativePromises: () => NodeFsPromises;
}

let passing = 0;

/**
 * Makes a native call. Some of node's functions call others through the public, perhaps patched, module (`writeFile` calls
 * `fs.open`); until this returns those are passed through as well, so that one decision is taken once.
 */
export function passThrough<R>(call: () => R): R {
  passing++;
  try {
    return call();
  } finally {
    passing--;
  }
}

export function isPassingThrough(): boolean {
  return passing > 0;
}

/**
 * Gives a function of ours the name, length and symbols (`util.promisify.custom`) of the one it stands in front of, and
 * the properties (`realpath.native`) that it has none of its own for.
 */
export function dressedAs<F extends (...args: never[]) => unknown>(original: F, ours: F): F {
  Object.defineProperty(ours, 'name', { value: original.name, configurable: true });
  Object.defineProperty(ours, 'length', { value: original.length, configurable: true });
  for (const key of Object.keys(original)) dressWith(original, ours, key);
  for (const key of Object.getOwnPropertySymbols(original)) dressWith(original, ours, key);
  return ours;
}

function dressWith(original: object, ours: object, key: string | symbol): void {
  if (Object.hasOwn(ours, key)) return;
  const property = Object.getOwnPropertyDescriptor(original, key)!;
  // What util.promisify made is its own promisified form.
  if (property.value === original) property.value = ours;
  Object.defineProperty(ours, key, property);
}
