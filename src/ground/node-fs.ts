// The one place that imports node:fs. Everything else in this package works on the functions captured here, as they
// were before any patch, so a call of ours can never come back to us through the patched module.

import fs = require('node:fs');

export type NodeFs = typeof fs;
export type NodeFsPromises = typeof fs.promises;

/** node:fs itself, the object a patch changes. */
export const liveFs: NodeFs = fs;

/**
 * Copies an object's own properties, getters as getters, so that node's lazily loaded parts (`promises`, the stream
 * classes, `opendir`) stay unloaded until somebody asks for them.
 */
export function snapshot<T extends object>(source: T): T {
  const copy = Object.create(Object.getPrototypeOf(source) as object) as Record<string | symbol, unknown>;
  for (const key of Reflect.ownKeys(source)) {
    const property = Object.getOwnPropertyDescriptor(source, key)!;
    // Assigning is twice as fast, and a preloaded hook does this in every program.
    if (property.writable && property.enumerable && property.configurable) copy[key] = property.value;
    else Object.defineProperty(copy, key, property);
  }
  return copy as T;
}

/** The synchronous and callback functions of node:fs, captured when this file was first loaded. */
export const nodeFs: NodeFs = snapshot(fs);

/** The numbers of open(2), access(2) and copyFile. They never change, patched or not. */
export const constants = fs.constants;

let promises: NodeFsPromises | undefined;

/** The functions of node:fs/promises, captured at the first call. A patch calls this before it changes them. */
export function nodeFsPromises(): NodeFsPromises {
  return (promises ??= snapshot(fs.promises));
}
