// What stands behind the front: all that is needed once a program writes, or asks for more than the hook. A file of its
// own, because a preloaded hook reads it and compiles it only then.

import { contextOf } from './create-fs';
import type { Behind } from './front';
import { liveFs, nodeFs } from './ground/node-fs';
import { type Replacements, replacementsFor } from './intact-fs';
import { runSync } from './steps/run';
import type { Settings } from './settings/settings';
import { publishBeforeSpawn } from './shapes/child-stdio';
import type { Context } from './shapes/context';
import { CALLED_BY_WRITE_FILE, publicHost } from './shapes/public-host';
import { linkStream } from './shapes/write-stream';
import type { Host } from './steps/host';

export { fsOver, volumeOf } from './create-fs';
export { explainPath } from './explain';
export { counts } from './protocol/counts';
export { sweepTree } from './sweep-tree';

/** What a patch has behind its front. */
export interface BehindPatch extends Behind {
  /** Lets a stream that has just been opened settle the staged file that it writes. */
  linkStream(stream: object, isGiven: boolean): void;
  undo(): void;
}

/**
 * Makes what stands behind the front of a patch.
 *
 * @param front The functions that the patch has put into `fs`.
 * @param opened Called when a program has opened a file for replacing.
 */
export function behindPatch(settings: () => Settings, front: () => Replacements, opened: () => void): BehindPatch {
  const native = contextOf(nodeFs, settings);
  const { volume } = native;
  const throughPublic = publicHost(volume.host, liveFs);
  const isReplaced = (name: string): boolean => Reflect.get(liveFs, name) !== front().fs[name];
  const writeFileHost = (): Host => (CALLED_BY_WRITE_FILE.some(isReplaced) ? throughPublic : volume.host);
  let undoSpawn: (() => void) | undefined;
  const context: Context = {
    ...native,
    writeFileHost,
    opened() {
      undoSpawn ??= publishBeforeSpawn(volume);
      opened();
    },
  };

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
    replacements: replacementsFor(context),
    view: volume.view,
    openFiles: volume.openFiles,
    linkStream: (stream, isGiven) => linkStream(stream, volume, liveFs, isGiven),
    undo,
  };
}
