// A thousand writes to one path, all at once: a program that saves its state at every change.

import { readFileSync } from 'node:fs';
import type { Calls } from '../contestants';
import { asCallback } from './asynchronous';
import { makeFiles, pathsIn } from './whole-file';
import { type Work, now } from './work';

const WRITES = 1000;

/** Those who take a thousandth of the others' time do it over and over, or their rounds would be one waking from idleness. */
const ROUND_NANOSECONDS = 200e6;

export const onePath: Work = {
  name: 'one-path',
  title: `1 KiB, ${WRITES} writes to one path at once`,
  operations: 'writes',
  unit: 'µs',
  sampled: `${WRITES} writes`,
  shapes: ['callback', 'promise'],
  isSequential: false,
  // In place, or without a look at one another, they write through each other: whatever comes of it is no result.
  admits: ({ family, level }) => level !== 'nothing' && family !== 'raw',
  reference: ({ name, shape }) => name === 'write-file-atomic' && shape === 'callback',
  prepare: (directory) => makeFiles(directory, 1),
  round: async (contestant, call, directory, { quick }) => {
    const writes = quick ? WRITES / 10 : WRITES;
    const enough = quick ? 0 : ROUND_NANOSECONDS;
    const [path] = pathsIn(directory, 1, 1);
    const contents = Array.from({ length: writes }, (_, index) => Buffer.alloc(1024, String(index)));
    const write = asCallback(contestant, call);
    const samples: number[] = [];
    let total = 0;
    let flaw = {};
    do {
      const begun = now();
      await writeAtOnce(write, path!, contents);
      const taken = now() - begun;
      samples.push(taken);
      total += taken;
      if (!readFileSync(path!).equals(contents.at(-1)!)) flaw = { flaw: 'the newest did not win' };
    } while (total < enough);
    return { total, operations: samples.length * writes, samples, ...flaw };
  },
};

/** No clock is read for each: that would take a tenth of the time of the fastest. */
function writeAtOnce(write: Calls['callback'], path: string, contents: readonly Buffer[]): Promise<void> {
  let left = contents.length;
  return new Promise((resolve, reject) => {
    const done = (error?: unknown): void => {
      if (error) reject(error);
      else if (--left === 0) resolve();
    };
    for (const content of contents) write(path, content, done);
  });
}
