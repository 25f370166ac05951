// What distinguishes two contents of a file, in a few lines.

import { hexRows } from './hex-dump';
import { type DiffLine, lineDiff } from './line-diff';
import { textOf, visible } from './visible-text';

/** How much of a difference is shown. */
export interface Space {
  readonly lines: number;
  /** Characters of a line; of a longer one, those around its first difference. */
  readonly columns: number;
}

/** Texts up to this size are compared line by line, and anything else byte by byte. */
const TEXT_BYTES_MAX = 16 * 1024;
/** Rows of bytes shown of each side. */
const ROWS_MAX = 3;

/**
 * What is in the first alone (`-`) and in the second alone (`+`): lines of small texts, or the bytes from the first
 * difference on. Nothing in it can move a cursor or hide.
 */
export function contentDiff(first: Uint8Array, second: Uint8Array, space: Space): DiffLine[] {
  const [left, right] = [first, second].map((bytes) => (bytes.length > TEXT_BYTES_MAX ? undefined : textOf(bytes)));
  const isText = left !== undefined && right !== undefined;
  return shortened(isText ? aligned(lineDiff(left, right), space.columns) : byteDiff(first, second), space.lines);
}

/** Where two contents begin to differ; undefined where they do not. */
export function firstDifference(first: Uint8Array, second: Uint8Array): number | undefined {
  const shorter = Math.min(first.length, second.length);
  for (let at = 0; at < shorter; at++) if (first[at] !== second[at]) return at;
  return first.length === second.length ? undefined : shorter;
}

function byteDiff(first: Uint8Array, second: Uint8Array): DiffLine[] {
  const from = firstDifference(first, second) ?? 0;
  return [
    ...hexRows(first, from, ROWS_MAX).map((text) => ({ sign: '-' as const, text })),
    ...hexRows(second, from, ROWS_MAX).map((text) => ({ sign: '+' as const, text })),
  ];
}

/** Long lines are cut to the part in which they differ from the line that stands in their place on the other side. */
function aligned(lines: readonly DiffLine[], columns: number): DiffLine[] {
  return runsOf(lines).flatMap((run) => {
    const removed = run.filter(({ sign }) => sign === '-');
    const added = run.filter(({ sign }) => sign === '+');
    const clippedBeside = (line: DiffLine, other: DiffLine | undefined): DiffLine => {
      const [text, beside] = [visible(line.text), visible(other?.text ?? '')];
      return { sign: line.sign, text: clipped(text, columns, commonStart(text, beside)) };
    };
    return [
      ...removed.map((line, index) => clippedBeside(line, added[index])),
      ...added.map((line, index) => clippedBeside(line, removed[index])),
      ...run.filter(({ sign }) => sign === ' ' || sign === '…').map((line) => clippedBeside(line, undefined)),
    ];
  });
}

/** Neighbours that have changed, or that have not. */
function runsOf(lines: readonly DiffLine[]): DiffLine[][] {
  const runs: DiffLine[][] = [];
  for (const line of lines) {
    const last = runs.at(-1);
    const isSameKind = last !== undefined && isChange(last[0]!) === isChange(line);
    if (isSameKind) last.push(line);
    else runs.push([line]);
  }
  return runs;
}

function isChange({ sign }: DiffLine): boolean {
  return sign === '-' || sign === '+';
}

/** In characters, of which some take two places in a string. */
function commonStart(text: string, other: string): number {
  const [left, right] = [[...text], [...other]];
  let at = 0;
  while (at < left.length && left[at] === right[at]) at++;
  return at;
}

/** At most so many characters of a line, `around` among them. */
export function clipped(text: string, columns: number, around = 0): string {
  const characters = [...text];
  if (characters.length <= columns) return text;
  const from = Math.min(Math.max(0, around - Math.floor(columns / 3)), characters.length - columns);
  const part = characters.slice(from, from + columns);
  if (from > 0) part[0] = '…';
  if (from + columns < characters.length) part[columns - 1] = '…';
  return part.join('');
}

function shortened(lines: readonly DiffLine[], most: number): DiffLine[] {
  if (lines.length <= most) return [...lines];
  const left = lines.length - most + 1;
  return [...lines.slice(0, most - 1), { sign: '…', text: `${left} more lines of this difference` }];
}
