import { expect } from 'chai';
import type { DiskImage, Inode } from '../../src/testing/disk-image';
import { compareImages } from '../../src/testing/image-diff';
import { showDifference } from '../../src/testing/show-place';
import { diskWith, file } from './traces';

describe('compareImages', () => {
  it('finds no difference in inode numbers and times', () => {
    const [left, right] = [diskWith({ a: 'A', b: 'B' }), diskWith({ b: 'B', a: 'A' })];
    const later = withInode(right, 'a', { ...file('A'), mtimeMs: 5, atimeMs: 6 });
    expect(differencesOf(left, later)).to.deep.equal({});
  });

  it('tells what is missing, what is too much, and what is another kind of thing', () => {
    const expected = diskWith({ gone: '12345', kind: '' });
    const found = withInode(diskWith({ kind: '', more: '' }), 'kind', { ...file(), kind: 'symlink', target: 'more' });
    expect(differencesOf(expected, found)).to.deep.equal({
      '/gone': 'missing: a file of 5 bytes',
      '/kind': 'a symbolic link to more instead of an empty file',
      '/more': 'unexpected: an empty file',
    });
  });

  it('tells sizes, where contents begin to differ, modes and owners', () => {
    const expected = diskWith({ a: 'abcdef', b: 'abcdef', c: 'abcdef', d: 'x', e: 'x' });
    const found = withInode(
      withInode(diskWith({ a: 'abc', b: '', c: 'abXdef', d: 'x', e: 'x' }), 'd', { ...file('x'), mode: 0o4600 }),
      'e',
      { ...file('x'), uid: 7, gid: 8 },
    );
    expect(differencesOf(expected, found)).to.deep.equal({
      '/a': '3 instead of 6 bytes, cut off',
      '/b': 'empty instead of 6 bytes',
      '/c': 'other content in 6 bytes, from byte 2 on',
      '/d': 'mode 0o4600 instead of 0o644',
      '/e': 'owner 7:8 instead of 0:0',
    });
  });

  it('tells files that are no longer one file, or that have become one', () => {
    const [two, one] = [diskWith({ a: 'same', b: 'same' }), linked(diskWith({ a: 'same' }), 'a', 'b')];
    expect(differencesOf(one, two)).to.deep.equal({
      '/b': 'a file of its own instead of the same file as /a',
    });
    expect(differencesOf(two, one)).to.deep.equal({
      '/b': 'the same file as /a instead of a file of its own',
    });
  });
});

function differencesOf(expected: DiskImage, found: DiskImage): Record<string, string> {
  const different = compareImages(expected, found).filter(({ isSame }) => !isSame);
  return Object.fromEntries(different.map((comparison) => [comparison.path, showDifference(comparison)]));
}

function entriesOf(image: DiskImage): ReadonlyMap<string, number> {
  const root = image.inodes.get(image.root)!;
  return root.kind === 'directory' ? root.entries : new Map();
}

function withInode(image: DiskImage, name: string, inode: Inode): DiskImage {
  return { ...image, inodes: new Map([...image.inodes, [entriesOf(image).get(name)!, inode]]) };
}

function linked(image: DiskImage, name: string, other: string): DiskImage {
  const entries = new Map([...entriesOf(image), [other, entriesOf(image).get(name)!]]);
  const root = { ...image.inodes.get(image.root)!, kind: 'directory', entries } as Inode;
  return { ...image, inodes: new Map([...image.inodes, [image.root, root]]) };
}
