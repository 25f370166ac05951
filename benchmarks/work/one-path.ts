// A thousand writes to one path, all at once: a program that saves its state at every change.

import { readFileSync } from 'node:fs';
import { asCallback, writeAll } from './asynchronous';
import { makeFiles, pathsIn } from './whole-file';
import { type Work, now, roundOf } from './work';

const WRITES = 1000;

export const onePath: Work = {
  name: 'one-path',
  title: `1 KiB, ${WRITES} writes to one path at once`,
  operations: 'writes',
  unit: 'µs',
  roundsMax: 5,
  shapes: ['callback', 'promise'],
  isSequential: false,
  // In place, or without a look at one another, they write through each other: whatever comes of it is no result.
  admits: ({ family, level }) => level !== 'nothing' && family !== 'raw',
  prepare: (directory) => makeFiles(directory, 1),
  round: async (contestant, call, directory, { quick }) => {
    const writes = quick ? WRITES / 10 : WRITES;
    const paths = pathsIn(directory, writes, 1);
    const contents = paths.map((_, index) => Buffer.alloc(1024, String(index)));
    const begun = now();
    const samples = await writeAll(asCallback(contestant, call), paths, writes, (index) => contents[index]!);
    const round = roundOf(begun, samples);
    return readFileSync(paths[0]!).equals(contents.at(-1)!) ? round : { ...round, flaw: 'the newest did not win' };
  },
};
