// The part of a long trace that tells a crash: what was lost, what the program had promised, and what it was doing.

import type { Fate, TraceLine } from './report';

/** One row of an excerpt. */
export type Row =
  /** Lines that say the same, one after the other. */
  | { readonly kind: 'line'; readonly line: TraceLine; readonly times: number }
  | { readonly kind: 'crash' }
  /** Lines left out, by their fates. */
  | { readonly kind: 'gap'; readonly fates: ReadonlyMap<Fate, number>; readonly count: number };

type LineRow = Extract<Row, { kind: 'line' }>;

/** Rows kept around each loss, before the crash, and after it. */
const AROUND_LOSS = 1;
const BEFORE_CRASH = 6;
const AFTER_CRASH = 3;

/**
 * The rows to show of a story.
 *
 * @param isCrash Whether it tells of a crash at all, and not of a run with a fault in it.
 * @param most About how many rows of what was reached; all of it, if it has no more.
 */
export function excerptOf(story: readonly TraceLine[], isCrash: boolean, most: number): Row[] {
  const runs = runsOf(story);
  const cut = runs.findIndex(({ line }) => line.fate === 'not reached');
  const crash = cut === -1 ? runs.length : cut;
  // Of what was not reached, the beginning says where the crash came.
  const near = runs.slice(0, crash + AFTER_CRASH);
  const kept = near.length <= most ? new Set(near.keys()) : chosen(near, crash, most);
  const rows = [...withGaps(runs.slice(0, crash), kept, 0)];
  if (isCrash) rows.push({ kind: 'crash' });
  return [...rows, ...withGaps(runs.slice(crash), kept, crash)];
}

/** As in `120 left out: 100 forced, 20 kept`. */
export function showGap({ count, fates }: Extract<Row, { kind: 'gap' }>): string {
  const shown = count.toLocaleString('en');
  if (fates.size === 1) return `${shown} left out, all ${[...fates.keys()].join()}`;
  return `${shown} left out: ${[...fates].map(([fate, times]) => `${times.toLocaleString('en')} ${fate}`).join(', ')}`;
}

function runsOf(story: readonly TraceLine[]): LineRow[] {
  const runs: { kind: 'line'; line: TraceLine; times: number }[] = [];
  for (const line of story) {
    const last = runs.at(-1);
    if (last !== undefined && isRepeated(last.line, line)) last.times++;
    else runs.push({ kind: 'line', line, times: 1 });
  }
  return runs;
}

function isRepeated(left: TraceLine, right: TraceLine): boolean {
  const isPlain = left.lost.length === 0 && right.lost.length === 0 && right.fault === undefined;
  return isPlain && left.text === right.text && left.fate === right.fate && left.site === right.site;
}

/** Takes the most telling rows first, until there are enough. */
function chosen(runs: readonly LineRow[], crash: number, most: number): Set<number> {
  const kept = new Set<number>();
  const keep = (from: number, to: number): void => {
    for (let index = Math.max(0, from); index < Math.min(to, runs.length) && kept.size < most; index++) kept.add(index);
  };
  const places = (isWanted: (line: TraceLine) => boolean): number[] => {
    return runs.flatMap(({ line }, index) => (index < crash && isWanted(line) ? [index] : []));
  };
  keep(crash - BEFORE_CRASH, crash + AFTER_CRASH);
  const acks = places(({ kind }) => kind === 'ack').slice(-Math.floor(most / 4));
  for (const index of acks) keep(index, index + 1);
  const telling = places(({ lost, fault }) => lost.length > 0 || fault !== undefined);
  for (const index of telling) keep(index - AROUND_LOSS, index + AROUND_LOSS + 1);
  keep(0, 2);
  for (let index = crash - 1; index >= 0 && kept.size < most; index--) kept.add(index);
  return kept;
}

/** @param from The place of the first of these runs among all. */
function* withGaps(runs: readonly LineRow[], kept: ReadonlySet<number>, from: number): Generator<Row> {
  let gap: LineRow[] = [];
  for (const [index, run] of runs.entries()) {
    if (!kept.has(from + index)) {
      gap.push(run);
      continue;
    }
    yield* gapOf(gap);
    gap = [];
    yield run;
  }
  yield* gapOf(gap);
}

function gapOf(gap: readonly LineRow[]): readonly Row[] {
  // To say that one row is left out would take a row.
  if (gap.length <= 1) return gap;
  const fates = new Map<Fate, number>();
  let count = 0;
  for (const { line, times } of gap) {
    fates.set(line.fate, (fates.get(line.fate) ?? 0) + times);
    count += times;
  }
  return [{ kind: 'gap', fates, count }];
}
