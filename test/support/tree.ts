// A directory tree as text, to compare what two programs made.

import { constants, lstatSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** One line for each entry: its path, kind, mode, owner and group, and the content or where the link leads. */
export function describeTree(root: string): string[] {
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' });
  return paths.toSorted().map((path) => `${path} ${describeEntry(root, path)}`);
}

function describeEntry(root: string, path: string): string {
  const { mode, uid, gid, nlink } = lstatSync(join(root, path));
  const head = `${(mode & 0o7777).toString(8)} ${uid}:${gid}`;
  switch (mode & constants.S_IFMT) {
    case constants.S_IFLNK:
      return `${head} -> ${readlinkSync(join(root, path)).replace(root, '')}`;
    case constants.S_IFDIR:
      return `${head} directory`;
    default:
      return `${head} ${nlink} ${JSON.stringify(readFileSync(join(root, path), 'utf8'))}`;
  }
}
