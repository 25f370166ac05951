// The file systems that the contract is tried on. Each opens twice: as it is, and with fs-intact in front of it.

import { Volume, createFsFromVolume } from 'memfs';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Options, createFs, patch } from '../../src/api';
import { type NodeFs, liveFs, nodeFs } from '../../src/ground/node-fs';
import { copiesOwner, walksTreesNatively } from '../../src/ground/platform';
import { surfaceOver } from '../../src/testing/surface';
import { faultyFs } from './faulty-fs';
import { FAST_PLACE } from './place';

export type Fs = NodeFs;
export type Kind = 'plain' | 'intact';

/** A fresh directory, and two ways to it. */
export interface World {
  /** What the call is made through: the plain fs, or ours. */
  readonly fs: Fs;
  /** Always the plain one, to prepare with and to look with, as another process would. */
  readonly base: Fs;
  readonly directory: string;
  /** A path inside the directory. */
  readonly at: (...names: string[]) => string;
  readonly close: () => void;
}

export interface Backend {
  readonly name: string;
  /** Whether it is the machine's own file system: with users, umask, FIFOs and /proc. */
  readonly isReal: boolean;
  /** Whether nothing is protected on it: then there is no difference that is intended. */
  readonly isPlain?: boolean;
  /** Whether its FileHandles are not of node's own class. */
  readonly isForeign?: boolean;
  readonly open: (kind: Kind, options?: Options) => World;
}

/** The contract does not depend on fsync, so it is tried without; those tests that want it say so. */
const FAST: Options = { durability: 'process', warn: false };

const ownModule: Backend = {
  name: 'createFs() over node:fs',
  isReal: true,
  open: (kind, options) => realWorld(kind === 'plain' ? liveFs : intactFs(options)),
};

/** Made once for the options that nearly all tests have. */
function intactFs(options: Options | undefined): Fs {
  if (options !== undefined) return createFs(liveFs, { ...FAST, ...options });
  return (fastFs ??= createFs(liveFs, FAST));
}

let fastFs: Fs | undefined;

/** The live module itself, with and without the patch. Everything else in this process meets the patch meanwhile. */
const patchedModule: Backend = {
  name: 'patch()',
  isReal: true,
  open: (kind, options) => {
    const world = realWorld(liveFs);
    return kind === 'plain' ? world : closingAfter(patch({ ...FAST, ...options }), world);
  },
};

function closingAfter(undo: () => void, world: World): World {
  const close = (): void => {
    undo();
    world.close();
  };
  closeLeftWorld = close;
  return { ...world, close };
}

/** The lab's surface over the machine's own fs, which is to be no different from it: nothing is protected here. */
export const LAB_SURFACE: Backend = {
  name: 'surfaceOver() over node:fs',
  isReal: true,
  isPlain: true,
  isForeign: true,
  open: (kind) => realWorld(kind === 'plain' ? liveFs : surfaceOfNode()),
};

/** What the lab proves this package on. */
const INTACT_SURFACE: Backend = {
  name: 'createFs() over surfaceOver()',
  isReal: true,
  isForeign: true,
  open: (kind, options) => realWorld(kind === 'plain' ? liveFs : createFs(surfaceOfNode(), { ...FAST, ...options })),
};

function surfaceOfNode(): Fs {
  return (surface ??= surfaceOver(nodeFs, (_call, effect) => effect()));
}

let surface: Fs | undefined;

const memory: Backend = {
  name: 'createFs() over memfs',
  isReal: false,
  open: (kind, options) => {
    const base = createFsFromVolume(new Volume()) as unknown as Fs;
    base.mkdirSync('/world');
    const fs = kind === 'plain' ? base : createFs(base, { ...FAST, ...options });
    return { fs, base, directory: '/world', at: (...names) => join('/world', ...names), close: () => {} };
  },
};

/** Real, but each write accepts a part of what it is given, as write(2) may. Only for calls that write all by themselves. */
export const SHORT_WRITES: Backend = {
  name: 'createFs() over an fs of short writes',
  isReal: true,
  open: (kind, options) => realWorld(kind === 'plain' ? liveFs : createFs(shortWritingFs(), { ...FAST, ...options })),
};

function shortWritingFs(): Fs {
  return faultyFs(nodeFs, ({ name, args }) => {
    return name === 'write' ? { accepts: Math.ceil((args[3] as number) / 3) } : undefined;
  });
}

export const BACKENDS: readonly Backend[] = [ownModule, patchedModule, memory, LAB_SURFACE];
/** With that of the lab: what fs-intact does there, it must do on node:fs as well. */
export const ALL_BACKENDS: readonly Backend[] = [...BACKENDS, INTACT_SURFACE];
export const REAL_BACKENDS: readonly Backend[] = BACKENDS.filter(({ isReal }) => isReal);
/** The lab's surface copies as Node 20 does; cpSync's native walk and copyFile's care for owners came later. */
export const COPYING_BACKENDS: readonly Backend[] = REAL_BACKENDS.filter(
  ({ isPlain }) => !isPlain || !(walksTreesNatively || copiesOwner),
);
export const PROTECTING_BACKENDS: readonly Backend[] = BACKENDS.filter(({ isPlain }) => !isPlain);

function realWorld(fs: Fs): World {
  closeLeftWorld();
  const directory = realpathSync(mkdtempSync(join(FAST_PLACE, 'fs-intact-contract-')));
  const world: World = {
    fs,
    base: nodeFs,
    directory,
    at: (...names) => join(directory, ...names),
    close: () => rmSync(directory, { recursive: true, force: true }),
  };
  closeLeftWorld = world.close;
  return world;
}

/** A test that ran out of time has left its directory behind, and its patch; plain must be plain. */
let closeLeftWorld = (): void => {};
