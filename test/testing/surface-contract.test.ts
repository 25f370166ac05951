// Calls of the surface that the contract of the write protocol does not speak of: the same results and errors as plain
// node's, in every flavour.

import { constants } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { PERHAPS, expectSame } from '../support/compare';
import { FLAVOURS, type Flavour } from '../support/flavours';
import { Journal, type Outcome, outcomeOf } from '../support/outcome';
import { LAB_SURFACE, type World } from '../support/worlds';

type Arguments = (world: World) => readonly unknown[];

const NOT_UTF8 = Buffer.from([0x66, 0xff, 0xfe]);

/** Calls on a small tree. Each is made on a tree of its own. */
const CALLS: Readonly<Record<string, readonly Arguments[]>> = {
  access: [
    ({ at }) => [at('file')],
    ({ at }) => [at('file'), constants.R_OK],
    ({ at }) => [at('absent'), constants.W_OK],
    ({ at }) => [at('file/below')],
    ({ at }) => [Buffer.from(at('file'))],
    ({ at }) => [pathToFileURL(at('file'))],
  ],
  chmod: [({ at }) => [at('file'), 0o600], ({ at }) => [at('file'), '640'], ({ at }) => [at('absent'), 0o600]],
  chown: [({ at }) => [at('file'), -1, -1], ({ at }) => [at('absent'), 1, 1]],
  lchown: [({ at }) => [at('link'), -1, -1], ({ at }) => [at('absent'), 1, 1]],
  lstat: [
    ({ at }) => [at('link')],
    ({ at }) => [at('absent')],
    ({ at }) => [at('link'), { bigint: true }],
    ({ at }) => [at('absent'), { throwIfNoEntry: false }],
  ],
  stat: [
    ({ at }) => [at('link')],
    ({ at }) => [at('dangling')],
    ({ at }) => [at('file'), { bigint: true }],
    ({ at }) => [at('file'), {}],
    ({ at }) => [at('absent'), { throwIfNoEntry: false }],
    ({ at }) => [at('file/below'), { throwIfNoEntry: false }],
    ({ at }) => [at('file'), { signal: AbortSignal.abort() }],
    () => [''],
  ],
  link: [
    ({ at }) => [at('file'), at('added')],
    ({ at }) => [at('file'), at('link')],
    ({ at }) => [at('absent'), at('added')],
    ({ at }) => [at('tree'), at('added')],
  ],
  symlink: [
    ({ at }) => ['file', at('added')],
    ({ at }) => [at('file'), at('added'), 'file'],
    ({ at }) => ['file', at('file')],
    ({ at }) => [NOT_UTF8, at('added')],
    ({ at }) => ['', at('added')],
    ({ at }) => ['file', at('added'), null],
  ],
  readlink: [
    ({ at }) => [at('link')],
    ({ at }) => [at('link'), 'buffer'],
    ({ at }) => [at('link'), { encoding: 'hex' }],
    ({ at }) => [at('file')],
    ({ at }) => [at('absent')],
  ],
  rename: [
    ({ at }) => [at('file'), at('moved')],
    ({ at }) => [at('tree'), at('moved')],
    ({ at }) => [at('file'), at('tree')],
    ({ at }) => [at('tree'), at('tree/sub/below')],
    ({ at }) => [at('absent'), at('moved')],
    ({ directory }) => [Buffer.concat([Buffer.from(`${directory}/`), NOT_UTF8]), `${directory}/moved`],
  ],
  unlink: [({ at }) => [at('file')], ({ at }) => [at('link')], ({ at }) => [at('tree')], ({ at }) => [at('absent')]],
  utimes: [
    ({ at }) => [at('file'), 1, 2],
    ({ at }) => [at('file'), new Date(1000), '5.5'],
    ({ at }) => [at('file'), -1, -1],
    ({ at }) => [at('absent'), 1, 2],
  ],
  lutimes: [({ at }) => [at('link'), 1, 2], ({ at }) => [at('absent'), 1, 2]],
  truncate: [
    ({ at }) => [at('file')],
    ({ at }) => [at('file'), 3],
    ({ at }) => [at('file'), 30],
    ({ at }) => [at('file'), -5],
    ({ at }) => [at('tree'), 0],
    ({ at }) => [at('absent'), 0],
  ],
  mkdir: [
    ({ at }) => [at('made')],
    ({ at }) => [at('made'), 0o700],
    ({ at }) => [at('made'), '700'],
    ({ at }) => [at('made'), { mode: 0o711 }],
    ({ at }) => [at('tree')],
    ({ at }) => [at('absent/made')],
    ({ at }) => [at('a/b/c'), { recursive: true }],
    ({ at }) => [at('a//b/../c/'), { recursive: true }],
    ({ at }) => [at('tree/sub'), { recursive: true }],
    ({ at }) => [at('file'), { recursive: true }],
    ({ at }) => [at('file/a/b'), { recursive: true }],
    ({ at }) => [at('dangling/a'), { recursive: true }],
    ({ at }) => [at('dangling'), { recursive: true }],
    ({ at }) => [at('a'), undefined],
    ({ at }) => [at('a'), null],
  ],
  mkdtemp: [({ at }) => [at('absent/prefix-')], ({ at }) => [at('file/prefix-'), 'utf8'], ({ at }) => [at('nul\0')]],
  rmdir: [
    ({ at }) => [at('empty')],
    ({ at }) => [at('tree')],
    ({ at }) => [at('file')],
    ({ at }) => [at('absent')],
    ({ at }) => [at('empty'), {}],
  ],
  rm: [
    ({ at }) => [at('file')],
    ({ at }) => [at('link')],
    ({ at }) => [at('dangling')],
    ({ at }) => [at('empty')],
    ({ at }) => [at('tree')],
    ({ at }) => [at('tree'), { recursive: true }],
    ({ at }) => [at('tree'), { recursive: true, force: true, maxRetries: 2, retryDelay: 1 }],
    ({ at }) => [at('absent'), { force: true }],
    ({ at }) => [at('absent'), { recursive: true }],
    ({ at }) => [at('absent')],
  ],
  readdir: [
    ({ at }) => [at('tree')],
    ({ at }) => [at('tree'), 'buffer'],
    ({ at }) => [at('tree'), { encoding: 'hex' }],
    ({ at }) => [at('tree'), { withFileTypes: true }],
    ({ at }) => [at('tree'), { recursive: true }],
    ({ at }) => [at('tree'), { recursive: true, withFileTypes: true }],
    ({ at }) => [at('empty'), { recursive: true }],
    ({ at }) => [at('file')],
    ({ at }) => [at('absent')],
    ({ at }) => [at('absent'), { recursive: true }],
    ({ at }) => [pathToFileURL(at('tree'))],
  ],
  readFile: [
    ({ at }) => [at('file')],
    ({ at }) => [at('file'), 'utf8'],
    ({ at }) => [at('file'), { encoding: 'base64' }],
    ({ at }) => [at('file'), { encoding: null }],
    ({ at }) => [at('file'), { encoding: 'utf-8', flag: 'r+' }],
    ({ at }) => [at('made'), { flag: 'w+' }],
    ({ at }) => [at('tree')],
    ({ at }) => [at('tree'), 'utf8'],
    ({ at }) => [at('absent')],
    ({ at }) => [at('absent'), 'utf8'],
    ({ at }) => [at('hollow')],
    ({ at }) => [at('hollow'), 'latin1'],
    () => ['/proc/self/statm', { flag: 'w' }],
    ({ at }) => [at('file'), { signal: AbortSignal.abort() }],
    ({ at }) => [at('file'), { signal: new AbortController().signal }],
  ],
  realpath: [
    ({ at }) => [at('link')],
    ({ at }) => [at('tree/../link')],
    ({ at }) => [at('way/sub')],
    ({ at }) => [at('way/up/up/sub')],
    ({ at }) => [at('link'), 'buffer'],
    () => ['/', { encoding: 'hex' }],
    ({ at }) => [Buffer.from(at('link'))],
    ({ at }) => [at('dangling')],
    ({ at }) => [at('circle')],
    ({ at }) => [at('absent')],
    ({ at }) => [at('file/below')],
  ],
  exists: [
    ({ at }) => [at('file')],
    ({ at }) => [at('dangling')],
    () => [''],
    () => ['nul\0'],
    () => [Buffer.from('nul\0')],
  ],
  statfs: [({ at }) => [at('absent')]],
};

/** Calls on descriptors that there are none of, which fail once their arguments are right. */
const DESCRIPTOR_CALLS: Readonly<Record<string, readonly Arguments[]>> = {
  close: [() => [CLOSED]],
  fsync: [() => [CLOSED]],
  fdatasync: [() => [CLOSED]],
  ftruncate: [() => [CLOSED, 3]],
  fstat: [() => [CLOSED]],
  fchmod: [() => [CLOSED, 0o600]],
  fchown: [() => [CLOSED, 1, 1]],
  futimes: [() => [CLOSED, 1, 2]],
  read: [() => [CLOSED, Buffer.alloc(8), 1, 4, 0], () => [CLOSED, Buffer.alloc(8), { offset: 1 }]],
  readv: [() => [CLOSED, [Buffer.alloc(8)], 0]],
  write: [() => [CLOSED, Buffer.alloc(8), 1, 4, 0], () => [CLOSED, 'text', 0, 'utf8']],
  writev: [() => [CLOSED, [Buffer.alloc(8)], 0]],
};

const CLOSED = 1e6;

/** In the place of one argument. */
const WRONG: readonly unknown[] = [
  undefined,
  null,
  true,
  NaN,
  -1,
  1.5,
  2 ** 32,
  2 ** 53,
  1n,
  '',
  'nul\0',
  {},
  [],
  Symbol('wrong'),
  new Date(0),
  new Uint8Array(),
];

/** What is a path as well, and is not to be made in the working directory. */
const WRONG_OPTIONS: readonly unknown[] = [
  'bogus',
  { encoding: 'bogus' },
  { recursive: 1 },
  { signal: 1 },
  { mode: 'x' },
];

const TWO_PATHS = new Set(['link', 'symlink', 'rename']);

function wrongAt(name: string, place: number): readonly unknown[] {
  // There are descriptors that end plain node 20: a symbol at once, and -1 for readFile when nobody can catch it.
  if (place === 0 && (name in DESCRIPTOR_CALLS || name === 'readFile')) {
    return WRONG.filter((wrong) => typeof wrong !== 'symbol' && wrong !== -1);
  }
  // Without a callback nobody can catch the failure of a close.
  if (name === 'close') return WRONG.filter((wrong) => wrong !== undefined);
  // Since node 24 nobody is told where this comes instead of the callback.
  if (name === 'symlink' && place === 3) return [];
  // Without a prefix the directory is made, if at all, in that of the tests.
  if (name === 'mkdtemp' && place === 0) return WRONG.filter((wrong) => wrong !== '' && !ArrayBuffer.isView(wrong));
  // Nothing to read into is refused before the call has returned.
  if (name === 'readv') return WRONG.filter((wrong) => !Array.isArray(wrong));
  return place === 0 || (place === 1 && TWO_PATHS.has(name)) ? WRONG : [...WRONG, ...WRONG_OPTIONS];
}

function plant({ base, at }: World): void {
  base.writeFileSync(at('file'), 'content', { mode: 0o640 });
  base.writeFileSync(at('hollow'), '');
  base.mkdirSync(at('tree/sub/deep'), { recursive: true });
  base.mkdirSync(at('empty'));
  for (const name of ['tree/one', 'tree/sub/two', 'tree/sub/deep/three']) base.writeFileSync(at(name), name);
  base.symlinkSync('file', at('link'));
  base.symlinkSync('nowhere', at('dangling'));
  base.symlinkSync('circle', at('circle'));
  base.symlinkSync('tree', at('way'));
  base.symlinkSync('../tree', at('tree/up'));
}

/** The same without what is different each time: the end of a temporary directory's name. */
function tamed(outcome: Outcome): Outcome {
  const [error] = [outcome.result].flat() as [NodeJS.ErrnoException?];
  if (error?.syscall === 'mkdtemp') {
    for (const name of ['path', 'message'] as const)
      error[name] = error[name]?.replace(/(?<=prefix-)\w{6}/, '??????') ?? '';
  }
  return outcome;
}

function has(world: World, flavour: Flavour, name: string): boolean {
  const object = (flavour.name === 'promise' ? world.fs.promises : world.fs) as unknown as Record<string, unknown>;
  return typeof object[flavour.name === 'sync' ? `${name}Sync` : name] === 'function';
}

for (const flavour of FLAVOURS) {
  describe(`calls of the surface, ${flavour.name}`, () => {
    for (const [name, calls] of Object.entries(CALLS)) {
      for (const [index, call] of calls.entries()) {
        it(`${name} with arguments ${index + 1} of ${calls.length} answers as plain node's`, () =>
          expectSame(LAB_SURFACE, {
            before: plant,
            fails: PERHAPS,
            later: false,
            act: async (world) =>
              has(world, flavour, name) ? tamed(await outcomeOf(flavour, world.fs, name, ...call(world))) : 'not there',
          }));
      }
    }

    for (const [name, calls] of Object.entries({ ...CALLS, ...DESCRIPTOR_CALLS })) {
      it(`${name} refuses what plain node's refuses, in whatever place`, () =>
        expectSame(LAB_SURFACE, {
          before: plant,
          fails: PERHAPS,
          later: false,
          act: async (world) => {
            const journal = new Journal();
            if (!has(world, flavour, name)) return journal;
            for (const right of calls.slice(0, 2).map((call) => call(world))) {
              for (let place = 0; place <= right.length; place++) {
                for (const wrong of wrongAt(name, place)) {
                  const args = [...right.slice(0, place), wrong, ...right.slice(place + 1)];
                  journal.add(`${place} ${String(wrong)}`, tamed(await outcomeOf(flavour, world.fs, name, ...args)));
                }
              }
            }
            return journal;
          },
        }));
    }
  });
}
