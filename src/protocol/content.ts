// What a caller wants written, as one chunk of bytes after the other.

import { systemError } from '../ground/errors';
import { type Steps, wait, write } from '../steps/step';
import type { Slot } from './slots';

/** Everything that node's writeFile functions accept as data, after node's own checks. */
export type Content = string | ArrayBufferView | AsyncIterable<unknown> | Iterable<unknown>;

/** The most that one write(2) is asked for, so that an abort is noticed between them and no length overflows. */
const WRITE_BYTES_MAX = 64 * 1024 * 1024;

/** Characters of a string that are encoded at once, so that a long string is never held a second time as bytes. */
const PIECE_CHARACTERS = 256 * 1024;

/** A write that accepts nothing is tried again this many times, as node's own streams do. */
const EMPTY_WRITES_MAX = 5;

/**
 * Writes all of `content` at the descriptor's own position.
 *
 * @param encoding For strings, also those that an iterable yields.
 * @param checkpoint Called before each write; throws to stop.
 * @param slot To be left while an iterable is waited for.
 */
export function writeContent(
  fd: number,
  content: Content,
  encoding: BufferEncoding,
  checkpoint: () => void,
  slot?: Slot,
): Steps<void> {
  if (typeof content === 'string') return writeText(fd, content, encoding, checkpoint);
  if (ArrayBuffer.isView(content)) return writeBytes(fd, bytesOf(content), null, checkpoint);
  return writeChunks(fd, content, encoding, checkpoint, slot);
}

/**
 * Writes until every byte is accepted: running out of space shows as a SHORT write, and only the next one fails.
 *
 * @param start Where in the file, in bytes; null for the descriptor's own position.
 * @param checkpoint As for `writeContent`.
 */
export function* writeBytes(
  fd: number,
  bytes: Uint8Array,
  start: number | null = null,
  checkpoint: () => void = () => {},
): Steps<void> {
  let offset = 0;
  let emptyWrites = 0;
  while (offset < bytes.byteLength) {
    checkpoint();
    const length = Math.min(bytes.byteLength - offset, WRITE_BYTES_MAX);
    const written = yield* write(fd, bytes, offset, length, start === null ? null : start + offset);
    emptyWrites = written > 0 ? 0 : emptyWrites + 1;
    if (emptyWrites > EMPTY_WRITES_MAX) throw systemError('EIO', 'write', '');
    offset += written;
  }
}

function writeText(fd: number, text: string, encoding: BufferEncoding, checkpoint: () => void): Steps<void> {
  if (text.length > PIECE_CHARACTERS && isPerCharacter(encoding)) return writePieces(fd, text, encoding, checkpoint);
  return encoding === 'utf8'
    ? writeUtf8(fd, text, checkpoint)
    : writeBytes(fd, Buffer.from(text, encoding), null, checkpoint);
}

/** Leaves the encoding to the write itself, which has the bytes nowhere else. */
function* writeUtf8(fd: number, text: string, checkpoint: () => void): Steps<void> {
  checkpoint();
  const written = text === '' ? 0 : yield* write(fd, text);
  if (written < Buffer.byteLength(text)) yield* writeBytes(fd, Buffer.from(text).subarray(written), null, checkpoint);
}

function* writePieces(fd: number, text: string, encoding: BufferEncoding, checkpoint: () => void): Steps<void> {
  for (const piece of encode(text, encoding)) yield* writeBytes(fd, piece, null, checkpoint);
}

function* writeChunks(
  fd: number,
  chunks: AsyncIterable<unknown> | Iterable<unknown>,
  encoding: BufferEncoding,
  checkpoint: () => void,
  slot: Slot | undefined,
): Steps<void> {
  const writeChunk = (chunk: unknown): Steps<void> => {
    checkpoint();
    const bytes = ArrayBuffer.isView(chunk) ? bytesOf(chunk) : Buffer.from(chunk as string, encoding);
    return writeBytes(fd, bytes, null, checkpoint);
  };
  yield* consume(chunks, writeChunk, slot);
}

/** Consumes an iterable as node's fsPromises.writeFile does, and like it lets the iterable clean up on failure. */
export function* consume(
  chunks: AsyncIterable<unknown> | Iterable<unknown>,
  use: (chunk: unknown) => Steps<void>,
  slot?: Slot,
): Steps<void> {
  const iterator = iterate(chunks);
  let exhausted = false;
  try {
    for (;;) {
      const { done, value } = yield* waitOutside(slot, iterator.next());
      if (done) {
        exhausted = true;
        return;
      }
      yield* use(value);
    }
  } finally {
    if (!exhausted) yield* waitOutside(slot, cleanUp(iterator));
  }
}

async function cleanUp(iterator: AsyncGenerator<unknown, void>): Promise<void> {
  await iterator.return?.(undefined).catch(() => {});
}

function waitOutside<T>(slot: Slot | undefined, promise: Promise<T>): Steps<T> {
  return slot === undefined ? wait(promise) : slot.outside(wait(promise));
}

async function* iterate(chunks: AsyncIterable<unknown> | Iterable<unknown>): AsyncGenerator<unknown, void> {
  yield* chunks;
}

/** A string's bytes in pieces of bounded size; the pieces share one buffer, so each must be used before the next. */
function* encode(text: string, encoding: BufferEncoding): Generator<Uint8Array> {
  const buffer = Buffer.allocUnsafeSlow(PIECE_CHARACTERS * BYTES_PER_CHARACTER_MAX);
  let start = 0;
  while (start < text.length) {
    let end = Math.min(start + PIECE_CHARACTERS, text.length);
    // A pair of surrogates is one character: cut before it, not through it.
    if (end < text.length && isHighSurrogate(text.charCodeAt(end - 1))) end--;
    yield buffer.subarray(0, buffer.write(text.slice(start, end), encoding));
    start = end;
  }
}

/** In these encodings the bytes of two pieces are the bytes of the whole; in `hex` and `base64` they need not be. */
function isPerCharacter(encoding: BufferEncoding): boolean {
  return !/^(hex|base64(url)?)$/i.test(encoding);
}

const BYTES_PER_CHARACTER_MAX = 3;

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  if (view instanceof Uint8Array) return view;
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}
