// sweep(): leftovers of one directory, or of all below it.

import { inspect } from 'node:util';
import { codeOf } from './ground/errors';
import { IntactError } from './ground/intact-error';
import { nodeFsPromises } from './ground/node-fs';
import { type SweepOptions, type SweepReport, sweepDirectory } from './protocol/leftovers';
import type { Volume } from './protocol/volume';
import { badValue, entriesOf } from './settings/check';
import { parsePath } from './shapes/arguments';
import { runPromise } from './steps/run';

export interface SweepTreeOptions extends SweepOptions {
  /**
   * Sweeps the directories below too. Symbolic links are not followed.
   * @default false
   */
  recursive?: boolean;
}

/**
 * @throws What kept a directory from being read. With `recursive` all others have been swept by then: `error.report` tells
 * what was done. A directory below that is gone meanwhile is no failure.
 */
export async function sweepTree(directory: unknown, options: SweepTreeOptions, volume: Volume): Promise<SweepReport> {
  const asked = parsePath(directory);
  if (asked === undefined) {
    throw new IntactError(
      'ERR_INTACT_ARGUMENT',
      `directory is ${inspect(directory)}; allowed: a path that node:fs takes`,
    );
  }
  checkOptions(options);
  const report: SweepReport = { removed: [], finished: [], kept: [] };
  const root = tidied(asked.absolute);
  const failures: unknown[] = [];
  const queue = [root];
  for (const path of queue) {
    try {
      addTo(report, await runPromise(sweepDirectory(volume, path, options), volume.host));
      if (options.recursive) queue.push(...(await directoriesIn(path)));
    } catch (error) {
      if (path === root) throw error;
      if (!GONE.has(codeOf(error))) failures.push(error);
    }
  }
  if (failures.length > 0) throw Object.assign(failures[0] as Error, { report });
  return report;
}

/** Without what means nothing in a path: a second slash, `/./`, and a slash or a dot at the end. */
function tidied(path: string): string {
  return path.replace(/(\/\.?)+(?=\/|$)/g, '') || '/';
}

const GONE = new Set(['ENOENT', 'ENOTDIR']);

function addTo(total: SweepReport, part: SweepReport): void {
  for (const fate of ['removed', 'finished', 'kept'] as const) total[fate].push(...part[fate]);
}

async function directoriesIn(directory: string): Promise<string[]> {
  const entries = await nodeFsPromises().readdir(directory, { withFileTypes: true });
  const below = directory === '/' ? '' : directory;
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => `${below}/${name}`);
}

function checkOptions(options: SweepTreeOptions): void {
  for (const [key, value] of entriesOf('sweep options', options, ['olderThanMs', 'dryRun', 'recursive'])) {
    const isGood = key === 'olderThanMs' ? typeof value === 'number' && value >= 0 : typeof value === 'boolean';
    if (!isGood)
      throw badValue(`sweep options: ${key}`, value, key === 'olderThanMs' ? 'milliseconds, 0 or more' : 'true, false');
  }
}
