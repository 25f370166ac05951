// What all entries of the package share: one state for the process, whichever copy of the package was loaded first.

import { join } from 'node:path';
import type * as behindFront from './behind';
import type { Explanation } from './explain';
import { type NodeFs, liveFs, nodeFs } from './ground/node-fs';
import { readForLater } from './ground/read-for-later';
import { type Patch, patchFs } from './patch-fs';
import type { Counts } from './protocol/counts';
import type { SweepReport } from './protocol/leftovers';
import type { Options, Settings } from './settings/settings';
import { isSwitchedOff, settingsReader } from './settings/sources';
import type { CallKind } from './settings/treatment';
import type { SweepTreeOptions } from './sweep-tree';

let patch: Patch | undefined;
let general: (() => Settings) | undefined;
let loaded: typeof behindFront | undefined;
let loadLater: (() => unknown) | undefined;

function load(): typeof behindFront {
  return (loaded ??= (loadLater?.() ?? require('./behind')) as typeof behindFront);
}

function isLoaded(): boolean {
  return loaded !== undefined;
}

const engine = {
  createFs(base: NodeFs | undefined, options: Options | undefined): NodeFs {
    const settings = settingsReader(options);
    // The live module may be patched: underneath us lies what it was before.
    const underneath = base === undefined || base === liveFs ? nodeFs : base;
    return load().fsOver(underneath, settings);
  },

  /** Patches fs before the program runs, which pays only for what it uses. */
  hook(): void {
    // As a bundle it asks for this one by its name.
    if (loaded === undefined)
      loadLater ??= readForLater(module, join(__dirname, 'behind.js'), { './engine.js': module });
    if (loadLater === undefined) load();
    applyPatch(undefined);
  },

  patch(options: Options | undefined): () => void {
    load();
    return applyPatch(options);
  },

  explain(path: unknown, call: CallKind): Explanation {
    const { explainPath, volumeOf } = load();
    return explainPath(path, call, (patch?.settings ?? (general ??= settingsReader()))(), volumeOf(nodeFs));
  },

  sweep(directory: unknown, options: SweepTreeOptions): Promise<SweepReport> {
    const { sweepTree, volumeOf } = load();
    return sweepTree(directory, options, volumeOf(nodeFs));
  },

  stats(): Counts {
    return structuredClone(load().counts);
  },
};

function applyPatch(options: Options | undefined): () => void {
  const settings = settingsReader(options);
  if (isSwitchedOff()) return () => {};
  if (patch === undefined) patch = patchFs(settings, load, isLoaded);
  // Once is enough; but whoever asks for other options gets them.
  else if (options !== undefined) patch.settings = settings;
  const applied = patch;
  return () => {
    if (patch === undefined || patch !== applied) return;
    patch = undefined;
    applied.undo();
  };
}

export type Engine = typeof engine;

/** A second copy of the package must not patch the patch, nor miss the close of a file that the first one opened. */
const KEY = Symbol.for('fs-intact.engine.0');
const shared = globalThis as { [KEY]?: Engine };

/** A copy that was loaded with another fs than the process's, as the crash lab does, has a state of its own. */
const isOfThisProcess = process.getBuiltinModule('node:fs') === liveFs;

export const theEngine: Engine = isOfThisProcess ? (shared[KEY] ??= engine) : engine;
