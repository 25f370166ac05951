// The content of a file: text as text, and anything else as hexdump(1) shows it.

import { type Space, clipped } from './clip';
import { textOf, visible } from './visible-text';

/**
 * The content from a byte on.
 *
 * @returns Nothing that can move a cursor or hide. The last line tells how much is left out.
 */
export function showContent(bytes: Uint8Array, from: number, space: Space): string[] {
  const rest = bytes.subarray(from);
  const repeated = showRepeated(rest);
  if (repeated !== undefined) return [repeated];
  const start = characterStart(bytes, from);
  const text = textOf(bytes.subarray(start, start + space.lines * space.columns));
  return text === undefined ? hexRows(bytes, from, space.lines) : textLines(text, bytes.length - start, space);
}

/** In one line, the beginning of it. Empty for no content. */
export function showBeginning(bytes: Uint8Array, columns: number): string {
  const repeated = showRepeated(bytes);
  if (repeated !== undefined) return repeated;
  const text = textOf(bytes.subarray(0, columns * BYTES_PER_CHARACTER_MAX));
  if (text !== undefined) return clipped(visible(text), columns);
  const shown = bytes.subarray(0, Math.floor(columns / 3) - 1);
  return `${hexOf(shown)}${shown.length < bytes.length ? ' …' : ''}`;
}

/** Of UTF-8. */
const BYTES_PER_CHARACTER_MAX = 4;

/** As in `55 zeros`: what was never written, mostly. */
function showRepeated(bytes: Uint8Array): string | undefined {
  const [first] = bytes;
  if (first === undefined || bytes.length < 4 || !bytes.every((byte) => byte === first)) return undefined;
  const count = bytes.length.toLocaleString('en');
  return first === 0
    ? `${count} zeros`
    : textOf(bytes.subarray(0, 1)) === undefined
      ? `${count} × ${hexOf([first])}`
      : undefined;
}

function characterStart(bytes: Uint8Array, at: number): number {
  let start = at;
  while (start > 0 && at - start < BYTES_PER_CHARACTER_MAX && (bytes[start]! & 0xc0) === 0x80) start--;
  return start;
}

function textLines(text: string, size: number, { lines, columns }: Space): string[] {
  const shown = text.split('\n').slice(0, lines);
  const left = size - Buffer.byteLength(shown.join('\n'));
  const isWhole = left <= 0 || (left === 1 && text.endsWith('\n'));
  if (isWhole && shown.at(-1) === '') shown.pop();
  const clippedLines = shown.map((line) => clipped(visible(line), columns));
  return isWhole ? clippedLines : [...clippedLines, showLeft(left, 'bytes')];
}

const BYTES_PER_ROW = 16;

/** Rows of up to 16 bytes: offset, bytes, and the characters that they are in ASCII. */
function hexRows(bytes: Uint8Array, from: number, rowsMax: number): string[] {
  const rows: string[] = [];
  let start = from - (from % BYTES_PER_ROW);
  for (; start < bytes.length && rows.length < rowsMax; start += BYTES_PER_ROW) {
    rows.push(hexRow(bytes.subarray(start, start + BYTES_PER_ROW), start));
  }
  const rest = bytes.subarray(start);
  if (rest.length > 0) rows.push(showLeft(rest.length, rest.every((byte) => byte === 0) ? 'zeros' : 'bytes'));
  return rows;
}

function hexRow(bytes: Uint8Array, offset: number): string {
  const characters = Array.from(bytes, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.'));
  return `${offset.toString(16).padStart(6, '0')}  ${hexOf(bytes).padEnd(BYTES_PER_ROW * 3 - 1)}  ${characters.join('')}`;
}

function hexOf(bytes: Uint8Array | readonly number[]): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

function showLeft(count: number, unit: string): string {
  return `… ${count.toLocaleString('en')} more ${unit}`;
}
