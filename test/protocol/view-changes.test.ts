// Names that change while they are open for replacing.

import { expect } from 'chai';
import { type OpenFile, closeOpenFile } from '../../src/protocol/open-file';
import type { AskedPath } from '../../src/protocol/target';
import type { Sighting } from '../../src/protocol/view';
import {
  followRename,
  forgetRemoved,
  linkStaged,
  renameOver,
  renameStaged,
  unlinkStaged,
} from '../../src/protocol/view-changes';
import type { NodeFs } from '../../src/ground/node-fs';
import type { Steps } from '../../src/steps/step';
import { runSync } from '../../src/steps/run';
import { type Memory, contentsOf, memoryWith, opening } from '../support/memory';
import { type Decide, type Played, crashingBefore, failing, play } from '../support/stepping';

interface Pending extends Memory {
  readonly file: OpenFile;
  readonly fd: number;
  readonly at: (path: string) => Sighting;
}

function asked(path: string): AskedPath {
  return { asked: path, absolute: path };
}

/** A file that is open for replacing, with a first part of its content, beside other files. */
function pending(files: Readonly<Record<string, string>> = {}, path = '/d/target'): Pending {
  const memory = memoryWith(files);
  const { volume, fs } = memory;
  const { file, fd } = opening(volume, path);
  fs.writeSync(fd, 'new');
  return { ...memory, file, fd, at: (name) => volume.view.find(asked(name), false)! };
}

function close({ file, fd, host }: Pending): void {
  runSync(closeOpenFile(file, fd), host);
}

function run({ host }: Memory, steps: Steps<void>, decide?: Decide): Played<void> {
  return play(steps, host, decide);
}

function rename(world: Pending, from: string, to: string, decide?: Decide): Played<void> {
  return run(world, renameStaged(world.volume, world.at(from), asked(from), asked(to)), decide);
}

function link(world: Pending, to: string): Played<void> {
  return run(world, linkStaged(world.volume, world.at('/d/target'), asked('/d/target'), asked(to)));
}

/** What others see: everything but the staged files. */
function shown(fs: NodeFs, directory = '/d'): Record<string, string> {
  return Object.fromEntries(Object.entries(contentsOf(fs, directory)).filter(([name]) => !name.endsWith('.intact')));
}

function stagedCount(fs: NodeFs): number {
  return Object.keys(contentsOf(fs)).length - Object.keys(shown(fs)).length;
}

function names({ volume }: Memory): string[] {
  return volume.view.files.flatMap(({ stage }) => stage.names.map(({ path }) => path));
}

describe('unlinkStaged()', () => {
  it('takes the old file and the staged one, and closing brings nothing back', () => {
    const world = pending({ '/d/target': 'old' });
    run(world, unlinkStaged(world.at('/d/target'), asked('/d/target')));
    expect(contentsOf(world.fs)).to.deep.equal({});
    expect(world.volume.view.isEmpty).to.equal(true);
    world.fs.writeSync(world.fd, ' and more');
    close(world);
    expect(contentsOf(world.fs)).to.deep.equal({});
  });

  it('changes nothing where the old file may not be removed', () => {
    const world = pending({ '/d/target': 'old' });
    const { error } = run(world, unlinkStaged(world.at('/d/target'), asked('/d/target')), failing('unlink', 'EPERM'));
    expect(error).to.deep.include({ code: 'EPERM', path: '/d/target' });
    close(world);
    expect(contentsOf(world.fs)).to.deep.equal({ target: 'new' });
  });

  it('leaves the other names of the file', () => {
    const world = pending();
    link(world, '/d/second');
    run(world, unlinkStaged(world.at('/d/target'), asked('/d/target')));
    expect(names(world)).to.deep.equal(['/d/second']);
    close(world);
    expect(contentsOf(world.fs)).to.deep.equal({ second: 'new' });
  });
});

describe('renameStaged()', () => {
  it('takes the old name from everybody, and gives the new one its content when it is complete', () => {
    const world = pending({ '/d/target': 'old', '/d/dest': 'old dest' });
    rename(world, '/d/target', '/d/dest');
    expect(shown(world.fs)).to.deep.equal({ dest: 'old dest' });
    close(world);
    expect(contentsOf(world.fs)).to.deep.equal({ dest: 'new' });
  });

  it('leaves old or new under the new name, and the old name old or gone, after a crash at any step', () => {
    const total = rename(pending({ '/d/target': 'old', '/d/dest': 'old dest' }), '/d/target', '/d/dest').calls.length;
    for (let step = 0; step <= total; step++) {
      const world = pending({ '/d/target': 'old', '/d/dest': 'old dest' });
      rename(world, '/d/target', '/d/dest', crashingBefore(step));
      expect(shown(world.fs)).to.deep.equal({
        dest: 'old dest',
        ...(world.fs.existsSync('/d/target') && { target: 'old' }),
      });
    }
  });

  it('follows a chain of renames into other directories', () => {
    const world = pending({ '/e/file': '', '/f/file': '' });
    rename(world, '/d/target', '/e/one');
    rename(world, '/e/one', '/f/two');
    rename(world, '/f/two', '/d/three');
    expect(names(world)).to.deep.equal(['/d/three']);
    close(world);
    expect(contentsOf(world.fs)).to.deep.equal({ three: 'new' });
    expect([contentsOf(world.fs, '/e'), contentsOf(world.fs, '/f')]).to.deep.equal([{ file: '' }, { file: '' }]);
  });

  it('makes the file that had the new name lose it, also where that is open for replacing too', () => {
    const world = pending();
    const other = opening(world.volume, '/d/other');
    world.fs.writeSync(other.fd, 'of the other');
    rename(world, '/d/target', '/d/other');
    expect(names(world)).to.deep.equal(['/d/other']);
    close(world);
    runSync(closeOpenFile(other.file, other.fd), world.host);
    expect(contentsOf(world.fs)).to.deep.equal({ other: 'new' });
  });

  it('does nothing between two names of one file', () => {
    const world = pending();
    link(world, '/d/second');
    rename(world, '/d/target', '/d/second');
    expect(names(world)).to.deep.equal(['/d/target', '/d/second']);
  });

  for (const [title, to, code] of [
    ['a directory', '/e', 'EISDIR'],
    ['a directory that is not there', '/nowhere/file', 'ENOENT'],
  ] as const) {
    it(`onto ${title} fails and changes nothing`, () => {
      const world = pending({ '/d/target': 'old', '/e/file': '' });
      const { error } = rename(world, '/d/target', to, ({ call, args }) =>
        // What Linux answers; memfs would put the file in the directory's place.
        call === 'rename' && args[1] === '/e' ? { fails: 'EISDIR' } : undefined,
      );
      expect(error).to.deep.include({ code, path: '/d/target', dest: to, syscall: 'rename' });
      expect(error!.message).to.include(`rename '/d/target' -> '${to}'`).and.not.include('.intact');
      close(world);
      expect(contentsOf(world.fs)).to.deep.equal({ target: 'new' });
    });
  }

  it('that may not remove the old file fails, and the file is published under its old name', () => {
    const world = pending({ '/d/target': 'old' });
    expect(rename(world, '/d/target', '/d/dest', failing('unlink', 'EPERM')).error).to.have.property('code', 'EPERM');
    close(world);
    expect(contentsOf(world.fs)).to.deep.equal({ target: 'new' });
  });
});

describe('renameOver()', () => {
  it('gives the name to the other file at once, and closing does not take it back', () => {
    const world = pending({ '/d/target': 'old', '/d/other': 'of the other' });
    run(world, renameOver(world.volume, asked('/d/other'), world.at('/d/target'), asked('/d/target')));
    expect(contentsOf(world.fs)).to.deep.equal({ target: 'of the other' });
    close(world);
    expect(contentsOf(world.fs)).to.deep.equal({ target: 'of the other' });
  });

  it('refuses a directory, as rename(2) refuses to put one in the place of a file', () => {
    const world = pending({ '/d/sub/file': '' });
    const { error } = run(world, renameOver(world.volume, asked('/d/sub'), world.at('/d/target'), asked('/d/target')));
    expect(error).to.deep.include({ code: 'ENOTDIR', path: '/d/sub', dest: '/d/target' });
    close(world);
    expect(world.fs.readFileSync('/d/target', 'utf8')).to.equal('new');
  });

  it('changes nothing where the other file is not there', () => {
    const world = pending();
    const { error } = run(world, renameOver(world.volume, asked('/d/no'), world.at('/d/target'), asked('/d/target')));
    expect(error).to.deep.include({ code: 'ENOENT', path: '/d/no', dest: '/d/target' });
    close(world);
    expect(contentsOf(world.fs)).to.deep.equal({ target: 'new' });
  });
});

describe('linkStaged()', () => {
  it('publishes one file under all its names', () => {
    const world = pending({ '/d/target': 'old', '/e/file': '' });
    link(world, '/d/second');
    link(world, '/e/third');
    expect(shown(world.fs)).to.deep.equal({ target: 'old' });
    close(world);
    expect(contentsOf(world.fs)).to.deep.equal({ target: 'new', second: 'new' });
    const [one, two, three] = ['/d/target', '/d/second', '/e/third'].map((path) => world.fs.statSync(path).ino);
    expect([two, three]).to.deep.equal([one, one]);
  });

  it('refuses a name that is taken, on the disk or by a file that is open for replacing', () => {
    const world = pending({ '/d/file': '' });
    opening(world.volume, '/d/other');
    for (const to of ['/d/file', '/d/other', '/d/target', '/d']) {
      expect(link(world, to).error, to).to.deep.include({
        code: 'EEXIST',
        syscall: 'link',
        path: '/d/target',
        dest: to,
      });
    }
    expect(stagedCount(world.fs)).to.equal(2);
  });

  it('discards all names together', () => {
    const world = pending();
    link(world, '/d/second');
    world.file.noteAbandoned();
    close(world);
    expect(contentsOf(world.fs)).to.deep.equal({});
  });
});

describe('followRename()', () => {
  it('publishes where the directory is by then', () => {
    const world = pending({ '/d/sub/deep/file': '' }, '/d/sub/deep/target');
    world.volume.pending.add(world.file);
    world.fs.renameSync('/d/sub', '/d/moved');
    run(world, followRename(world.volume, asked('/d/sub'), asked('/d/moved')));
    expect(names(world)).to.deep.equal(['/d/moved/deep/target']);
    close(world);
    expect(contentsOf(world.fs, '/d/moved/deep')).to.deep.equal({ file: '', target: 'new' });
  });

  it('leaves a file alone whose directory only has a name that begins like the one that moved', () => {
    const world = pending({ '/d/sub-2/file': '', '/d/sub/file': '' }, '/d/sub-2/target');
    world.volume.pending.add(world.file);
    world.fs.renameSync('/d/sub', '/d/moved');
    run(world, followRename(world.volume, asked('/d/sub'), asked('/d/moved')));
    expect(names(world)).to.deep.equal(['/d/sub-2/target']);
    close(world);
  });
});

describe('forgetRemoved()', () => {
  it('lets go of what went with its directory, and of nothing else', () => {
    const world = pending({ '/d/sub/file': '' }, '/d/sub/target');
    opening(world.volume, '/d/other');
    world.fs.rmSync('/d/sub', { recursive: true });
    run(world, forgetRemoved(world.volume));
    expect(names(world)).to.deep.equal(['/d/other']);
    close(world);
    expect(world.fs.existsSync('/d/sub')).to.equal(false);
  });
});
