// Which of Node's tests are run.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export const SETS = ['core', 'wide'] as const;
export type TestSet = (typeof SETS)[number];

const FOLDERS = ['parallel', 'sequential', 'es-module', 'async-hooks'];

/** Names that speak of fs, files, file handles, write streams or fs permissions. */
const CORE = /(^|[-.])fs([-.]|$)|file(?!name)|write-?stream|permission.*fs|fspromises|fsreq/i;

/** Sources that write files. */
const WRITES =
  /\b(writeFile|appendFile|createWriteStream|WriteStream|openSync|fs\.open|promises\.open|copyFile|cpSync|fs\.cp|mkdtemp|tmpdir\.refresh)/;

/** The tests of a set, as paths below `test/`, sorted. */
export function selectTests(tree: string, set: TestSet): string[] {
  const tests = FOLDERS.flatMap((folder) =>
    readdirSync(join(tree, 'test', folder))
      .filter((name) => /^test-.*\.(js|mjs|cjs)$/.test(name))
      .map((name) => join(folder, name)),
  );
  return tests.filter((test) => CORE.test(test) || (set === 'wide' && WRITES.test(sourceOf(tree, test)))).toSorted();
}

export function sourceOf(tree: string, test: string): string {
  return readFileSync(join(tree, 'test', test), 'utf8');
}
