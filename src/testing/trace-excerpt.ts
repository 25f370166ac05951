// The part of a long trace that tells a crash: what was lost, what the program had promised, and what it was doing.

import type { Fate, TraceLine } from './report';

/** One row of an excerpt. */
export type Row =
  | { readonly kind: 'line'; readonly line: TraceLine }
  | { readonly kind: 'crash' }
  /** Lines left out, by their fates. */
  | { readonly kind: 'gap'; readonly fates: ReadonlyMap<Fate, number>; readonly count: number };

/** Lines kept around each loss, before the crash, and after it. */
const AROUND_LOSS = 1;
const BEFORE_CRASH = 6;
const AFTER_CRASH = 3;

/**
 * The rows to show of a story.
 *
 * @param isCrash Whether it tells of a crash at all, and not of a run with a fault in it.
 * @param most About how many lines of the trace; a story that has no more is shown whole.
 */
export function excerptOf(story: readonly TraceLine[], isCrash: boolean, most: number): Row[] {
  const crash = crashIn(story);
  const kept = story.length <= most ? new Set(story.keys()) : chosen(story, crash, most);
  const rows: Row[] = [];
  let gap: TraceLine[] = [];
  const endGap = (): void => {
    // To say that one line is left out would take a line.
    if (gap.length === 1) rows.push({ kind: 'line', line: gap[0]! });
    else if (gap.length > 1) rows.push({ kind: 'gap', count: gap.length, fates: countFates(gap) });
    gap = [];
  };
  for (const [index, line] of story.entries()) {
    if (isCrash && index === crash) {
      endGap();
      rows.push({ kind: 'crash' });
    }
    if (kept.has(index)) {
      endGap();
      rows.push({ kind: 'line', line });
    } else gap.push(line);
  }
  endGap();
  if (isCrash && crash === story.length) rows.push({ kind: 'crash' });
  return rows;
}

/** Before which line the crash came. */
export function crashIn(story: readonly TraceLine[]): number {
  const cut = story.findIndex(({ fate }) => fate === 'not reached');
  return cut === -1 ? story.length : cut;
}

/** Takes the most telling lines first, until there are enough. */
function chosen(story: readonly TraceLine[], crash: number, most: number): Set<number> {
  const kept = new Set<number>();
  const keep = (from: number, to: number): void => {
    for (let index = Math.max(0, from); index < Math.min(to, story.length) && kept.size < most; index++)
      kept.add(index);
  };
  const places = (isWanted: (line: TraceLine) => boolean): number[] => {
    return story.flatMap((line, index) => (index < crash && isWanted(line) ? [index] : []));
  };
  keep(crash - BEFORE_CRASH, crash + AFTER_CRASH);
  const acks = places(({ kind }) => kind === 'ack').slice(-Math.floor(most / 4));
  for (const index of acks) keep(index, index + 1);
  for (const index of places(({ lost }) => lost.length > 0)) keep(index - AROUND_LOSS, index + AROUND_LOSS + 1);
  keep(0, 2);
  keep(crash - most, crash);
  return kept;
}

function countFates(lines: readonly TraceLine[]): Map<Fate, number> {
  const counts = new Map<Fate, number>();
  for (const { fate } of lines) counts.set(fate, (counts.get(fate) ?? 0) + 1);
  return counts;
}

/** As in `120 left out: 100 forced, 20 kept`. */
export function showGap({ count, fates }: Extract<Row, { kind: 'gap' }>): string {
  const parts = [...fates].map(([fate, times]) => `${times.toLocaleString('en')} ${fate}`);
  return `${count.toLocaleString('en')} left out: ${parts.join(', ')}`;
}
