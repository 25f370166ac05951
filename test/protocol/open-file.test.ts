// Files that a program opens for replacing: what their last close makes of them.

import { expect } from 'chai';
import { type OpenFile, closeOpenFile, openReplacing, publishOpenFile } from '../../src/protocol/open-file';
import { runCallback, runSync } from '../../src/steps/run';
import { type Memory, contentsOf, memoryWith, opening, requestFor } from '../support/memory';
import { type Decide, type Played, failing, failure, play } from '../support/stepping';

interface Opened extends Memory {
  readonly file: OpenFile;
  readonly fd: number;
}

function opened(files: Readonly<Record<string, string>> = { '/d/target': 'old' }): Opened {
  const memory = memoryWith(files);
  return { ...memory, ...opening(memory.volume, '/d/target') };
}

function close({ file, fd, host }: Opened, decide?: Decide): Played<boolean> {
  return play(closeOpenFile(file, fd), host, decide);
}

describe('closeOpenFile()', () => {
  it('publishes what was written, and forgets the file', () => {
    const world = opened();
    world.fs.writeSync(world.fd, 'new');
    expect(close(world).result).to.equal(true);
    expect(contentsOf(world.fs)).to.deep.equal({ target: 'new' });
    const { view, openFiles, closing } = world.volume;
    expect([view.isEmpty, openFiles.size, closing.size]).to.deep.equal([true, 0, 0]);
  });

  for (const code of ['ENOSPC', 'EDQUOT', 'EIO', 'EFBIG']) {
    it(`discards after a write that failed with ${code}, and says so again`, () => {
      const world = opened();
      world.file.noteFailure(failure(code, 'write'));
      world.file.noteFailure(failure('EIO', 'fsync'));
      expect(close(world).error).to.deep.include({ code, path: '/d/target', syscall: 'write' });
      expect(contentsOf(world.fs)).to.deep.equal({ target: 'old' });
    });
  }

  for (const code of ['EAGAIN', 'EBADF', 'EINTR', 'EINVAL']) {
    it(`publishes after a write that failed with ${code}, which loses nothing`, () => {
      const world = opened();
      world.file.noteFailure(failure(code, 'write'));
      expect(close(world).end).to.equal('returned');
    });
  }

  it('discards after a write that accepted only a part, unless the rest was written or the file emptied', () => {
    const ENDS: readonly [title: string, then: (file: OpenFile) => void, target: string][] = [
      ['nothing more', () => {}, 'old'],
      ['the rest', (file) => file.noteWrite({ bytes: 7, pieces: [] }, 7), ''],
      ['a part of the rest', (file) => file.noteWrite({ bytes: 7, pieces: [] }, 2), 'old'],
      ['an emptying', (file) => file.noteTruncation(), ''],
    ];
    for (const [title, then, target] of ENDS) {
      const world = opened();
      world.file.noteWrite({ bytes: 10, pieces: [] }, 3);
      then(world.file);
      const { error } = close(world);
      expect(error?.code, title).to.equal(target === 'old' ? 'ENOSPC' : undefined);
      expect(contentsOf(world.fs), title).to.deep.equal({ target });
    }
  });

  it('does not take a real failure back because a later write is whole', () => {
    const { file } = opened();
    file.noteFailure(failure('ENOSPC', 'write'));
    file.noteWrite({ bytes: 7, pieces: [] }, 7);
    expect(file.loss).to.have.property('code', 'ENOSPC');
  });

  it('publishes what a program has written after a call that was to write everything failed', () => {
    const FAILURES = { 'of the system': failure('EINTR', 'write'), "of the program's own": new Error('aborted') };
    for (const [title, error] of Object.entries(FAILURES)) {
      for (const goOn of [
        (file: OpenFile) => expect(file.noteWholeWrite()).to.equal(true),
        (file: OpenFile) => file.noteWrite({ bytes: 7, pieces: [] }, 7),
      ]) {
        const world = opened();
        world.file.noteWriteFile(error);
        expect(world.file.isComplete(), title).to.equal(false);
        goOn(world.file);
        expect(close(world).result, title).to.equal(true);
        expect(contentsOf(world.fs), title).to.deep.equal({ target: '' });
      }
    }
  });

  it('takes no whole write for the rest of another one unless it is told which bytes it was of', () => {
    const world = opened();
    world.file.noteWrite({ bytes: 10, pieces: [] }, 3);
    expect(world.file.noteWholeWrite()).to.equal(false);
    expect(close(world).error).to.have.property('code', 'ENOSPC');
  });

  it('discards, without a word, what a stream gave up', () => {
    const world = opened();
    world.file.noteAbandoned();
    expect(close(world).result).to.equal(true);
    expect(contentsOf(world.fs)).to.deep.equal({ target: 'old' });
  });

  it('waits for the last of several descriptors', () => {
    const world = opened();
    const second = runSync(openReplacing(world.volume, requestFor('/d/target', { call: 'open' })), world.host)!;
    expect(world.volume.openFiles.get(second)).to.equal(world.file);
    close(world);
    expect(contentsOf(world.fs)).to.include({ target: 'old' });
    world.fs.writeSync(second, 'of the second');
    close({ ...world, fd: second });
    expect(contentsOf(world.fs)).to.deep.equal({ target: 'of the second' });
  });

  it("leaves a number alone that is another file's by now, and publishes what was written before", () => {
    const world = opened();
    world.fs.writeSync(world.fd, 'new');
    world.fs.closeSync(world.fd);
    expect(world.fs.openSync('/d/other', 'w'), 'the number is used again').to.equal(world.fd);
    expect(close(world).result).to.equal(false);
    world.fs.writeSync(world.fd, "other's");
    expect(contentsOf(world.fs)).to.deep.equal({ target: 'new', other: "other's" });
  });

  it('publishes what was written where the number belongs to nobody any more, flushed through another descriptor', () => {
    const world = opened();
    world.fs.writeSync(world.fd, 'new');
    world.fs.closeSync(world.fd);
    const { calls, result } = close(world);
    expect(result).to.equal(false);
    expect(calls.join(' ')).to.equal('fstat open fsync close rename open fsync close');
    expect(contentsOf(world.fs)).to.deep.equal({ target: 'new' });
  });

  it('does not bring a staged file back that somebody has removed', () => {
    const world = opened();
    const { stagedPath } = world.file.stage.names[0]!;
    world.fs.unlinkSync(stagedPath);
    expect(close(world).result).to.equal(true);
    expect(contentsOf(world.fs)).to.deep.equal({ target: 'old' });
  });

  for (const call of ['fstat', 'fsync', 'close', 'rename'] as const) {
    it(`keeps the old content and closes the descriptor where ${call} fails`, () => {
      const world = opened();
      const { error } = close(world, failing(call, 'EIO'));
      expect(error).to.deep.include({ code: 'EIO', path: '/d/target' });
      expect(contentsOf(world.fs)).to.deep.equal({ target: 'old' });
      // A close that fails has closed all the same; the pretended one has not.
      if (call !== 'close') expect(() => world.fs.fstatSync(world.fd)).to.throw('EBADF');
    });
  }
});

describe('publishOpenFile()', () => {
  it('makes the descriptor an ordinary one of the target: what is written to it later needs to be flushed alone', () => {
    const world = opened();
    world.fs.writeSync(world.fd, 'new');
    runSync(publishOpenFile(world.file), world.host);
    expect(contentsOf(world.fs)).to.deep.equal({ target: 'new' });
    expect(world.volume.view.isEmpty).to.equal(true);
    world.fs.writeSync(world.fd, ' and more');
    expect(contentsOf(world.fs)).to.deep.equal({ target: 'new and more' });
    expect(play(publishOpenFile(world.file), world.host).calls).to.deep.equal(['fsync']);
    expect(close(world).calls).to.deep.equal(['fsync', 'close']);
  });

  it('has its target written in place from then on, because a rename would part the descriptor from it', () => {
    const world = opened();
    runSync(publishOpenFile(world.file), world.host);
    expect(world.volume.nativeWriters.hold(world.fs.statSync('/d/target'))).to.equal(true);
    close(world);
    expect(world.volume.nativeWriters.hold(world.fs.statSync('/d/target'))).to.equal(false);
  });

  it('that fails leaves the old content, also when the file is closed', () => {
    const world = opened();
    const { error } = play(publishOpenFile(world.file), world.host, failing('rename', 'EIO'));
    expect(error).to.have.property('code', 'EIO');
    close(world);
    expect(contentsOf(world.fs)).to.deep.equal({ target: 'old' });
  });

  it('flushes once more when a live file is closed, and says that it was published if that fails', () => {
    const world = opened();
    runSync(world.file.publish(), world.host);
    world.fs.writeSync(world.fd, 'more');
    const { calls, error } = close(world, failing('fsync', 'EIO'));
    expect(calls[0]).to.equal('fsync');
    expect(error).to.deep.include({ code: 'EIO', published: true });
  });
});

describe('openReplacing()', () => {
  it('shares the staged file of a path that is open already, and empties it', () => {
    const world = opened();
    world.fs.writeSync(world.fd, 'first');
    runSync(openReplacing(world.volume, requestFor('/d/target', { call: 'open' })), world.host);
    expect(world.fs.fstatSync(world.fd).size).to.equal(0);
    expect(world.file.descriptors.size).to.equal(2);
  });

  it('takes a path that is being closed for a new file', () => {
    const world = opened();
    runCallback(
      closeOpenFile(world.file, world.fd),
      world.host,
      () => {},
      () => {},
    );
    const { file } = opening(world.volume, '/d/target');
    expect(file).to.not.equal(world.file);
  });

  it('takes a path whose staged file was just published for a new file', () => {
    const world = opened();
    world.fs.renameSync(world.file.stage.names[0]!.stagedPath, '/d/target');
    const { file } = opening(world.volume, '/d/target');
    expect(file).to.not.equal(world.file);
  });

  it('settles a file whose number comes back, because somebody has closed it without us', () => {
    const world = opened();
    world.fs.writeSync(world.fd, 'new');
    world.fs.closeSync(world.fd);
    const other = opening(world.volume, '/d/other');
    expect(other.fd).to.equal(world.fd);
    expect(contentsOf(world.fs)).to.include({ target: 'new' });
    expect(world.volume.openFiles.get(other.fd)).to.equal(other.file);
  });

  it('discards where the inode that must stay cannot be held', () => {
    const { fs, volume, host } = memoryWith({ '/d/target': 'old' });
    fs.linkSync('/d/target', '/d/other');
    const isOfTarget: Decide = failing('open', 'EMFILE', ({ args }) => args[0] === '/d/target');
    const { error } = play(openReplacing(volume, requestFor('/d/target', { call: 'open' })), host, isOfTarget);
    expect(error).to.deep.include({ code: 'EMFILE', path: '/d/target' });
    expect(contentsOf(fs)).to.deep.equal({ target: 'old', other: 'old' });
  });
});

describe('isComplete', () => {
  it('is not so while a stream holds bytes, a call is under way, bytes were lost, or the file was given up', () => {
    const CHANGES: Readonly<Record<string, (file: OpenFile) => void>> = {
      stream: (file) => file.streams.add({ writableLength: 1 }),
      call: (file) => file.callsUnderWay++,
      loss: (file) => file.noteWrite({ bytes: 2, pieces: [] }, 1),
      abandoned: (file) => file.noteAbandoned(),
    };
    for (const [title, change] of Object.entries(CHANGES)) {
      const { file } = opened();
      file.streams.add({ writableLength: 0 });
      expect(file.isComplete(), title).to.equal(true);
      change(file);
      expect(file.isComplete(), title).to.equal(false);
    }
  });
});
