// What all entries of the package share: one state for the process, whichever copy of the package was loaded first.

import type * as behindModule from './behind';
import type * as beyondModule from './beyond';
import type { Explanation } from './explain';
import { type NodeFs, liveFs, nodeFs } from './ground/node-fs';
import { readForLater } from './ground/read-for-later';
import { type LoadedLater, type Patch, patchFs } from './patch-fs';
import type { Counts } from './protocol/counts';
import type { SweepReport } from './protocol/leftovers';
import type { Options, Settings } from './settings/settings';
import { isSwitchedOff, settingsReader } from './settings/sources';
import type { CallKind } from './settings/treatment';
import type { SweepTreeOptions } from './sweep-tree';

let patch: Patch | undefined;
let general: (() => Settings) | undefined;
let behind: typeof behindModule | undefined;
let beyond: typeof beyondModule | undefined;
/** Requires them if a hook has read them. */
let requireRead: ((id: string) => unknown) | undefined;

const later: LoadedLater = {
  behind() {
    return (behind ??= (requireRead?.('./behind.js') ?? require('./behind')) as typeof behindModule);
  },

  beyond() {
    // What it stands on comes first: to find a module takes calls of a patched fs, which ask for that.
    later.behind();
    return (beyond ??= (requireRead?.('./beyond.js') ?? require('./beyond')) as typeof beyondModule);
  },

  isLoaded() {
    return behind !== undefined;
  },
};

const engine = {
  createFs(base: NodeFs | undefined, options: Options | undefined): NodeFs {
    const settings = settingsReader(options);
    // The live module may be patched: underneath us lies what it was before.
    const underneath = base === undefined || base === liveFs ? nodeFs : base;
    return later.beyond().fsOver(underneath, settings);
  },

  /** Patches fs before the program runs, which pays only for what it uses. */
  hook(): void {
    if (beyond === undefined) requireRead ??= readForLater(module, './engine.js', ['./behind.js', './beyond.js']);
    if (requireRead === undefined) later.beyond();
    applyPatch(undefined);
  },

  patch(options: Options | undefined): () => void {
    later.beyond();
    return applyPatch(options);
  },

  explain(path: unknown, call: CallKind): Explanation {
    const settings = (patch?.settings ?? (general ??= settingsReader()))();
    return later.beyond().explainPath(path, call, settings, later.behind().volumeOf(nodeFs));
  },

  sweep(directory: unknown, options: SweepTreeOptions): Promise<SweepReport> {
    return later.beyond().sweepTree(directory, options, later.behind().volumeOf(nodeFs));
  },

  stats(): Counts {
    return structuredClone(later.behind().counts);
  },
};

function applyPatch(options: Options | undefined): () => void {
  const settings = settingsReader(options);
  if (isSwitchedOff()) return () => {};
  if (patch === undefined) patch = patchFs(settings, later);
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
