// How long an unrelated question takes while 256 writers keep the thread pool busy.

import { promises } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { asCallback } from './asynchronous';
import { makeFiles, pathsIn } from './whole-file';
import { type Work, now } from './work';

const WRITERS = 256;

export const latency: Work = {
  name: 'latency',
  title: `fs.promises.stat of another file, under ${WRITERS} writers of 1 KiB`,
  operations: 'writes',
  unit: 'ms',
  roundsMax: 3,
  sampled: 'stat',
  charted: 'p99',
  shapes: ['callback', 'promise'],
  isSequential: false,
  prepare: (directory) => makeFiles(directory, WRITERS + 1),
  round: async (contestant, call, directory, { quick }) => {
    const write = asCallback(contestant, call);
    const data = Buffer.alloc(1024, 'x');
    const [other, ...paths] = pathsIn(directory, WRITERS + 1, WRITERS + 1);
    const begun = now();
    const end = begun + (quick ? 0.1e9 : 0.5e9);
    let writes = 0;
    const writers = paths.map(
      (path) =>
        new Promise<void>((resolve, reject) => {
          const next = (error?: unknown): void => {
            if (error) reject(error);
            else if (now() > end) resolve();
            else {
              writes++;
              write(path, data, next);
            }
          };
          next();
        }),
    );
    const samples: number[] = [];
    while (now() < end) {
      const start = now();
      await promises.stat(other!);
      samples.push(now() - start);
      await sleep(2);
    }
    await Promise.all(writers);
    return { total: now() - begun, operations: writes, samples };
  },
};
