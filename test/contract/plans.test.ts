// Whatever the options say about how a file is written, the result is the same.

import type { Options } from '../../src/api';
import { expectSame } from '../support/compare';
import { turnUntil } from '../support/event-loop';
import { FLAVOURS, type Flavour } from '../support/flavours';
import { Journal, outcomeOf } from '../support/outcome';
import { PROTECTING_BACKENDS, type World } from '../support/worlds';

const ALL_OPTIONS: Readonly<Record<string, Options>> = {
  "durability 'process'": { durability: 'process' },
  "durability 'consistent'": { durability: 'consistent' },
  "durability 'durable'": { durability: 'durable' },
  "plan 'in-place'": { rules: [{ match: '*', plan: 'in-place' }] },
  "plan 'in-place', durable": { durability: 'durable', rules: [{ match: '**', plan: 'in-place' }] },
  "plan 'native'": { rules: [{ match: '*', plan: 'native' }] },
  "append 'copy'": { durability: 'durable', append: 'copy' },
  "append 'copy', in place": { rules: [{ match: '*', plan: 'in-place', append: 'copy' }] },
};

/** patch() has its options from the same place as createFs(). */
const BACKENDS_WITH_OPTIONS = PROTECTING_BACKENDS.filter(({ name }) => name !== 'patch()');

/** What is there before, and what is put in its place. */
const CONTENTS: Readonly<Record<string, readonly [before: string | undefined, after: string]>> = {
  'a first content': [undefined, 'new content'],
  'a shorter content': ['old content, which is longer', 'new'],
  'a longer content': ['old', 'new content, which is longer'],
  'no content': ['old content', ''],
  'a content of equal length': ['old', 'new'],
};

/** Copied in more than one piece, where it is copied. */
const LONG_CONTENTS: typeof CONTENTS = {
  'less of a long content': ['o'.repeat(2 * 1024 * 1024), 'n'.repeat(1024 * 1024 + 5)],
  'more of a long content': ['o'.repeat(1024 * 1024 + 1), 'n'.repeat(2 * 1024 * 1024 + 5)],
};

/** Ways to put a content into a path. */
const WAYS: Readonly<Record<string, (flavour: Flavour, world: World, path: string, content: string) => unknown>> = {
  'writeFile': (flavour, { fs }, path, content) => outcomeOf(flavour, fs, 'writeFile', path, content),
  'appendFile': (flavour, { fs }, path, content) => outcomeOf(flavour, fs, 'appendFile', path, content),
  'update': (flavour, { fs }, path) => outcomeOf(flavour, fs, 'writeFile', path, 'x', { flag: 'r+' }),
  'exclusive': (flavour, { fs }, path) => outcomeOf(flavour, fs, 'writeFile', path, 'x', { flag: 'wx' }),
  'copyFile': (flavour, { fs, base, at }, path, content) => {
    prepare({ base, at }, 'source', content);
    return outcomeOf(flavour, fs, 'copyFile', at('source'), path);
  },
  'descriptor': (_flavour, { fs }, path, content) => {
    const fd = fs.openSync(path, 'w');
    fs.writeSync(fd, content);
    fs.closeSync(fd);
  },
  'appending descriptor': (_flavour, { fs }, path, content) => {
    const fd = fs.openSync(path, 'a');
    fs.writeSync(fd, content);
    fs.closeSync(fd);
  },
  'handle': async (_flavour, { fs }, path, content) => {
    const handle = await fs.promises.open(path, 'w');
    await handle.writeFile(content);
    await handle.close();
  },
  'stream': async (_flavour, { fs }, path, content) => {
    const stream = fs.createWriteStream(path);
    stream.end(content);
    await turnUntil(() => stream.closed);
  },
};

for (const backend of BACKENDS_WITH_OPTIONS) {
  for (const [optionsTitle, options] of Object.entries(ALL_OPTIONS)) {
    for (const flavour of FLAVOURS) {
      describe(`${optionsTitle}, ${flavour.name}, ${backend.name}`, () => {
        const contents = flavour.name === 'sync' && backend.isReal ? { ...CONTENTS, ...LONG_CONTENTS } : CONTENTS;
        for (const [title, [before, after]] of Object.entries(contents)) {
          it(`puts ${title} into a file in every way as the plain fs does`, () =>
            expectSame(backend, {
              options,
              fails: before === undefined ? 'ENOENT' : 'EEXIST',
              later: 'writeFile',
              act: async (world) => {
                const journal = new Journal();
                for (const [way, write] of Object.entries(WAYS)) {
                  if (before !== undefined) prepare(world, way, before);
                  await journal.note(way, () => write(flavour, world, world.at(way), after));
                }
                return journal;
              },
            }));
        }
      });
    }
  }
}

function prepare({ base, at }: Pick<World, 'base' | 'at'>, name: string, content: string): void {
  base.writeFileSync(at(name), content);
  base.chmodSync(at(name), 0o640);
}
