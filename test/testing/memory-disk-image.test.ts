// What a memory disk is made of and gives back, and what it says of itself.

import { expect } from 'chai';
import * as realFs from 'node:fs';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { DiskImage, FileInode, Inode } from '../../src/testing/disk-image';
import { createMemoryDisk } from '../../src/testing/memory-disk';
import { PACKAGE, runProgram as runInChild } from '../support/child';
import { withTmpfs } from '../support/mount';
import { needs } from '../support/needs';
import { useTemporaryDirectory } from '../support/temporary-directory';
import { runOnRealDisk } from './probe-run';
import { CAPACITY_KIB, FULL_DISK_PROBES } from './probes/full-disk';
import { pictureOfTree, probesOf, runProgram } from './probes/probe';

const ROOT = { uid: 0, gid: 0 };
const ATTRIBUTES = { uid: 0, gid: 0, atimeMs: 1000, mtimeMs: 2000 };

function file(text: string): FileInode {
  return { kind: 'file', mode: 0o644, ...ATTRIBUTES, bytes: Buffer.from(text) };
}

function directory(entries: Record<string, number>): Inode {
  return { kind: 'directory', mode: 0o755, ...ATTRIBUTES, entries: new Map(Object.entries(entries)) };
}

/** A file with two names, one of them in a directory, and a link to it. */
const IMAGE: DiskImage = {
  root: 7,
  inodes: new Map<number, Inode>([
    [7, directory({ file: 20, sub: 9, link: 21, other: 30 })],
    [9, directory({ twin: 20 })],
    [20, file('content')],
    [21, { kind: 'symlink', mode: 0o777, ...ATTRIBUTES, target: 'sub/twin' }],
    [30, file('another')],
  ]),
};

function read(fs: typeof realFs, path: string): string {
  const fd = fs.openSync(path, 'r');
  const bytes = Buffer.alloc(fs.fstatSync(fd).size);
  fs.readSync(fd, bytes);
  fs.closeSync(fd);
  return bytes.toString();
}

function write(fs: typeof realFs, path: string, text: string, flags = 'w'): void {
  const fd = fs.openSync(path, flags);
  fs.writeSync(fd, text);
  fs.closeSync(fd);
}

describe('a memory disk made from an image', () => {
  it('has its inode numbers, names, attributes and content', () => {
    const { fs } = createMemoryDisk({ ...ROOT, image: IMAGE });
    expect(fs.statSync('/link')).to.include({ ino: 20, atimeMs: 1000, mtimeMs: 2000 });
    expect(pictureOfTree(fs, '/')).to.deep.equal([
      '. 40755 0:0 nlink 3',
      'file 100644 0:0 nlink 2 7 bytes "content"',
      'link 120777 0:0 nlink 1 -> sub/twin',
      'other 100644 0:0 nlink 1 7 bytes "another"',
      'sub 40755 0:0 nlink 2',
      'sub/twin 100644 0:0 nlink 2 is file',
    ]);
    expect(['/', '/file', '/sub/twin', '/link', '/other'].map((path) => fs.lstatSync(path).ino)).to.deep.equal([
      7, 20, 20, 21, 30,
    ]);
  });

  it('gives the same image back, with the very bytes that it was given', () => {
    const image = createMemoryDisk({ ...ROOT, image: IMAGE }).image();
    expect(image).to.deep.equal(IMAGE);
    expect(bytesOf(image, 20)).to.equal(bytesOf(IMAGE, 20));
  });

  it('copies bytes when they are first written to, and no others', () => {
    const disk = createMemoryDisk({ ...ROOT, image: IMAGE });
    write(disk.fs, '/file', 'CON', 'r+');
    write(disk.fs, '/link', 'more', 'a');
    const image = disk.image();
    expect([read(disk.fs, '/file'), textOf(image, 20), textOf(IMAGE, 20)]).to.deep.equal([
      'CONtentmore',
      'CONtentmore',
      'content',
    ]);
    expect(bytesOf(image, 30)).to.equal(bytesOf(IMAGE, 30));
  });

  it('leaves an image that it gave as it was, whatever is written later', () => {
    const disk = createMemoryDisk({ ...ROOT, image: IMAGE });
    write(disk.fs, '/file', 'first');
    const image = disk.image();
    write(disk.fs, '/file', 'SECOND', 'r+');
    disk.fs.truncateSync('/other', 2);
    disk.fs.unlinkSync('/sub/twin');
    expect([textOf(image, 20), textOf(image, 30)]).to.deep.equal(['first', 'another']);
    expect([...image.inodes.keys()].toSorted((a, b) => a - b)).to.deep.equal([7, 9, 20, 21, 30]);
  });

  it('never gives an inode number twice', () => {
    const { fs } = createMemoryDisk({ ...ROOT, image: IMAGE });
    const seen = new Set(IMAGE.inodes.keys());
    for (let i = 0; i < 5; i++) {
      write(fs, '/new', 'x');
      const { ino } = fs.statSync('/new');
      expect(seen.has(ino), `inode ${ino} again`).to.equal(false);
      seen.add(ino);
      fs.unlinkSync('/new');
    }
  });

  it('shows no file that only a descriptor holds', () => {
    const disk = createMemoryDisk({ ...ROOT, image: IMAGE });
    const fd = disk.fs.openSync('/other', 'r+');
    disk.fs.unlinkSync('/other');
    expect([...disk.image().inodes.keys()]).to.not.include(30);
    expect(disk.fs.fstatSync(fd).nlink).to.equal(0);
  });

  it('shows holes as zeros', () => {
    const disk = createMemoryDisk(ROOT);
    write(disk.fs, '/file', 'ab');
    disk.fs.truncateSync('/file', 5);
    expect(textOf(disk.image(), disk.fs.statSync('/file').ino)).to.equal('ab\0\0\0');
    write(disk.fs, '/file', '!', 'a');
    expect(read(disk.fs, '/file')).to.equal('ab\0\0\0!');
  });

  it('refuses an image whose root is no directory', () => {
    const image = { root: 20, inodes: IMAGE.inodes };
    expect(() => createMemoryDisk({ image })).to.throw(TypeError, 'inode 20, is no directory');
    expect(() => createMemoryDisk({ image: { root: 99, inodes: IMAGE.inodes } })).to.throw(TypeError, 'inode 99');
  });

  it('refuses an image with a name for an inode that it lacks', () => {
    const image = { root: 1, inodes: new Map([[1, directory({ lost: 5 })]]) };
    expect(() => createMemoryDisk({ image })).to.throw(TypeError, "'lost' names inode 5");
  });
});

function bytesOf(image: DiskImage, ino: number): Uint8Array {
  return (image.inodes.get(ino) as FileInode).bytes;
}

function textOf(image: DiskImage, ino: number): string {
  return Buffer.from(bytesOf(image, ino)).toString();
}

describe('a memory disk', () => {
  it('is empty but for a root directory of its user at first', () => {
    const { fs } = createMemoryDisk({ uid: 5, gid: 6 });
    expect(fs.readdirSync('/')).to.deep.equal([]);
    expect(fs.statSync('/')).to.include({ mode: 0o40755, uid: 5, gid: 6, nlink: 2 });
  });

  it('has the user of this process, if no other is given', () => {
    const { fs } = createMemoryDisk();
    write(fs, '/file', 'x');
    expect(fs.statSync('/file')).to.include({ uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 });
  });

  it('takes the umask from its options, or 022, and not from this process', () => {
    const before = process.umask(0o077);
    try {
      for (const [umask, mode] of [[undefined, 0o644] as const, [0o027, 0o640] as const]) {
        const { fs } = createMemoryDisk({ umask });
        write(fs, '/file', 'x');
        expect(fs.statSync('/file').mode & 0o7777).to.equal(mode);
      }
    } finally {
      process.umask(before);
    }
  });

  it('takes the time from the clock that it is given', () => {
    let ms = 1_000_000;
    const { fs } = createMemoryDisk({ now: () => (ms += 1000) });
    write(fs, '/file', 'x');
    const { birthtimeMs, mtimeMs } = fs.statSync('/file');
    expect([birthtimeMs < mtimeMs, mtimeMs <= ms, new Date(ms).getUTCFullYear()]).to.deep.equal([true, true, 1970]);
    expect(fs.statSync('/file').mtime.getTime()).to.equal(mtimeMs);
  });

  it('tells which descriptors are open, by number and path', () => {
    const disk = createMemoryDisk(ROOT);
    const [one, two] = [disk.fs.openSync('/one', 'w'), disk.fs.openSync('/two', 'w')];
    expect(disk.openDescriptors()).to.deep.equal([
      { fd: one, path: '/one' },
      { fd: two, path: '/two' },
    ]);
    disk.fs.closeSync(one);
    expect(disk.openDescriptors()).to.deep.equal([{ fd: two, path: '/two' }]);
  });

  it('has descriptors that the real file system refuses', () => {
    const fd = createMemoryDisk(ROOT).fs.openSync('/file', 'w');
    expect(() => realFs.fstatSync(fd)).to.throw('EBADF');
  });

  it('has functions that may be taken off the object', () => {
    const { mkdirSync, readdirSync, realpathSync } = createMemoryDisk(ROOT).fs;
    mkdirSync('/directory');
    expect([readdirSync('/'), realpathSync('/directory/..'), realpathSync.native('/directory')]).to.deep.equal([
      ['directory'],
      '/',
      '/directory',
    ]);
  });

  it('follows forty links and no more: path_resolution(7)', () => {
    const { fs } = createMemoryDisk(ROOT);
    fs.mkdirSync('/directory');
    fs.symlinkSync('directory', '/1');
    for (let i = 2; i <= 41; i++) fs.symlinkSync(`${i - 1}`, `/${i}`);
    expect(fs.statSync('/40').isDirectory()).to.equal(true);
    expect(() => fs.statSync('/41')).to.throw('ELOOP');
    expect(() => fs.statSync('/40/../1')).to.throw('ELOOP');
  });

  it('says how much room it has', () => {
    const { fs } = createMemoryDisk({ ...ROOT, capacityBytes: 40_960 });
    write(fs, '/file', 'x'.repeat(4096));
    expect(fs.statfsSync('/')).to.include({ bsize: 4096, blocks: 10, bfree: 9, bavail: 9 });
    expect(fs.statfsSync('/', { bigint: true })).to.include({ blocks: 10n, bfree: 9n });
  });
});

describe('a full memory disk', () => {
  const at = useTemporaryDirectory();

  before(function () {
    needs(this, 'Linux', 'root', 'mount');
  });

  for (const probe of probesOf(FULL_DISK_PROBES)) {
    it(`does as a full tmpfs does: ${probe.title}`, async () => {
      const [real] = await withTmpfs(at('full'), `${CAPACITY_KIB}k`, async () => runOnRealDisk([probe], at('full')));
      const { fs } = createMemoryDisk({ ...ROOT, umask: process.umask(), capacityBytes: CAPACITY_KIB * 1024 });
      fs.mkdirSync(at('full/0'), { recursive: true });
      expect(runProgram(probe.run, fs, at('full/0'), ROOT)).to.deep.equal(real!.noted);
      expect(pictureOfTree(fs, at('full/0'))).to.deep.equal(real!.tree);
    });
  }
});

it('takes room for a hole with something behind it, where real disks take none', () => {
  const { fs } = createMemoryDisk({ ...ROOT, capacityBytes: 8192 });
  const fd = fs.openSync('/file', 'w');
  expect(() => fs.writeSync(fd, 'x', 8192)).to.throw('ENOSPC');
  expect(fs.fstatSync(fd).size).to.equal(0);
});

it('lets a file be written over on a disk that was made too full, and nothing be added', () => {
  const { fs } = createMemoryDisk({ ...ROOT, image: IMAGE, capacityBytes: 3 });
  write(fs, '/file', 'CONTENT', 'r+');
  expect(read(fs, '/file')).to.equal('CONTENT');
  expect(() => write(fs, '/file', '!', 'a')).to.throw('ENOSPC');
  expect(fs.statfsSync('/').bfree).to.equal(0);
});

describe('what a memory disk has from memfs', () => {
  const at = useTemporaryDirectory();

  it('finds by patterns', () => {
    const { fs } = createMemoryDisk({ ...ROOT, image: IMAGE });
    const { globSync } = fs as unknown as { globSync: (pattern: string, options: object) => string[] };
    expect(globSync('**/t*', { cwd: '/' })).to.deep.equal(['sub/twin']);
  });

  it('watches files by looking at them', async () => {
    const { fs } = createMemoryDisk(ROOT);
    write(fs, '/file', 'old');
    const sizes = await new Promise<number[]>((seen) => {
      fs.watchFile('/file', { interval: 1 }, (now, before) => seen([before.size, now.size]));
      write(fs, '/file', 'newer');
    });
    fs.unwatchFile('/file');
    expect(sizes).to.deep.equal([3, 5]);
  });

  it('is not needed for anything else, and asked for by name where it is missing', async () => {
    cpSync(join(PACKAGE, 'dist'), at('dist'), { recursive: true });
    const { stdout, stderr } = await runInChild(
      `const { createMemoryDisk } = require(${JSON.stringify(at('dist/testing/memory-disk.js'))});
       const { fs } = createMemoryDisk();
       fs.mkdirSync('/directory');
       console.log(fs.readdirSync('/'), fs.constants.O_CREAT, fs.Stats === require('fs').Stats);
       try { fs.watchFile('/directory', () => {}); } catch ({ code, message }) { console.log(code, message); }`,
      { hook: false },
    );
    expect(stderr).to.equal('');
    expect(stdout).to.include("[ 'directory' ] 64 true");
    expect(stdout).to.include('ERR_INTACT_MEMFS watchFile()').and.to.include('npm install --save-dev memfs');
  });
});
