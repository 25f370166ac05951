// The difference of two disks, path by path.

import type { DiskImage, Inode } from './disk-image';

/** What is at a path. */
export interface Place {
  readonly inode: Inode;
  /** Another path of the same file, before this one in order, if it has several. */
  readonly sameAs: string | undefined;
}

/** A path of either disk. */
export interface Comparison {
  readonly path: string;
  /** Undefined where nothing is there. */
  readonly expected: Place | undefined;
  readonly found: Place | undefined;
  readonly isSame: boolean;
}

/** Every path of two disks, in order. Inode numbers and times are no difference. */
export function compareImages(expected: DiskImage, found: DiskImage): Comparison[] {
  const [left, right] = [placesOf(expected), placesOf(found)];
  const paths = [...new Set([...left.keys(), ...right.keys()])].toSorted();
  return paths.map((path) => {
    const [there, here] = [left.get(path), right.get(path)];
    return { path, expected: there, found: here, isSame: isSame(there, here) };
  });
}

/** Every path of a disk, in order, and what is there. */
export function placesOf(image: DiskImage): Map<string, Place> {
  const places = new Map<string, Place>();
  const firstPaths = new Map<number, string>();
  const visit = (path: string, ino: number): void => {
    const inode = image.inodes.get(ino)!;
    const shown = path === '' ? '/' : path;
    places.set(shown, { inode, sameAs: firstPaths.get(ino) });
    if (!firstPaths.has(ino)) firstPaths.set(ino, shown);
    if (inode.kind !== 'directory') return;
    const names = [...inode.entries.keys()].toSorted();
    for (const name of names) visit(`${path}/${name}`, inode.entries.get(name)!);
  };
  visit('', image.root);
  return places;
}

function isSame(expected: Place | undefined, found: Place | undefined): boolean {
  if (expected === undefined || found === undefined) return expected === found;
  const [left, right] = [expected.inode, found.inode];
  if (left.mode !== right.mode || left.uid !== right.uid || left.gid !== right.gid) return false;
  if (expected.sameAs !== found.sameAs) return false;
  if (left.kind === 'file' && right.kind === 'file') return Buffer.compare(left.bytes, right.bytes) === 0;
  if (left.kind === 'symlink' && right.kind === 'symlink') return left.target === right.target;
  return left.kind === right.kind;
}

/** The content of a file, and none of anything else. */
export function bytesAt(place: Place | undefined): Uint8Array {
  return place?.inode.kind === 'file' ? place.inode.bytes : NO_BYTES;
}

const NO_BYTES = new Uint8Array(0);

/** Whether the paths below it tell of it already. */
export function isParent(place: Place | undefined): boolean {
  return place?.inode.kind === 'directory' && place.inode.entries.size > 0;
}
