// What a write costs the device: the writes and the flushes that the block layer completed for it. Unlike times, these do
// not depend on how busy the machine is.

import { readFileSync } from 'node:fs';
import { type Bench, type Part, commandFor, environmentOf, loadNow, settle } from './bench';
import { CONTESTANTS, type Contestant, idOf } from './contestants';
import { showProgress } from './progress';
import type { Row } from './result';
import { floorRunner, type Runner, startRunner } from './runners';
import type { Floor, Work } from './work/work';
import { workNamed } from './work/works';

interface Scenario {
  /** Of the part, after `device-`. */
  readonly name: string;
  readonly title: string;
  readonly work: Work;
  /** What the C program does, if not the same. */
  readonly floors?: readonly Floor[];
}

/** As much as a contestant does in a round. */
function wavesOf(threads: number, isTogether: boolean): Floor {
  return { files: 64, bytes: 1024, operations: () => 192, threads, isTogether };
}

/** How often a scenario is done; the figures are means. */
const ROUNDS_MAX = 5;

const SCENARIOS: readonly Scenario[] = [
  { name: 'sync', title: 'synchronously', work: workNamed('sync-1k') },
  { name: 'async', title: 'one after the other', work: workNamed('async-1k') },
  ...[4, 32].map((poolThreads) => ({
    name: `64-files-${poolThreads}-threads`,
    title: `64 files at a time, ${poolThreads} pool threads`,
    work: { ...workNamed('64-files-1k'), poolThreads },
    floors: [wavesOf(poolThreads, false), wavesOf(poolThreads, true)],
  })),
];

export const deviceParts: readonly Part[] = SCENARIOS.map((scenario): Part => {
  const name = `device-${scenario.name}`;
  const title = `Device cost of a write of 1 KiB, ${scenario.title}`;
  return {
    name,
    title,
    async run(bench) {
      const { options, place } = bench;
      const missing = missingFor(bench);
      if (missing !== undefined) {
        console.log(`${name}: skipped, because ${missing}`);
        return undefined;
      }
      const loadBefore = loadNow();
      const rows = await rowsOf(scenario, bench);
      return {
        name,
        title,
        conditions: `read from /sys/block/${place.device}/stat`,
        command: commandFor(name, options),
        environment: environmentOf(place, loadBefore),
        columns: [
          { key: 'flushes', title: 'flushes per write', unit: '', digits: 2 },
          { key: 'writes', title: 'device writes per write', unit: '', digits: 2 },
          { key: 'kibibytes', title: 'written per write', unit: 'KiB', digits: 1 },
        ],
        charted: 'flushes',
        isGrouped: true,
        rows,
        notes: [],
      };
    },
  };
});

function missingFor({ place: { device: name, description } }: Bench): string | undefined {
  if (name === undefined) return `only a loop device has no other writers, and this is ${description}`;
  return statOf(name).length < 17 ? 'this kernel does not count flushes (Linux 5.5 and later do)' : undefined;
}

async function rowsOf({ work, floors = work.floor ? [work.floor] : [] }: Scenario, bench: Bench): Promise<Row[]> {
  const rows: Row[] = [];
  const { effort } = bench;
  for (const contestant of CONTESTANTS.filter((one) => takesPart(work, one))) {
    showProgress(idOf(contestant));
    const level = bench.levelOf(contestant);
    rows.push(
      await rowOf(await startRunner({ ...contestant, level }, work, { directory: bench.directory(), effort }), bench),
    );
  }
  if (bench.floor !== undefined) {
    for (const floor of floors) {
      for (const level of ['process', 'file', 'directory'] as const)
        rows.push(await rowOf(floorRunner(bench.floor, level, floor, { directory: bench.directory(), effort }), bench));
    }
  }
  return rows;
}

function takesPart(work: Work, { shape, family, hook }: Contestant): boolean {
  // The module is the same code as the hook, and a promise the same calls as a callback.
  if (family === 'ours') return hook === false && work.shapes.includes(shape) && shape !== 'promise';
  return work.shapes.includes(shape) && !(family === 'raw' && shape === 'promise');
}

async function rowOf(runner: Runner, bench: Bench): Promise<Row> {
  const { place, options } = bench;
  const sum = { flushes: 0, writes: 0, kibibytes: 0, operations: 0 };
  try {
    await runner.round();
    for (let number = 0; number < Math.min(options.rounds, ROUNDS_MAX); number++) {
      settle(place.directory);
      const before = statOf(place.device!);
      const { operations } = await runner.round();
      const after = statOf(place.device!);
      sum.flushes += after[FLUSHES]! - before[FLUSHES]!;
      sum.writes += after[WRITES]! - before[WRITES]!;
      sum.kibibytes += (after[SECTORS_WRITTEN]! - before[SECTORS_WRITTEN]!) / 2;
      sum.operations += operations;
    }
  } finally {
    await runner.close();
  }
  const { operations, ...sums } = sum;
  const figures = Object.fromEntries(Object.entries(sums).map(([key, value]) => [key, value / operations]));
  return { name: runner.name, family: runner.family, level: runner.level, figures };
}

/** https://docs.kernel.org/block/stat.html */
const WRITES = 4;
const SECTORS_WRITTEN = 6;
const FLUSHES = 15;

function statOf(name: string): number[] {
  return readFileSync(`/sys/block/${name}/stat`, 'utf8').trim().split(/\s+/).map(Number);
}
