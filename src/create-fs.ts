// createFs(): an fs-shaped object over node:fs or over anything of the same shape.

import { type NodeFs, type NodeFsPromises, nodeFs } from './ground/node-fs';
import { replacementsFor } from './intact-fs';
import type { Settings } from './settings/settings';
import { dressedAs } from './shapes/context';
import { throughFs, writeStreamOver } from './shapes/write-stream';
import { contextOf } from './volumes';

/** Makes an fs-shaped object with every name of `base`. */
export function fsOver(base: NodeFs, settings: () => Settings): NodeFs {
  const context = contextOf(base, settings);
  const replacements = replacementsFor(context);
  const ours = copyOf(base) as NodeFs & Record<string, unknown>;
  for (const [name, value] of Object.entries(replacements.fs)) define(ours, name, value);

  const promises = copyOf(context.nativePromises()) as NodeFsPromises & Record<string, unknown>;
  for (const [name, value] of Object.entries(replacements.promises)) define(promises, name, value);
  define(ours, 'promises', promises);

  let WriteStream: NodeFs['WriteStream'] | undefined;
  // Node's class whatever the base is: it writes until every byte is accepted. Loaded when first needed.
  const get = (): NodeFs['WriteStream'] => (WriteStream ??= writeStreamOver(nodeFs.WriteStream, context.volume, ours));
  for (const name of ['WriteStream', 'FileWriteStream']) {
    const set = (value: unknown): void => define(ours, name, value);
    Object.defineProperty(ours, name, { get, set, enumerable: true, configurable: true });
  }
  const createReadStream = (path: unknown, options: unknown): unknown => {
    const { view } = context.volume;
    return Reflect.construct(base.ReadStream, [path, view.isEmpty ? options : throughFs(options, ours)]);
  };
  const createWriteStream = (path: unknown, options: unknown): unknown =>
    Reflect.construct(ours.WriteStream, [path, options]);
  define(ours, 'createReadStream', dressedAs(base.createReadStream, createReadStream as never));
  define(ours, 'createWriteStream', dressedAs(base.createWriteStream, createWriteStream as never));
  return ours;
}

/** A property as an object literal would have made it. */
function define(object: object, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
}

/** An object with every property of `base`; methods that it inherits, as a memfs Volume's are, stay bound to it. */
function copyOf(base: object): object {
  const properties = Object.getOwnPropertyDescriptors(base) as Record<string, PropertyDescriptor>;
  // Those of a namespace (`import * as fs`) are not.
  for (const property of Object.values(properties)) property.configurable = true;
  const copy = Object.defineProperties({}, properties);
  let level = Object.getPrototypeOf(base) as object | null;
  for (; level !== null && level !== Object.prototype; level = Object.getPrototypeOf(level) as object | null) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(level))) {
      if (name === 'constructor' || typeof value !== 'function' || name in copy) continue;
      define(copy, name, (value as (...args: unknown[]) => unknown).bind(base));
    }
  }
  return copy;
}
