// writeFile and appendFile: flags, modes, flush, signals, descriptors as targets.

import { constants } from 'node:fs';
import type { Options } from '../../src/api';
import { callsAlike, expectSame } from '../support/compare';
import { FLAVOURS } from '../support/flavours';
import { OPEN_FLAGS, openError } from '../support/open-flags';
import { Journal, outcomeOf } from '../support/outcome';
import { ALL_BACKENDS, type World } from '../support/worlds';

const OLD = 'old content, longer than the new';

function withOld({ base, at }: World): void {
  base.writeFileSync(at('target'), OLD);
}

/** What writeFile answers with a flag: like open, or at the first write. */
function writeError(flag: (typeof OPEN_FLAGS)[number], exists: boolean): string | undefined {
  return openError(flag, exists) ?? (flag.isWritable ? undefined : 'EBADF');
}

const SOME_MODES = [0o666, 0o600, 0o640, 0o777, 0o444, 0, 0o1644, 0o4755, 0o100666, '600', '0640', '0', '4711'];
/** memfs makes a file that its maker may not write, and then refuses to open it: see memfs.test.ts. */
const MODES_IN_MEMORY = SOME_MODES.filter(
  (mode) => ((typeof mode === 'string' ? parseInt(mode, 8) : mode) & 0o200) !== 0,
);
const UMASKS = [0, 0o022, 0o077, 0o027, 0o777];
const EXISTING_MODES = [0o600, 0o640, 0o644, 0o755, 0o666, 0o444, 0o200, 0o4755, 0o2755, 0o1644, 0o6777];

const REASONS = [
  ['without a reason', undefined],
  ['with an Error as the reason', new RangeError('enough')],
  ['with a string as the reason', 'because'],
] as const;

for (const backend of ALL_BACKENDS) {
  for (const flavour of FLAVOURS) {
    for (const name of ['writeFile', 'appendFile']) {
      describe(`${name}, ${flavour.name}, ${backend.name}`, () => {
        for (const flag of OPEN_FLAGS) {
          for (const exists of [false, true]) {
            const file = exists ? 'an existing file' : 'an absent file';
            const fails = writeError(flag, exists);
            it(`with flag ${flag.title} answers about ${file} as the plain fs does`, () =>
              callsAlike(backend, flavour, name, ({ at }) => [at('target'), 'new', { flag: flag.flag }], {
                before: exists ? withOld : undefined,
                fails,
              }));
          }
        }

        // memfs refuses them: see memfs.test.ts.
        for (const flag of backend.isReal ? [undefined, null, '', 0] : []) {
          it(`takes ${JSON.stringify(flag) ?? 'undefined'} for its default flag, as the plain fs does`, () =>
            callsAlike(backend, flavour, name, ({ at }) => [at('target'), 'new', { flag }], { before: withOld }));
        }

        for (const options of [
          undefined,
          null,
          {},
          Object.create(null) as object,
          Object.freeze({ encoding: 'hex' }),
        ]) {
          it(`takes ${describeOptions(options)} for options, as the plain fs does`, () =>
            callsAlike(backend, flavour, name, ({ at }) => [at('target'), 'abcd', options], { before: withOld }));
        }

        it('reads inherited options, as the plain fs does', () =>
          callsAlike(backend, flavour, name, ({ at }) => [at('target'), 'new', Object.create({ flag: 'r+' })], {
            before: withOld,
          }));

        for (const umask of UMASKS) {
          it(`gives new files their mode with umask ${umask.toString(8)} as the plain fs does`, () =>
            expectSame(backend, {
              umask,
              later: false,
              act: async ({ fs, at }) => {
                const outcomes = [await outcomeOf(flavour, fs, name, at('default'), 'new')];
                for (const [index, mode] of (backend.isReal ? SOME_MODES : MODES_IN_MEMORY).entries())
                  outcomes.push(await outcomeOf(flavour, fs, name, at(`file-${index}`), 'new', { mode }));
                return outcomes;
              },
            }));
        }

        for (const mode of EXISTING_MODES) {
          it(`leaves an existing file of mode ${mode.toString(8)} with the mode that the plain fs leaves`, () =>
            callsAlike(backend, flavour, name, ({ at }) => [at('target'), 'new', { mode: 0o606 }], {
              before: (world) => {
                withOld(world);
                world.base.chmodSync(world.at('target'), mode);
              },
              fails: canWrite(mode) ? undefined : 'EACCES',
            }));
        }

        for (const flush of [true, false, undefined]) {
          for (const flag of ['w', 'a', 'wx', 'r+']) {
            it(`with flush ${flush} and flag '${flag}' writes as the plain fs does`, () =>
              callsAlike(backend, flavour, name, ({ at }) => [at('target'), 'new', { flush, flag }], {
                before: flag === 'wx' ? undefined : withOld,
              }));
          }
        }

        it('keeps working when one path is written many times', () =>
          expectSame(backend, {
            act: async ({ fs, at }) => {
              const journal = new Journal();
              for (let round = 0; round < 10; round++)
                await journal.note('write', () => outcomeOf(flavour, fs, name, at('target'), `round ${round}`));
              return journal;
            },
          }));
      });
    }

    describe(`whole-file writes to something open, ${flavour.name}, ${backend.name}`, () => {
      for (const name of ['writeFile', 'appendFile']) {
        for (const flags of ['w', 'r+', 'a', 'w+', 'wx']) {
          it(`${name} answers to a descriptor opened with '${flags}', and writes at its position`, () =>
            expectSame(backend, {
              // The promise functions take no descriptor.
              fails: flavour.name === 'promise' ? 'ERR_INVALID_ARG_TYPE' : undefined,
              before: flags === 'wx' ? undefined : withOld,
              act: async ({ fs, at }) => {
                const journal = new Journal();
                const fd = fs.openSync(at('target'), flags);
                await journal.note('first', () => fs.writeSync(fd, 'begin '));
                await journal.note(name, () => outcomeOf(flavour, fs, name, fd, 'middle '));
                await journal.note('again', () => outcomeOf(flavour, fs, name, fd, Buffer.from('end')));
                await journal.note('close', () => fs.closeSync(fd));
                return journal;
              },
            }));
        }

        it(`${name} to a closed descriptor fails as the plain fs does`, () =>
          expectSame(backend, {
            ...(flavour.name === 'promise' ? { fails: 'ERR_INVALID_ARG_TYPE' } : { fails: 'EBADF' }),
            act: ({ fs, at }) => {
              const fd = fs.openSync(at('target'), 'w');
              fs.closeSync(fd);
              return outcomeOf(flavour, fs, name, fd, 'new');
            },
          }));
      }

      for (const name of ['writeFile', 'appendFile']) {
        it(`${name} takes a FileHandle, or refuses it, as the plain fs does`, () =>
          expectSame(backend, {
            fails: flavour.name === 'promise' ? undefined : 'ERR_INVALID_ARG_TYPE',
            before: withOld,
            act: async ({ fs, at }) => {
              const journal = new Journal();
              const handle = await fs.promises.open(at('target'), 'w');
              await journal.note(name, () => outcomeOf(flavour, fs, name, handle, 'first '));
              await journal.note('again', () => outcomeOf(flavour, fs, name, handle, Buffer.from('second')));
              await journal.note('close', () => handle.close());
              return journal;
            },
          }));
      }
    });

    describe(`appending, ${flavour.name}, ${backend.name}`, () => {
      for (const append of ['native', 'copy'] as const) {
        const options: Options = { append };
        for (const mode of [0o600, 0o666, 0o4755]) {
          it(`with append '${append}' adds to an existing file of mode ${mode.toString(8)} and keeps its mode`, () =>
            callsAlike(backend, flavour, 'appendFile', ({ at }) => [at('target'), ' and more'], {
              options,
              before: (world) => {
                withOld(world);
                world.base.chmodSync(world.at('target'), mode);
              },
            }));
        }

        it(`with append '${append}' makes an absent file with the mode asked for`, () =>
          callsAlike(backend, flavour, 'appendFile', ({ at }) => [at('target'), 'new', { mode: 0o640 }], { options }));

        // memfs does not know 'as'.
        const flags = ['a', 'a+', ...(backend.isReal ? ['as'] : []), 'ax', constants.O_WRONLY | constants.O_APPEND];
        for (const flag of flags) {
          for (const exists of [false, true]) {
            const fails = openErrorOf(flag, exists);
            it(`with append '${append}' and flag ${flag} answers about ${exists ? 'an existing' : 'an absent'} file`, () =>
              callsAlike(backend, flavour, 'writeFile', ({ at }) => [at('target'), 'new', { flag }], {
                options,
                before: exists ? withOld : undefined,
                fails,
              }));
          }
        }

        it(`with append '${append}' adds through an open descriptor`, () =>
          expectSame(backend, {
            options,
            before: withOld,
            act: async ({ fs, at }) => {
              const journal = new Journal();
              const fd = (await journal.note('open', () => fs.openSync(at('target'), 'a+')))!;
              journal.entries.length = 0;
              await journal.note('write', () => outcomeOf(FLAVOURS[0]!, fs, 'write', fd, ' one'));
              await journal.note('write at the start', () => outcomeOf(FLAVOURS[0]!, fs, 'write', fd, ' two', 0));
              await journal.note('read', () => fs.readFileSync(fd, 'utf8'));
              await journal.note('close', () => fs.closeSync(fd));
              return journal;
            },
          }));
      }
    });

    describe(`signals, ${flavour.name}, ${backend.name}`, () => {
      for (const name of ['writeFile', 'appendFile']) {
        it(`${name} with a signal that stays quiet writes`, () =>
          callsAlike(
            backend,
            flavour,
            name,
            ({ at }) => [at('target'), 'new', { signal: new AbortController().signal }],
            {
              before: withOld,
            },
          ));

        for (const [title, reason] of REASONS) {
          it(`${name} with a signal aborted before, ${title}, answers as the plain fs does`, () =>
            callsAlike(backend, flavour, name, ({ at }) => [at('target'), 'new', { signal: abortedFor(reason) }], {
              before: withOld,
              // The synchronous functions know no signal; appendFile's promise hands it on.
              fails: flavour.name === 'sync' ? undefined : 'ABORT_ERR',
            }));
        }
      }
    });
  }
}

function abortedFor(reason: unknown): AbortSignal {
  const controller = new AbortController();
  controller.abort(reason);
  return controller.signal;
}

function openErrorOf(flag: string | number, exists: boolean): string | undefined {
  return openError(
    OPEN_FLAGS.find((known) => known.flag === flag)!,
    exists,
  );
}

function canWrite(mode: number): boolean {
  return (mode & 0o200) !== 0 || process.getuid?.() === 0;
}

function describeOptions(options: unknown): string {
  return options === undefined ? 'undefined' : JSON.stringify(options);
}
