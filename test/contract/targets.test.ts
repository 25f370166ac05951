// What a path may lead to: links of all kinds, FIFOs, devices, directories, /proc. Nothing of it may turn into an ordinary
// file, and a file with other names keeps them.

import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:fs';
import { createServer } from 'node:net';
import { PERHAPS, type Scenario, expectSame } from '../support/compare';
import { turns, turnUntil } from '../support/event-loop';
import { FLAVOURS, type Flavour } from '../support/flavours';
import { needs, skipBecause } from '../support/needs';
import { outcomeOf } from '../support/outcome';
import { writeThrough } from '../support/opening';
import { BACKENDS, type Backend, type Fs, REAL_BACKENDS, type World } from '../support/worlds';

const OLD = 'old content, longer than the new';
const { O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_TRUNC, O_WRONLY } = constants;

/** A way to put new content into a path. */
interface Write {
  readonly title: string;
  readonly flavours?: readonly string[];
  readonly run: (flavour: Flavour, fs: Fs, path: string, world: World) => Promise<unknown>;
}

const WRITES: readonly Write[] = [
  { title: 'writeFile', run: (flavour, fs, path) => outcomeOf(flavour, fs, 'writeFile', path, 'new') },
  { title: 'appendFile', run: (flavour, fs, path) => outcomeOf(flavour, fs, 'appendFile', path, ' and more') },
  {
    title: "writeFile with 'wx'",
    run: (flavour, fs, path) => outcomeOf(flavour, fs, 'writeFile', path, 'new', { flag: 'wx' }),
  },
  {
    title: "writeFile with 'r+'",
    run: (flavour, fs, path) => outcomeOf(flavour, fs, 'writeFile', path, 'new', { flag: 'r+' }),
  },
  {
    title: 'writeFile with O_TRUNC alone',
    run: (flavour, fs, path) => outcomeOf(flavour, fs, 'writeFile', path, 'new', { flag: O_WRONLY | O_TRUNC }),
  },
  {
    title: 'writeFile with O_NOFOLLOW',
    run: (flavour, fs, path) =>
      outcomeOf(flavour, fs, 'writeFile', path, 'new', { flag: O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW }),
  },
  { title: 'open, write, close', run: (flavour, fs, path) => writeThrough(flavour, fs, 'open', path, 'w') },
  {
    title: 'copyFile',
    run: (flavour, fs, path, { base, at }) => {
      base.writeFileSync(at('source'), 'copied');
      return outcomeOf(flavour, fs, 'copyFile', at('source'), path);
    },
  },
  {
    title: 'copyFile with COPYFILE_EXCL',
    run: (flavour, fs, path, { base, at }) => {
      base.writeFileSync(at('source'), 'copied');
      return outcomeOf(flavour, fs, 'copyFile', at('source'), path, constants.COPYFILE_EXCL);
    },
  },
  { title: 'createWriteStream', flavours: ['callback'], run: (_flavour, fs, path) => throughStream(fs, path) },
];

async function throughStream(fs: Fs, path: string): Promise<unknown> {
  const stream = fs.createWriteStream(path);
  const seen: unknown[] = [];
  for (const event of ['open', 'finish', 'error']) {
    stream.on(event, (...values: unknown[]) => {
      seen.push([event, values[0] instanceof Error ? values[0] : typeof values[0]]);
    });
  }
  stream.end('new');
  await turnUntil(() => stream.closed);
  return seen;
}

/** What stands at the path that is written to. */
interface Target {
  readonly title: string;
  readonly before: (world: World) => void;
  /** @default 'target' */
  readonly path?: string;
  readonly onlyReal?: boolean;
  readonly later?: string | false;
}

function withOld({ base, at }: World): void {
  base.writeFileSync(at('file'), OLD);
  base.chmodSync(at('file'), 0o640);
}

function linked(leadsTo: string | ((world: World) => string)): (world: World) => void {
  return (world) => {
    withOld(world);
    world.base.symlinkSync(typeof leadsTo === 'string' ? leadsTo : leadsTo(world), world.at('target'));
  };
}

/** A chain of symbolic links; the last leads to `end`. */
function chain(length: number, end: string): (world: World) => void {
  return (world) => {
    withOld(world);
    for (let index = 1; index < length; index++) world.base.symlinkSync(`link-${index + 1}`, world.at(`link-${index}`));
    world.base.symlinkSync(end, world.at(`link-${length}`));
    world.base.symlinkSync('link-1', world.at('target'));
  };
}

const TARGETS: readonly Target[] = [
  { title: 'nothing', before: () => {} },
  {
    title: 'a file',
    before: (world) => {
      withOld(world);
      world.base.renameSync(world.at('file'), world.at('target'));
    },
  },
  { title: 'a symbolic link', before: linked('file') },
  { title: 'an absolute symbolic link', before: linked(({ at }) => at('file')) },
  { title: 'a dangling link', before: linked('absent'), onlyReal: true },
  { title: 'an absolute dangling link', before: linked(({ at }) => at('absent')), onlyReal: true },
  { title: 'a link into a missing directory', before: linked('missing/absent'), onlyReal: true },
  { title: 'a link below a file', before: linked('file/below'), onlyReal: true },
  { title: 'a link with a trailing slash', before: linked('file/'), onlyReal: true },
  { title: 'a link to the directory', before: linked('.'), onlyReal: true },
  { title: 'a link that leads to itself', before: linked('target'), onlyReal: true },
  {
    title: 'a link with dots',
    before: (world) => {
      linked('./sub/.././file')(world);
      world.base.mkdirSync(world.at('sub'));
    },
    onlyReal: true,
  },
  { title: 'a chain of 3 links', before: chain(3, 'file') },
  { title: 'a chain of 39 links', before: chain(38, 'file'), onlyReal: true },
  { title: 'a chain of 40 links', before: chain(39, 'file'), onlyReal: true },
  { title: 'a chain of 41 links', before: chain(40, 'file'), onlyReal: true },
  { title: 'a chain of 3 links that dangles', before: chain(3, 'absent'), onlyReal: true },
  { title: 'a loop of 3 links', before: chain(3, 'target'), onlyReal: true },
  {
    title: 'a link to a file in another directory',
    before: (world) => {
      withOld(world);
      world.base.mkdirSync(world.at('sub'));
      world.base.renameSync(world.at('file'), world.at('sub', 'file'));
      world.base.symlinkSync('sub/file', world.at('target'));
    },
  },
  {
    title: 'a file behind a link to a directory',
    path: 'directory/file',
    // memfs has its own trouble with it: see memfs.test.ts.
    onlyReal: true,
    before: (world) => {
      world.base.mkdirSync(world.at('sub'));
      world.base.writeFileSync(world.at('sub', 'file'), OLD);
      world.base.symlinkSync('sub', world.at('directory'));
    },
  },
  {
    title: 'a link that goes up from behind a linked directory',
    path: 'directory/../file',
    onlyReal: true,
    before: (world) => {
      withOld(world);
      world.base.mkdirSync(world.at('a', 'b'), { recursive: true });
      world.base.writeFileSync(world.at('a', 'file'), 'the one that is meant');
      world.base.symlinkSync('a/b', world.at('directory'));
    },
  },
  {
    title: 'a link whose own path goes up from behind a linked directory',
    onlyReal: true,
    before: (world) => {
      withOld(world);
      world.base.mkdirSync(world.at('a', 'b'), { recursive: true });
      world.base.writeFileSync(world.at('a', 'file'), 'the one that is meant');
      world.base.symlinkSync('a/b', world.at('directory'));
      world.base.symlinkSync('directory/../file', world.at('target'));
    },
  },
  {
    title: 'a file with two names',
    onlyReal: true,
    before: (world) => {
      withOld(world);
      world.base.linkSync(world.at('file'), world.at('target'));
    },
  },
  {
    title: 'a link to a file with two names',
    onlyReal: true,
    before: (world) => {
      withOld(world);
      world.base.linkSync(world.at('file'), world.at('other'));
      world.base.symlinkSync('other', world.at('target'));
    },
  },
  {
    title: 'a directory',
    later: false,
    before: ({ base, at }) => base.mkdirSync(at('target')),
  },
  {
    title: 'a directory with something in it',
    later: false,
    onlyReal: true,
    before: ({ base, at }) => {
      base.mkdirSync(at('target'));
      base.writeFileSync(at('target', 'file'), 'inside');
    },
  },
];

/** Whether a write goes on with the inode that was there. */
const KEEPS_INODE = new Set(['a file with two names', 'a link to a file with two names']);

for (const backend of BACKENDS) {
  for (const write of WRITES) {
    for (const flavour of FLAVOURS) {
      if (!(write.flavours ?? [flavour.name]).includes(flavour.name)) continue;
      // memfs's own streams do not always end.
      if (write.title === 'createWriteStream' && !backend.isReal) continue;

      describe(`${write.title} on something special, ${flavour.name}, ${backend.name}`, () => {
        for (const target of TARGETS) {
          if (target.onlyReal && !backend.isReal) continue;
          const { title, before, path = 'target', later } = target;
          it(`treats ${title} as the plain fs does`, () =>
            expectSame(backend, {
              before,
              fails: PERHAPS,
              later,
              act: async (world) => {
                const inode = inodeAt(world);
                const outcome = await write.run(flavour, world.fs, `${world.directory}/${path}`, world);
                return KEEPS_INODE.has(title) ? [outcome, inodeAt(world) === inode] : outcome;
              },
            }));
        }
      });
    }
  }
}

function inodeAt({ base, at }: World): number | undefined {
  return base.statSync(at('file'), { throwIfNoEntry: false })?.ino;
}

const DEVICES = ['null', 'zero', 'full'] as const;
const MINOR_NUMBERS = { null: '3', zero: '5', full: '7' } as const;

for (const backend of REAL_BACKENDS) {
  for (const flavour of FLAVOURS) {
    describe(`what is no file, ${flavour.name}, ${backend.name}`, () => {
      before(function () {
        needs(this, 'Linux');
      });

      for (const name of ['writeFile', 'appendFile']) {
        it(`${name} puts the bytes into a FIFO and leaves it one`, () =>
          withFifo(backend, (world, read) =>
            outcomeOf(flavour, world.fs, name, world.at('target'), 'through the pipe').then((done) => [done, read()]),
          ));
      }

      it('open writes into a FIFO and leaves it one', () =>
        withFifo(backend, async ({ fs, at }, read) => [
          await writeThrough(flavour, fs, 'open', at('target'), 'w'),
          read(),
        ]));

      it("copyFile to a FIFO fails as plain node's and leaves it one", () =>
        withFifo(
          backend,
          async ({ fs, base, at }, read) => {
            base.writeFileSync(at('source'), 'copied');
            return [await outcomeOf(flavour, fs, 'copyFile', at('source'), at('target')), read()];
          },
          'EINVAL',
        ));

      it('a FIFO behind a link stays one', () =>
        withFifo(backend, async ({ fs, base, at }, read) => {
          base.symlinkSync('target', at('link'));
          return [await outcomeOf(flavour, fs, 'writeFile', at('link'), 'through the pipe'), read()];
        }));

      for (const name of DEVICES) {
        for (const isLinked of [false, true]) {
          const title = isLinked ? `a link to a device like /dev/${name}` : `a device like /dev/${name}`;
          it(`${title} stays one and answers as with plain node`, function () {
            if (!canHaveDevices()) skipBecause(this, 'root may not make devices here');
            return expectSame(backend, {
              later: false,
              fails: PERHAPS,
              act: async (world) => {
                const device = deviceFor(world, name);
                const path = isLinked ? world.at('link') : device;
                if (isLinked) world.base.symlinkSync(device, path);
                const written = await outcomeOf(flavour, world.fs, 'writeFile', path, 'new');
                return [written, await writeThrough(flavour, world.fs, 'open', path, 'w')];
              },
            });
          });
        }
      }

      for (const path of ['/proc/self/comm', '/proc/version', '/proc/absent', '/sys/absent']) {
        it(`${path} answers as with plain node`, () =>
          expectSame(backend, {
            later: false,
            fails: PERHAPS,
            act: async ({ fs, base }) => {
              const comm = base.readFileSync('/proc/self/comm', 'utf8').trim();
              const outcomes = [
                await outcomeOf(flavour, fs, 'writeFile', path, 'new'),
                await writeThrough(flavour, fs, 'open', path, 'w'),
              ];
              const after = base.readFileSync('/proc/self/comm', 'utf8');
              base.writeFileSync('/proc/self/comm', comm);
              return [outcomes, after];
            },
          }));
      }

      for (const root of ['/proc/self/fd', '/dev/fd']) {
        it(`${root}/N of an open file writes into that file`, () =>
          expectSame(backend, {
            before: ({ base, at }) => base.writeFileSync(at('target'), OLD),
            act: async ({ fs, base, at }) => {
              const fd = base.openSync(at('target'), 'r+');
              const { ino } = base.fstatSync(fd);
              const outcome = await outcomeOf(flavour, fs, 'writeFile', `${root}/${fd}`, 'new');
              base.closeSync(fd);
              return [outcome, base.statSync(at('target')).ino === ino];
            },
          }));

        it(`${root}/N of a file that is removed writes into what is left of it`, () =>
          expectSame(backend, {
            act: async ({ fs, base, at }) => {
              const fd = base.openSync(at('target'), 'w+');
              base.unlinkSync(at('target'));
              const outcome = await outcomeOf(flavour, fs, 'writeFile', `${root}/${fd}`, 'new');
              const text = base.readFileSync(fd, 'utf8');
              base.closeSync(fd);
              return [outcome, text];
            },
          }));
      }

      it('a socket is refused as plain node refuses it', () =>
        expectSame(backend, {
          fails: 'ENXIO',
          later: false,
          act: async ({ fs, at }) => {
            const server = createServer();
            await once(server.listen(at('target')), 'listening');
            const outcome = await outcomeOf(flavour, fs, 'writeFile', at('target'), 'new');
            await new Promise((resolve) => server.close(resolve));
            return outcome;
          },
        }));

      it('open with O_NOFOLLOW refuses a link', () =>
        expectSame(backend, {
          before: linked('file'),
          fails: 'ELOOP',
          act: ({ fs, at }) => outcomeOf(flavour, fs, 'open', at('target'), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW),
        }));

      it('a file that somebody reads keeps what it had for them', () =>
        expectSame(backend, {
          before: ({ base, at }) => base.writeFileSync(at('target'), OLD),
          act: async ({ fs, base, at }) => {
            const reader = base.openSync(at('target'), 'r');
            await outcomeOf(flavour, fs, 'writeFile', at('target'), 'new');
            const text = base.readFileSync(reader, 'utf8');
            base.closeSync(reader);
            return text;
          },
          unlike: {
            because: 'who has a file open reads one version to its end, and not the next one into it',
            expected: (plain) => ({ ...plain, answer: OLD }),
          },
        }));
    });
  }

  describe(`files that are watched, ${backend.name}`, () => {
    it('fs.watch of a file hears of every write', () =>
      expectSame(backend, {
        before: ({ base, at }) => base.writeFileSync(at('target'), OLD),
        act: async ({ fs, at }) => {
          const events = new Set<string>();
          const rounds: string[][] = [];
          const watcher = fs.watch(at('target'), (event) => events.add(event));
          for (const text of ['one', 'two', 'three']) {
            fs.writeFileSync(at('target'), text);
            await turns(100);
            rounds.push([...events].toSorted());
            events.clear();
          }
          watcher.close();
          return rounds;
        },
      }));

    it('a blob of a file that is written again can be read no more', () =>
      expectSame(backend, {
        before: ({ base, at }) => base.writeFileSync(at('target'), OLD),
        fails: 'NotReadableError',
        act: async ({ fs, at }) => {
          const blob = await fs.openAsBlob(at('target'));
          fs.writeFileSync(at('target'), 'new content of another length');
          return [blob.size, await blob.text().catch((error: unknown) => error)];
        },
      }));
  });
}

/** A FIFO with a reader, so that nobody has to wait for one. */
function withFifo(
  backend: Backend,
  act: (world: World, read: () => string) => Promise<unknown>,
  fails?: string,
): Promise<void> {
  let reader = -1;
  const scenario: Scenario = {
    later: false,
    fails,
    before: ({ base, at }) => {
      execFileSync('mkfifo', [at('target')]);
      reader = base.openSync(at('target'), O_RDONLY | O_NONBLOCK);
    },
    act: async (world) => {
      const read = (): string => world.base.readFileSync(reader, 'utf8');
      try {
        return await act(world, read);
      } finally {
        world.base.closeSync(reader);
      }
    },
  };
  return expectSame(backend, scenario);
}

/**
 * A device to write to. Root gets one that nothing else uses: the code under test renames files over others, and with a
 * mistake in it root would put an ordinary file in the place of the machine's own /dev/null. Nobody else can.
 */
function deviceFor({ at }: World, name: (typeof DEVICES)[number]): string {
  if (process.getuid!() !== 0) return `/dev/${name}`;
  execFileSync('mknod', ['-m', '666', at(name), 'c', '1', MINOR_NUMBERS[name]], { stdio: 'pipe' });
  return at(name);
}

function canHaveDevices(): boolean {
  const world = REAL_BACKENDS[0]!.open('plain');
  try {
    // Where devices are made but not served (nodev), this fails too.
    world.base.writeFileSync(deviceFor(world, 'null'), 'nothing');
    return true;
  } catch {
    return false;
  } finally {
    world.close();
  }
}
