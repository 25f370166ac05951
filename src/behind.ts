// What stands behind the front: all that is needed once a program writes a whole file. A file of its own, because a
// preloaded hook reads it and compiles it only then; and so is what is beyond it.

import type * as beyondModule from './beyond';
import type { Behind, Front } from './front';
import { liveFs, nodeFs } from './ground/node-fs';
import { runSync } from './steps/run';
import type { Settings } from './settings/settings';
import type { Context } from './shapes/context';
import { NOTES } from './shapes/descriptor-calls';
import { CALLED_BY_WRITE_FILE, publicHost } from './shapes/public-host';
import { type Replacements, replacementsOf } from './shapes/replacements';
import type { Host } from './steps/host';
import { areNamesFree } from './protocol/volume';
import { contextOf } from './volumes';
import { wholeFileCalls } from './whole-file-calls';

export { counts } from './protocol/counts';
export { volumeOf } from './volumes';

/** What a patch has behind its front. */
export interface BehindPatch extends Behind {
  /** Lets a stream that has just been opened settle the staged file that it writes. */
  linkStream(stream: object, isGiven: boolean): void;
  undo(): void;
}

/**
 * Makes what stands behind the front of a patch.
 *
 * @param front The functions that the patch has put into `fs`, by name.
 * @param opened Called when a program has opened a file for replacing.
 * @param beyond Loads all other functions.
 */
export function behindPatch(
  settings: () => Settings,
  front: Front,
  opened: () => void,
  beyond: () => typeof beyondModule,
): BehindPatch {
  const native = contextOf(nodeFs, settings);
  const { volume } = native;
  let throughPublic: Host | undefined;
  const isReplaced = (name: string): boolean => Reflect.get(liveFs, name) !== front.get(name);
  const writeFileHost = (): Host =>
    CALLED_BY_WRITE_FILE.some(isReplaced) ? (throughPublic ??= publicHost(volume.host, liveFs)) : volume.host;
  let undoSpawn: (() => void) | undefined;
  const context: Context = {
    ...native,
    writeFileHost,
    opened() {
      undoSpawn ??= beyond().publishBeforeSpawn(volume);
      opened();
    },
  };
  const ofWholeFiles = replacementsOf(context, wholeFileCalls(context));
  let all: Replacements | undefined;

  function undo(): void {
    undoSpawn?.();
    // Nobody will see these close.
    for (const file of volume.openFiles.values()) {
      try {
        runSync(file.publish(), volume.host);
      } catch {
        // Poisoned, or no room to flush: then it ends at exit, by its exit rule.
      }
    }
  }

  return {
    replacement: (part, name) => ofWholeFiles[part][name] ?? (all ??= beyond().replacementsFor(context))[part][name]!,
    view: volume.view,
    areNamesFree: () => areNamesFree(volume),
    openFiles: volume.openFiles,
    notes: NOTES,
    linkStream: (stream, isGiven) => beyond().linkStream(stream, volume, liveFs, isGiven),
    undo,
  };
}
