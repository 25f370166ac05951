// What distinguishes two contents of a file, in a few lines.

import { type Space, clipped, limited } from './clip';
import { type DiffLine, lineDiff } from './line-diff';
import { showContent } from './show-content';
import { textOf, visible } from './visible-text';

/** Texts up to this size are compared line by line, and anything else byte by byte. */
const TEXT_BYTES_MAX = 16 * 1024;

/**
 * What is in the first alone (`-`) and in the second alone (`+`): lines of small texts, or the bytes from the first
 * difference on. Nothing in it can move a cursor or hide.
 */
export function contentDiff(first: Uint8Array, second: Uint8Array, space: Space): DiffLine[] {
  const from = firstDifference(first, second);
  if (from === undefined) return [];
  const [left, right] = [first, second].map((bytes) => (bytes.length > TEXT_BYTES_MAX ? undefined : textOf(bytes)));
  const isText = left !== undefined && right !== undefined;
  const lines = isText ? aligned(lineDiff(left, right), space.columns) : byteDiff(first, second, from, space);
  return limited(lines, space.lines, (count) => ({ sign: '…', text: `${count} more lines of this difference` }));
}

/** Where two contents begin to differ; undefined where they do not. */
export function firstDifference(first: Uint8Array, second: Uint8Array): number | undefined {
  const shorter = Math.min(first.length, second.length);
  for (let at = 0; at < shorter; at++) if (first[at] !== second[at]) return at;
  return first.length === second.length ? undefined : shorter;
}

/** Both sides from the first difference on, each as the kind of content that it is. */
function byteDiff(first: Uint8Array, second: Uint8Array, from: number, { lines, columns }: Space): DiffLine[] {
  const side = (bytes: Uint8Array, sign: '-' | '+'): DiffLine[] => {
    return showContent(bytes, from, { lines: Math.ceil(lines / 4), columns }).map((text) => ({ sign, text }));
  };
  return [...side(first, '-'), ...side(second, '+')];
}

/** Long lines are cut to the part in which they differ from the line that stands in their place on the other side. */
function aligned(lines: readonly DiffLine[], columns: number): DiffLine[] {
  return runsOf(lines).flatMap((run) => {
    const removed = run.filter(({ sign }) => sign === '-');
    const added = run.filter(({ sign }) => sign === '+');
    return run.map((line) => {
      const beside = line.sign === '-' ? added[removed.indexOf(line)] : removed[added.indexOf(line)];
      return clippedBeside(line, beside, columns);
    });
  });
}

function clippedBeside({ sign, text }: DiffLine, beside: DiffLine | undefined, columns: number): DiffLine {
  const shown = visible(text);
  return { sign, text: clipped(shown, columns, commonStart(shown, visible(beside?.text ?? ''))) };
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
  const [left, right] = [Array.from(text), Array.from(other)];
  let at = 0;
  while (at < left.length && left[at] === right[at]) at++;
  return at;
}
