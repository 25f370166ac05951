// What the figures must show, beside what they show. For the reader: nothing fails for it, unless that is asked for.

import { type Result, figureOf } from '../result';
import { medianRatio } from '../statistics';

type Read = (part: string) => Result | undefined;

interface Target {
  readonly work: string;
  readonly target: string;
  /** Undefined where a part has not been run. */
  readonly figure: (read: Read) => number | undefined;
  readonly bound: number;
  readonly better: 'higher' | 'lower';
}

/** One line of the verdict. */
export interface Finding {
  readonly work: string;
  readonly target: string;
  /** What was found; undefined where it was not measured. */
  readonly figure: number | undefined;
  readonly isReached: boolean;
  /** By how large a part the same contestants differ from themselves where it was found: the A/A control. */
  readonly noise: number | undefined;
}

const OURS = 'fs-intact module, durable';
const CALLBACK = `${OURS} (callback)`;
const ASYNC = [CALLBACK, `${OURS} (promise)`];
const PROCESS = 'fs-intact module, process';
/** In the shape in which both cost least. */
const PEER = 'write-file-atomic (callback)';

const TARGETS: readonly Target[] = [
  atLeast(0.8, 'C floor', 'sync 1 KiB durable', (read) => speed(read, 'sync-1k', `${OURS} (sync)`, 'C, directory')),
  atLeast(0.95, 'raw node sync with one lstat', 'sync 1 KiB durable', (read) =>
    speed(read, 'sync-1k', `${OURS} (sync)`, 'raw node and one lstat, directory (sync)'),
  ),
  atLeast(0.75, 'C floor', 'sync 1 KiB process, tmpfs', (read) =>
    speed(read, 'sync-1k-tmpfs', `${PROCESS} (sync)`, 'C, process'),
  ),
  atLeast(7, 'write-file-atomic.sync without fsync', 'sync 1 KiB process, tmpfs', (read) =>
    speed(read, 'sync-1k-tmpfs', `${PROCESS} (sync)`, 'write-file-atomic, fsync: false (sync)'),
  ),
  atLeast(0.5, 'C floor', 'async sequential 1 KiB durable', (read) =>
    speed(read, 'async-1k', CALLBACK, 'C, directory'),
  ),
  atLeast(3, 'write-file-atomic', 'async sequential 1 KiB durable', (read) => speed(read, 'async-1k', CALLBACK, PEER)),
  atLeast(3, 'write-file-atomic', '512 distinct files durable, default pool', (read) =>
    speed(read, '512-files-1k', CALLBACK, PEER),
  ),
  ...(
    [
      [4, 0.7],
      [32, 0.2],
    ] as const
  ).map(([threads, bound]) =>
    atMost(bound, `with ${threads} pool threads`, 'flushes per operation, 64 in flight, durable', (read) =>
      figureOf(read(`device-64-files-${threads}-threads`), `${OURS} (callback)`, 'flushes'),
    ),
  ),
  atLeast(500, 'write-file-atomic', '1000 writes to one path at once, durable', (read) =>
    speed(read, 'one-path', CALLBACK, PEER),
  ),
  atMost(3, 'physical writes', '1000 writes to one path at once, durable', (read) =>
    worst(ASYNC.map((name) => figureOf(read('coalescing'), name, 'renames'))),
  ),
  atMost(0, 'rounds in which the newest does not win', '1000 writes to one path at once, durable', (read) =>
    worst(ASYNC.map((name) => figureOf(read('one-path'), name, 'flawed'))),
  ),
  atMost(20, 'ms', 'unrelated stat p99 under 256 writers', (read) =>
    worst(ASYNC.map((name) => figureOf(read('latency'), name, 'p99'))),
  ),
  ...(
    [
      ['stream-default', 'default highWaterMark'],
      ['stream-1m', 'highWaterMark 1 MiB'],
    ] as const
  ).map(([part, title]) =>
    atLeast(0.97, 'createWriteStream', `stream, ${title}, process`, (read) =>
      speed(read, part, `${PROCESS} (stream)`, 'node:fs (stream)'),
    ),
  ),
  ...(
    [
      ['buffer', 16, ['sync', 'promise']],
      ['stream', 16, ['stream']],
      ['string', 10, ['sync', 'promise']],
    ] as const
  ).map(([kind, bound, shapes]) =>
    atMost(bound, 'MB', `peak memory above the caller's data, 256 MiB ${kind}`, (read) =>
      worst(shapes.map((shape) => figureOf(read(`memory-${kind}`), `${OURS} (${shape})`, 'peak'))),
    ),
  ),
  // 1.00, as it would be shown. It is the very same function, so that all it shows is noise.
  atMost(1.005, 'x the A/A control', 'untouched call under the hook (readSync)', (read) => overhead(read, 'read-fd')),
  atMost(1.03, 'x the A/A control', "fd write under the hook ('r+')", (read) => overhead(read, 'write-fd')),
  atMost(1.03, 'x the A/A control', "fd write under the hook ('w')", (read) => overhead(read, 'write-open')),
  atMost(3, 'ms', 'start-up', (read) => figureOf(read('start-up'), 'fs-intact/register', 'added')),
];

export function findingsIn(read: Read): Finding[] {
  return TARGETS.map(({ work, target, figure: figureIn, bound, better }) => {
    let noise: number | undefined;
    const figure = figureIn((part) => {
      const result = read(part);
      noise = worst([noise, ...noisesIn(result)]);
      return result;
    });
    const isReached = figure !== undefined && (better === 'higher' ? figure >= bound : figure <= bound);
    return { work, target, figure, isReached, noise };
  });
}

function noisesIn(result: Result | undefined): number[] {
  const controls = result?.rows.filter(({ name }) => name.endsWith(', once more')) ?? [];
  return controls.flatMap(({ figures: { ratio } }) => (ratio === undefined ? [] : Math.abs(1 - ratio)));
}

/** The figure of a finding for the reader. */
export function shownFigure({ figure }: Finding): string {
  return figure === undefined ? '' : Number(figure.toPrecision(3)).toString();
}

/** By how many percent the A/A control differs, for the reader. */
export function shownNoise({ noise }: Finding): string {
  return noise === undefined ? '' : `${(noise * 100).toFixed(1)} %`;
}

/** In a word or two, whether a target is reached. */
export function judgement({ figure, isReached }: Finding): string {
  if (figure === undefined) return 'not measured';
  return isReached ? 'reached' : 'NOT reached';
}

function atLeast(bound: number, than: string, work: string, figure: Target['figure']): Target {
  return { work, target: `>= ${bound} x ${than}`, figure, bound, better: 'higher' };
}

function atMost(bound: number, what: string, work: string, figure: Target['figure']): Target {
  return { work, target: `<= ${bound} ${what}`, figure, bound, better: 'lower' };
}

/** How many times as fast one row of a part is as another one, round by round. */
function speed(read: Read, part: string, one: string, other: string): number | undefined {
  const result = read(part);
  const [own, others] = [one, other].map((name) => result?.rows.find((row) => row.name === name)?.rounds);
  return own === undefined || others === undefined ? undefined : medianRatio(others, own);
}

function worst(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

/** The time under the hook over that of the control: both have been set against the same reference, round by round. */
function overhead(read: Read, call: string): number | undefined {
  const [own, control] = ['fs-intact hook, durable (fs)', 'node:fs (fs), once more'].map((name) =>
    figureOf(read(`overhead-${call}`), name, 'ratio'),
  );
  return own === undefined || control === undefined ? undefined : control / own;
}
