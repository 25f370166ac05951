// The fs-shaped objects themselves: every name, and functions that look like those they stand for.

import { expect } from 'chai';
import { AsyncLocalStorage } from 'node:async_hooks';
import type { WriteStream } from 'node:fs';
import { promisify } from 'node:util';
import { runProgram } from '../support/child';
import { expectSame } from '../support/compare';
import { turnUntil } from '../support/event-loop';
import { FLAVOURS } from '../support/flavours';
import { Journal, outcomeOf } from '../support/outcome';
import { useTemporaryDirectory } from '../support/temporary-directory';
import { BACKENDS, PROTECTING_BACKENDS, REAL_BACKENDS, type World } from '../support/worlds';

const STREAMS = ['WriteStream', 'FileWriteStream', 'createWriteStream'];

for (const backend of BACKENDS) {
  describe(`the names of ${backend.name}`, () => {
    it('are those of the plain fs, in their order', () =>
      expectSame(backend, { later: false, act: ({ fs }) => [Object.keys(fs), Object.keys(fs.promises)] }));

    it('are functions of the same name and length', () =>
      expectSame(backend, {
        later: false,
        act: ({ fs }) => {
          const functions = functionsOf(fs);
          // Over memfs, too, the streams are node's: memfs's own accept short writes.
          if (!backend.isReal) for (const name of STREAMS) delete functions[name];
          return [functions, functionsOf(fs.promises)];
        },
      }));
  });
}

for (const backend of PROTECTING_BACKENDS) {
  describe(`the other names of ${backend.name}`, () => {
    it('hold the very values of the plain fs, where nothing is written and nothing asked about an open file', () =>
      expectSame(backend, {
        later: false,
        act: ({ fs, base }) =>
          ['read', 'readSync', 'readv', 'readvSync', 'watchFile', 'ReadStream', 'Stats', 'constants'].filter(
            (name) => (fs as unknown as Fields)[name] !== (base as unknown as Fields)[name],
          ),
      }));
  });
}

for (const backend of REAL_BACKENDS) {
  describe(`how ${backend.name} can be used`, () => {
    it('util.promisify answers as with plain node', () =>
      expectSame(backend, {
        act: async ({ fs, at }) => {
          const fd = await promisify(fs.open)(at('target'), 'w+');
          const answers = [
            typeof fd,
            await promisify(fs.write)(fd, Buffer.from('written'), 0, 7, 0),
            await promisify(fs.writev)(fd, [Buffer.from('vector')], 7),
            await promisify(fs.fsync)(fd),
            await promisify(fs.ftruncate)(fd, 10),
            await promisify(fs.read)(fd, Buffer.alloc(4), 0, 4, 0),
            await promisify(fs.close)(fd),
            await promisify(fs.writeFile)(at('other'), 'text'),
            await promisify(fs.copyFile)(at('other'), at('copy')),
            await promisify(fs.mkdir)(at('sub')),
          ];
          return answers;
        },
      }));

    it('functions can be taken out of the object', () =>
      expectSame(backend, {
        act: async ({ fs: { writeFileSync, openSync, closeSync, writeSync, promises, createWriteStream }, at }) => {
          writeFileSync(at('one'), 'one');
          const fd = openSync(at('two'), 'w');
          writeSync(fd, 'two');
          closeSync(fd);
          const { writeFile, open } = promises;
          await writeFile(at('three'), 'three');
          await (await open(at('four'), 'w')).close();
          const stream = createWriteStream(at('five'));
          stream.end('five');
          await turnUntil(() => stream.closed);
        },
      }));

    it('functions can be replaced, and put back', () =>
      expectSame(backend, {
        later: false,
        act: ({ fs }) => {
          const original = fs.writeFileSync;
          fs.writeFileSync = writeNothing;
          const isReplaced = fs.writeFileSync === writeNothing;
          fs.writeFileSync = original;
          return isReplaced;
        },
      }));

    it('createWriteStream makes streams of the class that fs.WriteStream is set to', () =>
      expectSame(backend, {
        act: async ({ fs, at }) => {
          const original = fs.WriteStream;
          class Own extends (original as unknown as new (path: string) => WriteStream) {}
          fs.WriteStream = Own as unknown as typeof original;
          try {
            const stream = fs.createWriteStream(at('target'));
            stream.end('new');
            await turnUntil(() => stream.closed);
            return [stream.constructor.name, fs.WriteStream.name];
          } finally {
            fs.WriteStream = original;
          }
        },
      }));

    for (const flavour of FLAVOURS) {
      it(`callbacks and continuations, ${flavour.name}, run in the caller's async context`, () =>
        expectSame(backend, {
          act: async (world) => {
            const storage = new AsyncLocalStorage<string>();
            const journal = new Journal();
            await storage.run('mine', async () => {
              for (const [name, ...args] of callsIn(world)) {
                await outcomeOf(flavour, world.fs, name, ...args);
                journal.add(name, storage.getStore());
              }
            });
            return journal;
          },
        }));
    }

    it("callbacks run in the caller's async context", () =>
      expectSame(backend, {
        act: async (world) => {
          const storage = new AsyncLocalStorage<string>();
          const journal = new Journal();
          for (const [name, ...args] of callsIn(world)) {
            await new Promise<void>((resolve) => {
              storage.run(`of ${name}`, () => {
                functionNamed(world.fs, name)(...args, () => {
                  journal.add(name, storage.getStore());
                  resolve();
                });
              });
            });
          }
          return journal;
        },
      }));

    it('options are left as they are', () =>
      expectSame(backend, {
        act: async ({ fs, at }) => {
          const options = { encoding: 'utf8', mode: 0o600, flag: 'w', flush: true } as const;
          fs.writeFileSync(at('target'), 'new', options);
          await fs.promises.writeFile(at('target'), 'new', options);
          const streamOptions = { flags: 'w', encoding: 'utf8' } as const;
          const stream = fs.createWriteStream(at('target'), streamOptions);
          stream.end('new');
          await turnUntil(() => stream.closed);
          return [options, streamOptions];
        },
      }));

    it('writes to one path at once all succeed, and one of them stands', () =>
      expectSame(backend, {
        act: async ({ fs, base, at }) => {
          const texts = Array.from({ length: 20 }, (_, index) => `text ${index} `.padEnd(5000, String(index % 10)));
          await Promise.all(texts.map((text) => fs.promises.writeFile(at('target'), text)));
          const isOneOfThem = texts.includes(base.readFileSync(at('target'), 'utf8'));
          fs.writeFileSync(at('target'), 'one that is known');
          return isOneOfThem;
        },
      }));
  });
}

const THROWING_CALLBACKS = {
  writeFile: `fs.writeFile('target', 'x', fail)`,
  open: `fs.open('target', 'w', fail)`,
  copyFile: `fs.copyFile('/proc/version', 'target', fail)`,
  close: `fs.close(fs.openSync('target', 'w'), fail)`,
  write: `fs.write(fs.openSync('target', 'w'), 'x', fail)`,
};

describe('what a callback throws', () => {
  const at = useTemporaryDirectory();

  for (const [name, call] of Object.entries(THROWING_CALLBACKS)) {
    it(`is one uncaught exception, after ${name} as without the hook`, async () => {
      const program = `
        const fs = require('node:fs');
        const fail = () => { throw new Error('thrown by the callback'); };
        process.on('uncaughtException', ({ message }) => console.log('uncaught', message));
        process.on('unhandledRejection', () => console.log('unhandled'));
        ${call};
      `;
      const options = { cwd: at(), env: { NODE_NO_WARNINGS: '1' } };
      const plain = await runProgram(program, { ...options, hook: false });
      expect(plain.stdout).to.equal('uncaught thrown by the callback\n');
      expect(await runProgram(program, options)).to.deep.equal(plain);
    });
  }
});

function writeNothing(): void {}

type Fields = Record<string, unknown>;

function functionsOf(object: object): Record<string, unknown> {
  const fields = object as Fields;
  return Object.fromEntries(Object.keys(object).map((name) => [name, looksOf(fields[name])]));
}

function looksOf(value: unknown): unknown {
  if (typeof value !== 'function') return typeof value;
  const symbols = Object.getOwnPropertySymbols(value).map(String);
  return [value.name, value.length, symbols, Object.keys(value)];
}

function callsIn({ at }: World): [name: string, ...args: unknown[]][] {
  return [
    ['writeFile', at('target'), 'new'],
    ['appendFile', at('target'), 'more'],
    ['copyFile', at('target'), at('copy')],
    ['cp', at('target'), at('other')],
    ['mkdir', at('sub')],
  ];
}

function functionNamed(fs: object, name: string): (...args: unknown[]) => unknown {
  return (fs as Record<string, (...args: unknown[]) => unknown>)[name]!.bind(fs);
}
