// What all entries of the package share: one state for the process, whichever copy of the package was loaded first.

import type * as behindModule from './behind';
import type * as beyondModule from './beyond';
import type { Explanation } from './explain';
import { type NodeFs, liveFs, nodeFs } from './ground/node-fs';
import { readForLater } from './ground/read-for-later';
import { thisThread } from './ground/this-thread';
import type * as optionsModule from './options';
import { type LoadedLater, type Patch, patchFs } from './patch-fs';
import type { Counts } from './protocol/counts';
import type { SweepReport } from './protocol/leftovers';
import type { Options, Settings } from './settings/settings';
import { sourcesOf } from './settings/sources';
import type { CallKind } from './settings/treatment';
import type { SweepTreeOptions } from './sweep-tree';

let patch: Patch | undefined;
let general: (() => Settings) | undefined;
/** Requires them if a hook has read them. */
let requireRead: ((id: string) => unknown) | undefined;
const loaded: { options?: typeof optionsModule; behind?: typeof behindModule; beyond?: typeof beyondModule } = {};

/** The files that a hook reads. */
const READ_FOR_LATER = ['./options.js', './behind.js', './beyond.js'];

const later: LoadedLater = {
  options() {
    return (loaded.options ??= (requireRead?.('./options.js') ?? require('./options')) as typeof optionsModule);
  },

  behind() {
    return (loaded.behind ??= (requireRead?.('./behind.js') ?? require('./behind')) as typeof behindModule);
  },

  beyond() {
    // What it stands on comes first: to find a module takes calls of a patched fs, which ask for that.
    later.options();
    later.behind();
    return (loaded.beyond ??= (requireRead?.('./beyond.js') ?? require('./beyond')) as typeof beyondModule);
  },

  isBehindLoaded() {
    return loaded.behind !== undefined;
  },
};

const engine = {
  createFs(base: NodeFs | undefined, options: Options | undefined): NodeFs {
    const settings = settingsReader(options);
    // The live module may be patched: underneath us lies what it was before.
    const underneath = base === undefined || base === liveFs ? nodeFs : base;
    return later.beyond().fsOver(underneath, settings);
  },

  /** Patches fs before the program runs. The program pays only for what it uses. */
  hook(): void {
    if (loaded.beyond === undefined) requireRead ??= readForLater(module, './engine.js', READ_FOR_LATER);
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

/**
 * Reads settings now, so that a mistake is an error now; or, where nobody says anything, or the main program is not known yet,
 * when they are first needed: a worker runs its preloads before it knows its file.
 */
function settingsReader(options?: Options): () => Settings {
  const isProgramKnown = process.argv[1] !== undefined || thisThread === 0;
  const sources = isProgramKnown ? sourcesOf(options) : undefined;
  const off = isSwitchedOff();
  let settings: Settings | undefined;
  const read = (): Settings => (settings ??= later.options().completeSettings(sources ?? sourcesOf(options), off));
  if (sources !== undefined && sources.length > 0) read();
  return read;
}

function isSwitchedOff(): boolean {
  const { FS_INTACT_OFF: value } = process.env;
  return value !== undefined && value !== '' && later.options().readSwitch(value);
}

export type Engine = typeof engine;

/** A second copy of the package must not patch the patch, nor miss the close of a file that the first one opened. */
const KEY = Symbol.for('fs-intact.engine.0');
const shared = globalThis as { [KEY]?: Engine };

/** A copy that was loaded with another fs than the process's, as the crash lab does, has a state of its own. */
const isOfThisProcess = process.getBuiltinModule('node:fs') === liveFs;

export const theEngine: Engine = isOfThisProcess ? (shared[KEY] ??= engine) : engine;
