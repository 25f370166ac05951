// Equal results are easy where everything is native. These are the counts that show that it was not, and why not where it
// was.

import { expect } from 'chai';
import { constants } from 'node:fs';
import { stats } from '../../src/api';
import { turnUntil } from '../support/event-loop';
import { FLAVOURS, type Flavour } from '../support/flavours';
import { writeThrough } from '../support/opening';
import { type Backend, PROTECTING_BACKENDS, type World } from '../support/worlds';

type Write = (flavour: Flavour, world: World, path: string) => Promise<unknown>;

const WRITES: Readonly<Record<string, Write>> = {
  'writeFile': (flavour, { fs }, path) => writeThrough(flavour, fs, 'writeFile', path, 'new'),
  'writeFile with O_TRUNC alone': (flavour, { fs }, path) =>
    writeThrough(flavour, fs, 'writeFile', path, 'new', { flag: constants.O_WRONLY | constants.O_TRUNC }),
  'appendFile with w': (flavour, { fs }, path) => writeThrough(flavour, fs, 'appendFile', path, 'new', { flag: 'w' }),
  'open with w': (flavour, { fs }, path) => writeThrough(flavour, fs, 'open', path, 'w'),
  'open with w+': (flavour, { fs }, path) => writeThrough(flavour, fs, 'open', path, 'w+'),
  'copyFile': (flavour, { fs, at }, path) => writeThrough(flavour, fs, 'copyFile', at('source'), path),
  'cp': (flavour, { fs, at }, path) => writeThrough(flavour, fs, 'cp', at('source'), path),
  'cp, recursive': (flavour, { fs, at }, path) =>
    writeThrough(flavour, fs, 'cp', at('source'), path, { recursive: true }),
  'createWriteStream': async (_flavour, { fs }, path) => {
    const stream = fs.createWriteStream(path);
    stream.end('new');
    await turnUntil(() => stream.closed);
  },
};

/** What stands at the path, and what is counted for a write to it. */
const TARGETS: Readonly<Record<string, readonly [before: (world: World) => void, counts: Record<string, number>]>> = {
  'a file': [() => {}, { replaced: 1 }],
  'a symbolic link': [({ base, at }) => base.symlinkSync('file', at('target')), { replaced: 1 }],
  'a dangling link': [({ base, at }) => base.symlinkSync('absent', at('target')), { replaced: 1 }],
  'a file behind a linked directory': [({ base, at }) => base.symlinkSync('.', at('directory')), { replaced: 1 }],
  'a file with two names': [({ base, at }) => base.linkSync(at('file'), at('target')), { 'in place: hard-links': 1 }],
  'a directory': [({ base, at }) => base.mkdirSync(at('target')), { 'native: not-a-regular-file': 1 }],
  'a link to a directory': [
    ({ base, at }) => {
      base.mkdirSync(at('sub'));
      base.symlinkSync('sub', at('target'));
    },
    { 'native: not-a-regular-file': 1 },
  ],
  'a loop of links': [({ base, at }) => base.symlinkSync('target', at('target')), { 'native: native-error': 1 }],
};

const PATHS: Readonly<Record<string, string>> = {
  'a file': 'file',
  'a file behind a linked directory': 'directory/file',
};

for (const backend of PROTECTING_BACKENDS.filter(({ isReal }) => isReal)) {
  for (const flavour of FLAVOURS) {
    describe(`what is protected, ${flavour.name}, ${backend.name}`, () => {
      for (const [title, write] of Object.entries(WRITES)) {
        it(`${title} replaces an existing file`, () =>
          countsOf(backend, flavour, write, () => {}, 'file', { replaced: 1 }));

        // Without O_CREAT there is nothing to do.
        if (title.includes('O_TRUNC')) continue;
        it(`${title} makes a new file by way of a staged one`, () =>
          countsOf(backend, flavour, write, () => {}, 'absent', { replaced: 1 }));
      }

      it('writeFile with wx makes a new file by way of a staged one', () =>
        countsOf(
          backend,
          flavour,
          (by, { fs }, path) => writeThrough(by, fs, 'writeFile', path, 'new', { flag: 'wx' }),
          () => {},
          'absent',
          { replaced: 1 },
        ));

      for (const [title, [before, expected]] of Object.entries(TARGETS)) {
        it(`a write to ${title} is counted as ${Object.keys(expected).join()}`, () =>
          countsOf(backend, flavour, WRITES['writeFile']!, before, PATHS[title] ?? 'target', expected));
      }
    });
  }
}

/** Makes one write and compares what is counted for it. */
async function countsOf(
  backend: Backend,
  flavour: Flavour,
  write: Write,
  before: (world: World) => void,
  path: string,
  expected: Record<string, number>,
): Promise<void> {
  const world = backend.open('intact');
  try {
    for (const name of ['file', 'source']) world.base.writeFileSync(world.at(name), 'old content');
    before(world);
    const earlier = flat(stats());
    await write(flavour, world, world.at(path));
    expect(increase(earlier, flat(stats()))).to.deep.equal(expected);
  } finally {
    world.close();
  }
}

/** All counts side by side, by name and reason. */
function flat({ inPlace, native, ...rest }: ReturnType<typeof stats>): Map<string, number> {
  return new Map([
    ...Object.entries(rest),
    ...Object.entries(inPlace).map(([reason, count]) => [`in place: ${reason}`, count] as const),
    ...Object.entries(native).map(([reason, count]) => [`native: ${reason}`, count] as const),
  ]);
}

function increase(earlier: Map<string, number>, later: Map<string, number>): Record<string, number> {
  const pairs = [...later].map(([name, count]) => [name, count - (earlier.get(name) ?? 0)] as const);
  return Object.fromEntries(pairs.filter(([, count]) => count > 0));
}
