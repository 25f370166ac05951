// A hundred mebibytes through a write stream.

import { once } from 'node:events';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import type { Calls } from '../contestants';
import { makeFiles } from './whole-file';
import { type Work, now, roundOf } from './work';

const MIB = 1024 * 1024;

interface Chunks {
  readonly name: string;
  readonly title: string;
  readonly bytes: number;
  readonly highWaterMark?: number;
  readonly roundsMax: number;
}

function throughStream({ name, title, bytes, highWaterMark, roundsMax }: Chunks): Work {
  return {
    name: `stream-${name}`,
    title: `100 MiB stream, ${title}`,
    operations: 'streams',
    unit: 'ms',
    roundsMax,
    shapes: ['stream'],
    isSequential: true,
    prepare: (directory) => makeFiles(directory, 1),
    round: async (_contestant, call, directory, { quick }) => {
      const total = quick ? 10 * MIB : 100 * MIB;
      const chunk = Buffer.alloc(bytes, 'x');
      const begun = now();
      const opened = (call as Calls['stream'])(join(directory, 'file-0'), highWaterMark ? { highWaterMark } : {});
      await pour(opened, chunk, total / bytes);
      return roundOf(begun, [now() - begun]);
    },
  };
}

/** Writes a chunk so many times, waiting whenever the stream asks to, and waits for its end. */
export async function pour(stream: Writable, chunk: Buffer, times: number): Promise<void> {
  const finished = once(stream, 'finish');
  for (let i = 0; i < times; i++) {
    if (!stream.write(chunk)) await once(stream, 'drain');
  }
  stream.end();
  await finished;
  // ext4 writes out a file that replaces another one: at the rename, or when one that was truncated is closed. Who renames
  // before `finish` has done by then what node still has to do. Old implementations have no `closed`.
  if ('closed' in stream && !stream.closed) await once(stream, 'close');
}

export const streamWorks: readonly Work[] = [
  throughStream({ name: 'default', title: 'chunks of 64 KiB', bytes: 64 * 1024, roundsMax: 10 }),
  throughStream({ name: '1m', title: 'highWaterMark of 1 MiB', bytes: MIB, highWaterMark: MIB, roundsMax: 10 }),
  throughStream({ name: '1k', title: 'chunks of 1 KiB', bytes: 1024, roundsMax: 3 }),
];
