// What the playing process and the one that watches say to each other, over descriptor 3: one request, one answer, both a
// line of JSON. The player waits for each answer without letting its event loop turn.

import type { Duplex } from 'node:stream';
import { pictureOfBytes } from '../support/picture';
import type { Report } from './scenario';

export type Request =
  | { readonly ask: 'next' }
  | { readonly ask: 'look'; readonly when: string }
  | { readonly ask: 'other'; readonly name: string }
  | { readonly ask: 'report'; readonly report: Report };

/** The answer to `next`; no id where there is nothing more to play. */
export interface Job {
  readonly id?: string;
  readonly directory: string;
}

export const CHANNEL_FD = 3;

const SHORT_CHARACTERS = 2000;

/** Undefined is told apart from nothing, and a number that JSON has no word for from null. */
export function encode(message: unknown): string {
  return JSON.stringify(message, (_key, value: unknown) => {
    if (value === undefined) return '<undefined>';
    if (typeof value === 'string' && value.length > SHORT_CHARACTERS) return pictureOfBytes(Buffer.from(value));
    return typeof value === 'bigint' || (typeof value === 'number' && Number.isNaN(value)) ? `<${value}>` : value;
  });
}

/** Answers every request that comes. */
export function serve(socket: Duplex, answer: (request: Request) => Promise<unknown>): void {
  // The other end is gone when the player is killed.
  socket.on('error', () => {});
  let line = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    line += text;
    if (!line.endsWith('\n')) return;
    const request = JSON.parse(line) as Request;
    line = '';
    void answer(request).then((result) => socket.write(`${encode(result ?? null)}\n`));
  });
}

interface Descriptors {
  readonly writeSync: (fd: number, bytes: Buffer, offset: number) => number;
  readonly readSync: (fd: number, bytes: Buffer) => number;
}

/** The player's end. */
export function connect({ writeSync, readSync }: Descriptors): (request: Request) => unknown {
  const chunk = Buffer.alloc(64 * 1024);
  return (request) => {
    const bytes = Buffer.from(`${encode(request)}\n`);
    for (let sent = 0; sent < bytes.length;) sent += writeSync(CHANNEL_FD, bytes, sent);
    let answer = Buffer.alloc(0);
    while (answer.at(-1) !== NEWLINE) {
      const length = readSync(CHANNEL_FD, chunk);
      if (length === 0) throw new Error('nobody watches any more');
      answer = Buffer.concat([answer, chunk.subarray(0, length)]);
    }
    return JSON.parse(answer.toString()) as unknown;
  };
}

const NEWLINE = 10;
