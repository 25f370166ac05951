// Text from anywhere, made harmless to show: what would move the cursor, or hide or reorder what stands around it, is
// written out.

import { stripVTControlCharacters } from 'node:util';

/** Controls, formats (zero-width, bidirectional), separators other than the space, and halves of surrogate pairs. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu;

const SHORT_ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** One line, in which every character can be seen. */
export function visible(text: string): string {
  return text.replace(UNSEEN, (character) => SHORT_ESCAPES[character] ?? escapeOf(character.codePointAt(0)!));
}

/** A text of several lines, without the colours that it may bring. */
export function visibleLines(text: string): string[] {
  const lines = stripVTControlCharacters(text).trimEnd().split(/\r?\n/);
  return lines.map((line) => visible(line.replaceAll('\t', '  ')));
}

function escapeOf(point: number): string {
  return point < 0x100 ? `\\x${point.toString(16).padStart(2, '0')}` : `\\u{${point.toString(16)}}`;
}

/** What bytes say, if they are UTF-8 without controls; a character cut off at the end is left out. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: true });
    return CONTROLS.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

const CONTROLS = /(?![\n\r\t])\p{Cc}/u;
