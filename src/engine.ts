// What all entries of the package share: one state for the process, whichever copy of the package was loaded first.

import { fsOver, volumeOf } from './create-fs';
import { type Explanation, explainPath } from './explain';
import { type NodeFs, liveFs, nodeFs } from './ground/node-fs';
import { type Patch, patchFs } from './patch-fs';
import { type Counts, counts } from './protocol/counts';
import type { SweepReport } from './protocol/leftovers';
import type { Options, Settings } from './settings/settings';
import { isSwitchedOff, settingsReader } from './settings/sources';
import type { CallKind } from './settings/treatment';
import { type SweepTreeOptions, sweepTree } from './sweep-tree';

let patch: Patch | undefined;
let general: (() => Settings) | undefined;

const engine = {
  createFs(base: NodeFs | undefined, options: Options | undefined): NodeFs {
    const settings = settingsReader(options);
    // The live module may be patched: underneath us lies what it was before.
    const underneath = base === undefined || base === liveFs ? nodeFs : base;
    return fsOver(underneath, settings);
  },

  patch(options: Options | undefined): () => void {
    const settings = settingsReader(options);
    if (isSwitchedOff()) return () => {};
    if (patch === undefined) patch = patchFs(settings);
    // Once is enough; but whoever asks for other options gets them.
    else if (options !== undefined) patch.settings = settings;
    const applied = patch;
    return () => {
      if (patch === undefined || patch !== applied) return;
      patch = undefined;
      applied.undo();
    };
  },

  explain(path: unknown, call: CallKind): Explanation {
    return explainPath(path, call, (patch?.settings ?? (general ??= settingsReader()))(), volumeOf(nodeFs));
  },

  sweep(directory: unknown, options: SweepTreeOptions): Promise<SweepReport> {
    return sweepTree(directory, options, volumeOf(nodeFs));
  },

  stats(): Counts {
    return structuredClone(counts);
  },
};

export type Engine = typeof engine;

/** A second copy of the package must not patch the patch, nor miss the close of a file that the first one opened. */
const KEY = Symbol.for('fs-intact.engine.0');
const shared = globalThis as { [KEY]?: Engine };

export const theEngine: Engine = (shared[KEY] ??= engine);
