// What every fs function of ours works with: the volume, the settings, and the functions that it stands in front of.

import type { NodeFs, NodeFsPromises } from '../ground/node-fs';
import type { Settings } from '../settings/settings';
import type { Volume } from '../protocol/volume';

export interface Context {
  readonly volume: Volume;
  /** A function, because a patch can be given other settings, and switched off, while others hold its functions. */
  readonly settings: () => Settings;
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

/** Gives a function of ours the name, length and symbols (`util.promisify.custom`) of the one it stands in front of. */
export function dressedAs<F extends (...args: never[]) => unknown>(original: F, ours: F): F {
  return Object.defineProperties(ours, {
    ...Object.getOwnPropertyDescriptors(original),
    // A function that can be constructed keeps its own prototype.
    ...(Object.hasOwn(ours, 'prototype') ? { prototype: { value: ours.prototype } } : {}),
  });
}
