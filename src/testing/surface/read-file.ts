// readFile. Its three flavours read in different pieces.

import type { BigIntStats, Stats } from 'node:fs';
import { namingTarget, systemError } from '../../ground/errors';
import { type Steps, refused } from '../../steps/step';
import { checkAborted, isDescriptor, readFd, readFlags, readOptions, readPath } from './arguments';
import { askNode } from './ask-node';
import type { FlavourName, Story } from './flavours';
import { renaming } from './naming';
import { readsIntoBuffers, worksInOneJob } from './node-habits';
import { descriptorOf } from './open-handles';
import * as primitive from './primitives';
import { whileOpen } from './while-open';

/** What one read is asked for: lib/fs.js, lib/internal/fs/utils.js and src/node_file.cc. */
const PIECE_BYTES = 512 * 1024;
const UNKNOWN_SIZE_BYTES = { sync: 8192, callback: 64 * 1024, promise: 64 * 1024 };

interface Options {
  readonly encoding: BufferEncoding | undefined;
  readonly signal: unknown;
}

/** https://nodejs.org/api/fs.html#fsreadfilepath-options-callback and its kin. */
export const readFileStory: Story = (lab, [path, given], flavour) => {
  const read = readOptions(given);
  // Nothing that the lab knows.
  if (readsIntoBuffers && read['buffer'] !== undefined) askNode();
  const encoding = read['encoding'] || undefined;
  const options: Options = {
    encoding: encoding === 'buffer' ? undefined : (encoding as BufferEncoding),
    signal: flavour === 'sync' ? undefined : read['signal'],
  };
  const handleFd = descriptorOf(path);
  if (handleFd !== undefined && flavour === 'promise') return readOpened(handleFd, options, flavour);
  if (isDescriptor(path) && flavour !== 'promise') {
    if (path < 0 && isNative(options, flavour)) return refused(systemError('EBADF', 'read'));
    return readOpened(readFd(path), options, flavour);
  }
  const flags = readFlags(flavour === 'promise' ? read['flag'] || 'r' : 'flag' in read ? read['flag'] : 'r');
  const asked = readPath(lab, path);
  checkAborted(options.signal);
  const isOneJob = worksInOneJob && flavour !== 'sync';
  return whileOpen(asked, flags, 0o666, flavour, (fd) => {
    const reading = readOpened(fd, options, flavour);
    return isOneJob ? renaming(reading, (error) => namingFirstRead(error, asked.asked)) : reading;
  });
};

/** What fails in the job that opens the file names it. */
function namingFirstRead(error: unknown, path: string): unknown {
  return (error as { syscall?: unknown }).syscall === 'read' ? namingTarget(error, path) : error;
}

/** Reads from the descriptor's own position to the end. */
export function* readOpened(fd: number, options: Options, flavour: FlavourName): Steps<string | Buffer> {
  const size = isNative(options, flavour) ? 0 : sizeOf(yield* primitive.fstat(fd, { bigint: false }));
  const bytes = yield* size === 0 ? readToEnd(fd, options, flavour) : readSize(fd, size, options, flavour);
  return options.encoding === undefined ? bytes : bytes.toString(options.encoding);
}

/** Read in C++, which looks neither at the size nor at the descriptor before it reads. */
function isNative({ encoding }: Options, flavour: FlavourName): boolean {
  return flavour === 'sync' && (encoding === 'utf8' || encoding === 'utf-8');
}

function sizeOf(stats: Stats | BigIntStats): number {
  return stats.isFile() ? Number(stats.size) : 0;
}

/** Where the size is known: no read more where that is reached. */
function* readSize(fd: number, size: number, { encoding, signal }: Options, flavour: FlavourName): Steps<Buffer> {
  const pieces: Buffer[] = [];
  let filled = 0;
  while (filled < size) {
    checkAborted(signal);
    const left = size - filled;
    // Text is decoded piece by piece there, from a buffer that stays.
    const isDecoded = flavour === 'promise' && encoding !== undefined;
    const wanted = flavour === 'sync' ? left : Math.min(PIECE_BYTES, isDecoded ? size : left);
    const piece = Buffer.alloc(wanted);
    const count = yield* primitive.read(fd, piece, 0, wanted, null);
    pieces.push(piece.subarray(0, count));
    filled += count;
    // The promise flavour takes a short read for the end, where it reads at once or decodes.
    const isEnd = flavour === 'promise' && count < wanted && (isDecoded || size <= PIECE_BYTES);
    if (count === 0 || isEnd) break;
  }
  return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
}

/** Where it is not known, or cannot be believed: until a read finds nothing more. */
function* readToEnd(fd: number, { signal }: Options, flavour: FlavourName): Steps<Buffer> {
  const pieces: Buffer[] = [];
  for (;;) {
    checkAborted(signal);
    const piece = Buffer.alloc(UNKNOWN_SIZE_BYTES[flavour]);
    const count = yield* primitive.read(fd, piece, 0, piece.length, null);
    if (count === 0) return Buffer.concat(pieces);
    pieces.push(piece.subarray(0, count));
  }
}
