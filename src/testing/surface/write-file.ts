// writeFile and appendFile. Their three flavours write in different pieces.

import { systemError } from '../../ground/errors';
import { isIterable } from '../../shapes/arguments';
import { consume } from '../../protocol/content';
import { type Steps, refused } from '../../steps/step';
import {
  bytesOf,
  checkAborted,
  isDescriptor,
  readBoolean,
  readFd,
  readFlags,
  readMode,
  readOptions,
  readPath,
} from './arguments';
import { askNode } from './ask-node';
import type { FlavourName, Story } from './flavours';
import { nativeWriteFlushes, worksInOneJob } from './node-habits';
import { descriptorOf } from './open-handles';
import * as primitive from './primitives';
import { whileOpen } from './while-open';

/** What one write of the promise flavour is asked for (lib/internal/fs/utils.js); the others ask for all at once. */
const PIECE_BYTES = 512 * 1024;

type Source = Uint8Array | Iterable<unknown> | AsyncIterable<unknown>;

interface Writing {
  readonly source: Source;
  readonly encoding: BufferEncoding;
  readonly flush: boolean;
  readonly signal: unknown;
  readonly flavour: FlavourName;
  readonly isOneJob?: boolean;
}

/** https://nodejs.org/api/fs.html#fswritefilefile-data-options-callback and its kin. */
export const writeFileStory = storyWith('w');
export const appendFileStory = storyWith('a');

function storyWith(flag: 'w' | 'a'): Story {
  return (lab, [path, data, given], flavour) => {
    const options = readOptions(given);
    const isNative =
      flavour === 'sync' &&
      typeof data === 'string' &&
      (given === undefined || given === null || isUtf8(options['encoding']));
    const writing = readWriting(data, options, isNative, flavour);
    const handleFd = descriptorOf(path);
    // A handle is not flushed.
    if (handleFd !== undefined && flavour === 'promise') return writeAll(handleFd, { ...writing, flush: false });
    if (isDescriptor(path) && flavour !== 'promise')
      return isNative && path < 0 ? refused(systemError('EBADF', 'write')) : writeAll(readFd(path), writing);
    const flags = readFlags(options['flag'] || flag);
    const mode = readMode(options['mode'], 0o666);
    const asked = readPath(lab, path);
    checkAborted(writing.signal);
    if (worksInOneJob && flavour === 'callback' && !writing.flush)
      return inOneJob(writing.signal, (job) =>
        whileOpen(asked, flags, mode, flavour, (fd) => writeAll(fd, { ...writing, ...job })),
      );
    return whileOpen(asked, flags, mode, flavour, (fd) => writeAll(fd, writing));
  };
}

/** An abort is seen when all is done. */
function* inOneJob(signal: unknown, write: (job: Pick<Writing, 'signal' | 'isOneJob'>) => Steps<void>): Steps<void> {
  yield* write({ signal: undefined, isOneJob: true });
  checkAborted(signal);
}

/** As node compares it, to choose its native path. */
function isUtf8(encoding: unknown): boolean {
  return encoding === 'utf8' || encoding === 'utf-8';
}

function readWriting(
  data: unknown,
  options: Readonly<Record<string, unknown>>,
  isNative: boolean,
  flavour: FlavourName,
): Writing {
  const encoding = (options['encoding'] || 'utf8') as BufferEncoding;
  const asked = readBoolean(options['flush'] ?? undefined, false);
  return {
    source: readSource(data, encoding, flavour),
    encoding,
    flush: asked && (!isNative || nativeWriteFlushes),
    signal: flavour === 'sync' ? undefined : options['signal'],
    flavour,
  };
}

function readSource(data: unknown, encoding: BufferEncoding, flavour: FlavourName): Source {
  if (typeof data === 'string') return Buffer.isEncoding(encoding) ? Buffer.from(data, encoding) : askNode();
  if (ArrayBuffer.isView(data)) return bytesOf(data);
  return flavour === 'promise' && isIterable(data) ? data : askNode();
}

function* writeAll(fd: number, writing: Writing): Steps<void> {
  const { source, encoding, flush, signal, flavour, isOneJob = false } = writing;
  if (source instanceof Uint8Array) {
    // With a callback even nothing is written once.
    if (source.length === 0 && flavour === 'callback' && !isOneJob) yield* writePiece(fd, source, 0, 0, signal);
    yield* writeBytes(fd, source, flavour === 'promise' ? PIECE_BYTES : Infinity, signal);
  } else {
    checkAborted(signal);
    yield* consume(source, (chunk) => {
      checkAborted(signal);
      const bytes = ArrayBuffer.isView(chunk) ? bytesOf(chunk) : Buffer.from(chunk as string, encoding);
      return writeBytes(fd, bytes, PIECE_BYTES, signal);
    });
  }
  if (flush) yield* primitive.fsync(fd);
}

/** Until every byte is accepted, which a write need not do at once. */
function* writeBytes(fd: number, bytes: Uint8Array, pieceBytes: number, signal: unknown): Steps<void> {
  let written = 0;
  while (written < bytes.length) {
    const length = Math.min(pieceBytes, bytes.length - written);
    written += yield* writePiece(fd, bytes, written, length, signal);
  }
}

function writePiece(fd: number, bytes: Uint8Array, offset: number, length: number, signal: unknown): Steps<number> {
  checkAborted(signal);
  return primitive.write(fd, bytes, offset, length, null);
}
