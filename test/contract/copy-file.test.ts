// copyFile: modes, errors, links, and what becomes of the destination's own mode.

import { constants } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { type Difference, expectSame, failureKeepsOldContent } from '../support/compare';
import { FLAVOURS } from '../support/flavours';
import { outcomeOf } from '../support/outcome';
import { BACKENDS, REAL_BACKENDS, type World } from '../support/worlds';

const { COPYFILE_EXCL, COPYFILE_FICLONE_FORCE } = constants;

interface Copy {
  readonly title: string;
  readonly before?: (world: World) => void;
  /** @default 'source' */
  readonly from?: string;
  /** @default 'target' */
  readonly to?: string;
  readonly mode?: unknown;
  readonly fails?: string | RegExp;
  readonly unlike?: Difference;
  /** About links, modes or /dev, where memfs goes its own ways. */
  readonly onlyReal?: boolean;
  readonly umask?: number;
  readonly later?: false;
}

function withSource({ base, at }: World): void {
  base.writeFileSync(at('source'), 'content of the source');
}

function withBoth(world: World): void {
  withSource(world);
  world.base.writeFileSync(world.at('target'), 'old content, which is a good deal longer');
}

const BASIC: readonly Copy[] = [
  { title: 'onto nothing', before: withSource },
  { title: 'onto a file', before: withBoth },
  {
    title: 'of an empty file onto a full one',
    before: (world) => {
      withBoth(world);
      world.base.writeFileSync(world.at('source'), '');
    },
  },
  {
    title: 'of a file of several MiB',
    before: (world) => {
      withBoth(world);
      world.base.writeFileSync(world.at('source'), Buffer.alloc(5 * 1024 * 1024 + 3, 'source'));
    },
  },
  { title: 'of nothing onto nothing', fails: 'ENOENT' },
  {
    title: 'of nothing onto a file',
    before: ({ base, at }) => base.writeFileSync(at('target'), 'old'),
    fails: 'ENOENT',
  },
  { title: 'into a missing directory', before: withSource, to: 'missing/target', fails: 'ENOENT', later: false },
  { title: 'below a file', before: withBoth, to: 'target/below', fails: 'ENOTDIR' },
  { title: 'of what is below a file', before: withBoth, from: 'source/below', fails: 'ENOTDIR' },
  { title: 'onto a name with a trailing slash', before: withSource, to: 'target/', fails: 'EISDIR', onlyReal: true },
  {
    title: 'onto a directory',
    before: (world) => {
      withSource(world);
      world.base.mkdirSync(world.at('target'));
    },
    fails: 'EISDIR',
    later: false,
  },
  {
    title: 'onto the directory above',
    before: withSource,
    to: '.',
    fails: 'EISDIR',
  },
  {
    title: 'of a directory',
    before: (world) => world.base.mkdirSync(world.at('source')),
    fails: 'EISDIR',
    onlyReal: true,
  },
  {
    title: 'of a directory onto a file',
    before: (world) => {
      world.base.mkdirSync(world.at('source'));
      world.base.writeFileSync(world.at('target'), 'old');
    },
    fails: 'EISDIR',
    // Plain node has removed the file by then.
    unlike: failureKeepsOldContent,
    onlyReal: true,
  },
];

const EXCLUSIVE: readonly Copy[] = [
  { title: 'onto nothing', before: withSource, mode: COPYFILE_EXCL },
  { title: 'onto a file', before: withBoth, mode: COPYFILE_EXCL, fails: 'EEXIST' },
  { title: 'onto itself', before: withSource, to: 'source', mode: COPYFILE_EXCL, fails: 'EEXIST' },
  {
    title: 'onto a dangling link',
    before: (world) => {
      withSource(world);
      world.base.symlinkSync(world.at('nowhere'), world.at('target'));
    },
    mode: COPYFILE_EXCL,
    fails: 'EEXIST',
    onlyReal: true,
  },
  {
    title: 'onto a directory',
    before: (world) => {
      withSource(world);
      world.base.mkdirSync(world.at('target'));
    },
    mode: COPYFILE_EXCL,
    fails: 'EEXIST',
    later: false,
  },
  { title: 'of nothing', mode: COPYFILE_EXCL, fails: 'ENOENT' },
];

const LINKS: readonly Copy[] = [
  { title: 'onto itself', before: withSource, to: 'source', onlyReal: true },
  { title: 'onto itself by another path', before: withSource, to: './source', onlyReal: true },
  {
    title: 'onto a hard link of itself',
    before: (world) => {
      withSource(world);
      world.base.linkSync(world.at('source'), world.at('target'));
    },
    onlyReal: true,
  },
  {
    title: 'onto a symbolic link to itself',
    before: (world) => {
      withSource(world);
      world.base.symlinkSync('source', world.at('target'));
    },
    onlyReal: true,
  },
  {
    title: 'onto a file with another name, which keeps both names',
    before: (world) => {
      withBoth(world);
      world.base.linkSync(world.at('target'), world.at('other'));
    },
    onlyReal: true,
  },
  {
    title: 'of a symbolic link, which copies what it leads to',
    before: (world) => {
      withBoth(world);
      world.base.symlinkSync('source', world.at('link'));
    },
    from: 'link',
  },
  {
    title: 'of a dangling link',
    before: ({ base, at }) => base.symlinkSync('nowhere', at('source')),
    fails: 'ENOENT',
  },
  {
    title: 'onto a symbolic link, which stays one',
    before: (world) => {
      withBoth(world);
      world.base.symlinkSync('target', world.at('link'));
    },
    to: 'link',
  },
  {
    title: 'onto a dangling link, which makes what it leads to',
    before: (world) => {
      withSource(world);
      world.base.symlinkSync('made', world.at('link'));
    },
    to: 'link',
    onlyReal: true,
  },
  {
    title: 'onto a link that leads to itself',
    before: (world) => {
      withSource(world);
      world.base.symlinkSync('link', world.at('link'));
    },
    to: 'link',
    fails: 'ELOOP',
    onlyReal: true,
  },
  {
    title: 'onto a link to a directory',
    before: (world) => {
      withSource(world);
      world.base.mkdirSync(world.at('directory'));
      world.base.symlinkSync('directory', world.at('link'));
    },
    to: 'link',
    fails: 'EISDIR',
    onlyReal: true,
  },
];

const BAD_MODES = [8, -1, 1.5, NaN, Infinity, '1', true, {}, [], 2 ** 40, 1n];

const FILE_MODES = [0o600, 0o640, 0o644, 0o755, 0o666, 0o4755, 0o2755];

function modePairs(): Copy[] {
  return FILE_MODES.flatMap((source) =>
    [undefined, 0o600, 0o666, 0o4711].map((target) => ({
      title: `of a file of mode ${source.toString(8)} onto ${target === undefined ? 'nothing' : target.toString(8)}`,
      before: (world: World) => {
        (target === undefined ? withSource : withBoth)(world);
        world.base.chmodSync(world.at('source'), source);
        if (target !== undefined) world.base.chmodSync(world.at('target'), target);
      },
    })),
  );
}

for (const backend of BACKENDS) {
  for (const flavour of FLAVOURS) {
    describe(`copyFile, ${flavour.name}, ${backend.name}`, () => {
      function copiesAlike({
        before,
        from = 'source',
        to = 'target',
        mode,
        fails,
        unlike,
        umask,
        later,
      }: Copy): Promise<void> {
        const modes = mode === undefined ? [] : [mode];
        return expectSame(backend, {
          before,
          fails,
          unlike,
          umask,
          later,
          act: ({ fs, directory }) =>
            outcomeOf(flavour, fs, 'copyFile', `${directory}/${from}`, `${directory}/${to}`, ...modes),
        });
      }

      for (const copy of [...BASIC, ...LINKS]) {
        if (copy.onlyReal && !backend.isReal) continue;
        it(`${copy.title} is as the plain fs's`, () => copiesAlike(copy));
      }
      for (const copy of EXCLUSIVE) {
        if (copy.onlyReal && !backend.isReal) continue;
        it(`with COPYFILE_EXCL, ${copy.title}, is as the plain fs's`, () => copiesAlike(copy));
      }
      if (!backend.isReal) return;

      it('onto itself does not touch the file', () =>
        expectSame(backend, {
          before: (world) => {
            withSource(world);
            world.base.utimesSync(world.at('source'), 1000, 2000);
          },
          later: false,
          act: async ({ fs, base, at }) => {
            const { ino } = base.statSync(at('source'));
            await outcomeOf(flavour, fs, 'copyFile', at('source'), at('source'));
            const stats = base.statSync(at('source'));
            return [stats.mtimeMs, stats.ino === ino];
          },
        }));

      for (const copy of modePairs()) {
        it(`${copy.title} makes the mode that plain node makes`, () => copiesAlike(copy));
        it(`${copy.title} makes the mode that plain node makes, with umask 077`, () =>
          copiesAlike({ ...copy, umask: 0o077 }));
      }

      for (const mode of [0, 1, 2, 3, 4, 5, 6, 7, null, undefined]) {
        for (const exists of [false, true]) {
          it(`with mode ${String(mode)} onto ${exists ? 'a file' : 'nothing'} is as plain node's`, () =>
            copiesAlike({
              title: 'mode',
              mode,
              before: exists ? withBoth : withSource,
              ...endOf(Number(mode), exists),
            }));
        }
      }

      it('refuses bad modes as plain node does', () =>
        expectSame(backend, {
          before: withBoth,
          fails: 'ERR_OUT_OF_RANGE',
          act: async ({ fs, at }) => {
            const outcomes = [];
            for (const mode of BAD_MODES)
              outcomes.push(await outcomeOf(flavour, fs, 'copyFile', at('source'), at('target'), mode));
            return outcomes;
          },
        }));

      it('takes Buffers and URLs for paths as plain node does', () =>
        expectSame(backend, {
          before: withSource,
          act: async ({ fs, at }) => [
            await outcomeOf(flavour, fs, 'copyFile', Buffer.from(at('source')), pathToFileURL(at('target'))),
            await outcomeOf(flavour, fs, 'copyFile', pathToFileURL(at('source')), Buffer.from(at('other'))),
          ],
        }));
    });
  }
}

/** How a copy with these bits ends; a reflink that is insisted on succeeds on some file systems only. */
function endOf(mode: number, exists: boolean): Pick<Copy, 'fails' | 'unlike'> {
  if ((mode & COPYFILE_EXCL) !== 0 && exists) return { fails: 'EEXIST' };
  if ((mode & COPYFILE_FICLONE_FORCE) === 0 || canClone()) return {};
  return { fails: 'ENOTSUP', unlike: exists ? failureKeepsOldContent : undefined };
}

function canClone(): boolean {
  const { base, at, close } = REAL_BACKENDS[0]!.open('plain');
  try {
    base.writeFileSync(at('source'), 'text');
    base.copyFileSync(at('source'), at('clone'), COPYFILE_FICLONE_FORCE);
    return true;
  } catch {
    return false;
  } finally {
    close();
  }
}
