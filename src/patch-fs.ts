// Putting our functions in place of node's in the live modules, and taking them away again.

import type * as nodeModule from 'node:module';
import type * as behindModule from './behind';
import type * as beyondModule from './beyond';
import { type Front, frontFor } from './front';
import { isBuiltinLoaded } from './ground/loaded-modules';
import { liveFs } from './ground/node-fs';
import type * as optionsModule from './options';
import { patchStreams } from './patch-streams';
import type { Settings } from './settings/settings';

/** A patch in force. */
export interface Patch {
  settings: () => Settings;
  undo(): void;
}

/** What is loaded when it is first needed. */
export interface LoadedLater {
  /** All that is needed to check options and complete them. */
  options(): typeof optionsModule;
  /** All that is needed once a program writes a whole file. */
  behind(): typeof behindModule;
  /** All that is needed once it does more. */
  beyond(): typeof beyondModule;
  /** Whether that has been, perhaps for somebody else, who then may have files open for replacing. */
  isBehindLoaded(): boolean;
}

/**
 * Patches `fs`, `fs.promises` and the stream class. `require('fs')`, `import 'node:fs'` and every reference to the module
 * taken before see it; a function taken out of the module before does not.
 */
export function patchFs(settings: () => Settings, later: LoadedLater): Patch {
  const patch: Patch = { settings, undo };
  let behind: behindModule.BehindPatch | undefined;
  const loadOnce = (): behindModule.BehindPatch => {
    return (behind ??= later.behind().behindPatch(
      () => patch.settings(),
      front.fs,
      () => streams.applyIfLoaded(),
      () => later.beyond(),
    ));
  };
  // Before liveFs.promises is touched: this captures it.
  const front = frontFor(() => behind ?? (later.isBehindLoaded() ? loadOnce() : undefined), loadOnce);
  const streams = patchStreams((stream, isGiven) => behind?.linkStream(stream, isGiven));
  const undoings = [replaceAll(liveFs, front.fs), replaceAll(liveFs.promises, front.promises)];
  updateImports();

  function undo(): void {
    for (const undoOne of undoings) undoOne();
    streams.undo();
    updateImports();
    // For those who hold one of our functions, or have put theirs in front of it.
    const off = later.options().switchedOff(patch.settings());
    patch.settings = () => off;
    behind?.undo();
  }
  return patch;
}

/** @returns Restores what is still ours; what somebody has put on top of it stays. */
function replaceAll(object: object, front: Front): () => void {
  const target = object as Record<string, unknown>;
  const originals = new Map<string, unknown>();
  for (const [name, ours] of front) {
    originals.set(name, target[name]);
    target[name] = ours;
  }
  return () => {
    for (const [name, original] of originals) if (target[name] === front.get(name)) target[name] = original;
  };
}

/**
 * Makes the names that ES modules have imported follow. Where none can have been yet, there is nothing to do, and
 * `node:module` stays unloaded: they take their values from fs when they are first imported.
 */
function updateImports(): void {
  if (!isBuiltinLoaded('internal/modules/esm/loader')) return;
  const { syncBuiltinESMExports } = require('node:module') as typeof nodeModule;
  syncBuiltinESMExports();
}
