// Whole files, replaced one after the other or many at a time.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Calls } from '../contestants';
import { asCallback, writeAll } from './asynchronous';
import { type Effort, type Work, now, roundOf } from './work';

/** `writes` in a round, to `files` in turn, when one is written after the other; in no more than `roundsMax` rounds. */
const SIZES = [
  { label: '1 KiB', name: '1k', bytes: 1024, unit: 'µs', writes: 192, files: 64, roundsMax: 60 },
  { label: '64 KiB', name: '64k', bytes: 64 * 1024, unit: 'µs', writes: 96, files: 64, roundsMax: 10 },
  { label: '10 MiB', name: '10m', bytes: 10 * 1024 * 1024, unit: 'ms', writes: 4, files: 4, roundsMax: 6 },
] as const;

type Size = Omit<(typeof SIZES)[number], 'writes'> & { readonly writes: number; readonly roundsEach?: number };

/** As many writes in shorter rounds: one fsync takes twice the time of another, for all of a round. */
const ONE_BY_ONE: readonly Size[] = [{ ...SIZES[0], writes: 48, roundsEach: 4 }, SIZES[1], SIZES[2]];

/** What is written at once must fit into memory more than once. */
const BYTES_AT_ONCE_MAX = 128 * 1024 * 1024;
const IN_FLIGHT = [8, 64, 512];

export const wholeFileWorks: readonly Work[] = [
  ...ONE_BY_ONE.map((size) => synchronously(size)),
  // Many, because here it is the program's own time that shows, and that falls until its code is warm.
  {
    ...synchronously({ ...SIZES[0], writes: 1024 }),
    name: 'sync-1k-tmpfs',
    title: '1 KiB, synchronously, on tmpfs',
    onTmpfs: true,
  },
  ...ONE_BY_ONE.map((size) => asynchronously(size, 1)),
  ...SIZES.flatMap((size) =>
    IN_FLIGHT.filter((count) => count * size.bytes <= BYTES_AT_ONCE_MAX).map((count) => asynchronously(size, count)),
  ),
];

function sequence({ writes }: Size): (effort: Effort) => number {
  return ({ quick }) => (quick ? Math.min(writes, 20) : writes);
}

function synchronously(size: Size): Work {
  const count = sequence(size);
  return {
    name: `sync-${size.name}`,
    title: `${size.label}, synchronously`,
    operations: 'writes',
    unit: size.unit,
    roundsMax: size.roundsMax,
    ...(size.roundsEach === undefined ? {} : { roundsEach: size.roundsEach }),
    shapes: ['sync'],
    isSequential: true,
    floor: { files: size.files, bytes: size.bytes, operations: count },
    prepare: (directory) => makeFiles(directory, size.files),
    round: async (_contestant, call, directory, effort) => {
      const write = call as Calls['sync'];
      const data = Buffer.alloc(size.bytes, 'x');
      const paths = pathsIn(directory, count(effort), size.files);
      const samples: number[] = [];
      const begun = now();
      for (const path of paths) {
        const start = now();
        write(path, data);
        samples.push(now() - start);
      }
      return roundOf(begun, samples);
    },
  };
}

function asynchronously(size: Size, inFlight: number): Work {
  const isSequential = inFlight === 1;
  const files = isSequential ? size.files : inFlight;
  // Everybody once, where many are under way; often enough, where few are.
  const count = isSequential ? sequence(size) : () => Math.max(inFlight, Math.min(size.writes, 8 * inFlight));
  return {
    name: isSequential ? `async-${size.name}` : `${inFlight}-files-${size.name}`,
    title: isSequential ? `${size.label}, one after the other` : `${size.label}, ${inFlight} files at a time`,
    operations: 'writes',
    unit: size.unit,
    roundsMax: isSequential ? size.roundsMax : Math.min(8, size.roundsMax),
    ...(size.roundsEach === undefined ? {} : { roundsEach: size.roundsEach }),
    shapes: ['callback', 'promise'],
    isSequential,
    ...(isSequential ? { floor: { files, bytes: size.bytes, operations: count } } : {}),
    prepare: (directory) => makeFiles(directory, files),
    round: async (contestant, call, directory, effort) => {
      const data = Buffer.alloc(size.bytes, 'x');
      const paths = pathsIn(directory, count(effort), files);
      const begun = now();
      return roundOf(begun, await writeAll(asCallback(contestant, call), paths, inFlight, () => data));
    },
  };
}

export function pathsIn(directory: string, operations: number, files: number): string[] {
  return Array.from({ length: operations }, (_, index) => join(directory, `file-${index % files}`));
}

/** Most files that a program writes are there already. */
export function makeFiles(directory: string, files: number): void {
  for (const path of pathsIn(directory, files, files)) writeFileSync(path, 'old');
}
