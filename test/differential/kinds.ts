// What can stand at a path: one entry for each kind of target.

import { pathToFileURL } from 'node:url';
import type { Kind } from './scenario';

const LONG = 'n'.repeat(250);
const LONGEST = 'n'.repeat(255);
const FINE = ['ok', 'ok'] as const;

/** An ordinary file, written down in some way. */
function spelled(id: string, spell: NonNullable<Kind['spell']>, answers: Kind['answers'] = FINE): Kind {
  return { id, lay: (tree) => tree.file('target'), spell, answers };
}

const ORDINARY: readonly Kind[] = [
  { id: 'nothing', lay: () => {}, answers: FINE, isCommon: true },
  { id: 'a file', lay: (tree) => tree.file('target'), answers: FINE, isCommon: true },
  { id: 'an empty file', lay: (tree) => tree.file('target', { content: '' }), answers: FINE },
  {
    id: 'a big file',
    lay: (tree) => tree.file('target', { content: Buffer.alloc(300_000, 'old') }),
    answers: FINE,
  },
];

const MODES: readonly Kind[] = [
  { id: 'a file of mode 0600', lay: (tree) => tree.file('target', { mode: 0o600 }), answers: FINE },
  { id: 'a file of mode 0666', lay: (tree) => tree.file('target', { mode: 0o666 }), answers: FINE },
  { id: 'a file of mode 0755', lay: (tree) => tree.file('target', { mode: 0o755 }), answers: FINE },
  {
    id: 'a read-only file',
    lay: (tree) => tree.file('target', { mode: 0o444 }),
    answers: ['ok', 'EACCES'],
  },
  { id: 'a write-only file', lay: (tree) => tree.file('target', { mode: 0o222 }), answers: FINE },
  { id: 'a file of mode 0', lay: (tree) => tree.file('target', { mode: 0 }), answers: ['ok', 'EACCES'] },
  { id: 'a set-user-id file', lay: (tree) => tree.file('target', { mode: 0o4755 }), answers: FINE },
  { id: 'a set-group-id file', lay: (tree) => tree.file('target', { mode: 0o2755 }), answers: FINE },
  { id: 'a sticky file', lay: (tree) => tree.file('target', { mode: 0o1644 }), answers: FINE },
];

const OWNERS: readonly Kind[] = [
  {
    id: "another's file, strict",
    lay: (tree) => tree.file('target', { owner: 'other', mode: 0o600 }),
    answers: ['ok', 'EACCES'],
    needs: ['root'],
  },
  {
    id: "another's file, for all to read",
    lay: (tree) => tree.file('target', { owner: 'other' }),
    answers: ['ok', 'EACCES'],
    needs: ['root'],
  },
  {
    id: "another's file, for all to write",
    lay: (tree) => tree.file('target', { owner: 'other', mode: 0o666 }),
    answers: FINE,
    isCommon: true,
    needs: ['root'],
  },
  {
    id: "another's file of our group",
    lay: (tree) => tree.file('target', { owner: 'other', group: 'own', mode: 0o664 }),
    answers: FINE,
    needs: ['root'],
  },
  {
    id: "our file of another's group",
    lay: (tree) => tree.file('target', { owner: 'own', group: 'other', mode: 0o664 }),
    answers: FINE,
    needs: ['root'],
  },
];

const LINKS: readonly Kind[] = [
  {
    id: 'a symbolic link',
    lay(tree) {
      tree.file('file', { mode: 0o640 });
      tree.link('target', 'file');
    },
    answers: FINE,
    isCommon: true,
  },
  {
    id: 'a link into another directory',
    lay(tree) {
      tree.file('folder/file');
      tree.link('target', `${tree.directory}/folder/file`);
    },
    answers: FINE,
  },
  {
    id: 'a link to a link',
    lay(tree) {
      tree.file('folder/file');
      tree.link('folder/link', 'file');
      tree.link('target', 'folder/link');
    },
    answers: FINE,
  },
  { id: 'a dangling link', lay: (tree) => tree.link('target', 'folder/absent'), answers: FINE },
  { id: 'a link into nowhere', lay: (tree) => tree.link('target', 'missing/absent'), answers: ['ENOENT', 'ENOENT'] },
  { id: 'a link to itself', lay: (tree) => tree.link('target', 'target'), answers: ['ELOOP', 'ELOOP'] },
  {
    id: 'a loop of links',
    lay(tree) {
      tree.link('target', 'folder/back');
      tree.link('folder/back', '../target');
    },
    answers: ['ELOOP', 'ELOOP'],
  },
  { id: 'a link to a directory', lay: (tree) => tree.link('target', 'folder'), answers: ['EISDIR', 'EISDIR'] },
  {
    id: 'a link to a read-only file',
    lay(tree) {
      tree.file('file', { mode: 0o444 });
      tree.link('target', 'file');
    },
    answers: ['ok', 'EACCES'],
  },
  {
    id: 'a file behind a linked directory',
    path: 'linked/target',
    lay(tree) {
      tree.file('folder/target');
      tree.link('linked', 'folder');
    },
    answers: FINE,
  },
  {
    id: 'a path up from behind a linked directory',
    path: 'linked/../target',
    lay(tree) {
      tree.folder('folder/deep');
      tree.file('folder/target', { content: 'the one that is meant' });
      tree.file('target');
      tree.link('linked', 'folder/deep');
    },
    answers: FINE,
  },
  {
    id: 'a hard link',
    lay(tree) {
      tree.file('target');
      tree.hardLink('folder/twin', 'target');
    },
    answers: FINE,
    isCommon: true,
  },
  {
    id: 'a link to a hard link',
    lay(tree) {
      tree.file('file');
      tree.hardLink('twin', 'file');
      tree.link('target', 'twin');
    },
    answers: FINE,
  },
  {
    id: 'a write-only hard link',
    lay(tree) {
      tree.file('target', { mode: 0o222 });
      tree.hardLink('twin', 'target');
    },
    answers: FINE,
  },
  {
    id: 'a read-only hard link',
    lay(tree) {
      tree.file('target', { mode: 0o444 });
      tree.hardLink('twin', 'target');
    },
    answers: ['ok', 'EACCES'],
  },
];

const NO_FILES: readonly Kind[] = [
  { id: 'a directory', lay: (tree) => tree.folder('target'), answers: ['EISDIR', 'EISDIR'] },
  {
    id: 'a directory with something in it',
    lay(tree) {
      tree.folder('target');
      tree.file('target/file');
    },
    answers: ['EISDIR', 'EISDIR'],
  },
  { id: 'a FIFO', lay: (tree) => tree.fifo('target'), answers: FINE, isPipe: true },
  {
    id: 'a link to a FIFO',
    lay(tree) {
      tree.fifo('fifo');
      tree.link('target', 'fifo');
    },
    answers: FINE,
    isPipe: true,
  },
  { id: 'a device', lay: (tree) => tree.device('target'), answers: FINE, needs: ['root', 'devices'] },
  {
    id: 'a link to a device',
    lay(tree) {
      tree.device('device');
      tree.link('target', 'device');
    },
    answers: FINE,
    needs: ['root', 'devices'],
  },
];

const NAMES: readonly Kind[] = [
  { id: 'a name of 250 bytes', path: LONG, lay: (tree) => tree.file(LONG), answers: FINE },
  { id: 'nothing, by a name of 250 bytes', path: LONG, lay: () => {}, answers: FINE },
  { id: 'a name of 255 bytes', path: LONGEST, lay: (tree) => tree.file(LONGEST), answers: FINE },
  { id: 'nothing, by a name of 255 bytes', path: LONGEST, lay: () => {}, answers: FINE },
  {
    id: 'a name of 255 bytes that are 85 characters',
    path: '語'.repeat(85),
    lay: (tree) => tree.file('語'.repeat(85)),
    answers: FINE,
  },
  {
    id: 'a name of 256 bytes',
    path: `${LONGEST}n`,
    lay: () => {},
    answers: ['ENAMETOOLONG', 'ENAMETOOLONG'],
  },
  {
    id: 'a name with blanks, quotes and a newline',
    path: ' \'"\n*[a]?{}$',
    lay: (tree) => tree.file(' \'"\n*[a]?{}$'),
    answers: FINE,
  },
  { id: 'a hidden file', path: '.target', lay: (tree) => tree.file('.target'), answers: FINE },
  { id: 'a log', path: 'target.log', lay: (tree) => tree.file('target.log'), answers: FINE },
  {
    id: 'a name that ends as that of a staged file',
    path: '.target.intact',
    lay: (tree) => tree.file('.target.intact'),
    answers: FINE,
  },
  { id: 'nothing, with a slash', path: 'target/', lay: () => {}, answers: ['EISDIR', 'EISDIR'] },
  { id: 'a file, with a slash', path: 'target/', lay: (tree) => tree.file('target'), answers: ['EISDIR', 'EISDIR'] },
  { id: 'a directory, with a slash', path: 'folder/', lay: () => {}, answers: ['EISDIR', 'EISDIR'] },
  {
    id: 'a link to a file, with a slash',
    path: 'target/',
    lay(tree) {
      tree.file('file');
      tree.link('target', 'file');
    },
    answers: ['EISDIR', 'EISDIR'],
  },
  { id: 'the directory itself', path: '.', lay: () => {}, answers: ['EISDIR', 'EISDIR'] },
  { id: 'a path below nothing', path: 'missing/target', lay: () => {}, answers: ['ENOENT', 'ENOENT'] },
  { id: 'a path below a file', path: 'source/target', lay: () => {}, answers: ['ENOTDIR', 'ENOTDIR'] },
  { id: 'a path up from nothing', path: 'missing/../target', lay: () => {}, answers: ['ENOENT', 'ENOENT'] },
];

const SPELLINGS: readonly Kind[] = [
  spelled('a relative path', () => 'target'),
  spelled('a relative path with dots', () => './folder/../target'),
  spelled('a path with doubled slashes', (_, directory) => `${directory}//folder///..//target`),
  spelled('a Buffer', (path) => Buffer.from(path)),
  spelled('a Buffer that is no UTF-8', (path) => Buffer.concat([Buffer.from(path), Buffer.from([0xff, 0xfe])])),
  spelled('a file: URL', (path) => pathToFileURL(path)),
  spelled('an empty path', () => '', ['ENOENT', 'ENOENT']),
  spelled('a path with a null byte', (path) => `${path}\0`, ['ERR_INVALID_ARG_VALUE', 'ERR_INVALID_ARG_VALUE']),
  spelled('no path', () => undefined, ['ERR_INVALID_ARG_TYPE', 'ERR_INVALID_ARG_TYPE']),
  spelled('a path as an object', (path) => ({ path }), ['ERR_INVALID_ARG_TYPE', 'ERR_INVALID_ARG_TYPE']),
];

const DIRECTORIES: readonly Kind[] = [
  {
    id: 'a file in an unwritable directory',
    path: 'locked/target',
    lay(tree) {
      tree.folder('locked', 0o555);
      tree.file('locked/target');
    },
    answers: FINE,
  },
  {
    id: 'nothing in an unwritable directory',
    path: 'locked/target',
    lay: (tree) => tree.folder('locked', 0o555),
    answers: ['ok', 'EACCES'],
  },
  {
    id: 'a hard link in an unwritable directory',
    path: 'locked/target',
    lay(tree) {
      tree.folder('locked', 0o555);
      tree.file('locked/target');
      tree.hardLink('locked/twin', 'locked/target');
    },
    answers: FINE,
  },
  {
    id: 'a file in an unreadable directory',
    path: 'blind/target',
    lay(tree) {
      tree.folder('blind', 0o333);
      tree.file('blind/target');
    },
    answers: FINE,
  },
  {
    id: 'a file in a directory that may not be searched',
    path: 'shut/target',
    lay(tree) {
      tree.folder('shut', 0o666);
      tree.file('shut/target');
    },
    answers: ['ok', 'EACCES'],
  },
  {
    id: "another's file in another's sticky directory",
    path: 'sticky/target',
    lay(tree) {
      tree.folder('sticky', 0o1777, { owner: 'other' });
      tree.file('sticky/target', { owner: 'other', mode: 0o666 });
    },
    answers: FINE,
    needs: ['root'],
  },
  {
    id: "our file in another's sticky directory",
    path: 'sticky/target',
    lay(tree) {
      tree.folder('sticky', 0o1777, { owner: 'other' });
      tree.file('sticky/target');
    },
    answers: FINE,
    needs: ['root'],
  },
  {
    id: "nothing in another's sticky directory",
    path: 'sticky/target',
    lay: (tree) => tree.folder('sticky', 0o1777, { owner: 'other' }),
    answers: FINE,
    needs: ['root'],
  },
  {
    id: "our file in another's directory",
    path: 'foreign/target',
    lay(tree) {
      tree.folder('foreign', 0o755, { owner: 'other' });
      tree.file('foreign/target');
    },
    answers: FINE,
    needs: ['root'],
  },
  {
    id: 'nothing in a set-group-id directory',
    path: 'shared/target',
    lay: (tree) => tree.folder('shared', 0o2777, { owner: 'own', group: 'other' }),
    answers: FINE,
    needs: ['root'],
  },
  {
    id: 'a file in a set-group-id directory',
    path: 'shared/target',
    lay(tree) {
      tree.folder('shared', 0o2777, { owner: 'own', group: 'other' });
      tree.file('shared/target');
    },
    answers: FINE,
    needs: ['root'],
  },
];

const SPECIAL: readonly Kind[] = [
  {
    id: 'a bind-mounted file',
    lay(tree) {
      tree.file('target', { content: 'hidden' });
      tree.file('beneath', { mode: 0o640 });
      tree.bind('beneath', 'target');
    },
    answers: FINE,
    needs: ['root', 'mount'],
    isCostly: true,
  },
  {
    id: 'a file on a read-only mount',
    path: 'still/target',
    lay(tree) {
      tree.folder('still');
      tree.file('still/target');
      tree.readOnly('still');
    },
    answers: ['EROFS', 'EROFS'],
    needs: ['root', 'mount'],
    isCostly: true,
  },
  {
    id: 'nothing on a read-only mount',
    path: 'still/target',
    lay(tree) {
      tree.folder('still');
      tree.readOnly('still');
    },
    answers: ['EROFS', 'EROFS'],
    needs: ['root', 'mount'],
    isCostly: true,
  },
  {
    id: 'a file on another file system',
    path: 'disk/target',
    lay(tree) {
      tree.disk('disk', '1m');
      tree.file('disk/target');
    },
    answers: FINE,
    needs: ['root', 'mount'],
    isCostly: true,
  },
  {
    id: 'a link to another file system',
    lay(tree) {
      tree.disk('disk', '1m');
      tree.file('disk/file');
      tree.link('target', 'disk/file');
    },
    answers: FINE,
    needs: ['root', 'mount'],
    isCostly: true,
  },
  {
    id: 'a file on a full disk',
    path: 'disk/target',
    lay(tree) {
      tree.disk('disk', '64k');
      tree.file('disk/target');
      tree.fill('disk/filler', 0);
    },
    answers: FINE,
    needs: ['root', 'mount'],
    isCostly: true,
  },
  {
    id: 'nothing on a full disk',
    path: 'disk/target',
    lay(tree) {
      tree.disk('disk', '64k');
      tree.fill('disk/filler', 0);
    },
    answers: ['ENOSPC', 'ENOSPC'],
    needs: ['root', 'mount'],
    isCostly: true,
  },
  {
    id: 'an append-only file',
    lay(tree) {
      tree.file('target');
      tree.attribute('target', 'a');
    },
    answers: ['EPERM', 'EPERM'],
    needs: ['root', 'chattr'],
    isCostly: true,
  },
  {
    id: 'an immutable file',
    lay(tree) {
      tree.file('target');
      tree.attribute('target', 'i');
    },
    answers: ['EPERM', 'EPERM'],
    needs: ['root', 'chattr'],
    isCostly: true,
  },
  {
    id: 'a program that is running',
    lay: (tree) => tree.program('target'),
    answers: ['ETXTBSY', 'ETXTBSY'],
    needs: ['programs'],
    isCostly: true,
  },
  { id: 'a file in /proc', lay: () => {}, spell: () => '/proc/self/comm', answers: ['ok', 'EACCES'], isCostly: true },
  {
    id: 'a read-only file in /proc',
    lay: () => {},
    spell: () => '/proc/version',
    answers: ['EIO', 'EACCES'],
    isCostly: true,
  },
  {
    id: 'nothing in /proc',
    lay: () => {},
    spell: () => '/proc/self/absent',
    answers: ['ENOENT', 'ENOENT'],
    isCostly: true,
  },
];

export const KINDS: readonly Kind[] = [
  ...ORDINARY,
  ...MODES,
  ...OWNERS,
  ...LINKS,
  ...NO_FILES,
  ...NAMES,
  ...SPELLINGS,
  ...DIRECTORIES,
  ...SPECIAL,
];

export function kindNamed(id: string): Kind {
  const found = KINDS.find((kind) => kind.id === id);
  if (found === undefined) throw new Error(`there is no kind '${id}'`);
  return found;
}
