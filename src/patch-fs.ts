// Putting our functions in place of node's in the live modules, and taking them away again.

import { syncBuiltinESMExports } from 'node:module';
import { contextOf } from './create-fs';
import { liveFs, nodeFs, nodeFsPromises } from './ground/node-fs';
import { replacementsFor } from './intact-fs';
import { type Settings, switchedOff } from './settings/settings';
import type { Context } from './shapes/context';
import { publishBeforeSpawn } from './shapes/child-stdio';
import { CALLED_BY_WRITE_FILE, publicHost } from './shapes/public-host';
import { settleStreams } from './shapes/write-stream';
import type { Host } from './steps/host';
import { runSync } from './steps/run';

/** A patch in force. */
export interface Patch {
  settings: () => Settings;
  undo(): void;
}

/**
 * Patches `fs`, `fs.promises` and the stream class. `require('fs')`, `import 'node:fs'` and every reference to the module
 * taken before see it; a function taken out of the module before does not.
 */
export function patchFs(settings: () => Settings): Patch {
  const patch: Patch = { settings, undo };
  const native = contextOf(nodeFs, () => patch.settings());
  const throughPublic = publicHost(native.volume.host, liveFs);
  const isReplaced = (name: string): boolean => Reflect.get(liveFs, name) !== replacements.fs[name];
  const writeFileHost = (): Host => (CALLED_BY_WRITE_FILE.some(isReplaced) ? throughPublic : native.volume.host);
  let undoSpawn: (() => void) | undefined;
  const opened = (): void => void (undoSpawn ??= publishBeforeSpawn(native.volume));
  const context: Context = { ...native, writeFileHost, opened };
  const replacements = replacementsFor(context);
  // Before liveFs.promises is touched: this captures it.
  nodeFsPromises();
  const undoings = [
    replaceAll(liveFs, replacements.fs),
    replaceAll(liveFs.promises, replacements.promises),
    settleStreams(nodeFs.WriteStream.prototype, context.volume, liveFs),
  ];
  syncBuiltinESMExports();

  function undo(): void {
    for (const undoOne of undoings) undoOne();
    undoSpawn?.();
    syncBuiltinESMExports();
    // For those who hold one of our functions, or have put theirs in front of it.
    const off = switchedOff(patch.settings());
    patch.settings = () => off;
    // Nobody will see these close.
    for (const file of context.volume.openFiles.values()) {
      try {
        runSync(file.publish(), context.volume.host);
      } catch {
        // Poisoned, or no room to flush: then it ends at exit, by its exit rule.
      }
    }
  }
  return patch;
}

/** @returns Restores what is still ours; what somebody has put on top of it stays. */
function replaceAll(object: object, replacements: Readonly<Record<string, unknown>>): () => void {
  const target = object as Record<string, unknown>;
  const originals = new Map<string, unknown>();
  for (const [name, ours] of Object.entries(replacements)) {
    originals.set(name, target[name]);
    target[name] = ours;
  }
  return () => {
    for (const [name, original] of originals) {
      if (target[name] === replacements[name]) target[name] = original;
    }
  };
}
