// The beginning of a file's content.

import { type Space, clipped } from './content-diff';
import { hexRows } from './hex-dump';
import { textOf, visible } from './visible-text';

/** In one line: text as it is, and anything else in hexadecimal. Empty for no content. */
export function previewLine(bytes: Uint8Array, columns: number): string {
  // No character takes more than four bytes.
  const text = textOf(bytes.subarray(0, columns * 4));
  if (text !== undefined) return clipped(visible(text), columns);
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, HEX_BYTES)).toString('hex');
  return `${hex.replace(/..(?!$)/g, '$& ')}${bytes.length > HEX_BYTES ? ' …' : ''}`;
}

const HEX_BYTES = 12;

/** In several lines, the last of which tells how much is left out. */
export function previewLines(bytes: Uint8Array, { lines, columns }: Space): string[] {
  const text = textOf(bytes.subarray(0, lines * columns));
  if (text === undefined) return hexRows(bytes, 0, lines);
  const all = text.split('\n');
  const shown = all.slice(0, lines).map((line) => clipped(visible(line), columns));
  const left = bytes.length - Buffer.byteLength(all.slice(0, lines).join('\n'));
  return left <= 1
    ? shown.slice(0, shown.at(-1) === '' ? -1 : undefined)
    : [...shown, `… ${left.toLocaleString('en')} more bytes`];
}
