// What calls that write to a descriptor hand over, told by the arguments that follow it.

import { type HandedOver, pieceOf } from '../protocol/short-write';

/** Reads the arguments of one call, as node does. */
export interface Handing {
  /** How many bytes, or more than that where only decoding a string would tell. */
  readonly bytes: (data: unknown, second: unknown, third: unknown) => number;
  /** Just how many, and where they lie. */
  readonly describe: (data: unknown, second: unknown, third: unknown) => HandedOver;
}

/** write(fd, string, position, encoding), (fd, view, offset, length) and (fd, view, { offset, length }). */
export const dataHanding: Handing = {
  bytes: (data, second, third) =>
    typeof data === 'string'
      ? Buffer.byteLength(data, typeof third === 'string' ? (third as BufferEncoding) : undefined)
      : lengthIn(data as ArrayBufferView, second, third),
  describe(data, second, third) {
    // Blanks in base64 and what follows a wrong digit in hex are no bytes.
    if (typeof data === 'string') return { bytes: Buffer.from(data, encodingOf(third)).byteLength, pieces: [] };
    const view = data as ArrayBufferView;
    const bytes = lengthIn(view, second, third);
    return { bytes, pieces: [pieceOf(view, offsetIn(second), bytes)] };
  },
};

/** writev(fd, views). */
export const buffersHanding: Handing = {
  bytes: (data) => lengthOf(data as readonly ArrayBufferView[]),
  describe(data) {
    const views = data as readonly ArrayBufferView[];
    return { bytes: lengthOf(views), pieces: views.map((view) => pieceOf(view, 0, view.byteLength)) };
  },
};

function lengthOf(views: readonly ArrayBufferView[]): number {
  let bytes = 0;
  for (let i = 0; i < views.length; i++) bytes += views[i]!.byteLength;
  return bytes;
}

/** An unknown one is taken for UTF-8. */
function encodingOf(value: unknown): BufferEncoding {
  return typeof value === 'string' && Buffer.isEncoding(value) ? value : 'utf8';
}

type Range = { readonly offset?: unknown; readonly length?: unknown } | null;

function offsetIn(second: unknown): number {
  const offset = isRange(second) ? second?.offset : second;
  return typeof offset === 'number' ? offset : 0;
}

function lengthIn(view: ArrayBufferView, second: unknown, third: unknown): number {
  const length = isRange(second) ? second?.length : third;
  return typeof length === 'number' ? length : view.byteLength - offsetIn(second);
}

function isRange(value: unknown): value is Range {
  return typeof value === 'object';
}
