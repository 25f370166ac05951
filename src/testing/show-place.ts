// What is at a path of a disk, and how it differs from what should be there, in words.

import { firstDifference } from './content-diff';
import type { Comparison, Place } from './image-diff';
import { plural } from './plural';
import { visible } from './visible-text';

/** As in `a file of 15 bytes`; the mode is told where it is not the usual one. */
export function showPlace({ inode, sameAs }: Place): string {
  const mode =
    inode.kind === 'symlink' || inode.mode === USUAL_MODES[inode.kind] ? '' : `, mode ${showMode(inode.mode)}`;
  const link = sameAs === undefined ? '' : `, the same as ${visible(sameAs)}`;
  if (inode.kind === 'directory') return `a directory${mode}`;
  if (inode.kind === 'symlink') return `a symbolic link to ${visible(inode.target)}`;
  return `${inode.bytes.length === 0 ? 'an empty file' : `a file of ${plural(inode.bytes.length, 'byte')}`}${mode}${link}`;
}

const USUAL_MODES = { directory: 0o755, file: 0o644 } as const;

/** As in `7 instead of 15 bytes`. */
export function showDifference({ expected, found }: Comparison): string {
  if (found === undefined) return expected === undefined ? 'nothing' : `missing: ${showPlace(expected)}`;
  if (expected === undefined) return `unexpected: ${showPlace(found)}`;
  const [left, right] = [expected.inode, found.inode];
  if (left.kind !== right.kind) return `${showPlace(found)} instead of ${showPlace(expected)}`;
  const words: string[] = [];
  if (left.kind === 'file' && right.kind === 'file') words.push(...showContentDifference(left.bytes, right.bytes));
  if (left.kind === 'symlink' && right.kind === 'symlink' && left.target !== right.target) {
    words.push(`leads to ${visible(right.target)} instead of ${visible(left.target)}`);
  }
  if (left.mode !== right.mode) words.push(`mode ${showMode(right.mode)} instead of ${showMode(left.mode)}`);
  if (left.uid !== right.uid || left.gid !== right.gid) {
    words.push(`owner ${right.uid}:${right.gid} instead of ${left.uid}:${left.gid}`);
  }
  if (expected.sameAs !== found.sameAs) words.push(showLinkDifference(expected.sameAs, found.sameAs));
  return words.join('; ');
}

function showContentDifference(expected: Uint8Array, found: Uint8Array): string[] {
  const at = firstDifference(expected, found);
  if (at === undefined) return [];
  const isSameSize = found.length === expected.length;
  const size = isSameSize
    ? `other content in ${plural(found.length, 'byte')}`
    : `${found.length === 0 ? 'empty' : found.length.toLocaleString('en')} instead of ${plural(expected.length, 'byte')}`;
  const isCut = at === found.length && found.length > 0;
  return [`${size}${isCut ? ', cut off' : at > 0 ? `, from byte ${at.toLocaleString('en')} on` : ''}`];
}

function showLinkDifference(expected: string | undefined, found: string | undefined): string {
  const were = expected === undefined ? 'a file of its own' : `the same file as ${visible(expected)}`;
  const is = found === undefined ? 'a file of its own' : `the same file as ${visible(found)}`;
  return `${is} instead of ${were}`;
}

/** As in `0o644`. */
function showMode(mode: number): string {
  return `0o${mode.toString(8)}`;
}
