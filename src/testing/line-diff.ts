// The difference of two texts, line by line.

export interface DiffLine {
  /** `' '` on both sides, `'-'` on the first alone, `'+'` on the second alone, `'…'` where lines are left out. */
  readonly sign: ' ' | '-' | '+' | '…';
  readonly text: string;
}

/** Equal lines shown around a difference. */
const CONTEXT_LINES = 2;
/** Beyond this many cells of comparison, all that is between the common ends counts as different. */
const CELLS_MAX = 250_000;

/** With a few equal lines around each difference; no line has its newline. */
export function lineDiff(first: string, second: string): DiffLine[] {
  const [left, right] = [linesOf(first), linesOf(second)];
  const head = commonLength(left, right, left.length);
  const tail = commonLength(left.toReversed(), right.toReversed(), Math.min(left.length, right.length) - head);
  const lines: DiffLine[] = [
    ...left.slice(0, head).map(same),
    ...middle(left.slice(head, left.length - tail), right.slice(head, right.length - tail)),
    ...left.slice(left.length - tail).map(same),
  ];
  // Only the last line of a text can lack its newline, and it matters only where the other has it.
  const matters = first !== '' && second !== '' && first.endsWith('\n') !== second.endsWith('\n');
  return withoutFarContext(lines).flatMap(({ sign, text }): DiffLine[] => {
    if (text.endsWith('\n')) return [{ sign, text: text.slice(0, -1) }];
    const line = { sign, text };
    return matters && sign !== '…' ? [line, NO_NEWLINE] : [line];
  });
}

const NO_NEWLINE: DiffLine = { sign: '…', text: 'no newline at the end' };

/** Each with its newline. */
function linesOf(text: string): string[] {
  return text === '' ? [] : text.split(/(?<=\n)/);
}

function commonLength(left: readonly string[], right: readonly string[], most: number): number {
  let count = 0;
  while (count < most && count < right.length && left[count] === right[count]) count++;
  return count;
}

function middle(left: readonly string[], right: readonly string[]): DiffLine[] {
  if (left.length * right.length > CELLS_MAX) return [...left.map(removed), ...right.map(added)];
  const common = commonSubsequence(left, right);
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  for (const [atLeft, atRight] of [...common, [left.length, right.length] as const]) {
    lines.push(...left.slice(i, atLeft).map(removed), ...right.slice(j, atRight).map(added));
    if (atLeft < left.length) lines.push(same(left[atLeft]!));
    [i, j] = [atLeft + 1, atRight + 1];
  }
  return lines;
}

/** Pairs of places with equal lines, as many as there can be, in order. */
function commonSubsequence(left: readonly string[], right: readonly string[]): (readonly [number, number])[] {
  const width = right.length + 1;
  // How many pairs there are from a place on; the last row and column stay zero.
  const counts = new Uint32Array((left.length + 1) * width);
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      const skipping = Math.max(counts[(i + 1) * width + j]!, counts[i * width + j + 1]!);
      counts[i * width + j] = left[i] === right[j] ? counts[(i + 1) * width + j + 1]! + 1 : skipping;
    }
  }
  const pairs: (readonly [number, number])[] = [];
  for (let i = 0, j = 0; i < left.length && j < right.length;) {
    if (left[i] === right[j]) pairs.push([i++, j++]);
    else if (counts[(i + 1) * width + j]! >= counts[i * width + j + 1]!) i++;
    else j++;
  }
  return pairs;
}

function withoutFarContext(lines: readonly DiffLine[]): DiffLine[] {
  const isNear = (index: number): boolean => {
    const around = lines.slice(Math.max(0, index - CONTEXT_LINES), index + CONTEXT_LINES + 1);
    return around.some(({ sign }) => sign !== ' ');
  };
  const shown: DiffLine[] = [];
  let left = 0;
  for (const [index, line] of [...lines, undefined].entries()) {
    if (line !== undefined && !isNear(index)) {
      left++;
      continue;
    }
    if (left > 0) shown.push({ sign: '…', text: `${left} equal ${left === 1 ? 'line' : 'lines'}` });
    left = 0;
    if (line !== undefined) shown.push(line);
  }
  return shown;
}

function same(text: string): DiffLine {
  return { sign: ' ', text };
}

function removed(text: string): DiffLine {
  return { sign: '-', text };
}

function added(text: string): DiffLine {
  return { sign: '+', text };
}
