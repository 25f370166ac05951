// The file in which processes under `count-writes` leave their counts, one line for each.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE } from './child';

/** To be preloaded with `-r`. The environment variable FS_INTACT_COUNTS names the file. */
export const COUNT_WRITES = join(PACKAGE, 'test/support/count-writes.cjs');

/** How many writes went through fs-intact, in all of them together. */
export function writesIn(file: string): number {
  if (!existsSync(file)) return 0;
  return readFileSync(file, 'utf8')
    .split('\n')
    .reduce((total, line) => total + Number(line), 0);
}
