// The difference of two disks, path by path.

import type { DiskImage, Inode } from './disk-image';

export interface Difference {
  readonly path: string;
  /** Undefined where nothing is there. */
  readonly expected: Inode | undefined;
  readonly found: Inode | undefined;
}

/** Paths at which the two do not hold the same, in order. Inode numbers and times are no difference. */
export function differencesOf(expected: DiskImage, found: DiskImage): Difference[] {
  const [left, right] = [pathsOf(expected), pathsOf(found)];
  const paths = [...new Set([...left.keys(), ...right.keys()])].toSorted();
  return paths
    .map((path) => ({ path, expected: left.get(path), found: right.get(path) }))
    .filter((difference) => !isSame(difference.expected, difference.found));
}

/** Every path of a disk, and what it leads to. */
export function pathsOf(image: DiskImage): Map<string, Inode> {
  const paths = new Map<string, Inode>();
  const visit = (path: string, ino: number): void => {
    const inode = image.inodes.get(ino)!;
    paths.set(path === '' ? '/' : path, inode);
    if (inode.kind === 'directory') for (const [name, child] of inode.entries) visit(`${path}/${name}`, child);
  };
  visit('', image.root);
  return paths;
}

/** In one line: kind, mode where it is unusual, size and the beginning of the content. */
export function showInode(inode: Inode | undefined): string {
  if (inode === undefined) return 'nothing';
  const mode = `0o${inode.mode.toString(8)}`;
  if (inode.kind === 'directory') return `directory ${mode}`;
  if (inode.kind === 'symlink') return `symbolic link to '${inode.target}'`;
  const { length } = inode.bytes;
  return `file ${mode}, ${length} bytes${length === 0 ? '' : `: ${showBytes(inode.bytes)}`}`;
}

const SHOWN_BYTES = 60;

/** As text where it is text, else in hexadecimal. */
export function showBytes(bytes: Uint8Array): string {
  const part = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, SHOWN_BYTES));
  const rest = bytes.length > part.length ? '…' : '';
  const isText = !part.some((byte) => (byte < 0x20 && byte !== 0x0a && byte !== 0x09 && byte !== 0x0d) || byte >= 0xf8);
  return isText
    ? `${JSON.stringify(part.toString())}${rest}`
    : `${part.toString('hex').replace(/(..)/g, '$1 ').trim()}${rest}`;
}

function isSame(left: Inode | undefined, right: Inode | undefined): boolean {
  if (left === undefined || right === undefined) return left === right;
  if (left.kind !== right.kind || left.mode !== right.mode || left.uid !== right.uid || left.gid !== right.gid)
    return false;
  if (left.kind === 'file') return Buffer.compare(left.bytes, (right as typeof left).bytes) === 0;
  return left.kind === 'directory' || left.target === (right as typeof left).target;
}
