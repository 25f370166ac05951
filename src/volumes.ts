// The volume of each fs, and what the functions over it work with.

import { type NodeFs, nodeFs, nodeFsPromises } from './ground/node-fs';
import { type Volume, volumeOn } from './protocol/volume';
import type { Settings } from './settings/settings';
import type { Context } from './shapes/context';

const volumes = new WeakMap<object, Volume>();

/** The volume of a base: one for each, because descriptors and directories are shared by all who use it. */
export function volumeOf(base: NodeFs): Volume {
  let volume = volumes.get(base);
  if (volume === undefined) volumes.set(base, (volume = volumeOn(base)));
  return volume;
}

/** What the functions over a base work with. */
export function contextOf(base: NodeFs, settings: () => Settings): Context {
  const nativePromises = base === nodeFs ? nodeFsPromises : () => base.promises;
  const volume = volumeOf(base);
  return { volume, settings, writeFileHost: () => volume.host, opened: () => {}, natives: base, nativePromises };
}
