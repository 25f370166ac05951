// How many of a thousand writes to one path, all at once, really reach the file.

import { type Part, commandFor, environmentOf, loadNow } from './bench';
import { CONTESTANTS, idOf } from './contestants';
import { clearProgress, showProgress } from './progress';
import type { Row } from './result';
import { missingForTrace, renamesSeen } from './verify';
import { onePath } from './work/one-path';

const WRITES = 1000;

export const coalescing: Part = {
  name: 'coalescing',
  title: `Files really written for ${WRITES} writes to one path at once`,
  async run(bench) {
    const missing = missingForTrace();
    if (missing !== undefined) {
      console.log(`coalescing: skipped, because there is ${missing}`);
      return undefined;
    }
    const loadBefore = loadNow();
    const rows: Row[] = [];
    for (const contestant of CONTESTANTS) {
      if (!onePath.shapes.includes(contestant.shape) || onePath.admits?.(contestant) === false) continue;
      showProgress(idOf(contestant));
      const renames = renamesSeen(contestant, bench.directory(), WRITES);
      rows.push({
        name: idOf(contestant),
        family: contestant.family,
        level: bench.levelOf(contestant),
        figures: { renames },
      });
    }
    clearProgress();
    return {
      name: 'coalescing',
      title: coalescing.title,
      conditions: 'counted by strace',
      command: commandFor('coalescing', bench.options),
      environment: environmentOf(bench.place, loadBefore),
      columns: [{ key: 'renames', title: 'files renamed over the path', unit: '', digits: 0 }],
      charted: 'renames',
      isGrouped: true,
      rows,
      notes: [],
    };
  },
};
