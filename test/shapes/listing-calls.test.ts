// Directories list the files that are open for replacing as plain node lists files that are open.

import type { Dir, Dirent } from 'node:fs';
import { expectSame } from '../support/compare';
import { FLAVOURS } from '../support/flavours';
import { type Fs, REAL_BACKENDS, type World } from '../support/worlds';

const [backend] = REAL_BACKENDS;

/** What a program has done before it lists the directory; each leaves descriptors open, which it answers. */
const SITUATIONS: Readonly<Record<string, (world: World) => readonly number[]>> = {
  'a new file': ({ fs, at }) => [fs.openSync(at('new'), 'w')],
  'a file that was there': ({ fs, at }) => [fs.openSync(at('middle'), 'w')],
  'two of them, in two directories': ({ fs, at }) => [
    fs.openSync(at('b'), 'w'),
    fs.openSync(at('sub/new'), 'w'),
    fs.openSync(at('sub/deep/new'), 'w'),
  ],
  'a file under a new name': ({ fs, at }) => {
    const fd = fs.openSync(at('middle'), 'w');
    fs.renameSync(at('middle'), at('zz'));
    return [fd];
  },
  'a file that took the name of another': ({ fs, at }) => {
    const fd = fs.openSync(at('new'), 'w');
    fs.renameSync(at('new'), at('middle'));
    return [fd];
  },
  'a file with two names': ({ fs, at }) => {
    const fd = fs.openSync(at('new'), 'w');
    fs.linkSync(at('new'), at('sub/second'));
    return [fd];
  },
  'a file that is gone': ({ fs, at }) => {
    const fd = fs.openSync(at('middle'), 'w');
    fs.unlinkSync(at('middle'));
    return [fd];
  },
  'a file whose inode stays': ({ fs, at }) => {
    fs.linkSync(at('middle'), at('other'));
    return [fs.openSync(at('middle'), 'w')];
  },
  'names that are not UTF-8 beside it': ({ fs, base, at, directory }) => {
    for (const byte of [0xfe, 0xff]) base.writeFileSync(Buffer.from([...Buffer.from(`${directory}/x`), byte]), '');
    return [fs.openSync(at('new'), 'w')];
  },
  'a name in many bytes': ({ fs, at }) => [fs.openSync(at('ünïcödé 世界'), 'w'), fs.openSync(at('line\nbreak'), 'w')],
};

const OPTIONS: Readonly<Record<string, unknown>> = {
  'no options': undefined,
  'an encoding': 'utf8',
  'buffers': { encoding: 'buffer' },
  'kinds': { withFileTypes: true },
  'kinds and buffers': { withFileTypes: true, encoding: 'buffer' },
  'all below': { recursive: true },
  'all below, with kinds': { recursive: true, withFileTypes: true },
};

/** What a listing tells of each entry; with `recursive` the order is not promised. */
function pictured(entries: readonly unknown[], isRecursive: boolean): unknown[] {
  const texts = entries.map((entry) => {
    if (typeof entry === 'string') return entry;
    if (Buffer.isBuffer(entry)) return `buffer ${entry.toString()}`;
    const { name, parentPath } = entry as Dirent;
    const kind = (entry as Dirent).isFile() ? 'file' : (entry as Dirent).isDirectory() ? 'directory' : 'other';
    return `${parentPath} ${name} ${kind} ${Buffer.isBuffer(name)}`;
  });
  return isRecursive ? texts.toSorted((one, other) => (one < other ? -1 : 1)) : texts;
}

function prepare({ base, at }: World): void {
  base.mkdirSync(at('sub/deep'), { recursive: true });
  for (const name of ['a', 'middle', 'z', 'sub/file']) base.writeFileSync(at(name), 'old');
}

/** Prepares, brings the situation about, asks, and closes what is open. */
function compare(
  situation: (world: World) => readonly number[],
  ask: (world: World) => unknown,
  fails?: string,
): Promise<void> {
  return expectSame(backend!, {
    before: prepare,
    later: false,
    fails,
    act: async (world) => {
      const open = situation(world);
      try {
        return await ask(world);
      } finally {
        for (const fd of open) world.fs.closeSync(fd);
      }
    },
  });
}

for (const [situationTitle, situation] of Object.entries(SITUATIONS)) {
  describe(`readdir() with ${situationTitle}`, () => {
    for (const flavour of FLAVOURS) {
      for (const [title, options] of Object.entries(OPTIONS)) {
        it(`lists as plain node does, with ${title}, ${flavour.name}`, () =>
          compare(situation, async ({ fs, directory }) => {
            const entries = await flavour.call(fs, 'readdir', directory, options);
            return pictured(entries as unknown[], title.startsWith('all'));
          }));
      }
    }
  });

  describe(`opendir() with ${situationTitle}`, () => {
    for (const [title, readAll] of Object.entries(waysToRead())) {
      for (const flavour of FLAVOURS) {
        it(`lists as plain node does, ${flavour.name}, read ${title}`, () =>
          compare(situation, async ({ fs, directory }) => {
            const opened = (await flavour.call(fs, 'opendir', directory)) as Dir;
            return pictured(await readAll(opened), true);
          }));
      }
    }

    it('lists all below, as plain node does', () =>
      compare(situation, async ({ fs, directory }) => {
        const entries: unknown[] = [];
        for await (const entry of await fs.promises.opendir(directory, { recursive: true })) entries.push(entry);
        return pictured(entries, true);
      }));
  });
}

/** Every way to read a directory to its end, and to close it. */
function waysToRead(): Record<string, (directory: Dir) => Promise<Dirent[]>> {
  return {
    'synchronously': async (directory) => {
      const entries: Dirent[] = [];
      for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) entries.push(entry);
      directory.closeSync();
      return entries;
    },
    'by promises': async (directory) => {
      const entries: Dirent[] = [];
      for (let entry = await directory.read(); entry !== null; entry = await directory.read()) entries.push(entry);
      await directory.close();
      return entries;
    },
    'by callbacks': async (directory) => {
      const entries: Dirent[] = [];
      for (;;) {
        const entry = await new Promise<Dirent | null>((resolve, reject) => {
          directory.read((error, found) => (error ? reject(error) : resolve(found)));
        });
        if (entry === null) break;
        entries.push(entry);
      }
      await directory.close();
      return entries;
    },
    'in a loop': async (directory) => {
      const entries: Dirent[] = [];
      for await (const entry of directory) entries.push(entry);
      return entries;
    },
    'by entries()': async (directory) => {
      const entries: Dirent[] = [];
      const iterable = directory as Dir & { entries: () => AsyncIterable<Dirent> };
      for await (const entry of iterable.entries()) entries.push(entry);
      return entries;
    },
  };
}

describe('opendir()', () => {
  it('of a directory that was read to its end, or left early, is closed as in plain node', () =>
    compare(
      SITUATIONS['a new file']!,
      async ({ fs, directory }) => {
        const outcomes: unknown[] = [];
        for (const limit of [1, Infinity]) {
          const opened = await fs.promises.opendir(directory);
          let count = 0;
          for await (const _ of opened) if (++count >= limit) break;
          outcomes.push(await opened.close().catch((error: unknown) => error));
        }
        return outcomes;
      },
      'ERR_DIR_CLOSED',
    ));

  it('of a closed directory fails as in plain node', () =>
    compare(
      SITUATIONS['a new file']!,
      async ({ fs, directory }) => {
        const closed = fs.opendirSync(directory);
        closed.closeSync();
        const open = fs.opendirSync(directory);
        const answers = [
          thrown(() => closed.readSync()),
          // Some versions throw where others reject.
          await thrown(() => closed.read().catch((error: unknown) => error)),
          thrown(() => closed.read(() => {})),
          thrown(() => open.read('no function' as never)),
          thrown(() => open.read(null as never)),
          await Promise.resolve(open.read(undefined as never)).then((entry: unknown) => entry !== null),
        ];
        open.closeSync();
        return answers;
      },
      'ERR_DIR_CLOSED',
    ));

  it('of what is no directory fails as in plain node', () =>
    compare(
      SITUATIONS['a new file']!,
      ({ fs, at }: { fs: Fs; at: World['at'] }) => [
        thrown(() => fs.opendirSync(at('a'))),
        thrown(() => fs.opendirSync(at('absent'))),
      ],
      'ENOTDIR',
    ));
});

function thrown(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return error;
  }
}
