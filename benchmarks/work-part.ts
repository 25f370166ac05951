// A part of a run in which contestants do one kind of work in turns.

import { type Bench, type Part, commandFor, environmentOf, loadNow, settle } from './bench';
import { CONTESTANTS, type Contestant } from './contestants';
import { withTmpfs } from './place';
import { clearProgress, showProgress } from './progress';
import type { Column, Result, Row } from './result';
import { type Runner, floorRunner, freshRunner, startRunner } from './runners';
import { median, medianRatio, quantile } from './statistics';
import type { Round, Work } from './work/work';

/** With a fifth of this, what V8 was still compiling made a quarter of the mean of longer sequences, and most of their p99. */
const WARM_UP_NANOSECONDS = 1000e6;
const WARM_UP_ROUNDS_MAX = 200;

export function partFor(work: Work): Part {
  return {
    name: work.name,
    title: work.title,
    async run(bench) {
      if (work.onTmpfs !== true) return runWork(work, bench);
      const result = await withTmpfs((place) => {
        let number = 0;
        return runWork(work, { ...bench, place, directory: () => `${place.directory}/${number++}` });
      });
      if (result === undefined) console.log(`${work.name}: skipped, because there is no tmpfs`);
      return result;
    },
  };
}

async function runWork(work: Work, bench: Bench): Promise<Result> {
  const loadBefore = loadNow();
  const runners = await startAll(work, bench);
  let rounds: Map<Runner, Round[]>;
  try {
    rounds = await interleave(runners, work, bench);
  } finally {
    clearProgress();
    await closeAll(runners);
  }
  const { options, place, effort } = bench;
  const counts = [...rounds.values()].flat().map(({ operations }) => operations);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const total = roundsOf(work, bench);
  const operations = `${least === most ? '' : 'at least '}${counted(least, work.operations.slice(0, -1))}`;
  const remarks = [...(effort.quick ? ['quick'] : []), ...(isWarmedUp(work, total) ? [] : ['nobody warmed up'])];
  return {
    name: work.name,
    title: work.title,
    conditions: `${counted(total, 'round')} of ${operations}${remarks.map((remark) => ` (${remark})`).join('')}`,
    command: commandFor(work.name, options),
    environment: environmentOf(place, loadBefore),
    columns: columnsFor(work),
    charted: work.charted ?? 'each',
    isGrouped: !work.shapes.includes('fs'),
    rows: runners.map((runner) => rowOf(runner, rounds, work)),
    notes: [],
  };
}

/** Every contestant that does this work, and the one that others are compared with once more: the A/A control. */
async function startAll(work: Work, bench: Bench): Promise<Runner[]> {
  const runners: Runner[] = [];
  const { effort, floor } = bench;
  try {
    for (const contestant of CONTESTANTS.filter((one) => takesPart(work, one))) {
      const level = bench.levelOf(contestant);
      const start = async (isControl: boolean): Promise<Runner> => {
        const options = { directory: bench.directory(), effort, isControl };
        return (work.isFresh === true ? freshRunner : startRunner)({ ...contestant, level }, work, options);
      };
      runners.push(await start(false));
      if ((work.reference ?? isReference)(contestant)) runners.push(await start(true));
    }
    if (work.floor !== undefined && floor !== undefined) {
      for (const level of ['process', 'file', 'directory'] as const)
        runners.push(floorRunner(floor, level, work.floor, { directory: bench.directory(), effort }));
    }
    return runners;
  } catch (error) {
    await closeAll(runners);
    throw error;
  }
}

/** All of them, whatever becomes of the others. */
async function closeAll(runners: readonly Runner[]): Promise<void> {
  await Promise.allSettled(runners.map((runner) => runner.close()));
}

export function takesPart(work: Work, contestant: Contestant): boolean {
  return work.shapes.includes(contestant.shape) && (work.admits?.(contestant) ?? true);
}

/** Those that others of their level are compared with: the bare sequence, or else node's own function. */
function isReference({ family, shape, name }: Contestant): boolean {
  return shape !== 'promise' && (family === 'node' || (family === 'raw' && !name.includes('lstat')));
}

/** In each round everybody once, every other round in the opposite order; whatever comes and goes meets all of them. */
async function interleave(runners: readonly Runner[], work: Work, bench: Bench): Promise<Map<Runner, Round[]>> {
  const rounds = new Map<Runner, Round[]>(runners.map((runner) => [runner, []]));
  const total = roundsOf(work, bench);
  if (work.isFresh !== true && isWarmedUp(work, total)) await warmUp(runners);
  for (let number = 0; number < total; number++) {
    const order = number % 2 === 0 ? runners : runners.toReversed();
    for (const runner of order) {
      showProgress(`round ${number + 1} of ${total}, ${runner.name}`);
      settle(bench.place.directory);
      rounds.get(runner)!.push(await runner.round());
    }
  }
  return rounds;
}

/** What is done in a new process each time warms up there. A round or two are to see that all works. */
function isWarmedUp({ isFresh }: Work, rounds: number): boolean {
  return isFresh === true || rounds > 2;
}

/** The same time for each, as far as so many rounds go, so that the code of a fast one is as warm as that of a slow one. */
async function warmUp(runners: readonly Runner[]): Promise<void> {
  for (const runner of runners.filter(({ family }) => family !== 'floor')) {
    showProgress(`warm-up, ${runner.name}`);
    let spent = 0;
    for (let number = 0; number < WARM_UP_ROUNDS_MAX && spent < WARM_UP_NANOSECONDS; number++)
      spent += (await runner.round()).total;
  }
}

function counted(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? '' : 's'}`;
}

function roundsOf({ roundsMax, roundsEach = 1 }: Work, { options: { rounds, quick } }: Bench): number {
  return Math.min(rounds, roundsMax ?? rounds) * (quick ? 1 : roundsEach);
}

function columnsFor({ sampled, isSequential, unit }: Work): Column[] {
  const digits = unit === 'µs' ? 1 : 2;
  const one = sampled ?? 'one by itself';
  return [
    { key: 'each', title: isSequential ? 'median' : 'time for all, shared out', unit, digits },
    isSequential
      ? { key: 'mean', title: 'mean', unit, digits }
      : { key: 'median', title: `${one}: median`, unit, digits },
    { key: 'p99', title: isSequential ? 'p99' : `${one}: p99`, unit, digits },
    { key: 'ratio', title: 'speed against the reference', unit: '', digits: 2 },
  ];
}

function rowOf(runner: Runner, rounds: Map<Runner, Round[]>, work: Work): Row {
  const nanoseconds = work.unit === 'µs' ? 1e3 : 1e6;
  const own = rounds.get(runner)!;
  const samples = own.flatMap((round) => round.samples);
  const costs = (runnersRounds: readonly Round[]): number[] => runnersRounds.map((round) => costOf(round, work));
  const flawed = own.filter((round) => round.flaw !== undefined);
  const reference = referenceFor(runner, [...rounds.keys()]);
  const figures = {
    each: median(costs(own)) / nanoseconds,
    mean: meanOf(own) / nanoseconds,
    median: median(samples) / nanoseconds,
    // Of fewer it is the worst.
    ...(samples.length < 100 ? {} : { p99: quantile(samples, 0.99) / nanoseconds }),
    flawed: flawed.length,
    ...(reference === undefined ? {} : { ratio: medianRatio(costs(rounds.get(reference)!), costs(own)) }),
  };
  return {
    name: runner.name,
    ...(flawed.length === 0 ? {} : { flaw: flawed[0]!.flaw! }),
    family: runner.family,
    level: runner.level,
    figures,
    rounds: costs(own).map((cost) => cost / nanoseconds),
  };
}

/** What one operation took in a round. */
function costOf({ total, operations, samples }: Round, { isSequential }: Work): number {
  return isSequential ? median(samples) : total / operations;
}

function meanOf(rounds: readonly Round[]): number {
  const sum = (key: 'total' | 'operations'): number => rounds.reduce((so, round) => so + round[key], 0);
  return sum('total') / sum('operations');
}

function referenceFor({ level }: Runner, runners: readonly Runner[]): Runner | undefined {
  const references = runners.filter(({ name }) => runners.some((other) => other.name === `${name}, once more`));
  return references.find((reference) => reference.level === level) ?? references.find(({ family }) => family !== 'raw');
}
