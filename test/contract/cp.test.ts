// cp: trees, options, filters, and what is at the destination already.

import { expect } from 'chai';
import { type CopyOptions, mkdirSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { walksTreesNatively } from '../../src/ground/platform';
import { API, runProgram } from '../support/child';
import { type Difference, PERHAPS, expectSame } from '../support/compare';
import { FLAVOURS, type Flavour } from '../support/flavours';
import { Journal, outcomeOf } from '../support/outcome';
import { useTemporaryDirectory } from '../support/temporary-directory';
import { describeTree } from '../support/tree';
import { type Backend, COPYING_BACKENDS, type World } from '../support/worlds';

/** Names and what they stand for: text, a tree below, or something special. */
interface Tree {
  readonly [name: string]: string | Tree | Link | StrictFile;
}

class Link {
  constructor(readonly leadsTo: string) {}
}

class StrictFile {
  constructor(
    readonly mode: number,
    readonly content: string,
  ) {}
}

function link(leadsTo: string): Link {
  return new Link(leadsTo);
}

function file(mode: number, content: string): StrictFile {
  return new StrictFile(mode, content);
}

function plant(world: World, tree: Tree, ...below: readonly string[]): void {
  const { base, at } = world;
  for (const [name, entry] of Object.entries(tree)) {
    const path = at(...below, name);
    if (typeof entry === 'string') base.writeFileSync(path, entry);
    else if (entry instanceof Link) base.symlinkSync(entry.leadsTo, path);
    else if (entry instanceof StrictFile) {
      base.writeFileSync(path, entry.content);
      base.chmodSync(path, entry.mode);
    } else {
      base.mkdirSync(path);
      plant(world, entry, ...below, name);
    }
  }
}

interface Copy {
  readonly title: string;
  readonly tree: Tree;
  /** @default 'source' */
  readonly from?: string;
  /** @default 'copy' */
  readonly to?: string;
  readonly options?: Record<string, unknown>;
  readonly fails?: string | RegExp;
  readonly unlike?: Difference;
  readonly umask?: number;
  /** What is written once more at the end. @default false */
  readonly later?: string;
  /** Whether cpSync, where it walks trees natively, answers otherwise, and not the same in every version of node. */
  readonly isUnlikeNatively?: boolean;
  /** Whether that ends the process in some version of node. */
  readonly mayAbort?: boolean;
  /** Where the flavours of plain node differ. */
  readonly only?: readonly Flavour['name'][];
}

const SOURCE: Tree = {
  one: 'content of one',
  empty: '',
  strict: file(0o600, 'for the owner only'),
  script: file(0o755, '#!/bin/sh\n'),
  sub: { two: 'content of two', deep: { three: 'content of three' } },
  hollow: {},
};

const EXISTING: Tree = {
  one: file(0o640, 'an old one, longer than the new one'),
  own: 'not in the source',
  sub: { two: 'an old two, longer than the new' },
};

const FILES: readonly Copy[] = [
  { title: 'a file onto nothing', tree: { source: 'text' }, later: 'copy' },
  { title: 'a file onto a file', tree: { source: 'text', copy: 'old, longer than the text' }, later: 'copy' },
  {
    title: 'a strict file onto a free one',
    tree: { source: file(0o600, 'text'), copy: file(0o666, 'old') },
  },
  {
    title: 'a free file onto a strict one',
    tree: { source: file(0o666, 'text'), copy: file(0o600, 'old') },
  },
  { title: 'a set-id file', tree: { source: file(0o4755, 'text'), copy: 'old' } },
  { title: 'a file without write permission', tree: { source: file(0o444, 'text') } },
  { title: 'a file into directories that do not exist', tree: { source: 'text' }, to: 'new/directories/copy' },
  { title: 'a file of several MiB', tree: { source: 'm'.repeat(3 * 1024 * 1024), copy: 'old' } },
  { title: 'nothing', tree: {}, fails: 'ENOENT' },
  { title: 'a file onto itself', tree: { source: 'text' }, to: 'source', fails: 'ERR_FS_CP_EINVAL' },
  { title: 'a file onto a directory', tree: { source: 'text', copy: {} }, fails: 'ERR_FS_CP_NON_DIR_TO_DIR' },
  { title: 'a file below a file', tree: { source: 'text', copy: 'old' }, to: 'copy/below', fails: 'ENOTDIR' },
  { title: 'a directory without recursive', tree: { source: SOURCE }, fails: 'ERR_FS_EISDIR' },
  {
    title: 'a directory onto a file',
    tree: { source: SOURCE, copy: 'old' },
    options: { recursive: true },
    fails: 'ERR_FS_CP_DIR_TO_NON_DIR',
  },
  {
    title: 'a directory into itself',
    tree: { source: SOURCE },
    to: 'source/sub/copy',
    options: { recursive: true },
    fails: 'ERR_FS_CP_EINVAL',
  },
  {
    title: 'a directory onto the one above it',
    tree: { source: SOURCE },
    from: 'source/sub',
    to: 'source',
    options: { recursive: true },
    fails: /./,
  },
  {
    title: 'a directory onto itself',
    tree: { source: SOURCE },
    to: 'source',
    options: { recursive: true },
    fails: 'ERR_FS_CP_EINVAL',
  },
];

const recursive = true;

const TREES: readonly Copy[] = [
  { title: 'a tree onto nothing', tree: { source: SOURCE }, options: { recursive } },
  { title: 'a tree into directories that do not exist', tree: { source: SOURCE }, to: 'a/b/c', options: { recursive } },
  { title: 'a tree onto another', tree: { source: SOURCE, copy: EXISTING }, options: { recursive }, later: 'copy/one' },
  { title: 'a tree with umask 077', tree: { source: SOURCE }, options: { recursive }, umask: 0o077 },
  { title: 'force false', tree: { source: SOURCE, copy: EXISTING }, options: { recursive, force: false } },
  {
    title: 'errorOnExist without force false',
    tree: { source: SOURCE, copy: EXISTING },
    options: { recursive, errorOnExist: true },
  },
  {
    title: 'force false and errorOnExist',
    tree: { source: { one: 'new' }, copy: { one: 'old' } },
    options: { recursive, force: false, errorOnExist: true },
    fails: 'ERR_FS_CP_EEXIST',
  },
  {
    title: 'force false and errorOnExist onto nothing',
    tree: { source: SOURCE },
    options: { recursive, force: false, errorOnExist: true },
  },
  { title: 'mode COPYFILE_EXCL onto nothing', tree: { source: SOURCE }, options: { recursive, mode: 1 } },
  {
    title: 'mode COPYFILE_EXCL onto another',
    tree: { source: SOURCE, copy: EXISTING },
    options: { recursive, mode: 1 },
  },
  { title: 'mode COPYFILE_FICLONE', tree: { source: SOURCE, copy: EXISTING }, options: { recursive, mode: 2 } },
  {
    title: 'a destination file that is a directory in the source',
    tree: { source: { a: { b: 'text' } }, copy: { a: 'old' } },
    options: { recursive },
    mayAbort: true,
    fails: 'ERR_FS_CP_DIR_TO_NON_DIR',
  },
  {
    title: 'a destination directory that is a file in the source',
    tree: { source: { a: 'text' }, copy: { a: { b: 'old' } } },
    options: { recursive },
    isUnlikeNatively: true,
    fails: 'ERR_FS_CP_NON_DIR_TO_DIR',
  },
];

const LINKS: Tree = {
  file: 'text',
  relative: link('file'),
  dangling: link('nowhere'),
  up: link('../outside'),
};

const LINK_COPIES: readonly Copy[] = [
  { title: 'links onto nothing', tree: { source: LINKS, outside: 'outside' }, options: { recursive } },
  {
    title: 'links with verbatimSymlinks',
    tree: { source: LINKS, outside: 'outside' },
    options: { recursive, verbatimSymlinks: true },
  },
  {
    title: 'links with dereference',
    tree: { source: { file: 'text', link: link('file') } },
    options: { recursive, dereference: true },
  },
  {
    title: 'a dangling link with dereference',
    tree: { source: { link: link('nowhere') } },
    options: { recursive, dereference: true },
    isUnlikeNatively: true,
    fails: 'ENOENT',
  },
  {
    title: 'a link to a directory with dereference',
    tree: { source: { link: link('../outside') }, outside: { file: 'text' } },
    options: { recursive, dereference: true },
  },
  { title: 'a link itself', tree: { source: link('file'), file: 'text' } },
  {
    title: 'a link itself with dereference',
    tree: { source: link('file'), file: 'text' },
    options: { dereference: true },
    isUnlikeNatively: true,
  },
  {
    title: 'a file onto a link',
    tree: { source: 'text', copy: link('file'), file: 'old' },
  },
  {
    title: 'a file onto a link, with dereference',
    tree: { source: 'text', copy: link('file'), file: 'old' },
    options: { dereference: true },
  },
  { title: 'a file onto a dangling link', tree: { source: 'text', copy: link('nowhere') }, mayAbort: true },
  {
    title: 'a file onto a dangling link, with dereference',
    tree: { source: 'text', copy: link('nowhere') },
    options: { dereference: true },
  },
  {
    title: 'a file onto a link to itself',
    tree: { source: 'text', copy: link('source') },
    isUnlikeNatively: true,
  },
  {
    title: 'a tree onto one with links',
    tree: { source: { a: 'new a', b: 'new b' }, copy: { a: link('../file'), b: link('nowhere') }, file: 'old' },
    options: { recursive },
  },
  {
    title: 'a tree onto one with links, with dereference',
    tree: { source: { a: 'new a' }, copy: { a: link('../file') }, file: 'old' },
    options: { recursive, dereference: true },
  },
  {
    title: 'a tree onto a link to a directory',
    tree: { source: { a: 'new a', sub: { b: 'new b' } }, copy: link('real'), real: { a: 'old', sub: { b: 'old' } } },
    options: { recursive },
    isUnlikeNatively: true,
    fails: 'ERR_FS_CP_DIR_TO_NON_DIR',
  },
  {
    title: 'a tree onto one with a link to a directory',
    tree: { source: { sub: { b: 'new b' } }, copy: { sub: link('../real') }, real: { b: 'old' } },
    options: { recursive },
    isUnlikeNatively: true,
    fails: 'ERR_FS_CP_DIR_TO_NON_DIR',
  },
  {
    title: 'a tree onto one with a link to a directory, with dereference',
    tree: { source: { a: 'a', sub: { b: 'new b' } }, copy: { sub: link('../real') }, real: { b: 'old' } },
    options: { recursive, dereference: true },
  },
  {
    title: 'links onto links',
    tree: { source: { link: link('../x') }, copy: { link: link('../y') }, x: 'x', y: 'y' },
    options: { recursive },
  },
  {
    title: 'a link onto a file',
    tree: { source: { link: link('../x') }, copy: { link: 'old' }, x: 'x' },
    options: { recursive },
    fails: 'EEXIST',
  },
];

interface Filter {
  readonly filter: unknown;
  readonly only?: readonly string[];
  readonly fails?: string;
  /** What has been copied by then depends on the order of a directory's entries, which readdir(3) and the lab sort. */
  readonly dependsOnOrder?: boolean;
}

const FILTERS: Readonly<Record<string, Filter>> = {
  'takes all': { filter: () => true },
  'takes nothing': { filter: () => false },
  'leaves one out': { filter: (source: string) => !source.endsWith('one') },
  'leaves a directory out': { filter: (source: string) => !source.endsWith('sub') },
  'answers truthy values': { filter: (source: string) => (source.endsWith('one') ? '' : 'yes') },
  'answers promises': { filter: async (source: string) => !source.endsWith('one'), only: ['callback', 'promise'] },
  'throws': {
    filter: (source: string) => {
      if (source.endsWith('two')) throw new RangeError('not this one');
      return true;
    },
    fails: 'RangeError',
    dependsOnOrder: true,
  },
  'rejects': {
    filter: () => Promise.reject(new RangeError('not today')),
    only: ['callback', 'promise'],
    fails: 'RangeError',
  },
};

const BAD_OPTIONS: readonly unknown[] = [
  42,
  'text',
  true,
  [],
  Symbol('options'),
  { recursive: 'yes' },
  { force: 1 },
  { errorOnExist: 0 },
  { dereference: null },
  { preserveTimestamps: 'yes' },
  { verbatimSymlinks: 1 },
  { dereference: true, verbatimSymlinks: true },
  { filter: 'all' },
  { filter: null },
  { mode: 8 },
  { mode: 'x' },
  { mode: -1 },
];

for (const backend of COPYING_BACKENDS) {
  for (const flavour of FLAVOURS) {
    describe(`cp, ${flavour.name}, ${backend.name}`, () => {
      const isNative = walksTreesNatively && flavour.name === 'sync';

      for (const copy of [...FILES, ...TREES, ...LINK_COPIES]) {
        if (isNative && copy.mayAbort) continue;
        it(`of ${copy.title} is as plain node's`, () => copiesAlike(backend, flavour, copy));
      }

      for (const [title, { filter, only, fails, dependsOnOrder }] of Object.entries(FILTERS)) {
        if (only !== undefined && !only.includes(flavour.name)) continue;
        if (dependsOnOrder && backend.isPlain) continue;
        it(`with a filter that ${title} is as plain node's`, () =>
          copiesAlike(backend, flavour, {
            title,
            tree: { source: SOURCE, copy: EXISTING },
            options: { recursive, filter },
            fails,
          }));
      }

      it('asks the filter about the same paths in the same order as plain node', () =>
        expectSame(backend, {
          before: (world) => plant(world, { source: SOURCE, copy: EXISTING }),
          later: false,
          act: async ({ fs, at }) => {
            const journal = new Journal();
            const filter = (from: string, to: string): boolean => {
              journal.add('asked', [from, to]);
              return !from.endsWith('deep');
            };
            const outcome = await outcomeOf(flavour, fs, 'cp', at('source'), at('copy'), { recursive, filter });
            journal.add('outcome', outcome);
            // The callback and promise forms walk a directory in its own order.
            return journal.entries.map((entry) => JSON.stringify(entry).replace(/contract-\w+/g, '')).toSorted();
          },
        }));

      it('keeps timestamps when asked to, and makes new ones when not', () =>
        expectSame(backend, {
          before: (world) => {
            plant(world, { source: { one: 'text', sub: { two: 'text' } }, copy: { one: 'old' } });
            for (const name of ['one', 'sub/two']) world.base.utimesSync(world.at('source', name), 1000, 2000);
          },
          later: false,
          act: async ({ fs, base, at }) => {
            const outcomes = [];
            for (const preserveTimestamps of [true, false]) {
              const to = at(preserveTimestamps ? 'copy' : 'other');
              outcomes.push(await outcomeOf(flavour, fs, 'cp', at('source'), to, { recursive, preserveTimestamps }));
              for (const name of ['one', 'sub/two']) outcomes.push(isOld(base.statSync(`${to}/${name}`)));
            }
            return outcomes;
          },
        }));

      it('refuses bad options as plain node does', () =>
        expectSame(backend, {
          before: (world) => plant(world, { source: 'text' }),
          fails: 'ERR_INVALID_ARG_TYPE',
          later: false,
          act: async ({ fs, at }) => {
            const outcomes = [];
            for (const options of BAD_OPTIONS)
              outcomes.push(await outcomeOf(flavour, fs, 'cp', at('source'), at('copy'), options));
            return outcomes;
          },
        }));

      for (const options of [undefined, null, {}, Object.freeze({ recursive })]) {
        it(`takes ${JSON.stringify(options) ?? 'undefined'} for options as plain node does`, () =>
          expectSame(backend, {
            before: (world) => plant(world, { source: 'text' }),
            later: 'copy',
            fails: options === null ? 'ERR_INVALID_ARG_TYPE' : undefined,
            act: ({ fs, at }) => outcomeOf(flavour, fs, 'cp', at('source'), at('copy'), options),
          }));
      }

      it('takes Buffers and URLs for paths as plain node does', () =>
        expectSame(backend, {
          before: (world) => plant(world, { source: 'text' }),
          later: false,
          act: async ({ fs, at }) => [
            await outcomeOf(flavour, fs, 'cp', pathToFileURL(at('source')), pathToFileURL(at('copy'))),
            await outcomeOf(flavour, fs, 'cp', Buffer.from(at('source')), at('other')),
          ],
          fails: isNative ? PERHAPS : 'ERR_INVALID_ARG_TYPE',
        }));

      it('does not change the options that it is given', () =>
        expectSame(backend, {
          before: (world) => plant(world, { source: 'text' }),
          later: false,
          act: async ({ fs, at }) => {
            const options: CopyOptions = { recursive };
            await outcomeOf(flavour, fs, 'cp', at('source'), at('copy'), options);
            return options;
          },
        }));
    });
  }
}

/** Programs in a directory of their own, which print how the copy ended if the process lives on. */
const MAY_ABORT: Readonly<Record<string, string>> = {
  'a destination file that is a directory in the source': `
    fs.mkdirSync('source/a', { recursive: true }); fs.mkdirSync('copy');
    fs.writeFileSync('source/a/b', 'text'); fs.writeFileSync('copy/a', 'old');
    copy({ recursive: true });`,
  'a file onto a dangling link': `
    fs.writeFileSync('source', 'text'); fs.symlinkSync('nowhere', 'copy');
    copy({});`,
};

describe('cpSync, which ends the process in some versions of node', function () {
  this.timeout(30_000);
  const at = useTemporaryDirectory();

  for (const [title, program] of Object.entries(MAY_ABORT)) {
    it(`of ${title}: ends as with plain node, and leaves the same`, async () => {
      const [plain, hooked, made] = await Promise.all(
        ['fs', 'fs', `require(${JSON.stringify(API)}).createFs()`].map(async (ours, index) => {
          const folder = at(String(index));
          mkdirSync(folder);
          const child = await runProgram(
            `const fs = require('fs');
             const copy = (options) => {
               try { console.log(${ours}.cpSync('source', 'copy', options)); } catch ({ code, message }) { console.log(code, message); }
             };
             ${program}`,
            { cwd: folder, hook: index === 1, under: ['sh', '-c', 'ulimit -c 0; exec "$@"', 'sh'] },
          );
          return { child, tree: describeTree(folder) };
        }),
      );
      expect(hooked).to.deep.equal(plain);
      expect(made).to.deep.equal(plain);
    });
  }
});

function copiesAlike(backend: Backend, flavour: Flavour, copy: Copy): Promise<void> {
  const { tree, from = 'source', to = 'copy', options, fails, isUnlikeNatively, unlike, umask, later = false } = copy;
  const isUnlike = isUnlikeNatively && walksTreesNatively && flavour.name === 'sync';
  return expectSame(backend, {
    before: (world) => plant(world, tree),
    later,
    fails: isUnlike ? PERHAPS : fails,
    unlike,
    umask,
    act: ({ fs, at }) => outcomeOf(flavour, fs, 'cp', at(from), at(to), ...(options === undefined ? [] : [options])),
  });
}

function isOld({ atimeMs, mtimeMs }: { atimeMs: number; mtimeMs: number }): string {
  return `accessed ${atimeMs === 1_000_000 ? 'then' : 'now'}, modified ${mtimeMs === 2_000_000 ? 'then' : 'now'}`;
}
