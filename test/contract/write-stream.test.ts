// createWriteStream: contents, options, flags and modes, with all events in their order.

import { once } from 'node:events';
import type { WriteStream } from 'node:fs';
import { Readable, Transform, finished } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pathToFileURL } from 'node:url';
import { expectSame, withEntry } from '../support/compare';
import { OPEN_FLAGS, openError } from '../support/open-flags';
import { Journal } from '../support/outcome';
import { OLD, type StreamUse, stateOf, streamsAlike, written } from '../support/stream-story';
import { type Fs, REAL_BACKENDS } from '../support/worlds';

function end(...chunks: readonly (string | Uint8Array)[]): (stream: WriteStream) => void {
  return (stream) => {
    for (const chunk of chunks) stream.write(chunk);
    stream.end();
  };
}

const CONTENTS: readonly StreamUse[] = [
  { title: 'one write', use: end('new') },
  { title: 'a file that is absent', isNew: true },
  { title: 'nothing at all', use: end() },
  { title: 'many writes', use: end(...Array.from({ length: 300 }, (_, index) => `line ${index}\n`)) },
  { title: 'bytes and strings', use: end('text', new Uint8Array([1, 2, 3]), Buffer.from('bytes'), '') },
  { title: 'more than its buffer holds', use: end('x'.repeat(2 * 1024 * 1024), 'y'.repeat(1024 * 1024)) },
  {
    title: 'end(chunk, encoding, callback)',
    use: (stream, journal) => stream.end('4142', 'hex', () => journal.add('end callback', stateOf(stream))),
  },
  {
    title: 'write callbacks',
    use: (stream, journal) => {
      for (const text of ['a', 'b', 'c']) stream.write(text, (error) => journal.add(`wrote ${text}`, error));
      stream.end();
    },
  },
  {
    title: 'setDefaultEncoding',
    use: (stream) => stream.setDefaultEncoding('hex').end('e9'),
  },
  {
    title: 'pieces that were corked',
    use: (stream) => {
      stream.cork();
      for (const text of ['one ', 'two ', 'three']) stream.write(text);
      stream.uncork();
      stream.end();
    },
  },
  {
    title: 'an end while it is corked',
    use: (stream) => {
      stream.cork();
      stream.write('corked');
      stream.end();
    },
  },
  {
    title: 'pieces, one turn after the other',
    use: async (stream) => {
      for (const text of ['one ', 'two ', 'three']) await written(stream, text);
      stream.end();
    },
  },
  {
    title: 'a wait for drain',
    options: { highWaterMark: 10 },
    use: async (stream, journal) => {
      for (let round = 0; round < 5; round++) {
        if (!stream.write('0123456789abcdef')) await once(stream, 'drain');
        journal.add('drained', stateOf(stream));
      }
      stream.end();
    },
  },
  {
    title: 'a pipe from a Readable',
    use: (stream) => void Readable.from(['one ', 'two ', 'three']).pipe(stream),
  },
  {
    title: 'a pipeline',
    use: (stream, journal) => {
      const upper = new Transform({ transform: (chunk, _encoding, done) => done(null, String(chunk).toUpperCase()) });
      return journal.note('pipeline', () => pipeline(Readable.from(['one ', 'two']), upper, stream));
    },
  },
  {
    title: 'stream.finished()',
    use: (stream, journal) => {
      finished(stream, (error) => journal.add('finished()', error));
      stream.end('new');
    },
  },
  {
    title: 'close(callback) in place of an end',
    use: (stream, journal) => {
      stream.write('closed');
      stream.close((error) => journal.add('close callback', error));
    },
  },
  {
    title: 'close() at once',
    use: (stream, journal) => stream.close((error) => journal.add('close callback', error)),
  },
  {
    title: 'close() twice',
    use: (stream, journal) => {
      stream.write('closed');
      stream.close(() => journal.add('first close callback'));
      stream.close(() => journal.add('second close callback'));
    },
  },
  {
    title: 'destroySoon()',
    use: (stream) => {
      stream.write('soon');
      (stream as unknown as { destroySoon: () => void }).destroySoon();
    },
  },
  {
    title: 'a callback of end that looks at the file',
    use: (stream, journal, { fs, at }) =>
      stream.end('new', () => journal.add('seen', fs.readFileSync(at('target'), 'utf8'))),
  },
  {
    title: 'a finish listener that writes the file again',
    use: (stream, _journal, { fs, at }) => {
      stream.on('finish', () => fs.appendFileSync(at('target'), ' and more'));
      stream.end('new');
    },
  },
];

const OPTIONS: readonly StreamUse[] = [
  { title: 'options undefined', options: undefined },
  { title: 'options null', options: null },
  { title: 'empty options', options: {} },
  { title: 'an encoding as the options', options: 'hex', use: end('4142') },
  { title: 'encoding latin1', options: { encoding: 'latin1' }, use: end('\u00e9') },
  { title: 'encoding null', options: { encoding: null } },
  { title: 'start 0', options: { start: 0 } },
  { title: 'start 5, which leaves a hole', options: { start: 5 } },
  { title: "start 5 with flags 'r+'", options: { start: 5, flags: 'r+' } },
  { title: "start 5 with flags 'a'", options: { start: 5, flags: 'a' } },
  { title: 'autoClose false', options: { autoClose: false }, use: closesByHand },
  { title: 'emitClose false', options: { emitClose: false } },
  { title: 'emitClose true', options: { emitClose: true } },
  { title: 'autoDestroy false', options: { autoDestroy: false }, use: closesByHand },
  { title: 'highWaterMark 1', options: { highWaterMark: 1 }, use: end('abc', 'def') },
  { title: 'highWaterMark 0', options: { highWaterMark: 0 }, use: end('abc', 'def') },
  { title: 'decodeStrings false', options: { decodeStrings: false }, use: end('abc') },
  { title: 'defaultEncoding hex', options: { defaultEncoding: 'hex' }, use: end('4142') },
  { title: 'flush true', options: { flush: true } },
  { title: 'flush false', options: { flush: false } },
  { title: 'a signal that stays quiet', options: { signal: new AbortController().signal } },
  { title: 'frozen options', options: Object.freeze({ flags: 'w', mode: 0o600 }), isNew: true },
  { title: 'inherited options', options: Object.create({ flags: 'a' }) as unknown },
  { title: 'options with own stream methods', options: { write: undefined, final: undefined } },
];

async function closesByHand(stream: WriteStream, journal: Journal): Promise<void> {
  await written(stream, 'new');
  await journal.note('close', () => new Promise((resolve) => stream.close(resolve)));
}

const PATHS: Readonly<Record<string, (path: string) => unknown>> = {
  'a file URL': (path) => pathToFileURL(path),
  'a Buffer': (path) => Buffer.from(path),
  'a path with dots': (path) => path.replace(/target$/, './sub/.././target'),
  'a path with a doubled slash': (path) => path.replace(/target$/, '/target'),
};

for (const backend of REAL_BACKENDS) {
  describe(`write streams, ${backend.name}`, () => {
    for (const use of CONTENTS) it(`take ${use.title}`, () => streamsAlike(backend, use));
    for (const use of OPTIONS) it(`take ${use.title}`, () => streamsAlike(backend, use));

    for (const [title, pathOf] of Object.entries(PATHS)) {
      it(`take ${title}, and keep it as its path`, () =>
        streamsAlike(backend, {
          title,
          make: ({ fs, base, at }) => {
            base.mkdirSync(at('sub'));
            return fs.createWriteStream(pathOf(at('target')) as string);
          },
        }));
    }

    for (const flag of OPEN_FLAGS) {
      for (const exists of [false, true]) {
        const fails = openError(flag, exists) ?? (flag.isWritable ? undefined : 'EBADF');
        it(`with flags ${flag.title} on ${exists ? 'an existing' : 'an absent'} file are as plain node's`, () =>
          streamsAlike(backend, {
            title: flag.title,
            isNew: !exists,
            options: { flags: flag.flag },
            fails,
          }));
      }
    }

    for (const mode of [undefined, 0o600, 0o666, 0o640, 0o777]) {
      for (const umask of [0, 0o022, 0o077]) {
        it(`make a file of mode ${String(mode)} with umask ${umask.toString(8)} as plain node does`, () =>
          expectSame(backend, {
            umask,
            act: async ({ fs, at }) => {
              const stream = fs.createWriteStream(at('target'), mode === undefined ? {} : { mode });
              stream.end('new');
              await once(stream, 'close');
            },
          }));
      }
    }

    for (const mode of [0o600, 0o640, 0o755, 0o666, 0o4755]) {
      it(`leave an existing file of mode ${mode.toString(8)} with the mode that plain node leaves`, () =>
        streamsAlike(backend, {
          title: 'mode',
          make: ({ fs, base, at }) => {
            base.chmodSync(at('target'), mode);
            return fs.createWriteStream(at('target'), { mode: 0o606 });
          },
        }));
    }

    it('show others the old content until they finish', () =>
      streamsAlike(backend, {
        title: 'seen by others',
        use: async (stream, journal, { base, at }) => {
          await written(stream, 'half');
          journal.add('seen', base.readFileSync(at('target'), 'utf8'));
          stream.end(' whole');
        },
        unlike: {
          because: "a file being written is nobody else's business until it is finished",
          expected: (plain) => withEntry(plain, 'seen', OLD),
        },
      }));

    it('show others a log while it is written, as plain node does', () =>
      expectSame(backend, {
        act: async ({ fs, base, at }) => {
          const stream = fs.createWriteStream(at('server.log'));
          await written(stream, 'first line\n');
          const seen = base.readFileSync(at('server.log'), 'utf8');
          stream.end();
          await once(stream, 'close');
          return seen;
        },
      }));

    it('with an fs of their own are left to that fs', () =>
      expectSame(backend, {
        act: async ({ fs, base, at }) => {
          const journal = new Journal();
          const own = spying(base, journal);
          const stream = fs.createWriteStream(at('target'), { fs: own } as object);
          stream.cork();
          stream.write('one ');
          stream.write('two');
          stream.end();
          await once(stream, 'close');
          return journal;
        },
      }));
  });
}

/** The fs functions that a stream calls, each noted. */
function spying(base: Fs, journal: Journal): object {
  const functions = base as unknown as Record<string, (...args: unknown[]) => unknown>;
  return Object.fromEntries(
    ['open', 'write', 'writev', 'close', 'fsync'].map((name) => [
      name,
      (...args: unknown[]) => {
        journal.add(name, args.length);
        return functions[name]!(...args);
      },
    ]),
  );
}
