// The life of a write stream: every event, with what a program can see of the stream at that moment.

import type { WriteStream } from 'node:fs';
import { type Difference, expectSame } from './compare';
import { turns, turnUntil } from './event-loop';
import { Journal } from './outcome';
import { pictureOfBytes } from './picture';
import type { Backend, Fs, World } from './worlds';

const EVENTS = ['open', 'ready', 'pipe', 'unpipe', 'finish', 'error', 'close'];

export interface StreamUse {
  readonly title: string;
  /** @default createWriteStream() on the target */
  readonly make?: (world: World) => WriteStream | Promise<WriteStream>;
  readonly options?: unknown;
  /** @default writes and ends */
  readonly use?: (stream: WriteStream, journal: Journal, world: World) => unknown;
  readonly fails?: string | RegExp;
  /** Nothing is at the target before. */
  readonly isNew?: boolean;
  readonly unlike?: Difference;
}

export const OLD = 'old content, longer than the new';

/** Plays a stream's life on both sides: made, used, and watched until it is closed. */
export function streamsAlike(backend: Backend, given: StreamUse): Promise<void> {
  const { make, options, use = (stream) => stream.end('new'), fails, unlike } = given;
  return expectSame(backend, {
    before: ({ base, at }) => (given.isNew ? undefined : base.writeFileSync(at('target'), OLD)),
    fails,
    unlike,
    act: async (world) => {
      const journal = new Journal();
      const { fs, at } = world;
      const made = make?.(world) ?? fs.createWriteStream(at('target'), options as BufferEncoding);
      const stream = made instanceof Promise ? await made : made;
      // In the same turn, or the first events are missed.
      noteEvents(stream, journal, world);
      journal.add('made', stateOf(stream));
      await use(stream, journal, world);
      await untilOver(stream);
      journal.add('over', stateOf(stream));
      return journal;
    },
  });
}

function noteEvents(stream: WriteStream, journal: Journal, { base, at }: World): void {
  for (const name of EVENTS) {
    stream.on(name, (value: unknown) => {
      const event = { value: name === 'open' ? typeof value : value, ...stateOf(stream) };
      if (name !== 'finish') journal.add(name, event);
      else journal.add(name, { ...event, isOpen: isOpen(base, stream), content: contentAt(base, at('target')) });
    });
  }
}

/** What can be seen of a stream. */
export function stateOf(stream: WriteStream): Record<string, unknown> {
  const { bytesWritten, path, pending, closed, destroyed, writableEnded, writableFinished, errored } = stream;
  const { fd } = stream as { fd?: unknown };
  const failure = errored?.message;
  const descriptor = typeof fd === 'number' ? 'a number' : fd;
  return { bytesWritten, path, pending, closed, destroyed, writableEnded, writableFinished, failure, descriptor };
}

function isOpen(base: Fs, stream: WriteStream): boolean {
  try {
    base.fstatSync((stream as unknown as { fd: number }).fd);
    return true;
  } catch {
    return false;
  }
}

function contentAt(base: Fs, path: string): string {
  return base.existsSync(path) ? pictureOfBytes(base.readFileSync(path)) : 'absent';
}

/** Closed, or finished where it does not close by itself. */
async function untilOver(stream: WriteStream): Promise<void> {
  const { autoClose } = stream as { autoClose?: boolean };
  const isOver = (): boolean => stream.closed || (autoClose === false && (stream.writableFinished || !!stream.errored));
  await turnUntil(isOver);
  // What follows upon the close, such as a second event.
  await turns(5);
}

/** Writes and waits until the bytes are with the system. */
export function written(stream: WriteStream, chunk: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(chunk, (error) => (error ? reject(error) : resolve()));
  });
}
