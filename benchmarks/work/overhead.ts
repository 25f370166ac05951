// What the hook adds to calls that it leaves alone, and to those that only ask whether anything is open for replacing.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NodeFs } from '../../src/ground/node-fs';
import type { Contestant } from '../contestants';
import { type Round, type Work, now } from './work';

/** One sample is the mean of so many calls: a single one is too short to be told from the clock. */
const CALLS_IN_SAMPLE = 50;

type Repeat = (call: () => unknown) => Promise<Round> | Round;

interface Call {
  readonly name: string;
  readonly title: string;
  /** How many a round takes. */
  readonly samples: number;
  readonly run: (fs: NodeFs, directory: string, repeat: Repeat, repeatAsync: Repeat) => Promise<Round> | Round;
}

const data = Buffer.alloc(1024, 'x');

const CALLS: readonly Call[] = [
  {
    name: 'read-fd',
    title: 'fs.readSync of 1 KiB, which the hook does not touch',
    samples: 400,
    run: (fs, directory, repeat) => {
      const into = Buffer.alloc(1024);
      return withFile(fs, join(directory, 'other'), 'r', (fd) => repeat(() => fs.readSync(fd, into, 0, 1024, 0)));
    },
  },
  {
    name: 'stat',
    title: 'fs.statSync, which looks whether anything is open for replacing',
    samples: 400,
    run: (fs, directory, repeat) => repeat(() => fs.statSync(join(directory, 'other'))),
  },
  {
    name: 'read-file',
    title: 'fs.readFileSync of 1 KiB',
    samples: 200,
    run: (fs, directory, repeat) => repeat(() => fs.readFileSync(join(directory, 'other'))),
  },
  {
    name: 'promises-stat',
    title: 'fs.promises.stat',
    samples: 60,
    run: (fs, directory, _repeat, repeatAsync) => repeatAsync(() => fs.promises.stat(join(directory, 'other'))),
  },
  {
    name: 'write-fd',
    title: "fs.writeSync of 1 KiB to a file open with 'r+'",
    samples: 400,
    run: (fs, directory, repeat) =>
      withFile(fs, join(directory, 'other'), 'r+', (fd) => repeat(() => fs.writeSync(fd, data, 0, 1024, 0))),
  },
  {
    name: 'write-open',
    title: "fs.writeSync of 1 KiB to a file open with 'w'",
    samples: 400,
    run: (fs, directory, repeat) =>
      withFile(fs, join(directory, 'opened'), 'w', (fd) => repeat(() => fs.writeSync(fd, data, 0, 1024, 0))),
  },
];

async function withFile(
  fs: NodeFs,
  path: string,
  flags: string,
  use: (fd: number) => Promise<Round> | Round,
): Promise<Round> {
  const fd = fs.openSync(path, flags);
  try {
    return await use(fd);
  } finally {
    fs.closeSync(fd);
  }
}

export const overheadWorks: readonly Work[] = CALLS.map(({ name, title, samples, run }) => ({
  name: `overhead-${name}`,
  title: `Overhead of the hook: ${title}`,
  operations: 'calls',
  unit: 'µs',
  shapes: ['fs'],
  isSequential: true,
  isFresh: true,
  admits: ({ family, durability, hook }: Contestant) =>
    family === 'node' || (hook === true && durability === 'durable'),
  prepare(directory: string) {
    writeFileSync(join(directory, 'other'), data);
    writeFileSync(join(directory, 'opened'), data);
  },
  round: async (_contestant: Contestant, fs: unknown, directory: string, { quick }: { quick: boolean }) => {
    const count = quick ? samples / 10 : samples;
    return run(fs as NodeFs, directory, repeater(count), asyncRepeater(count));
  },
}));

function repeater(samples: number): Repeat {
  return (call) => {
    const times: number[] = [];
    const begun = now();
    for (let i = 0; i < samples; i++) {
      const start = now();
      for (let j = 0; j < CALLS_IN_SAMPLE; j++) call();
      times.push((now() - start) / CALLS_IN_SAMPLE);
    }
    return { total: now() - begun, operations: samples * CALLS_IN_SAMPLE, samples: times };
  };
}

function asyncRepeater(samples: number): Repeat {
  return async (call) => {
    const times: number[] = [];
    const begun = now();
    for (let i = 0; i < samples; i++) {
      const start = now();
      for (let j = 0; j < CALLS_IN_SAMPLE; j++) await call();
      times.push((now() - start) / CALLS_IN_SAMPLE);
    }
    return { total: now() - begun, operations: samples * CALLS_IN_SAMPLE, samples: times };
  };
}
