// A directory tree as text, to compare what two programs made.

import { type Stats, constants, lstatSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { pictureOfBytes } from './picture';

export interface Reading {
  /** What is compared of a file's content. @default all of it */
  readonly contentOf?: (path: string, bytes: Buffer) => Buffer;
  /** Modification times before this were set by somebody, and are compared. @default none are */
  readonly setBefore?: Date;
}

/**
 * One line for each entry: its path, kind, mode, owner and group, and the content or where the link leads. A file with
 * several names also tells the first of them.
 */
export function describeTree(root: string, reading: Reading = {}): string[] {
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' });
  const firstNames = new Map<number, string>();
  return paths.toSorted().map((path) => {
    const stats = lstatSync(join(root, path));
    const first = firstNames.get(stats.ino) ?? path;
    firstNames.set(stats.ino, first);
    const link = stats.isFile() && first !== path ? ` = ${first}` : '';
    return `${path} ${describeEntry(root, path, stats, reading)}${link}`;
  });
}

function describeEntry(root: string, path: string, stats: Stats, reading: Reading): string {
  const { mode, uid, gid, nlink } = stats;
  const { contentOf = (_path, bytes) => bytes } = reading;
  const head = `${(mode & 0o7777).toString(8)} ${uid}:${gid}${describeTime(stats, reading)}`;
  switch (mode & constants.S_IFMT) {
    case constants.S_IFLNK:
      return `${head} -> ${readlinkSync(join(root, path)).replace(root, '')}`;
    case constants.S_IFREG:
      return `${head} ${nlink} ${JSON.stringify(pictureOfBytes(contentOf(path, readFileSync(join(root, path)))))}`;
    case constants.S_IFDIR:
      return `${head} directory`;
    default:
      return `${head} kind ${(mode & constants.S_IFMT).toString(8)}`;
  }
}

/** Not of directories: a file that is replaced changes its directory, one that is written does not. */
function describeTime(stats: Stats, { setBefore }: Reading): string {
  const { mtime } = stats;
  return setBefore !== undefined && mtime < setBefore && !stats.isDirectory() ? ` ${mtime.toISOString()}` : '';
}
