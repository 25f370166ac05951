// The two ways in which node finds a path without links.

import { resolve } from 'node:path';
import type { Disk, LiveInode } from './disk';
import { Errno } from './errno';
import { type Following, find, walk } from './walk';

/** realpath(3), which `realpathSync.native` calls. */
export function realPath(disk: Disk, path: string): string {
  find(disk, path);
  const { directory, name, inode } = walk(disk, path, 'always');
  return inode?.kind === 'directory' ? nameOf(inode) : `${nameOf(directory).replace(/^\/$/, '')}/${name}`;
}

/** The one path of a directory. */
function nameOf(directory: LiveInode): string {
  const names: string[] = [];
  for (let at = directory; at.kind === 'directory' && at.parent !== undefined; at = at.parent) {
    const { parent } = at;
    for (const [name, inode] of parent.entries) if (inode === at) names.unshift(name);
  }
  return `/${names.join('/')}`;
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

function findNaming(disk: Disk, path: string, syscall: string, following: Exclude<Following, 'never'>): LiveInode {
  try {
    return find(disk, path, following);
  } catch (thrown) {
    throw thrown instanceof Errno ? new Errno(thrown.code, { syscall, path }) : thrown;
  }
}
