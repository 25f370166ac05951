// The two ways in which node finds a path without links.

import { resolve } from 'node:path';
import type { Disk, LiveInode } from './disk';
import { Errno, fail } from './errno';
import { SYMLINKS_MAX, find } from './walk';

/**
 * realpath(3), which `realpathSync.native` calls. As in the GNU library, `..` takes a name from what is known already and
 * asks nobody's permission.
 */
export function realPath(disk: Disk, path: string): string {
  if (path === '') fail('ENOENT');
  let known = '';
  let rest = path.startsWith('/') ? path : `${process.cwd()}/${path}`;
  let links = 0;
  // Each turn takes a name from `rest`; only links add to it, and they are counted.
  while (rest !== '') {
    const [, name = '', behind = ''] = /^\/*([^/]*)(.*)$/s.exec(rest) ?? [];
    rest = behind;
    if (name === '' || name === '.') continue;
    if (name === '..') {
      known = known.slice(0, Math.max(0, known.lastIndexOf('/')));
      continue;
    }
    const inode = find(disk, `${known}/${name}`, 'before a slash');
    if (inode.kind === 'symlink') {
      if (++links > SYMLINKS_MAX) fail('ELOOP');
      if (inode.target.startsWith('/')) known = '';
      rest = inode.target + behind;
    } else {
      if (behind !== '' && inode.kind !== 'directory') fail('ENOTDIR');
      known += `/${name}`;
    }
  }
  return known === '' ? '/' : known;
}

/**
 * Node's own, in JavaScript: `..` is taken from the text before links are looked at, and an error names the call and the part
 * of the path that failed.
 */
export function realPathByLinks(disk: Disk, path: string): string {
  let whole = resolve(path);
  let known = '';
  // Each turn passes one component or follows one link, and stat(2) has refused chains of more than 40 of them.
  while (known.length < whole.length && whole !== '/') {
    const slash = whole.indexOf('/', known.length + 1);
    const base = slash === -1 ? whole : whole.slice(0, slash);
    const inode = findNaming(disk, base, 'lstat', 'before a slash');
    if (inode.kind !== 'symlink') {
      known = base;
      continue;
    }
    findNaming(disk, base, 'stat', 'always');
    whole = resolve(known || '/', inode.target, `.${whole.slice(base.length)}`);
    known = '';
  }
  return whole;
}

function findNaming(disk: Disk, path: string, syscall: string, following: 'always' | 'before a slash'): LiveInode {
  try {
    return find(disk, path, following);
  } catch (thrown) {
    throw thrown instanceof Errno ? new Errno(thrown.code, { syscall, path }) : thrown;
  }
}
