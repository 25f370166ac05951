// Every call that takes a path, on everything that a path can lead to.

import { type Dirent, constants } from 'node:fs';
import { OPEN_FLAGS } from '../../support/open-flags';
import { type Probes, type Stage, contentAt, overZoo, throughZoo } from './probe';

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY } = constants;

/** Those of the other suites, and combinations that only Linux's own order of checks explains. */
const FLAGS: readonly { readonly title: string; readonly flag: string | number | null | undefined }[] = [
  ...OPEN_FLAGS,
  { title: 'O_RDONLY|O_TRUNC', flag: O_RDONLY | O_TRUNC },
  { title: 'O_RDONLY|O_NOFOLLOW', flag: O_RDONLY | O_NOFOLLOW },
  { title: 'O_RDONLY|O_DIRECTORY|O_NOFOLLOW', flag: O_RDONLY | O_DIRECTORY | O_NOFOLLOW },
  { title: 'O_WRONLY|O_DIRECTORY', flag: O_WRONLY | O_DIRECTORY },
  { title: 'O_RDWR|O_EXCL', flag: O_RDWR | O_EXCL },
  { title: 'O_RDONLY|O_CREAT|O_EXCL', flag: O_RDONLY | O_CREAT | O_EXCL },
  { title: 'O_RDWR|O_CREAT|O_NOFOLLOW|O_EXCL', flag: O_RDWR | O_CREAT | O_NOFOLLOW | O_EXCL },
  // For neither reading nor writing, though it asks for the permissions of both: open(2).
  { title: 'O_ACCMODE', flag: 3 },
];

type OnPath = (zoo: Stage, path: string) => void;

/** Those that change nothing. */
const LOOKING_CALLS: Readonly<Record<string, OnPath>> = {
  'accessSync': ({ fs, does }, path) => does(() => fs.accessSync(path)),
  'accessSync, all three ways': ({ fs, does }, path) => does(() => fs.accessSync(path, 7)),
  'existsSync': ({ fs, does }, path) => does(() => fs.existsSync(path)),
  'lstatSync': ({ fs, does }, path) => does(() => fs.lstatSync(path)),
  'lstatSync, undefined if absent': ({ fs, does }, path) => does(() => fs.lstatSync(path, { throwIfNoEntry: false })),
  'opendirSync': ({ fs, does }, path) => does(() => entriesThrough(fs, path)),
  'readdirSync': ({ fs, does }, path) => does(() => fs.readdirSync(path)),
  'readdirSync, with types': ({ fs, does }, path) =>
    does(() => fs.readdirSync(path, { withFileTypes: true }).map(typed)),
  'readdirSync, recursive': ({ fs, does }, path) => {
    if (!path.includes('..')) does(() => fs.readdirSync(path, { recursive: true }));
  },
  'readdirSync, recursive, with types': ({ fs, does }, path) => {
    if (path.includes('..')) return;
    does(() => fs.readdirSync(path, { recursive: true, withFileTypes: true }).map(typed));
  },
  'readlinkSync': ({ fs, does }, path) => does(() => fs.readlinkSync(path)),
  'realpathSync': ({ fs, does }, path) => does(() => fs.realpathSync(path)),
  'realpathSync.native': ({ fs, does }, path) => does(() => fs.realpathSync.native(path)),
  'statSync': ({ fs, does }, path) => does(() => fs.statSync(path)),
  'statSync, undefined if absent': ({ fs, does }, path) => does(() => fs.statSync(path, { throwIfNoEntry: false })),
  'statSync, bigint': ({ fs, does }, path) => does(() => fs.statSync(path, { bigint: true })),
  'statfsSync': ({ fs, does }, path) => does(() => Object.keys(fs.statfsSync(path))),
};

const CHANGING_CALLS: Readonly<Record<string, OnPath>> = {
  'chmodSync': ({ fs, does }, path) => does(() => fs.chmodSync(path, 0o751)),
  'chownSync': ({ fs, user, does }, path) => does(() => fs.chownSync(path, user.uid, user.gid)),
  'lchownSync': ({ fs, user, does }, path) => does(() => fs.lchownSync(path, user.uid, user.gid)),
  'linkSync from it': ({ fs, at, does }, path) => does(() => fs.linkSync(path, at('new'))),
  'linkSync from it, over a file': ({ fs, at, does }, path) => does(() => fs.linkSync(path, at('file'))),
  'linkSync to it': ({ fs, at, does }, path) => does(() => fs.linkSync(at('file'), path)),
  'linkSync of nothing to it': ({ fs, at, does }, path) => does(() => fs.linkSync(at('nothing'), path)),
  'linkSync of a directory to it': ({ fs, at, does }, path) => does(() => fs.linkSync(at('full'), path)),
  'linkSync of a link to it': ({ fs, at, does }, path) => does(() => fs.linkSync(at('to-missing'), path)),
  'lutimesSync': ({ fs, does }, path) => {
    does(() => fs.lutimesSync(path, 11, 12));
    does(() => fs.lstatSync(path).mtimeMs);
  },
  'mkdirSync': ({ fs, does }, path) => does(() => fs.mkdirSync(path, 0o712)),
  'mkdirSync, recursive': ({ fs, does }, path) => does(() => fs.mkdirSync(path, { recursive: true, mode: 0o712 })),
  'mkdirSync, recursive, far below': ({ fs, does }, path) =>
    does(() => fs.mkdirSync(`${path}/far/../below//it/`, { recursive: true })),
  'mkdtempSync': ({ fs, does }, path) => does(() => withoutItsEnd(fs, fs.mkdtempSync(path))),
  'renameSync from it': ({ fs, at, does }, path) => does(() => fs.renameSync(path, at('new'))),
  'renameSync from it, to new/': ({ fs, at, does }, path) => does(() => fs.renameSync(path, at('new/'))),
  'renameSync from it, into a directory': ({ fs, at, does }, path) => does(() => fs.renameSync(path, at('full/new'))),
  'renameSync from it, below a file': ({ fs, at, does }, path) => does(() => fs.renameSync(path, at('file/new'))),
  'renameSync from it, over its parent': ({ fs, at, does }, path) => does(() => fs.renameSync(path, at('full'))),
  'renameSync to itself': ({ fs, does }, path) => does(() => fs.renameSync(path, path)),
  'renameSync of nothing to it': ({ fs, at, does }, path) => does(() => fs.renameSync(at('nothing'), path)),
  'renameSync of a file to it': ({ fs, at, does }, path) => does(() => fs.renameSync(at('file'), path)),
  'renameSync of a file/ to it': ({ fs, at, does }, path) => does(() => fs.renameSync(at('file/'), path)),
  'renameSync of a link to it': ({ fs, at, does }, path) => does(() => fs.renameSync(at('to-file'), path)),
  'renameSync of an empty directory to it': ({ fs, at, does }, path) => does(() => fs.renameSync(at('empty'), path)),
  'renameSync of a full directory to it': ({ fs, at, does }, path) => does(() => fs.renameSync(at('full'), path)),
  'renameSync of a full directory/ to it': ({ fs, at, does }, path) => does(() => fs.renameSync(at('full/'), path)),
  'rmdirSync': ({ fs, does }, path) => does(() => fs.rmdirSync(path)),
  'symlinkSync': ({ fs, does }, path) => does(() => fs.symlinkSync('anywhere', path)),
  'truncateSync': ({ fs, does }, path) => does(() => fs.truncateSync(path, 2)),
  'unlinkSync': ({ fs, does }, path) => does(() => fs.unlinkSync(path)),
  'utimesSync': ({ fs, does }, path) => {
    does(() => fs.utimesSync(path, 11, 12));
    does(() => fs.statSync(path).mtimeMs);
  },
};

/** The six characters at the end are chance. */
function withoutItsEnd(fs: Stage['fs'], made: string): string {
  fs.rmdirSync(made);
  return made.slice(0, -6);
}

function typed(entry: Dirent): unknown {
  const kind = entry.isDirectory() ? 'directory' : entry.isSymbolicLink() ? 'link' : entry.isFile() ? 'file' : 'other';
  return Object.assign(Object.fromEntries(Object.entries(entry)), { kind });
}

/** In no order that means anything. */
function entriesThrough(fs: Stage['fs'], path: string): unknown[] {
  const directory = fs.opendirSync(path);
  const entries: { name: string }[] = [];
  for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) entries.push(entry);
  directory.closeSync();
  return [
    directory.path,
    ...entries.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map((entry) => typed(entry as never)),
  ];
}

export const PATH_PROBES: Probes = Object.fromEntries([
  ...FLAGS.map(({ title, flag }) => [
    `openSync ${title} on every kind of path`,
    (stage: Stage) =>
      overZoo(stage, (zoo, path) => {
        const fd = zoo.opens(path, flag as string, 0o6751);
        zoo.does(() => zoo.fs.writeSync(fd, 'new'));
        zoo.does(() => zoo.fs.readSync(fd, Buffer.alloc(9)));
        zoo.does(() => zoo.fs.fstatSync(fd));
        zoo.does(() => contentAt(zoo, zoo.at('file')));
      }),
  ]),
  ...Object.entries(LOOKING_CALLS).map(([title, call]) => [
    `${title} on every kind of path`,
    (stage: Stage) => throughZoo(stage, call),
  ]),
  ...Object.entries(CHANGING_CALLS).map(([title, call]) => [
    `${title} on every kind of path`,
    (stage: Stage) => overZoo(stage, call),
  ]),
]) as Probes;
