// A folder's content, described so that two folders can be compared to the last byte.

import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** @returns For each file and folder below `root`: its relative path, mode, size and SHA-256, sorted by path. */
export function describeTree(root) {
  const paths = readdirSync(root, { recursive: true });
  return paths.toSorted().map((path) => describeOne(root, path));
}

function describeOne(root, path) {
  const found = statSync(join(root, path));
  const mode = (found.mode & 0o7777).toString(8);
  if (found.isDirectory()) return { path, mode };
  const sha256 = createHash('sha256')
    .update(readFileSync(join(root, path)))
    .digest('hex');
  return { path, mode, size: found.size, sha256 };
}

/** @returns The paths that are in one description only, or differ. */
export function differencesBetween(one, other) {
  const [left, right] = [byPath(one), byPath(other)];
  return [...new Set([...left.keys(), ...right.keys()])].filter((path) => left.get(path) !== right.get(path));
}

function byPath(tree) {
  return new Map(tree.map((entry) => [entry.path, JSON.stringify(entry)]));
}
