// Every kind of work that contestants do in turns.

import { copyFileWorks } from './copy-file';
import { installer } from './installer';
import { latency } from './latency';
import { onePath } from './one-path';
import { overheadWorks } from './overhead';
import { streamWorks } from './streams';
import { wholeFileWorks } from './whole-file';
import type { Work } from './work';

export const WORKS: readonly Work[] = [
  ...wholeFileWorks,
  onePath,
  ...streamWorks,
  installer,
  ...copyFileWorks,
  latency,
  ...overheadWorks,
];

export function workNamed(name: string): Work {
  const found = WORKS.find((work) => work.name === name);
  if (found === undefined) throw new Error(`there is no work '${name}'`);
  return found;
}
