// What node refuses is refused alike: the same error, in the same way, and the target is left as plain node leaves it.

import { PERHAPS, expectSame } from '../support/compare';
import { FLAVOURS, type Flavour } from '../support/flavours';
import { Journal, outcomeOf } from '../support/outcome';
import { writeThrough } from '../support/opening';
import { type Backend, REAL_BACKENDS, type World } from '../support/worlds';

/** Calls that begin with a path, and what else they need. */
const CALLS: Readonly<Record<string, readonly unknown[]>> = { writeFile: ['new'], appendFile: ['new'], open: ['w'] };

const PRIMITIVES: readonly unknown[] = [undefined, null, true, false, NaN, 1n, Symbol('primitive')];
const OBJECTS: readonly unknown[] = [{}, [], () => {}, new Date(0), new Map(), { length: 3 }];

/** Wrong types for a path. */
const NOT_PATHS: readonly unknown[] = [
  ...PRIMITIVES,
  ...OBJECTS,
  new ArrayBuffer(4),
  new Uint16Array(2),
  new DataView(new ArrayBuffer(2)),
  { href: 'file:///x' },
  { toString: () => '/x' },
];

/** The right types, and yet no path. */
const NOT_FILES: readonly unknown[] = [
  '',
  'nul\0',
  '\0',
  Buffer.from('nul\0'),
  Buffer.alloc(0),
  new Uint8Array(),
  new URL('http://example.org/x'),
  new URL('file://elsewhere/x'),
  new URL('file:///nul%00'),
  new URL('file:///a%2Fb'),
];

const NOT_DESCRIPTORS: readonly unknown[] = [-1, 1.5, 2 ** 31, 2 ** 40, Infinity, -0.5, 1e6];

const NOT_DATA: readonly unknown[] = [
  42,
  ...PRIMITIVES,
  ...OBJECTS,
  ['text'],
  new ArrayBuffer(4),
  { toString: () => 'text' },
  Object('boxed'),
  new Set(['x']),
];

const BAD_OPTIONS: Readonly<Record<string, readonly unknown[]>> = {
  options: [42, true, Symbol('options'), 1n, 'bogus', []],
  encoding: ['bogus', 42, {}, true, 'utf-9', Symbol('encoding'), 'buffer'],
  flag: ['zz', {}, [], NaN, 1.5, 2 ** 40, true, 'W', 'w ', Symbol('flag')],
  mode: ['zz', '8', 'rw-', '0o644', '', -1, 1.5, NaN, 2 ** 32, true, {}, [], Symbol('mode')],
  flush: [1, 'yes', {}, 0, null, Symbol('flush')],
  signal: [{}, 'x', 42, null, true, { aborted: true }, { aborted: false }, new EventTarget()],
};

/** Arguments with several faults, of which node reports one. */
const SEVERAL_FAULTS: readonly (readonly unknown[])[] = [
  [42, { encoding: 'bogus' }],
  [42, { flag: 'zz' }],
  [42, 42],
  ['new', { flag: 'zz', mode: 'zz' }],
  ['new', { mode: 'zz', signal: 42 }],
  ['new', { flush: 1, encoding: 'bogus' }],
  ['new', { flag: 'zz', signal: AbortSignal.abort() }],
  [42, { signal: AbortSignal.abort() }],
];

const BAD_FLAGS: readonly unknown[] = ['zz', {}, [], NaN, 1.5, true, 'W', 'rw', '', Symbol('flags')];
const BAD_MODES: readonly unknown[] = ['zz', '8', '', -1, 1.5, NaN, 2 ** 32, true, {}, Symbol('mode')];

const NOT_CALLBACKS: readonly unknown[] = [undefined, null, 42, 'callback', {}, Symbol('callback')];

function withOld({ base, at }: World): void {
  base.writeFileSync(at('target'), 'old content, longer than the new');
}

for (const backend of REAL_BACKENDS) {
  for (const flavour of FLAVOURS) {
    describe(`bad paths, ${flavour.name}, ${backend.name}`, () => {
      for (const [name, rest] of Object.entries(CALLS)) {
        it(`${name} refuses what is no path`, () =>
          pathsAlike(backend, flavour, name, rest, NOT_PATHS, 'ERR_INVALID_ARG_TYPE'));

        it(`${name} refuses paths that can be none`, () =>
          pathsAlike(backend, flavour, name, rest, NOT_FILES, 'ENOENT'));

        it(`${name} answers to numbers that are no descriptors`, () => {
          // Where numbers are taken, the wrong ones must not hit a descriptor of somebody else's.
          const takesNumbers = name !== 'open' && flavour.name !== 'promise';
          const numbers = takesNumbers ? [1e6, -1, 1.5, 2 ** 31] : NOT_DESCRIPTORS;
          const fails = takesNumbers ? 'EBADF' : 'ERR_INVALID_ARG_TYPE';
          return pathsAlike(backend, flavour, name, rest, numbers, fails);
        });
      }

      for (const name of ['copyFile', 'cp']) {
        it(`${name} refuses what is no path, on either side`, () =>
          expectSame(backend, {
            before: withOld,
            fails: 'ERR_INVALID_ARG_TYPE',
            act: async ({ fs, at }) => {
              const answers = [];
              for (const path of [...NOT_PATHS, 42, 'nul\0', Buffer.from('nul\0')]) {
                answers.push(await outcomeOf(flavour, fs, name, path, at('copy')));
                answers.push(await outcomeOf(flavour, fs, name, at('target'), path));
              }
              return answers;
            },
          }));
      }
    });

    describe(`bad arguments, ${flavour.name}, ${backend.name}`, () => {
      for (const name of ['writeFile', 'appendFile']) {
        it(`${name} refuses what is no data`, () =>
          argumentsAlike(
            backend,
            flavour,
            name,
            NOT_DATA.filter((data) => isRefused(data, flavour)).map((data) => [data]),
            'ERR_INVALID_ARG_TYPE',
          ));

        for (const [option, values] of Object.entries(BAD_OPTIONS)) {
          for (const data of ['text', Buffer.from('bytes')]) {
            it(`${name} of ${data.toString()} answers to a bad ${option}`, () =>
              argumentsAlike(
                backend,
                flavour,
                name,
                values.map((value) => [data, option === 'options' ? value : { [option]: value }]),
                PERHAPS,
              ));
          }
        }

        it(`${name} finds the same fault first where there are several`, () =>
          argumentsAlike(backend, flavour, name, SEVERAL_FAULTS, /ERR_INVALID_ARG_(TYPE|VALUE)/));
      }

      it('open answers to bad flags and modes', () =>
        argumentsAlike(
          backend,
          flavour,
          'open',
          [...BAD_FLAGS.map((flags) => [flags]), ...BAD_MODES.map((mode) => ['w', mode]), ['zz', 'zz']],
          'ERR_INVALID_ARG_VALUE',
        ));
    });
  }

  describe(`missing callbacks, ${backend.name}`, () => {
    const calls = { ...CALLS, copyFile: ['somewhere'], cp: ['somewhere'], close: [], write: ['x'] };

    for (const [name, rest] of Object.entries(calls)) {
      it(`${name} refuses what is no callback`, () =>
        expectSame(backend, {
          before: withOld,
          fails: 'ERR_INVALID_ARG_TYPE',
          act: async ({ fs, at }) => {
            const journal = new Journal();
            const first = name === 'close' || name === 'write' ? 1e6 : at('target');
            // close() may do without.
            for (const callback of name === 'close' ? NOT_CALLBACKS.slice(1) : NOT_CALLBACKS)
              await journal.note(String(callback), () => functionNamed(fs, name)(first, ...rest, callback));
            return journal;
          },
        }));

      it(`${name} refuses to be called with nothing at all`, () =>
        expectSame(backend, {
          fails: 'ERR_INVALID_ARG_TYPE',
          act: async ({ fs }) => {
            const journal = new Journal();
            await journal.note(name, () => functionNamed(fs, name)());
            await journal.note(`${name}Sync`, () => functionNamed(fs, `${name}Sync`)());
            return journal;
          },
        }));
    }
  });
}

/** One call for each path. */
function pathsAlike(
  backend: Backend,
  flavour: Flavour,
  name: string,
  rest: readonly unknown[],
  paths: readonly unknown[],
  fails: string,
): Promise<void> {
  return expectSame(backend, {
    before: withOld,
    fails,
    act: async ({ fs }) => {
      const answers = [];
      for (const path of paths) answers.push(await writeThrough(flavour, fs, name, path, ...rest));
      return answers;
    },
  });
}

/** One call on the target for each list of further arguments, each on the same old content. */
function argumentsAlike(
  backend: Backend,
  flavour: Flavour,
  name: string,
  calls: readonly (readonly unknown[])[],
  fails: string | RegExp,
): Promise<void> {
  return expectSame(backend, {
    before: withOld,
    fails,
    act: async (world) => {
      const journal = new Journal();
      const target = world.at('target');
      for (const rest of calls) {
        journal.add('answer', await writeThrough(flavour, world.fs, name, target, ...rest));
        journal.add('content', world.base.readFileSync(target, 'latin1'));
        withOld(world);
      }
      return journal;
    },
  });
}

/** Only the promise functions take iterables. */
function isRefused(data: unknown, flavour: Flavour): boolean {
  return flavour.name !== 'promise' || typeof data !== 'object' || data === null || !(Symbol.iterator in data);
}

function functionNamed(fs: object, name: string): (...args: unknown[]) => unknown {
  return (fs as Record<string, (...args: unknown[]) => unknown>)[name]!.bind(fs);
}
