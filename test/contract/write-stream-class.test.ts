// The WriteStream class: the ways to make a stream, what they refuse, and subclasses.

import { once } from 'node:events';
import type { WriteStream } from 'node:fs';
import { Writable, finished } from 'node:stream';
import { inherits } from 'node:util';
import { expectSame } from '../support/compare';
import { Journal } from '../support/outcome';
import { OLD, streamsAlike } from '../support/stream-story';
import { type Backend, type Fs, REAL_BACKENDS } from '../support/worlds';

type AnyConstructor = new (path: unknown, options?: unknown) => WriteStream;
type MakeStream = (fs: Fs, path: unknown, options?: unknown) => WriteStream;

const MAKERS: Readonly<Record<string, MakeStream>> = {
  'createWriteStream()': (fs, path, options) => fs.createWriteStream(path as string, options as BufferEncoding),
  'new WriteStream()': (fs, path, options) => new (classOf(fs))(path, options),
  'WriteStream() without new': (fs, path, options) =>
    (fs.WriteStream as unknown as (path: unknown, options: unknown) => WriteStream)(path, options),
  'new FileWriteStream()': (fs, path, options) => new (classOf(fs, 'FileWriteStream'))(path, options),
};

function classOf(fs: Fs, name = 'WriteStream'): AnyConstructor {
  return (fs as unknown as Record<string, AnyConstructor>)[name]!;
}

const BAD_ARGUMENTS: Readonly<Record<string, readonly unknown[]>> = {
  path: [undefined, null, 42, true, {}, [], Symbol('path'), 'nul\0', new URL('http://example.org/')],
  options: [42, true, Symbol('options'), 'bogus', 10n],
  encoding: ['bogus', 42, {}],
  flags: ['zz', {}, NaN, 1.5],
  mode: ['zz', 'rw', -1, 1.5, {}, true],
  start: ['x', -1, NaN, 1.5, null, 2 ** 60],
  fd: [-1, 'x', {}, 1.5],
  flush: [1, 'yes', null],
  signal: [{}, 'x', null, 1],
  highWaterMark: [-1, 'x', NaN],
  fs: [{}, 42, null, { open() {} }, { open() {}, write() {}, close: 1 }],
  autoClose: [0, null, 'no'],
  emitClose: [0, null, 'no'],
};

const SUBCLASSES: Readonly<Record<string, (fs: Fs) => AnyConstructor>> = {
  'class extends': (fs) => class Extended extends classOf(fs) {},
  'a class with a _write of its own': (fs) =>
    class Shouting extends classOf(fs) {
      override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
        super._write(Buffer.from(chunk.toString().toUpperCase()), encoding, done);
      }
    },
  'a class with a _final of its own': (fs) =>
    class Closing extends classOf(fs) {
      override _final(done: (error?: Error | null) => void): void {
        super._write(Buffer.from(' the end'), 'buffer' as BufferEncoding, done);
      }
    },
  'a class with a _destroy of its own': (fs) =>
    class Tidy extends classOf(fs) {
      override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
        super._destroy(error, done);
      }
    },
  'a function that calls the class, and util.inherits': (fs) => {
    function Old(this: WriteStream, path: unknown, options: unknown): void {
      Reflect.apply(fs.WriteStream as never, this, [path, options]);
    }
    inherits(Old, fs.WriteStream);
    return Old as unknown as AnyConstructor;
  },
  'a class with an open of its own, the old way': (fs) =>
    class Opening extends classOf(fs) {
      open(): void {
        const self = this as unknown as { path: string; flags: string; mode: number; fd: number };
        fs.open(self.path, self.flags, self.mode, (error, fd) => {
          if (error) {
            this.destroy(error);
            return;
          }
          self.fd = fd;
          this.emit('open', fd);
          this.emit('ready');
        });
      }
    },
};

for (const backend of REAL_BACKENDS) {
  describe(`ways to make a write stream, ${backend.name}`, () => {
    for (const [name, make] of Object.entries(MAKERS)) {
      it(`${name} makes a stream that writes`, () =>
        streamsAlike(backend, { title: name, make: ({ fs, at }) => make(fs, at('target')) }));

      it(`${name} takes options`, () =>
        streamsAlike(backend, {
          title: name,
          make: ({ fs, at }) => make(fs, at('target'), { flags: 'r+', start: 3 }),
        }));

      for (const [argument, values] of Object.entries(BAD_ARGUMENTS)) {
        it(`${name} answers to a bad ${argument} as plain node does`, () =>
          badArgumentsAlike(backend, make, argument, values));
      }
    }
  });

  describe(`the WriteStream class, ${backend.name}`, () => {
    it('is the class of its streams, and a Writable', () =>
      expectSame(backend, {
        act: async ({ fs, at }) => {
          const stream = fs.createWriteStream(at('target'));
          const answers = [
            stream instanceof fs.WriteStream,
            stream instanceof classOf(fs, 'FileWriteStream'),
            stream instanceof Writable,
            stream.constructor.name,
            stream.constructor === fs.WriteStream,
            fs.WriteStream === (classOf(fs, 'FileWriteStream') as unknown),
            Object.prototype.toString.call(stream),
          ];
          stream.end();
          await once(stream, 'close');
          return answers;
        },
      }));

    it("has the name, length and methods of plain node's", () =>
      expectSame(backend, {
        later: false,
        act: ({ fs }) => {
          const { prototype } = fs.WriteStream as unknown as { prototype: object };
          const methods = Object.fromEntries([...namesIn(prototype)].map((name) => [name, name in prototype]));
          return [fs.WriteStream, fs.createWriteStream, methods];
        },
      }));

    for (const [title, makeClass] of Object.entries(SUBCLASSES)) {
      it(`can be extended: ${title}`, () => {
        let Subclass: AnyConstructor | undefined;
        return streamsAlike(backend, {
          title,
          make: ({ fs, at }) => {
            Subclass = makeClass(fs);
            return new Subclass(at('target'), { flags: 'w' });
          },
          use: (stream, journal) => {
            journal.add('class', [stream.constructor.name, stream instanceof Subclass!]);
            stream.write('one ');
            stream.end('two');
          },
        });
      });
    }
  });
}

/** Makes one stream for each value of an argument; those that come alive are destroyed. */
function badArgumentsAlike(
  backend: Backend,
  make: MakeStream,
  argument: string,
  values: readonly unknown[],
): Promise<void> {
  return expectSame(backend, {
    ...badArgumentError(argument),
    before: ({ base, at }) => base.writeFileSync(at('target'), OLD),
    act: async ({ fs, at }) => {
      const journal = new Journal();
      for (const value of values) {
        const [path, options] = argument === 'path' ? [value, {}] : [at('target'), { flags: 'a', [argument]: value }];
        await journal.note(`${argument} ${String(value)}`, () =>
          ended(make(fs, path, argument === 'options' ? value : options), journal),
        );
      }
      return journal;
    },
  });
}

function badArgumentError(argument: string): { fails?: string } {
  if (argument === 'autoClose' || argument === 'emitClose') return {};
  const codes: Readonly<Record<string, string>> = {
    encoding: 'ERR_INVALID_ARG_VALUE',
    flags: 'ERR_INVALID_ARG_VALUE',
    mode: 'ERR_INVALID_ARG_VALUE',
    fd: 'ERR_OUT_OF_RANGE',
    highWaterMark: 'ERR_INVALID_ARG_VALUE',
  };
  return { fails: codes[argument] ?? 'ERR_INVALID_ARG_TYPE' };
}

/** Ends a stream that could be made after all, and notes how. */
async function ended(stream: WriteStream, journal: Journal): Promise<void> {
  stream.on('error', (error) => journal.add('error', error));
  stream.end('x');
  await new Promise<void>((resolve) => {
    finished(stream, () => resolve());
  });
  stream.destroy();
}

function namesIn(prototype: object): Set<string> {
  const names = new Set<string>();
  for (let level: object | null = prototype; level !== null; level = Object.getPrototypeOf(level) as object | null)
    for (const name of Object.getOwnPropertyNames(level)) names.add(name);
  return names;
}
