// Paths of every kind: where nothing can be written, and where something can, however odd it looks.

import { pathToFileURL } from 'node:url';
import { expectSame } from '../support/compare';
import { FLAVOURS } from '../support/flavours';
import { writeThrough } from '../support/opening';
import { type Fs, REAL_BACKENDS, type World } from '../support/worlds';

/** Calls that begin with a path, and what else they need. */
const CALLS: Readonly<Record<string, readonly unknown[]>> = { writeFile: ['new'], appendFile: ['new'], open: ['w'] };

/** Places below the world's directory that cannot be written, and why. */
const IMPOSSIBLE: Readonly<Record<string, readonly [place: string, fails: string]>> = {
  'a missing directory': ['missing/target', 'ENOENT'],
  'a file as a directory': ['target/below', 'ENOTDIR'],
  'a directory': ['sub', 'EISDIR'],
  'a directory with a trailing slash': ['sub/', 'EISDIR'],
  'a file with a trailing slash': ['target/', 'EISDIR'],
  'an absent file with a trailing slash': ['absent/', 'EISDIR'],
  'the directory itself': ['.', 'EISDIR'],
  'the directory above': ['..', 'EISDIR'],
  'dots behind a directory': ['sub/.', 'EISDIR'],
  'dots that go up again': ['sub/..', 'EISDIR'],
  'dots below a missing directory': ['missing/../target', 'ENOENT'],
  'dots below a file': ['target/../target', 'ENOTDIR'],
  'a name of 256 bytes': ['n'.repeat(256), 'ENAMETOOLONG'],
  'a name of 256 bytes in few characters': ['\u20ac'.repeat(85) + 'x', 'ENAMETOOLONG'],
  'a path of more than PATH_MAX': ['./'.repeat(2100) + 'x', 'ENAMETOOLONG'],
  'a long name as a directory': [`${'n'.repeat(256)}/target`, 'ENAMETOOLONG'],
};

const ODD: Readonly<Record<string, string>> = {
  'a name of 250 bytes': 'n'.repeat(250),
  'a name of 255 bytes': 'n'.repeat(255),
  'a name of 255 bytes in few characters': '\u20ac'.repeat(85),
  'a hidden name': '.hidden',
  'a name of dots': '...',
  'a name with a newline': 'two\nlines',
  'a name with a backslash': 'back\\slash',
  'a name with quotes': '\'single\' "double"',
  'a name with glob characters': '*?[a]{b}',
  'a name that ends with .intact': 'mine.intact',
  'a name that begins with a dash': '-rf',
  'a name with a lone surrogate': 'half\ud83d',
  'a name of blanks': '  ',
  'a name with a tilde': '~target',
  'a doubled slash': 'sub//target',
  'dots in the middle': 'sub/../target',
};

/** Paths that are no strings. */
function pathObjects({ at }: World): (Buffer | Uint8Array | URL)[] {
  return [
    Buffer.from(at('target')),
    new Uint8Array(Buffer.from(at('array'))),
    Buffer.from(`${at('sliced \u20ac')} and more`).subarray(0, Buffer.byteLength(at('sliced \u20ac'))),
    Buffer.concat([Buffer.from(at('not UTF-8 ')), Buffer.from([0xff, 0xfe, 0xe9])]),
    pathToFileURL(at('url with blanks and \u20ac')),
    new URL(`${pathToFileURL(at('with a query')).href}?query#hash`),
  ];
}

for (const backend of REAL_BACKENDS) {
  for (const flavour of FLAVOURS) {
    for (const [name, rest] of Object.entries(CALLS)) {
      const writeAll = (fs: Fs, paths: readonly unknown[]): Promise<unknown[]> =>
        inTurn(paths, (path) => writeThrough(flavour, fs, name, path, ...rest));

      describe(`paths of ${name}, ${flavour.name}, ${backend.name}`, () => {
        for (const [title, [place, fails]] of Object.entries(IMPOSSIBLE)) {
          it(`${title} fails as with plain node`, () =>
            expectSame(backend, {
              fails,
              before: ({ base, at }) => {
                base.writeFileSync(at('target'), 'old content');
                base.mkdirSync(at('sub'));
              },
              act: ({ fs, directory }) => writeThrough(flavour, fs, name, `${directory}/${place}`, ...rest),
            }));
        }

        for (const [title, place] of Object.entries(ODD)) {
          it(`${title} is written twice as with plain node`, () =>
            expectSame(backend, {
              later: place,
              before: ({ base, at }) => base.mkdirSync(at('sub')),
              act: ({ fs, directory }) => writeAll(fs, [`${directory}/${place}`, `${directory}/${place}`]),
            }));
        }

        it('Buffers and URLs are taken as by plain node', () =>
          expectSame(backend, { act: (world) => writeAll(world.fs, pathObjects(world)) }));

        it('relative paths are taken as by plain node', () =>
          expectSame(backend, {
            fails: 'ENOENT',
            before: ({ base, at }) => base.mkdirSync(at('sub')),
            act: ({ fs, at }) =>
              inDirectory(at('sub'), () => writeAll(fs, ['here', './there', '../target', '../missing/file'])),
          }));

        it('a working directory that is gone fails as with plain node', () =>
          expectSame(backend, {
            fails: 'ENOENT',
            before: ({ base, at }) => base.mkdirSync(at('gone')),
            act: ({ fs, base, at }) =>
              inDirectory(at('gone'), () => {
                base.rmdirSync(at('gone'));
                return writeAll(fs, ['target']);
              }),
          }));
      });
    }
  }
}

async function inTurn(paths: readonly unknown[], write: (path: unknown) => Promise<unknown>): Promise<unknown[]> {
  const answers = [];
  for (const path of paths) answers.push(await write(path));
  return answers;
}

async function inDirectory<T>(directory: string, run: () => Promise<T>): Promise<T> {
  const home = process.cwd();
  process.chdir(directory);
  try {
    return await run();
  } finally {
    process.chdir(home);
  }
}
