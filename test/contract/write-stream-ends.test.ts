// Write streams on descriptors that they are given, and streams that fail or are given up.

import { once } from 'node:events';
import type { WriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { expectSame, failureKeepsOldContent, withEntry } from '../support/compare';
import { turns } from '../support/event-loop';
import type { Journal } from '../support/outcome';
import { OLD, type StreamUse, streamsAlike, written } from '../support/stream-story';
import { REAL_BACKENDS, type World } from '../support/worlds';

const GIVEN_DESCRIPTORS: readonly StreamUse[] = [
  ...['w', 'w+', 'a', 'r+'].map((flags) => ({
    title: `a descriptor opened with '${flags}'`,
    make: ({ fs, at }: World) => fs.createWriteStream('', { fd: fs.openSync(at('target'), flags) }),
  })),
  {
    title: 'a descriptor that has been written to',
    make: ({ fs, at }) => {
      const fd = fs.openSync(at('target'), 'w');
      fs.writeSync(fd, 'before, ');
      return fs.createWriteStream('', { fd });
    },
  },
  {
    title: 'a descriptor and start',
    make: ({ fs, at }) => fs.createWriteStream('', { fd: fs.openSync(at('target'), 'w'), start: 4 }),
  },
  {
    title: 'a descriptor and a path that is ignored',
    make: ({ fs, at }) => fs.createWriteStream(at('ignored'), { fd: fs.openSync(at('target'), 'w') }),
  },
  {
    title: 'a descriptor that it does not close',
    make: ({ fs, at }) => fs.createWriteStream('', { fd: fs.openSync(at('target'), 'w'), autoClose: false }),
    use: async (stream, journal, { fs }) => {
      const { fd } = stream as unknown as { fd: number };
      stream.end('from the stream');
      await once(stream, 'finish');
      await journal.note('write', () => fs.writeSync(fd, ', by hand'));
      await journal.note('close', () => fs.closeSync(fd));
    },
    unlike: {
      because: 'whoever keeps the descriptor may write on, so its close is what publishes',
      expected: (plain) => {
        const { entries } = plain.answer as Journal;
        const { outcome } = entries.find(({ what }) => what === 'finish')!;
        return withEntry(plain, 'finish', { ...(outcome as object), content: OLD });
      },
    },
  },
  {
    title: 'two streams one after the other on one descriptor',
    make: async ({ fs, at }) => {
      const fd = fs.openSync(at('target'), 'w');
      const first = fs.createWriteStream('', { fd, autoClose: false });
      first.end('first, ');
      await once(first, 'finish');
      return fs.createWriteStream('', { fd });
    },
  },
  ...[{}, { start: 2 }, { encoding: 'hex' as const }].map((options) => ({
    title: `a FileHandle and ${JSON.stringify(options)}`,
    make: async ({ fs, at }: World) =>
      fs.createWriteStream('', { fd: (await fs.promises.open(at('target'), 'w')) as never, ...options }),
    use: (stream: WriteStream) => stream.end('4142'),
  })),
  {
    title: 'a FileHandle opened for appending',
    make: async ({ fs, at }) => fs.createWriteStream('', { fd: (await fs.promises.open(at('target'), 'a')) as never }),
  },
];

const FAILURES: readonly StreamUse[] = [
  {
    title: 'a missing directory',
    fails: 'ENOENT',
    make: ({ fs, at }) => fs.createWriteStream(at('missing', 'file')),
    use: () => {},
  },
  { title: 'a directory', fails: 'EISDIR', make: ({ fs, at }) => fs.createWriteStream(at()), use: () => {} },
  {
    title: 'a file as a directory',
    fails: 'ENOTDIR',
    make: ({ fs, at }) => fs.createWriteStream(at('target', 'below')),
    use: () => {},
  },
  {
    title: 'a write before a failing open',
    fails: 'ENOENT',
    make: ({ fs, at }) => fs.createWriteStream(at('missing', 'file')),
    use: (stream, journal) => {
      stream.write('never', (error) => journal.add('write callback', error));
      stream.end((error?: Error | null) => journal.add('end callback', error));
    },
  },
  {
    title: 'a closed descriptor',
    fails: 'EBADF',
    make: ({ fs, at }) => {
      const fd = fs.openSync(at('target'), 'r');
      const stream = fs.createWriteStream('', { fd });
      return stream;
    },
    use: (stream) => stream.end('to a descriptor for reading'),
  },
  {
    title: 'a write after the end',
    fails: 'ERR_STREAM_WRITE_AFTER_END',
    use: (stream) => {
      stream.end('new');
      stream.write('late');
    },
    unlike: failureKeepsOldContent,
  },
  {
    title: 'a write of null',
    fails: 'ERR_STREAM_NULL_VALUES',
    use: (stream, journal) => journal.note('write', () => stream.write(null)).then(() => stream.end('new')),
  },
  {
    title: 'a write of a number',
    fails: 'ERR_INVALID_ARG_TYPE',
    use: (stream, journal) => journal.note('write', () => stream.write(42)).then(() => stream.end('new')),
  },
];

const GIVEN_UP: readonly StreamUse[] = [
  { title: 'destroy() at once', use: (stream) => stream.destroy(), unlike: failureKeepsOldContent },
  {
    title: 'destroy(error) at once',
    fails: 'Error',
    use: (stream) => stream.destroy(new Error('enough')),
    unlike: failureKeepsOldContent,
  },
  {
    title: 'destroy() after a write',
    use: async (stream) => {
      await written(stream, 'half');
      stream.destroy();
    },
    unlike: failureKeepsOldContent,
  },
  {
    title: 'destroy(error) after a write',
    fails: 'Error',
    use: async (stream) => {
      await written(stream, 'half');
      stream.destroy(new Error('enough'));
    },
    unlike: failureKeepsOldContent,
  },
  {
    title: 'destroy() with a write in flight',
    fails: 'ERR_STREAM_DESTROYED',
    use: async (stream) => {
      await once(stream, 'ready');
      stream.write('half');
      stream.destroy();
    },
    unlike: failureKeepsOldContent,
  },
  {
    title: 'a pipeline whose source fails',
    fails: 'Error',
    use: (stream, journal) => journal.note('pipeline', () => pipeline(Readable.from(failing()), stream)),
    unlike: failureKeepsOldContent,
  },
  {
    title: 'a signal that aborts after a write',
    make: ({ fs, at }) => {
      const controller = new AbortController();
      const stream = fs.createWriteStream(at('target'), { signal: controller.signal });
      stream.write('half', () => controller.abort());
      return stream;
    },
    fails: 'ABORT_ERR',
    use: () => {},
    unlike: failureKeepsOldContent,
  },
  {
    title: 'a destroyed stream on a descriptor of its own',
    make: ({ fs, at }) => fs.createWriteStream('', { fd: fs.openSync(at('target'), 'w') }),
    use: async (stream) => {
      await written(stream, 'half');
      stream.destroy();
    },
    unlike: failureKeepsOldContent,
  },
];

async function* failing(): AsyncGenerator<string> {
  yield await Promise.resolve('half');
  throw new Error('the source failed');
}

for (const backend of REAL_BACKENDS) {
  describe(`how write streams end, ${backend.name}`, () => {
    for (const use of GIVEN_DESCRIPTORS) {
      // Through the patched module the program sees what it has written, published or not.
      const { unlike, ...alike } = use;
      const expected = backend.name === 'patch()' ? alike : use;
      it(`with ${use.title} ${unlike ? 'sees what it has written, ' : ''}as plain node's`, () =>
        streamsAlike(backend, expected));
    }
    for (const use of FAILURES) it(`after ${use.title} as plain node's`, () => streamsAlike(backend, use));
    for (const use of GIVEN_UP) it(`after ${use.title} with the old content`, () => streamsAlike(backend, use));

    it('after a signal that was aborted before, with the old content and nothing open', () =>
      expectSame(backend, {
        before: ({ base, at }) => base.writeFileSync(at('target'), OLD),
        act: async ({ fs, at }) => {
          const stream = fs.createWriteStream(at('target'), { signal: AbortSignal.abort() });
          stream.on('error', () => {});
          // Node closes such a stream first and opens the file then.
          await turns(300);
        },
        unlike: {
          because: 'an aborted stream is given up; plain node empties the file and leaves it open',
          expected: (plain, tree) => ({ ...plain, tree, open: [] }),
        },
      }));
  });
}
