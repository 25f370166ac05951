// The results on disk: one file of figures and one picture for each part, and one page with all tables.

import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import type { Result } from '../result';
import { sectionFor } from './markdown';
import { chartOf } from './svg';

export interface Results {
  readonly folder: string;
  /** Makes sure that they can be written, before anything is measured. */
  open(): void;
  /** What is there of a part, from this run or an earlier one. */
  readonly read: (name: string) => Result | undefined;
  write(result: Result): Promise<void>;
  /** Puts the page together, in this order. */
  writePage(names: readonly string[]): Promise<void>;
}

export function resultsIn(folder: string): Results {
  const fileOf = (name: string): string => join(folder, `${name}.json`);

  function read(name: string): Result | undefined {
    return existsSync(fileOf(name)) ? (JSON.parse(readFileSync(fileOf(name), 'utf8')) as Result) : undefined;
  }

  return {
    folder,
    open() {
      try {
        mkdirSync(folder, { recursive: true });
        accessSync(folder, constants.W_OK);
      } catch (error) {
        throw new Error(`--results is '${folder}', ${(error as Error).message}; allowed: a directory to write to`, {
          cause: error,
        });
      }
    },
    read,
    async write(result) {
      await writeFormatted(fileOf(result.name), JSON.stringify(rounded(result), undefined, 2));
      writeFileSync(join(folder, `${result.name}.svg`), chartOf(result));
    },
    async writePage(names) {
      const sections = names.flatMap((name) => read(name) ?? []).map(sectionFor);
      const introduction = [
        '# Benchmarks',
        'Made by `npm run bench`; each part names its own command. Contestants are compared with those that have flushed as ' +
          'much when they acknowledge a write, which is seen by strace unless a part says otherwise. "once more" is the ' +
          'same contestant again: what differs between the two is noise.',
      ];
      await writeFormatted(join(folder, 'README.md'), [...introduction, ...sections].join('\n\n'));
    },
  };
}

/** As all files of the project are. */
export async function writeFormatted(path: string, text: string): Promise<void> {
  writeFileSync(path, await format(text, { ...(await resolveConfig(path)), filepath: path }));
}

/** Six digits are more than any clock tells. */
function round(value: number): number {
  return Number(value.toPrecision(6));
}

function rounded(result: Result): Result {
  const rows = result.rows.map((row) => ({
    ...row,
    figures: Object.fromEntries(Object.entries(row.figures).map(([key, value]) => [key, round(value)])),
    ...(row.rounds === undefined ? {} : { rounds: row.rounds.map(round) }),
  }));
  return { ...result, rows };
}
