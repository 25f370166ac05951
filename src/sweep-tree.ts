// sweep(): leftovers of one directory, or of all below it.

import { IntactError } from './ground/errors';
import { nodeFsPromises } from './ground/node-fs';
import { type SweepOptions, type SweepReport, sweepDirectory } from './protocol/leftovers';
import type { Volume } from './protocol/volume';
import { badValue, entriesOf } from './settings/check';
import { readPath } from './shapes/arguments';
import { runPromise } from './steps/run';

export interface SweepTreeOptions extends SweepOptions {
  /**
   * Sweeps the directories below too. Symbolic links are not followed.
   * @default false
   */
  recursive?: boolean;
}

export async function sweepTree(directory: unknown, options: SweepTreeOptions, volume: Volume): Promise<SweepReport> {
  const asked = readPath(directory);
  if (asked === undefined) {
    throw new IntactError(
      'ERR_INTACT_ARGUMENT',
      `directory is ${String(directory)}; allowed: a path that node:fs takes`,
    );
  }
  checkOptions(options);
  const total: SweepReport = { removed: [], finished: [], kept: [] };
  const root = asked.absolute.replace(/(?<=.)\/+$/, '');
  for await (const path of options.recursive ? directoriesUnder(root) : [root]) {
    const report = await runPromise(sweepDirectory(volume, path, options), volume.host);
    for (const fate of ['removed', 'finished', 'kept'] as const) total[fate].push(...report[fate]);
  }
  return total;
}

async function* directoriesUnder(directory: string): AsyncGenerator<string> {
  yield directory;
  for (const entry of await nodeFsPromises().readdir(directory, { withFileTypes: true })) {
    if (entry.isDirectory()) yield* directoriesUnder(`${directory}/${entry.name}`);
  }
}

function checkOptions(options: SweepTreeOptions): void {
  for (const [key, value] of entriesOf('sweep options', options, ['olderThanMs', 'dryRun', 'recursive'])) {
    const isGood = key === 'olderThanMs' ? typeof value === 'number' && value >= 0 : typeof value === 'boolean';
    if (!isGood)
      throw badValue(`sweep options: ${key}`, value, key === 'olderThanMs' ? 'milliseconds, 0 or more' : 'true, false');
  }
}
