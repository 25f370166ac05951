// Every call by path on a file that is open for replacing does to the program what it does to a file that is open.

import { constants } from 'node:fs';
import { expectSame, PERHAPS, type Difference } from '../support/compare';
import { FLAVOURS, type Flavour } from '../support/flavours';
import { Journal, outcomeOf } from '../support/outcome';
import { REAL_BACKENDS, type World } from '../support/worlds';

const [backend] = REAL_BACKENDS;
const TIME = new Date(1_000_000_000_000);

/** How the path that is asked about came to be open. */
const SITUATIONS: Readonly<Record<string, { prepare?: (world: World) => void; opened?: string }>> = {
  'a new file': {},
  'a file that was there': { prepare: ({ base, at }) => base.writeFileSync(at('target'), 'old') },
  'a file that was opened through a link': {
    prepare: ({ base, at }) => {
      base.writeFileSync(at('target'), 'old');
      base.symlinkSync('target', at('way'));
    },
    opened: 'way',
  },
  'a file whose inode stays': {
    prepare: ({ base, at }) => {
      base.writeFileSync(at('target'), 'old');
      base.linkSync(at('target'), at('second-name'));
    },
  },
};

/** Where ours is meant to differ. */
const DIFFERENCES: Readonly<Record<string, Difference>> = {};

type Call = (flavour: Flavour, world: World) => Promise<unknown>;

/** A call of this name on the target. */
function on(name: string, ...rest: readonly unknown[]): Call {
  return (flavour, { fs, at }) => outcomeOf(flavour, fs, name, at('target'), ...rest);
}

/** The same with two paths. */
function between(name: string, from: string, to: string, ...rest: readonly unknown[]): Call {
  return (flavour, { fs, at }) => outcomeOf(flavour, fs, name, at(from), at(to), ...rest);
}

/** Opens the target with these flags, and closes what that gave. */
function opening(flags: string | number): Call {
  return async (flavour, { fs, at }) => {
    const outcome = await outcomeOf(flavour, fs, 'open', at('target'), flags);
    const opened = Array.isArray(outcome.result) ? (outcome.result[1] as unknown) : outcome.result;
    if (typeof opened === 'number') return [outcome.how, await outcomeOf(flavour, fs, 'close', opened)];
    if (opened instanceof Error) return outcome;
    await (opened as { close?: () => Promise<void> } | undefined)?.close?.();
    return outcome.how === 'resolved' ? 'a handle' : outcome;
  };
}

const CALLS: Readonly<Record<string, Call>> = {
  'access': on('access'),
  'access for writing': on('access', constants.W_OK),
  'appendFile': on('appendFile', ' appended'),
  'chmod': on('chmod', 0o640),
  'chown': on('chown', 0, 0),
  'copyFile from it': between('copyFile', 'target', 'copy'),
  'copyFile onto it': between('copyFile', 'file', 'target'),
  'copyFile onto it, exclusively': between('copyFile', 'file', 'target', constants.COPYFILE_EXCL),
  'cp from it': between('cp', 'target', 'copy'),
  'cp of its directory': (flavour, { fs, at }) =>
    outcomeOf(flavour, fs, 'cp', at('sub'), at('copy'), { recursive: true }),
  'lchown': on('lchown', 0, 0),
  'link from it': between('link', 'target', 'added'),
  'link onto it': between('link', 'file', 'target'),
  'link of what is not there onto it': between('link', 'absent', 'target'),
  'lstat': on('lstat'),
  'lutimes': on('lutimes', TIME, TIME),
  'mkdir': on('mkdir'),
  'mkdir of all above': on('mkdir', { recursive: true }),
  'mkdir below it': (flavour, { fs, at }) => outcomeOf(flavour, fs, 'mkdir', at('target/below'), { recursive: true }),
  'open to read': opening('r'),
  'open to update': opening('r+'),
  'open to append': opening('a'),
  'open exclusively': opening('wx'),
  'open exclusively to append': opening('ax'),
  'open, not through links': opening(constants.O_RDONLY | constants.O_NOFOLLOW),
  'open once more': opening('w'),
  'opendir': on('opendir'),
  'readdir': on('readdir'),
  'readFile': on('readFile', 'utf8'),
  'readlink': on('readlink'),
  'realpath': on('realpath'),
  'realpath as bytes': on('realpath', 'buffer'),
  'rename from it': between('rename', 'target', 'moved'),
  'rename from it onto a file': between('rename', 'target', 'file'),
  'rename from it onto a directory': between('rename', 'target', 'sub'),
  'rename from it into nowhere': between('rename', 'target', 'missing/moved'),
  'rename onto it': between('rename', 'file', 'target'),
  'rename of a directory onto it': between('rename', 'sub', 'target'),
  'rename of what is not there onto it': between('rename', 'absent', 'target'),
  'rename onto itself': between('rename', 'target', 'target'),
  'rm': on('rm'),
  'rm by force': on('rm', { force: true }),
  'rm of all': on('rm', { recursive: true }),
  'rmdir': on('rmdir'),
  'stat': on('stat'),
  'stat in big integers': async (flavour, { fs, at }) => {
    const outcome = await outcomeOf(flavour, fs, 'stat', at('target'), { bigint: true });
    const stats = (Array.isArray(outcome.result) ? outcome.result[1] : outcome.result) as { size: bigint };
    return String(stats.size);
  },
  'statfs': async (flavour, world) => ((await on('statfs')(flavour, world)) as { how: string }).how,
  'symlink onto it': (flavour, { fs, at }) => outcomeOf(flavour, fs, 'symlink', 'file', at('target')),
  'truncate': on('truncate', 1),
  'unlink': on('unlink'),
  'utimes': on('utimes', TIME, TIME),
  'writeFile': on('writeFile', 'written'),
  'writeFile exclusively': on('writeFile', 'written', { flag: 'wx' }),
  'writeFile to update': on('writeFile', 'w', { flag: 'r+' }),
};

/** What a program then sees of the path, the other names, and the modification time that it may have set. */
function look({ fs, at, directory }: World): unknown {
  const names = fs.readdirSync(directory);
  return names.map((name) => {
    const stats = fs.lstatSync(at(name));
    const time = stats.mtimeMs === TIME.getTime() ? 'the time that was set' : 'another time';
    const content = stats.isFile() ? fs.readFileSync(at(name), 'utf8') : '';
    return [
      name,
      stats.isFile(),
      stats.nlink,
      (stats.mode & 0o7777).toString(8),
      content,
      time,
      fs.existsSync(at(name)),
    ];
  });
}

for (const [situationTitle, { prepare, opened = 'target' }] of Object.entries(SITUATIONS)) {
  for (const flavour of FLAVOURS) {
    describe(`on ${situationTitle} that is open for replacing, ${flavour.name},`, () => {
      for (const [title, call] of Object.entries(CALLS)) {
        it(`${title} does what it does to any open file`, () =>
          expectSame(backend!, {
            before: (world) => {
              world.base.mkdirSync(world.at('sub'));
              world.base.writeFileSync(world.at('file'), 'of the file');
              world.base.writeFileSync(world.at('sub/file'), 'below');
              prepare?.(world);
            },
            fails: PERHAPS,
            later: false,
            unlike: DIFFERENCES[`${situationTitle}: ${title}`],
            act: async (world) => {
              const journal = new Journal();
              const fd = world.fs.openSync(world.at(opened), 'w');
              world.fs.writeSync(fd, 'first ');
              journal.add('call', await call(flavour, world));
              await journal.note('look', () => look(world));
              await journal.note('write', () => world.fs.writeSync(fd, 'second'));
              await journal.note('close', () => world.fs.closeSync(fd));
              await journal.note('look again', () => look(world));
              return journal;
            },
          }));
      }
    });
  }
}
