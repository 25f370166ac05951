// open, the calls on a descriptor, and close.

import { constants } from 'node:fs';
import { expectSame, withEntry } from '../support/compare';
import { turnUntil } from '../support/event-loop';
import { FLAVOURS, type Flavour } from '../support/flavours';
import { OPEN_FLAGS, type OpenFlag, openError } from '../support/open-flags';
import { Journal, type Outcome, outcomeOf } from '../support/outcome';
import { openedBy } from '../support/opening';
import { ALL_BACKENDS, type Backend, type Fs, type World } from '../support/worlds';

const OLD = 'old content, longer than the new';

/** The promise flavour gives FileHandles, which have a file of their own. */
const DESCRIPTOR_FLAVOURS = FLAVOURS.filter(({ name }) => name !== 'promise');

function withOld({ base, at }: World): void {
  base.writeFileSync(at('target'), OLD);
}

/** Calls in one flavour, noted in a journal. */
class Calls {
  readonly journal = new Journal();

  constructor(
    readonly flavour: Flavour,
    readonly fs: Fs,
  ) {}

  async call(name: string, ...args: unknown[]): Promise<Outcome> {
    const outcome = await outcomeOf(this.flavour, this.fs, name, ...args);
    this.journal.add(name, outcome);
    return outcome;
  }

  /** Opens a file; the number is not noted. @returns Undefined if that failed. */
  async open(...args: unknown[]): Promise<number | undefined> {
    const outcome = await outcomeOf(this.flavour, this.fs, 'open', ...args);
    const fd = openedBy(outcome);
    this.journal.add('open', typeof fd === 'number' ? outcome.how : outcome);
    return typeof fd === 'number' ? fd : undefined;
  }
}

/** Everything that can be asked of a descriptor. */
async function useDescriptor(calls: Calls, fd: number): Promise<void> {
  await calls.call('fstat', fd);
  await calls.call('write', fd, 'first line\n');
  await calls.call('write', fd, Buffer.from('0123456789'), 2, 5);
  await calls.call('write', fd, Buffer.from('at one'), 0, 3, 1);
  await calls.call('write', fd, '\u20ac', null, 'utf16le');
  await calls.call('write', fd, 'e9', 20, 'hex');
  await calls.call('writev', fd, [Buffer.from('several '), new Uint8Array([112, 97]), Buffer.from('rts')]);
  await calls.call('writev', fd, [Buffer.from('placed')], 40);
  await calls.call('read', fd, Buffer.alloc(16), 0, 16, 0);
  await calls.call('fstat', fd);
  await calls.call('ftruncate', fd, 44);
  await calls.call('fsync', fd);
  await calls.call('fdatasync', fd);
  await calls.call('fstat', fd);
}

function answersToFlag(backend: Backend, flavour: Flavour, flag: OpenFlag, exists: boolean): Promise<void> {
  const fails = openError(flag, exists) ?? (flag.isWritable && flag.isReadable ? undefined : 'EBADF');
  return expectSame(backend, {
    before: exists ? withOld : undefined,
    fails,
    act: async ({ fs, at }) => {
      const calls = new Calls(flavour, fs);
      const fd = await calls.open(at('target'), flag.flag);
      if (fd === undefined) return calls.journal;
      await useDescriptor(calls, fd);
      await calls.call('close', fd);
      return calls.journal;
    },
  });
}

/** Opens with 'w', writes, and closes; `between` happens before the close. */
function opensAndCloses(
  backend: Backend,
  flavour: Flavour,
  openArguments: readonly unknown[],
  between: (calls: Calls, fd: number, world: World) => unknown,
  before: (world: World) => void = withOld,
): Promise<void> {
  return expectSame(backend, {
    before,
    act: async (world) => {
      const calls = new Calls(flavour, world.fs);
      const fd = (await calls.open(world.at('target'), ...openArguments))!;
      await calls.call('write', fd, 'new');
      await between(calls, fd, world);
      await calls.call('close', fd);
      return calls.journal;
    },
  });
}

const MODES = [undefined, null, 0o666, 0o600, 0o777, 0o640, 0o4755, '600', '0755'];
const EXISTING_MODES = [0o600, 0o640, 0o755, 0o666, 0o4755, 0o2755, 0o1644];

for (const backend of ALL_BACKENDS) {
  for (const flavour of DESCRIPTOR_FLAVOURS) {
    describe(`open, ${flavour.name}, ${backend.name}`, () => {
      for (const flag of OPEN_FLAGS) {
        for (const exists of [false, true]) {
          it(`with ${flag.title} on ${exists ? 'an existing' : 'an absent'} file gives the plain fs's descriptor`, () =>
            answersToFlag(backend, flavour, flag, exists));
        }
      }

      // memfs refuses null: see memfs.test.ts.
      for (const mode of MODES.filter((each) => backend.isReal || each !== null)) {
        for (const umask of [0, 0o022, 0o077]) {
          it(`gives a new file mode ${String(mode)} with umask ${umask.toString(8)} as the plain fs does`, () =>
            expectSame(backend, {
              umask,
              act: async ({ fs, at }) => {
                const calls = new Calls(flavour, fs);
                const fd = await calls.open(at('target'), 'w', mode);
                if (fd !== undefined) await calls.call('close', fd);
                return calls.journal;
              },
            }));
        }
      }

      for (const mode of EXISTING_MODES) {
        it(`leaves an existing file of mode ${mode.toString(8)} with the mode that the plain fs leaves`, () =>
          opensAndCloses(
            backend,
            flavour,
            ['w', 0o606],
            () => {},
            (world) => {
              withOld(world);
              world.base.chmodSync(world.at('target'), mode);
            },
          ));
      }

      it('lets fchmod decide over the mode', () =>
        opensAndCloses(backend, flavour, ['w'], async (calls, fd) => {
          await calls.call('fchmod', fd, 0o604);
          await calls.call('fstat', fd);
        }));

      it('keeps the times that futimes set', () =>
        opensAndCloses(backend, flavour, ['w'], async (calls, fd) => {
          await calls.call('futimes', fd, 1000, 2000);
          const { atime, mtime } = calls.fs.fstatSync(fd);
          calls.journal.add('times', [atime.getTime(), mtime.getTime()]);
        }));

      it('closes an untouched file as empty', () =>
        expectSame(backend, {
          before: withOld,
          act: async ({ fs, at }) => {
            const calls = new Calls(flavour, fs);
            await calls.call('close', await calls.open(at('target'), 'w'));
            return calls.journal;
          },
        }));

      it('closes a file that is empty again as empty', () =>
        opensAndCloses(backend, flavour, ['w'], (calls, fd) => calls.call('ftruncate', fd, 0)));

      it('keeps a hole', () =>
        opensAndCloses(backend, flavour, ['w'], (calls, fd) => calls.call('write', fd, 'far', 100_000)));

      it('goes on after a call on the descriptor that failed for its arguments', () =>
        expectSame(backend, {
          before: withOld,
          fails: 'ERR_OUT_OF_RANGE',
          act: async ({ fs, at }) => {
            const calls = new Calls(flavour, fs);
            const fd = (await calls.open(at('target'), 'w'))!;
            await calls.call('write', fd, Buffer.from('x'), 0, 5);
            await calls.call('write', fd, 42);
            await calls.call('ftruncate', fd, 'long');
            await calls.call('write', fd, 'still good');
            await calls.call('close', fd);
            return calls.journal;
          },
        }));

      it('reads back through a descriptor opened with w+', () =>
        opensAndCloses(backend, flavour, ['w+'], async (calls, fd) => {
          calls.journal.add('readFile', calls.fs.readFileSync(fd, 'utf8'));
          const into = Buffer.alloc(10);
          await calls.call('read', fd, into, 0, 10, 0);
          calls.journal.add('bytes', into);
          await calls.call('readv', fd, [Buffer.alloc(2), Buffer.alloc(4)], 0);
        }));

      it('finds its file after a change of the working directory', () => {
        const home = process.cwd();
        return expectSame(backend, {
          // memfs has no working directory but the process's.
          ...(backend.isReal ? { before: withOld } : { later: false }),
          act: async ({ fs, at, base }) => {
            const calls = new Calls(flavour, fs);
            if (!backend.isReal) return calls.journal;
            base.mkdirSync(at('elsewhere'));
            process.chdir(at());
            try {
              const fd = (await calls.open('target', 'w'))!;
              process.chdir('elsewhere');
              await calls.call('write', fd, 'new');
              await calls.call('close', fd);
            } finally {
              process.chdir(home);
            }
            return calls.journal;
          },
        });
      });

      it('keeps two files that are open at once apart', () =>
        expectSame(backend, {
          act: async ({ fs, at }) => {
            const calls = new Calls(flavour, fs);
            const first = (await calls.open(at('first'), 'w'))!;
            const second = (await calls.open(at('second'), 'w'))!;
            await calls.call('write', second, 'two');
            await calls.call('write', first, 'one');
            await calls.call('close', first);
            await calls.call('write', second, ' more');
            await calls.call('close', second);
            return calls.journal;
          },
        }));

      it('opens a path again once it is closed', () =>
        expectSame(backend, {
          act: async ({ fs, at }) => {
            const calls = new Calls(flavour, fs);
            for (const text of ['one', 'two', 'three']) {
              const fd = (await calls.open(at('target'), 'w'))!;
              await calls.call('write', fd, text);
              await calls.call('close', fd);
            }
            return calls.journal;
          },
        }));

      it('shows others the old content until the close', () =>
        expectSame(backend, {
          before: withOld,
          act: async ({ fs, base, at }) => {
            const calls = new Calls(flavour, fs);
            const fd = (await calls.open(at('target'), 'w'))!;
            await calls.call('write', fd, 'half');
            calls.journal.add('seen', base.readFileSync(at('target'), 'utf8'));
            await calls.call('close', fd);
            return calls.journal;
          },
          unlike: {
            because: "a file being written is nobody else's business until it is closed",
            expected: (plain) => withEntry(plain, 'seen', OLD),
          },
        }));
    });
  }

  describe(`open and close, ${backend.name}`, () => {
    it('opens for reading when no flag is given', () =>
      expectSame(backend, {
        before: withOld,
        act: ({ fs, at }) => {
          const fd = functionOf(fs, 'openSync')(at('target')) as number;
          const text = fs.readFileSync(fd, 'utf8');
          fs.closeSync(fd);
          return text;
        },
      }));

    it('takes open(path, callback)', () =>
      expectSame(backend, {
        before: withOld,
        act: ({ fs, at }) =>
          new Promise((resolve) => {
            fs.open(at('target'), (error, fd) => {
              fs.closeSync(fd);
              resolve([error, typeof fd]);
            });
          }),
      }));

    it('refuses a descriptor that is closed already', () =>
      expectSame(backend, {
        fails: 'EBADF',
        act: async ({ fs, at }) => {
          const calls = new Calls(FLAVOURS[0]!, fs);
          const fd = fs.openSync(at('target'), 'w');
          await calls.call('close', fd);
          // In one turn, so that nothing else can have got the number meanwhile.
          return ['close', 'fsync', 'fstat'].map((name) => thrownBy(() => functionOf(fs, `${name}Sync`)(fd)));
        },
      }));

    for (const flags of [constants.O_WRONLY | constants.O_TRUNC, 'w']) {
      it(`publishes once for each close, flags ${flags}`, () =>
        expectSame(backend, {
          before: withOld,
          act: ({ fs, at, base }) => {
            const fd = fs.openSync(at('target'), flags);
            fs.writeSync(fd, 'new');
            fs.closeSync(fd);
            base.writeFileSync(at('target'), 'by somebody else');
            return [thrownBy(() => fs.closeSync(fd)), base.readFileSync(at('target'), 'utf8')];
          },
          fails: 'EBADF',
        }));
    }

    // memfs wants one.
    if (!backend.isReal) return;

    it('takes close(fd) without a callback', () =>
      expectSame(backend, {
        before: withOld,
        act: async ({ fs, at, base }) => {
          const fd = fs.openSync(at('target'), 'w');
          fs.writeSync(fd, 'new');
          fs.close(fd);
          await turnUntil(() => base.readFileSync(at('target'), 'utf8') === 'new' && !isOpen(base, fd));
        },
      }));
  });
}

function thrownBy(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return error;
  }
}

function functionOf(fs: Fs, name: string): (argument: number | string) => unknown {
  return (fs as unknown as Record<string, (argument: number | string) => unknown>)[name]!.bind(fs);
}

function isOpen(base: Fs, fd: number): boolean {
  try {
    base.fstatSync(fd);
    return true;
  } catch {
    return false;
  }
}
