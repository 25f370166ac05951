// How long an unrelated question takes while 256 writers keep the thread pool busy.

import { promises } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { asCallback } from './asynchronous';
import { makeFiles, pathsIn } from './whole-file';
import { type Work, now } from './work';

const WRITERS = 256;
/** A question is due so often, whether the last one is answered or not: one that waited for it would miss every stall. */
const INTERVAL_NANOSECONDS = 2e6;

export const latency: Work = {
  name: 'latency',
  title: `fs.promises.stat of another file, under ${WRITERS} writers of 1 KiB`,
  operations: 'writes',
  unit: 'ms',
  roundsMax: 8,
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
    const answers: Promise<void>[] = [];
    for (let due = begun; due < end; due += INTERVAL_NANOSECONDS) {
      const early = due - now();
      if (early > 0) await sleep(early / 1e6);
      answers.push(promises.stat(other!).then(() => void samples.push(now() - due)));
    }
    await Promise.all([...writers, ...answers]);
    return { total: now() - begun, operations: writes, samples };
  },
};
