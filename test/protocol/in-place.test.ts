// Writing over a file whose inode must stay: every gap between two steps is a crash point.

import { expect } from 'chai';
import type { NodeFs } from '../../src/ground/node-fs';
import { redoName } from '../../src/protocol/leftover-name';
import { type SweepReport, sweepDirectory } from '../../src/protocol/leftovers';
import type { Options, Warning } from '../../src/settings/settings';
import { runSync } from '../../src/steps/run';
import type { Step } from '../../src/steps/step';
import {
  anotherProcessOn,
  contentsOf,
  deadProcessOn,
  type Memory,
  memoryWith,
  opening,
  writing,
} from '../support/memory';
import { type Decide, type Played, crashingBefore, failing, play } from '../support/stepping';

const OLD = 'old content, as it was';
const IN_PLACE = { rules: [{ match: 'target', plan: 'in-place' }] } as const;
const RECORD = redoName('target');

/** A directory with a file of two names. */
function linked(content = OLD): Memory {
  const memory = memoryWith({ '/d/target': content });
  memory.fs.linkSync('/d/target', '/d/other');
  return memory;
}

/** Writes in place as a process that is dead afterwards, up to a step or to the end. */
function writeAndDie(fs: NodeFs, content: string, step = Infinity, options: Options = {}): Played<boolean> {
  const { volume, host } = deadProcessOn(fs);
  return play(writing(volume, '/d/target', content, options), host, crashingBefore(step));
}

function sweep(fs: NodeFs): SweepReport {
  const { volume, host } = anotherProcessOn(fs);
  return runSync(sweepDirectory(volume, '/d'), host);
}

function playSweep({ volume, host }: Memory, decide?: Decide): Played<SweepReport> {
  return play(sweepDirectory(volume, '/d'), host, decide);
}

/** The record that a process left which died while there was one. */
function leaveRecord(content = 'interrupted content'): Memory {
  const memory = linked();
  const { calls } = writeAndDie(linked().fs, content);
  // Right before the first byte of the target is written over.
  writeAndDie(memory.fs, content, calls.lastIndexOf('read'));
  expect(contentsOf(memory.fs)).to.include.keys(RECORD);
  return memory;
}

function isOpenOf(path: string): (step: Step) => boolean {
  return ({ args }) => args[0] === path;
}

describe('a write in place', () => {
  it('completes and flushes the record before it touches the target, and the target before it removes the record', () => {
    const { volume, host } = linked();
    const { steps } = play(writing(volume, '/d/target', 'new'), host);
    const told = steps.map(({ call, args }) => (call === 'rename' ? `rename ${String(args[1])}` : call));
    expect(told.join(', ')).to.equal(
      [
        // The plan, and the staged file.
        'lstat, readdir, lstat, open, fstat, write, fsync, close',
        // The target and the record are opened.
        'lstat, open, open, fstat, fstat, lstat',
        // The record is sealed and gets its name, for good.
        `open, fstat, write, fsync, close, lstat, rename /d/${RECORD}, open, fsync, close`,
        // The copy.
        'fstat, read, write, ftruncate, fsync',
        // The record goes, for good.
        'lstat, unlink, open, fsync, close',
        'close, close',
        // The directory, as after any durable write.
        'open, fsync, close',
      ].join(', '),
    );
  });

  for (const durability of ['process', 'consistent', 'durable'] as const) {
    for (const content of ['', 'n', 'new content as long it', 'new content, longer than the old one']) {
      it(`of ${content.length} bytes over ${OLD.length}, ${durability}, is old or new after a crash before any step`, () => {
        const total = writeAndDie(linked().fs, content, Infinity, { durability }).calls.length;
        const seen = new Set<string>();
        for (let step = 0; step <= total; step++) {
          const { fs } = linked();
          writeAndDie(fs, content, step, { durability });
          sweep(fs);
          const after = contentsOf(fs);
          expect(after['target'], `before step ${step}`).to.be.oneOf([OLD, content]);
          expect(after['other'], `the other name, before step ${step}`).to.equal(after['target']);
          expect(after, `before step ${step}`).to.not.include.keys(RECORD);
          seen.add(after['target']!);
        }
        expect([...seen]).to.have.members([OLD, content]);
      });
    }
  }

  it('is new for good once it is acknowledged: no later crash point, and no sweep, brings the old content back', () => {
    const { fs } = linked();
    expect(writeAndDie(fs, 'new').end).to.equal('returned');
    expect(sweep(fs)).to.deep.equal({ removed: [], finished: [], kept: [] });
    expect(contentsOf(fs)).to.deep.equal({ target: 'new', other: 'new' });
  });

  it('that has no room to grow leaves the old content, and no record', () => {
    const { fs, volume, host } = linked();
    const isOfTarget = ({ args }: Step): boolean => args[4] === OLD.length;
    const { error } = play(
      writing(volume, '/d/target', `${OLD}, and more`),
      host,
      failing('write', 'ENOSPC', isOfTarget),
    );
    expect(error).to.have.property('code', 'ENOSPC');
    expect(contentsOf(fs)).to.deep.equal({ target: OLD, other: OLD });
  });

  for (const [title, call, code] of [
    ['fails at the first byte that it writes over', 'write', 'EIO'],
    ['cannot cut off the rest', 'ftruncate', 'EIO'],
    ['cannot flush what it copied', 'fsync', 'EIO'],
  ] as const) {
    it(`that ${title} says so, and leaves its record for whoever comes after its process`, () => {
      const { fs } = linked();
      const { volume, host } = deadProcessOn(fs);
      let isRecorded = false;
      const { error } = play(writing(volume, '/d/target', 'new'), host, (step) => {
        if (step.call === 'rename') isRecorded = true;
        // The directory is flushed in between.
        const isMeant =
          isRecorded && step.call === call && (call !== 'fsync' || fs.fstatSync(step.args[0] as number).isFile());
        return isMeant ? { fails: code } : undefined;
      });
      expect(error).to.deep.include({ code, path: '/d/target' });
      expect(error?.published).to.equal(undefined);
      expect(contentsOf(fs)).to.include.keys(RECORD);
      expect(sweep(fs).finished).to.deep.equal([`/d/${RECORD}`]);
      expect(contentsOf(fs)).to.deep.equal({ target: 'new', other: 'new' });
    });
  }

  it('after one that failed half-way takes the place of its record', () => {
    const { fs, volume, host } = linked();
    play(writing(volume, '/d/target', 'failing'), host, failing('ftruncate', 'EIO'));
    expect(contentsOf(fs)).to.include.keys(RECORD);
    expect(play(writing(volume, '/d/target', 'newer'), host).end).to.equal('returned');
    expect(contentsOf(fs)).to.deep.equal({ target: 'newer', other: 'newer' });
  });

  it('is whole where somebody finished an older record in its middle, and so changed the length of the target', () => {
    for (const length of [1, OLD.length + 20]) {
      const { fs, volume, host } = linked();
      const content = `${OLD} and some`;
      play(writing(volume, '/d/target', content), host, ({ call }) => {
        if (call === 'rename') fs.writeFileSync('/d/target', 'x'.repeat(length));
        return undefined;
      });
      expect(fs.readFileSync('/d/target', 'utf8'), `length ${length}`).to.equal(content);
    }
  });

  for (const code of ['EPERM', 'EACCES', 'EISDIR']) {
    it(`is made without a record, which is told once, where ${code} keeps its name from it`, () => {
      const { fs, volume, host } = linked();
      const warnings: Warning[] = [];
      const warn = (warning: Warning): void => void warnings.push(warning);
      for (const content of ['one', 'two']) {
        const { end } = play(writing(volume, '/d/target', content, { warn }), host, failing('rename', code));
        expect(end).to.equal('returned');
        expect(contentsOf(fs)).to.deep.equal({ target: content, other: content });
      }
      expect(warnings).to.have.lengthOf(1);
      expect(warnings[0]).to.deep.include({ code: 'INTACT_UNPROTECTED', path: '/d/target' });
    });
  }

  it('fails, with the old content in place, where its record cannot be made for a reason of the moment', () => {
    const { fs, volume, host } = linked();
    const { error } = play(writing(volume, '/d/target', 'new'), host, failing('rename', 'EIO'));
    expect(error).to.deep.include({ code: 'EIO', path: '/d/target' });
    expect(contentsOf(fs)).to.deep.equal({ target: OLD, other: OLD });
  });

  it('does not go through a symbolic link that has taken the name since', () => {
    const { fs, volume, host } = linked();
    fs.writeFileSync('/d/precious', 'precious');
    const { error } = play(writing(volume, '/d/target', 'new'), host, ({ call }) => {
      if (call !== 'write') return undefined;
      fs.unlinkSync('/d/target');
      fs.symlinkSync('precious', '/d/target');
      return undefined;
    });
    expect(error).to.deep.include({ code: 'ELOOP', path: '/d/target' });
    expect(contentsOf(fs)).to.deep.equal({ other: OLD, precious: 'precious', target: '-> precious' });
  });

  it('becomes a new file where nothing has the name any more', () => {
    const { fs, volume, host } = linked();
    play(writing(volume, '/d/target', 'new'), host, ({ call }) => {
      if (call === 'write') fs.unlinkSync('/d/target');
      return undefined;
    });
    expect(contentsOf(fs)).to.deep.equal({ other: OLD, target: 'new' });
  });

  it('of an open file reaches the inode it was opened for, without a record where the name leads elsewhere', () => {
    const { fs, volume } = linked();
    const { file, fd } = opening(volume, '/d/target', IN_PLACE);
    fs.writeSync(fd, 'new');
    fs.unlinkSync('/d/target');
    fs.writeFileSync('/d/target', "somebody else's");
    runSync(file.publish(), volume.host);
    fs.closeSync(fd);
    expect(contentsOf(fs)).to.deep.equal({ other: 'new', target: "somebody else's" });
  });

  it("leaves the target's mode, unless the program has given the staged file another", () => {
    for (const given of [undefined, 0o640]) {
      const { fs, volume, host } = linked();
      fs.chmodSync('/d/target', 0o604);
      const { file, fd } = opening(volume, '/d/target', IN_PLACE);
      if (given !== undefined) fs.fchmodSync(fd, given);
      runSync(file.publish(), host);
      expect(fs.statSync('/d/target').mode & 0o777).to.equal(given ?? 0o604);
    }
  });
});

describe('a redo record that is found', () => {
  it('is finished, whatever part of the copy was made, and more than once does no harm', () => {
    const { fs } = leaveRecord();
    const record = fs.readFileSync(`/d/${RECORD}`);
    for (const torn of ['', 'interr', 'xx', 'a longer target than either of the contents']) {
      fs.writeFileSync('/d/target', torn);
      fs.writeFileSync(`/d/${RECORD}`, record);
      expect(sweep(fs).finished).to.deep.equal([`/d/${RECORD}`]);
      expect(contentsOf(fs)).to.deep.equal({ target: 'interrupted content', other: 'interrupted content' });
    }
  });

  it('is finished again after a crash in the middle of finishing it', () => {
    const trial = playSweep(leaveRecord());
    for (let step = 0; step <= trial.calls.length; step++) {
      const memory = leaveRecord();
      const { fs } = memory;
      playSweep(memory, crashingBefore(step));
      sweep(fs);
      expect(contentsOf(fs), `crash before step ${step}`).to.deep.equal({
        target: 'interrupted content',
        other: 'interrupted content',
      });
    }
  });

  it('stays where finishing it fails, for the next one to try', () => {
    for (const call of ['open', 'read', 'write', 'fsync', 'unlink'] as const) {
      const memory = leaveRecord();
      const { fs } = memory;
      const isLater = ({ args }: Step): boolean => call !== 'open' || isOpenOf('/d/target')({ call, args });
      const { result } = playSweep(memory, failing(call, 'EIO', isLater));
      expect(result, call).to.deep.equal({ removed: [], finished: [], kept: [`/d/${RECORD}`] });
      expect(sweep(fs).finished, call).to.deep.equal([`/d/${RECORD}`]);
    }
  });

  it('is flushed into the target before it is removed, and its removal into the directory', () => {
    const { calls } = playSweep(leaveRecord());
    expect(calls.slice(calls.lastIndexOf('read')).join(', ')).to.equal(
      'read, write, ftruncate, fsync, close, close, lstat, unlink, open, fsync, close',
    );
  });

  const SINCE: Readonly<Record<string, (fs: NodeFs) => void>> = {
    'is gone': (fs) => fs.unlinkSync('/d/target'),
    'was replaced by another file': (fs) => {
      fs.writeFileSync('/d/replacement', 'replacement');
      fs.unlinkSync('/d/target');
      fs.renameSync('/d/replacement', '/d/target');
    },
    'is a symbolic link to the file that it was': (fs) => {
      fs.renameSync('/d/target', '/d/moved');
      fs.symlinkSync('moved', '/d/target');
    },
    'is a directory': (fs) => {
      fs.unlinkSync('/d/target');
      fs.mkdirSync('/d/target');
    },
  };

  for (const [title, change] of Object.entries(SINCE)) {
    it(`is only removed where its target ${title}`, () => {
      const { fs } = leaveRecord();
      change(fs);
      const { [RECORD]: _, ...before } = contentsOf(fs);
      expect(sweep(fs)).to.deep.equal({ removed: [`/d/${RECORD}`], finished: [], kept: [] });
      expect(contentsOf(fs)).to.deep.equal(before);
    });
  }

  it('is not copied over a file that takes the name in the very moment', () => {
    const memory = leaveRecord();
    const { fs } = memory;
    fs.writeFileSync('/d/replacement', 'replacement');
    const { result } = playSweep(memory, ({ call, args }) => {
      if (call === 'open' && args[0] === '/d/target') fs.renameSync('/d/replacement', '/d/target');
      return undefined;
    });
    expect(result?.kept).to.deep.equal([`/d/${RECORD}`]);
    expect(fs.readFileSync('/d/target', 'utf8')).to.equal('replacement');
  });

  it('does not take a newer one with it that another process has made meanwhile', () => {
    const memory = leaveRecord();
    const { fs } = memory;
    const { result } = playSweep(memory, ({ call, args }) => {
      const isFlush = call === 'fsync' && fs.fstatSync(args[0] as number).isFile();
      if (isFlush) {
        fs.writeFileSync('/d/newer', 'a newer record');
        fs.renameSync('/d/newer', `/d/${RECORD}`);
      }
      return undefined;
    });
    expect(result).to.deep.equal({ removed: [], finished: [], kept: [`/d/${RECORD}`] });
    expect(fs.readFileSync(`/d/${RECORD}`, 'utf8')).to.equal('a newer record');
  });
});
