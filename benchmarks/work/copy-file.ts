// Copying files of a mebibyte over others.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Calls } from '../contestants';
import { type Work, now, roundOf } from './work';

const COPIES = 20;

function prepare(directory: string): void {
  writeFileSync(join(directory, 'source'), Buffer.alloc(1024 * 1024, 'x'));
  writeFileSync(join(directory, 'copy'), 'old');
}

const common = { operations: 'copies', isSequential: true, unit: 'µs', prepare } as const;

export const copyFileWorks: readonly Work[] = [
  {
    ...common,
    name: 'copy-file-sync',
    title: 'copyFileSync of 1 MiB',
    shapes: ['copySync'],
    round: async (_contestant, call, directory) => {
      const samples: number[] = [];
      const begun = now();
      for (let i = 0; i < COPIES; i++) {
        const start = now();
        (call as Calls['copySync'])(join(directory, 'source'), join(directory, 'copy'));
        samples.push(now() - start);
      }
      return roundOf(begun, samples);
    },
  },
  {
    ...common,
    name: 'copy-file',
    title: 'copyFile of 1 MiB, one after the other',
    shapes: ['copy'],
    round: async (_contestant, call, directory) => {
      const samples: number[] = [];
      const begun = now();
      for (let i = 0; i < COPIES; i++) {
        const start = now();
        await (call as Calls['copy'])(join(directory, 'source'), join(directory, 'copy'));
        samples.push(now() - start);
      }
      return roundOf(begun, samples);
    },
  },
];
