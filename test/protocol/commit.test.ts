// From a complete staged file to the target: which steps, in which order, and what each failure leaves.

import { expect } from 'chai';
import { nodeFs } from '../../src/ground/node-fs';
import { counts } from '../../src/protocol/counts';
import { closeOpenFile } from '../../src/protocol/open-file';
import { linkStaged } from '../../src/protocol/view-changes';
import { CREATE_EXCLUSIVELY } from '../../src/settings/flags';
import type { Warning } from '../../src/settings/settings';
import { runSync } from '../../src/steps/run';
import type { Step } from '../../src/steps/step';
import { type Memory, type WriteOptions, contentsOf, memoryWith, opening, writing } from '../support/memory';
import { type Decide, type Played, crashingBefore, failing, play } from '../support/stepping';

const EXCLUSIVE: WriteOptions = { flags: CREATE_EXCLUSIVELY };

function write(memory: Memory, options?: WriteOptions, decide?: Decide): Played<boolean> {
  return play(writing(memory.volume, '/d/target', 'new', options), memory.host, decide);
}

function onto(path: string): (step: Step) => boolean {
  return ({ args }) => args[1] === path;
}

/** Lets every link fail, and what else is to fail. */
function withoutLinks(code: string, decide: Decide = () => undefined): Decide {
  return (step, index) => (step.call === 'link' ? { fails: code } : decide(step, index));
}

/** The calls from the first flush or close on: everything that a commit does. */
function commitOf(memory: Memory, options: WriteOptions): string {
  const { calls } = write(memory, options);
  return calls.slice(calls.lastIndexOf('write') + 1).join(' ');
}

describe('a commit', () => {
  const STEPS: readonly [title: string, files: Record<string, string>, options: WriteOptions, steps: string][] = [
    ['durable', { '/d/target': 'old' }, {}, 'fsync close rename open fsync close'],
    ['consistent', { '/d/target': 'old' }, { durability: 'consistent' }, 'fsync close rename'],
    ['process', { '/d/target': 'old' }, { durability: 'process' }, 'close rename'],
    ['process with an fsync that was asked for', {}, { durability: 'process', flush: true }, 'flush close rename'],
    ['durable with an fsync that was asked for', {}, { flush: true }, 'flush close rename open fsync close'],
    ['of a new file', {}, {}, 'fsync close rename open fsync close'],
    ['exclusive', {}, EXCLUSIVE, 'fsync close link unlink open fsync close'],
  ];

  for (const [title, files, options, steps] of STEPS) {
    it(`${title}: ${steps}`, () => {
      expect(commitOf(memoryWith(files), options)).to.equal(steps);
    });
  }

  it('flushes the very descriptor that was written to, and the directory that the target is in', () => {
    const { steps } = write(memoryWith());
    const written = steps.find(({ call }) => call === 'write')!.args[0];
    const [file, directory] = steps.filter(({ call }) => call === 'fsync');
    expect(file!.args[0]).to.equal(written);
    const opened = steps.findLast(({ call }) => call === 'open')!;
    expect(opened.args[0]).to.equal('/d');
    expect(steps.indexOf(directory!)).to.equal(steps.indexOf(opened) + 1);
  });

  for (const durability of ['process', 'consistent', 'durable'] as const) {
    for (const [title, files, options] of [
      ['replacing', { '/d/target': 'old' }, { durability }],
      ['creating', {}, { durability }],
      ['creating exclusively', {}, { durability, ...EXCLUSIVE }],
    ] as const) {
      it(`${title}, ${durability}, leaves old or new after a crash before any step`, () => {
        const total = write(memoryWith(files), options).calls.length;
        const seen = new Set<string | undefined>();
        for (let step = 0; step <= total; step++) {
          const memory = memoryWith(files);
          write(memory, options, crashingBefore(step));
          seen.add(contentsOf(memory.fs)['target']);
        }
        expect([...seen]).to.have.members(['new', Object.values(files)[0]]);
      });
    }
  }

  it('says after the publishing, and only then, that what it fails with came too late to matter for the content', () => {
    const total = write(memoryWith({ '/d/target': 'old' })).calls.length;
    for (let step = 0; step < total; step++) {
      const memory = memoryWith({ '/d/target': 'old' });
      const { error, end } = write(memory, {}, (_, index) => (index === step ? { fails: 'EIO' } : undefined));
      const { target, ...others } = contentsOf(memory.fs);
      expect(others, `step ${step}`).to.deep.equal({});
      if (end === 'returned') continue;
      expect(error, `step ${step}`).to.deep.include({ code: 'EIO', path: '/d/target' });
      expect(error!.published, `step ${step}`).to.equal(target === 'new' ? true : undefined);
    }
  });

  for (const call of ['open', 'fsync'] as const) {
    it(`is published, and says so, where ${call} of the directory fails with EIO`, () => {
      const memory = memoryWith({ '/d/target': 'old' });
      const afterPublishing = (): boolean => contentsOf(memory.fs)['target'] === 'new';
      const { error } = write(memory, {}, failing(call, 'EIO', afterPublishing));
      expect(error).to.deep.include({ code: 'EIO', published: true, path: '/d/target' });
      expect(error!.message).to.include("'/d/target'");
      expect(contentsOf(memory.fs)).to.deep.equal({ target: 'new' });
    });

    for (const code of ['EINVAL', 'ENOTSUP', 'EPERM', 'EISDIR', 'EACCES']) {
      it(`succeeds, with one warning, where ${call} of the directory answers ${code}: it cannot be synced`, () => {
        const memory = memoryWith();
        const warnings: Warning[] = [];
        const warn = (warning: Warning): void => void warnings.push(warning);
        for (let count = 0; count < 3; count++) {
          const isPublished = (): boolean => Object.keys(contentsOf(memory.fs)).join() === 'target';
          memory.fs.rmSync('/d/target', { force: true });
          expect(write(memory, { warn }, failing(call, code, isPublished)).end).to.equal('returned');
        }
        expect(warnings.map(({ code: its, path }) => [its, path])).to.deep.equal([
          ['INTACT_CANNOT_SYNC_DIRECTORY', '/d'],
        ]);
      });
    }
  }

  it('never flushes again, nor publishes, after a flush that failed', () => {
    const memory = memoryWith({ '/d/target': 'old' });
    const { calls, error } = write(memory, {}, failing('fsync', 'EIO'));
    expect(error).to.deep.include({ code: 'EIO', syscall: 'fsync', path: '/d/target' });
    expect(calls.slice(calls.indexOf('fsync'))).to.deep.equal(['fsync', 'close', 'unlink']);
    expect(contentsOf(memory.fs)).to.deep.equal({ target: 'old' });
  });

  it('does not close again what a close that failed has closed', () => {
    const memory = memoryWith({ '/d/target': 'old' });
    const { calls } = write(memory, {}, failing('close', 'EIO'));
    expect(calls.filter((call) => call === 'close')).to.have.lengthOf(1);
    expect(contentsOf(memory.fs)).to.deep.equal({ target: 'old' });
  });

  it('makes the names of directories durable that this process has made, each once', () => {
    const memory = memoryWith();
    memory.fs.mkdirSync('/d/a/b', { recursive: true });
    memory.volume.directories.made('/d/a', '/d/a/b');
    const synced = (): unknown[] => {
      const { steps } = play(writing(memory.volume, '/d/a/b/target', 'new'), memory.host);
      return directoriesSynced(steps);
    };
    expect(synced()).to.deep.equal(['/d/a/b', '/d/a', '/d']);
    expect(synced()).to.deep.equal(['/d/a/b']);
  });

  it('does not take a directory for synced that it failed to sync', () => {
    const memory = memoryWith();
    memory.fs.mkdirSync('/d/a');
    memory.volume.directories.made('/d/a', '/d/a');
    const attempt = (decide?: Decide): Step[] =>
      play(writing(memory.volume, '/d/a/target', 'new'), memory.host, decide).steps;
    attempt(failing('fsync', 'EIO', () => memory.fs.existsSync('/d/a/target')));
    expect(directoriesSynced(attempt())).to.deep.equal(['/d/a', '/d']);
  });

  const REASONS = { EBUSY: 'mount-point', EXDEV: 'cross-device', EACCES: 'rename-refused', EPERM: 'rename-refused' };

  for (const [code, reason] of Object.entries(REASONS)) {
    it(`copies over the file where ${code} keeps it from being renamed over, and counts why`, () => {
      const memory = memoryWith({ '/d/target': 'old' });
      const { ino } = memory.fs.statSync('/d/target');
      const before = counts.inPlace[reason as keyof typeof counts.inPlace] ?? 0;
      expect(write(memory, {}, failing('rename', code, onto('/d/target'))).end).to.equal('returned');
      expect(contentsOf(memory.fs)).to.deep.equal({ target: 'new' });
      expect(memory.fs.statSync('/d/target').ino).to.equal(ino);
      expect(counts.inPlace[reason as keyof typeof counts.inPlace]).to.equal(before + 1);
    });

    it(`fails with ${code} where there is nothing to copy over`, () => {
      const memory = memoryWith();
      expect(write(memory, {}, failing('rename', code, onto('/d/target'))).error).to.have.property('code', code);
      expect(contentsOf(memory.fs)).to.deep.equal({});
    });
  }

  it('fails with any other refusal of the rename, and leaves the old content', () => {
    const memory = memoryWith({ '/d/target': 'old' });
    expect(write(memory, {}, failing('rename', 'EROFS')).error).to.deep.include({ code: 'EROFS', path: '/d/target' });
    expect(contentsOf(memory.fs)).to.deep.equal({ target: 'old' });
  });

  it('of several names says so where the first is published and another cannot be', () => {
    const memory = memoryWith();
    const { file, fd } = opening(memory.volume, '/d/target');
    const [asked, to] = ['/d/target', '/d/second'].map((path) => ({ asked: path, absolute: path }));
    runSync(linkStaged(memory.volume, memory.volume.view.find(asked!, false)!, asked!, to!), memory.host);
    const { error } = play(closeOpenFile(file, fd), memory.host, failing('rename', 'EIO', onto('/d/second')));
    expect(error).to.deep.include({ code: 'EIO', published: true });
    expect(contentsOf(memory.fs)).to.deep.equal({ target: '' });
  });
});

describe('an exclusive commit', () => {
  it('fails where somebody was faster, and leaves theirs', () => {
    const memory = memoryWith();
    const { error } = write(memory, EXCLUSIVE, ({ call }) => {
      if (call === 'link') memory.fs.writeFileSync('/d/target', 'theirs');
      return undefined;
    });
    expect(error).to.deep.include({ code: 'EEXIST', syscall: 'open', path: '/d/target' });
    expect(contentsOf(memory.fs)).to.deep.equal({ target: 'theirs' });
  });

  it('is published even where its staged name cannot be removed', () => {
    const memory = memoryWith();
    expect(write(memory, EXCLUSIVE, ({ call }) => (call === 'unlink' ? { fails: 'EIO' } : undefined)).end).to.equal(
      'returned',
    );
    expect(contentsOf(memory.fs)).to.include({ target: 'new' });
  });

  for (const code of ['EPERM', 'ENOTSUP', 'EMLINK']) {
    describe(`where hard links cannot be made (${code})`, () => {
      const noLinks = withoutLinks(code);

      it('claims the name and renames over the claim', () => {
        const memory = memoryWith();
        expect(write(memory, EXCLUSIVE, noLinks).calls.join(' ')).to.match(
          /link open fstat close rename open fsync close$/,
        );
        expect(contentsOf(memory.fs)).to.deep.equal({ target: 'new' });
      });

      it('fails where somebody was faster, and leaves theirs', () => {
        const memory = memoryWith();
        const { error } = write(memory, EXCLUSIVE, (step, index) => {
          if (step.call === 'link') memory.fs.writeFileSync('/d/target', 'theirs');
          return noLinks(step, index);
        });
        expect(error).to.deep.include({ code: 'EEXIST', path: '/d/target' });
        expect(contentsOf(memory.fs)).to.deep.equal({ target: 'theirs' });
      });

      it('takes the claim back where the rename fails', () => {
        const memory = memoryWith();
        const { error } = write(memory, EXCLUSIVE, withoutLinks(code, failing('rename', 'EIO')));
        expect(error).to.deep.include({ code: 'EIO', path: '/d/target' });
        expect(contentsOf(memory.fs)).to.deep.equal({});
      });
    });
  }
});

/** The directories that were opened and flushed, in their order. */
function directoriesSynced(steps: readonly Step[]): unknown[] {
  const O_DIRECTORY = nodeFs.constants.O_DIRECTORY;
  return steps.flatMap(({ call, args }, index) => {
    const isDirectory = call === 'open' && ((args[1] as number) & O_DIRECTORY) !== 0;
    return isDirectory && steps[index + 1]?.call === 'fsync' ? [args[0]] : [];
  });
}
