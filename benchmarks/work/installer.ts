// Ten thousand small files in a fresh tree, as a package installer unpacks them.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { asCallback, isOnceInAnyShape, writeAll } from './asynchronous';
import { type Work, now, roundOf } from './work';

const FILES = 10_000;
const FILES_IN_DIRECTORY = 20;
/** What npm's unpacking keeps open. */
const IN_FLIGHT = 50;
/** Sizes of package files, by their quantiles: most are tiny, some are not. */
const BYTES = [120, 350, 700, 1100, 1800, 3000, 5200, 9000, 20_000, 60_000];

export const installer: Work = {
  name: 'installer',
  title: '10,000 small new files, as an installer unpacks them',
  operations: 'files',
  unit: 'µs',
  roundsMax: 3,
  shapes: ['callback', 'promise'],
  isSequential: false,
  admits: isOnceInAnyShape,
  round: async (contestant, call, directory, { quick }) => {
    const root = mkdtempSync(join(directory, 'tree-'));
    const paths = Array.from({ length: quick ? FILES / 10 : FILES }, (_, index) =>
      join(root, `package-${Math.floor(index / FILES_IN_DIRECTORY)}`, `module-${index}.js`),
    );
    for (const parent of new Set(paths.map((path) => join(path, '..')))) mkdirSync(parent);
    const contents = BYTES.map((bytes) => Buffer.alloc(bytes, 'x'));
    try {
      const begun = now();
      const write = asCallback(contestant, call);
      return roundOf(begun, await writeAll(write, paths, IN_FLIGHT, (index) => contents[index % contents.length]!));
    } finally {
      rmSync(root, { recursive: true });
    }
  },
};
