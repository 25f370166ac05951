// What becomes at exit of files that are still open: the listener, and the settling.

import { expect } from 'chai';
import { type OpenFile, openReplacing } from '../../src/protocol/open-file';
import { completeStage } from '../../src/protocol/replace-file';
import { runCallback, runSync } from '../../src/steps/run';
import { read } from '../../src/steps/step';
import type { Warning } from '../../src/settings/settings';
import { type Memory, type WriteOptions, contentsOf, memoryWith, requestFor, writing } from '../support/memory';
import { failure, play } from '../support/stepping';

interface Opened extends Memory {
  readonly file: OpenFile;
  readonly fd: number;
  readonly warnings: Warning[];
}

/** A file that is open for replacing, written to, and waiting for the end of the process. */
function opened(options: WriteOptions = {}): Opened {
  const memory = memoryWith({ '/d/target': 'old' });
  const warnings: Warning[] = [];
  const warn = (warning: Warning): void => void warnings.push(warning);
  const request = requestFor('/d/target', { durability: 'process', warn, ...options, call: 'open' });
  const fd = runSync(openReplacing(memory.volume, request), memory.host)!;
  memory.fs.writeSync(fd, 'new');
  return { ...memory, file: memory.volume.openFiles.get(fd)!, fd, warnings };
}

/** Calls the listeners that were added since, as the process does at its end. */
function exit(code: number, before: readonly unknown[]): void {
  for (const listener of process.listeners('exit')) if (!before.includes(listener)) listener(code);
}

describe('PendingStages', () => {
  let before: readonly unknown[] = [];

  beforeEach(() => {
    before = process.listeners('exit');
  });

  afterEach(() => {
    expect(process.listeners('exit')).to.deep.equal(before);
  });

  it('listens for the exit while something is pending, once, and no longer', () => {
    const memory = memoryWith();
    const [one, two] = ['/d/a', '/d/b'].map((path) => {
      const fd = runSync(openReplacing(memory.volume, requestFor(path, { call: 'open' })), memory.host)!;
      return memory.volume.openFiles.get(fd)!;
    });
    const listening = (): number => process.listeners('exit').length - before.length;
    expect(listening()).to.equal(1);
    memory.volume.pending.remove(one!.stage);
    expect(listening()).to.equal(1);
    memory.volume.pending.remove(two!.stage);
    expect(listening()).to.equal(0);
    memory.volume.pending.remove(two!.stage);
  });

  it('does not listen for a synchronous write, which no exit can interrupt', () => {
    const { volume, host } = memoryWith();
    const steps = writing(volume, '/d/target', 'new');
    play(steps, host, () => void expect(volume.pending.size).to.equal(0));
  });

  const ENDS: readonly [
    title: string,
    options: WriteOptions,
    code: number,
    prepare: (file: OpenFile) => void,
    content: string,
    warning: string | undefined,
  ][] = [
    ['publishes after a success', {}, 0, () => {}, 'new', 'what was written to it so far is in place'],
    ['discards after a failure', {}, 1, () => {}, 'old', undefined],
    [
      "publishes after a failure with onExit 'publish'",
      { onExit: 'publish' },
      1,
      () => {},
      'new',
      'so far is in place',
    ],
    ["discards after a success with onExit 'discard'", { onExit: 'discard' }, 0, () => {}, 'old', undefined],
    [
      'discards what has lost bytes',
      {},
      0,
      (file) => file.noteFailure(failure('ENOSPC', 'write')),
      'old',
      'not all that was written to it has arrived',
    ],
    [
      'discards a stream that holds bytes',
      { onExit: 'publish' },
      0,
      (file) => file.streams.add({ writableLength: 1 }),
      'old',
      'not all that was written to it has arrived',
    ],
    ['discards under a call that has not come back', {}, 0, (file) => file.callsUnderWay++, 'old', 'has arrived'],
    ['discards what a stream gave up', {}, 0, (file) => file.noteAbandoned(), 'old', 'has arrived'],
    [
      'publishes, without a word, what the program has closed',
      {},
      1,
      (file) => (file.isClosing = true),
      'new',
      undefined,
    ],
  ];

  for (const [title, options, code, prepare, content, warning] of ENDS) {
    it(`${title}, and leaves nothing behind`, () => {
      const { fs, file, warnings } = opened(options);
      prepare(file);
      exit(code, before);
      expect(contentsOf(fs)).to.deep.equal({ target: content });
      expect(warnings.map(({ code: its, path }) => [its, path])).to.deep.equal(
        warning === undefined ? [] : [['INTACT_OPEN_AT_EXIT', '/d/target']],
      );
      if (warning !== undefined)
        expect(warnings[0]!.message).to.include('/d/target was still open at exit').and.include(warning);
    });
  }

  it('leaves the descriptor usable, for listeners that come after ours', () => {
    for (const code of [0, 1]) {
      const { fs, fd } = opened();
      exit(code, before);
      expect(fs.writeSync(fd, ', more')).to.equal(6);
      expect(contentsOf(fs)).to.deep.equal({ target: code === 0 ? 'new, more' : 'old' });
    }
  });

  it('says why where it cannot publish, and settles the others all the same', () => {
    const memory = memoryWith({ '/d/a': 'old', '/d/b': 'old' });
    const warnings: string[] = [];
    for (const path of ['/d/a', '/d/b']) {
      const warn = ({ message }: Warning): void => void warnings.push(message);
      runSync(openReplacing(memory.volume, requestFor(path, { warn, call: 'open' })), memory.host);
    }
    const { sync } = memory.host;
    Object.assign(sync, {
      rename(from: string, to: string): void {
        if (to === '/d/a') throw failure('EIO', 'rename');
        memory.fs.renameSync(from, to);
      },
    });
    exit(0, before);
    expect(contentsOf(memory.fs)).to.deep.equal({ a: 'old', b: '' });
    expect(warnings[0]).to.match(/^\/d\/a was still open at exit: it is unchanged, because of EIO: .*'\/d\/a'$/);
    expect(warnings[1]).to.include('/d/b was still open at exit: what was written to it so far is in place');
  });

  it('discards a whole-file write that is under way, whatever the exit code and the rule', () => {
    for (const onExit of ['publish', 'discard'] as const) {
      const world = opened({ onExit });
      world.volume.pending.remove(world.file.stage);
      const steps = completeStage(world.file.stage, {
        fill: () => read(0, Buffer.alloc(1), 0, 1, 0) as never,
        flush: false,
        interruptible: true,
      });
      const host = { ...world.host, callback: { ...world.host.callback, read: () => {} } };
      runCallback(
        steps,
        host,
        () => {},
        () => {},
      );
      exit(0, before);
      expect(contentsOf(world.fs)).to.deep.equal({ target: 'old' });
      expect(world.warnings).to.deep.equal([]);
    }
  });
});
