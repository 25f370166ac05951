// What is no call of a disk is memfs's: its volume, with the disk's calls in the place of its own.
//
// The other way round, to correct memfs from outside, costs more than it gives: it departs from POSIX in nearly every call,
// the paths that it keeps in each entry stand where inodes should, all of that is private (`_core`) and may change in any
// release, and an empty Volume alone takes longer to make than this disk with ten files on it.

import { constants, nodeFs } from '../../ground/node-fs';
import { loadMemfs } from '../load-memfs';

/** Functions of memfs that work on the public calls of its volume alone. */
const NAMES = ['glob', 'globSync', 'unwatchFile', 'watchFile'] as const;

type Functions = Readonly<Record<string, unknown>>;

/**
 * What every disk's fs has besides its own calls. It is inherited, so that it costs a disk nothing; memfs is loaded when one
 * of its functions is first asked for.
 */
export const sharedSurface: object = Object.create(Object.prototype, {
  Stats: { value: nodeFs.Stats, enumerable: true },
  Dirent: { value: nodeFs.Dirent, enumerable: true },
  constants: { value: constants, enumerable: true },
  ...Object.fromEntries(
    NAMES.map((name) => [
      name,
      {
        get(this: object): unknown {
          return volumeOver(this, name)[name];
        },
        enumerable: true,
      },
    ]),
  ),
}) as object;

const volumes = new WeakMap<object, Functions>();

function volumeOver(fs: object, name: string): Functions {
  const known = volumes.get(fs);
  if (known !== undefined) return known;
  const { Volume, createFsFromVolume } = loadMemfs(`${name}() of a memory disk`);
  const volume = Object.assign(new Volume(), fs);
  const functions = createFsFromVolume(volume) as unknown as Functions;
  volumes.set(fs, functions);
  return functions;
}
