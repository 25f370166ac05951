// Staged files: how they are opened, what they inherit, and that throwing one away never fails.

import { expect } from 'chai';
import { constants } from 'node:fs';
import { counts } from '../../src/protocol/counts';
import { isStageName } from '../../src/protocol/leftover-name';
import {
  type PublishBy,
  type Stage,
  type StageRequest,
  closeStage,
  discardStage,
  dropStage,
  flushStage,
  noStage,
  openStage,
} from '../../src/protocol/stage';
import type { Target } from '../../src/protocol/target';
import { runSync } from '../../src/steps/run';
import { type Memory, contentsOf, memoryWith, requestFor } from '../support/memory';
import { type Decide, type Played, failing, play } from '../support/stepping';

const { O_WRONLY, O_CREAT, O_EXCL, O_TRUNC, O_RDWR, O_SYNC } = constants;
const STRANGER = 70_001;
const ROOT_AND_US = { uid: process.geteuid!(), gid: process.getegid!() };

interface Existing {
  readonly mode: number;
  readonly uid?: number;
  readonly gid?: number;
}

/** A volume with a target of this mode and owner, or with none. */
function memoryWithTarget(existing?: Existing): Memory {
  const memory = memoryWith(existing && { '/d/target': 'old' });
  if (existing === undefined) return memory;
  const { mode, uid = ROOT_AND_US.uid, gid = ROOT_AND_US.gid } = existing;
  memory.fs.chownSync('/d/target', uid, gid);
  memory.fs.chmodSync('/d/target', mode);
  return memory;
}

function stageRequest(memory: Memory, change: Partial<StageRequest> = {}): StageRequest {
  const existing = memory.host.sync.lstat('/d/target');
  const target: Target = {
    asked: 'target',
    path: '/d/target',
    directory: '/d',
    name: 'target',
    existing,
    user: process.geteuid!(),
  };
  return { ...requestFor('/d/target'), target, publishBy: 'rename', ...change };
}

function open(
  memory: Memory,
  change?: Partial<StageRequest>,
  decide?: Decide,
): Played<Stage | typeof noStage> & { stage: Stage } {
  const played = play(openStage(memory.volume, stageRequest(memory, change)), memory.host, decide);
  return { ...played, stage: played.result as Stage };
}

function openArguments({ steps }: Played<unknown>): readonly unknown[] {
  return steps.find(({ call }) => call === 'open')!.args;
}

function stagedNames({ fs }: Memory): string[] {
  return fs.readdirSync('/d').filter(isStageName);
}

describe('openStage()', () => {
  it("creates a new file of its own beside the target, with the caller's way of access", () => {
    const memory = memoryWithTarget();
    const [path, flags] = openArguments(open(memory, { flags: O_RDWR | O_CREAT | O_TRUNC | O_SYNC }));
    expect(path).to.match(/^\/d\/\.target\.[0-9a-z-]+\.intact$/);
    expect(flags).to.equal(O_RDWR | O_CREAT | O_EXCL | O_SYNC);
  });

  it('puts it into the root directory for a target there', () => {
    const memory = memoryWith();
    const target = { asked: '/t', path: '/t', directory: '/', name: 't', existing: undefined, user: undefined };
    expect(openArguments(open(memory, { target }))[0]).to.match(/^\/\.t\./);
  });

  /** What is there, and the modes that the staged file is opened with and has when it is written to. */
  const MODES: readonly [
    title: string,
    existing: Existing | undefined,
    change: Partial<StageRequest>,
    opened: number,
    ends: number,
  ][] = [
    ['a new file', undefined, { mode: 0o640 }, 0o640, 0o640],
    ['an existing file', { mode: 0o100640 }, { mode: 0o666 }, 0o640, 0o640],
    ['a set-id file', { mode: 0o106750 }, {}, 0o750, 0o6750],
    ['a sticky file', { mode: 0o101600 }, {}, 0o600, 0o1600],
    ["a file of another group's, never open to our own group", { mode: 0o640, gid: STRANGER }, {}, 0o600, 0o640],
    ["a file of another group's, which has the rights of all", { mode: 0o644, gid: STRANGER }, {}, 0o644, 0o644],
    ["a file of another user's", { mode: 0o644, uid: STRANGER }, {}, 0o600, 0o644],
    ['a copy onto an existing file', { mode: 0o644 }, { inherit: 'owner', mode: 0o600 }, 0o600, 0o600],
    ['a copy in place of whatever is there', { mode: 0o644 }, { inherit: 'nothing', mode: 0o600 }, 0o600, 0o600],
    ['a file that is only copied from', { mode: 0o644, uid: STRANGER }, { publishBy: 'owner' }, 0o600, 0o600],
  ];

  for (const [title, existing, change, opened, ends] of MODES) {
    it(`opens it with mode ${opened.toString(8)} and leaves it with ${ends.toString(8)} for ${title}`, () => {
      const memory = memoryWithTarget(existing);
      const played = open(memory, change);
      expect(openArguments(played)[2]).to.equal(opened);
      expect(memory.fs.fstatSync(played.stage.fd!).mode & 0o7777).to.equal(ends);
    });
  }

  it('gives it its owner before its mode, and both before anybody can write to it', () => {
    const memory = memoryWithTarget({ mode: 0o750, uid: STRANGER, gid: STRANGER });
    const { calls, stage } = open(memory);
    expect(calls).to.deep.equal(['open', 'fstat', 'fchown', 'fchmod']);
    expect(memory.fs.fstatSync(stage.fd!)).to.deep.include({ uid: STRANGER, gid: STRANGER });
  });

  it('gives it its group where that alone differs', () => {
    const { calls } = open(memoryWithTarget({ mode: 0o644, gid: STRANGER }));
    expect(calls).to.deep.equal(['open', 'fstat', 'fchown']);
  });

  it('leaves it to the kernel whether the new content keeps set-id bits', () => {
    const memory = memoryWithTarget({ mode: 0o4750, uid: STRANGER, gid: STRANGER });
    const { calls } = open(memory);
    expect(calls).to.deep.equal(['open', 'fstat', 'fchown', 'fchmod', 'ftruncate', 'fstat']);
  });

  it('asks for nothing that it has already', () => {
    expect(open(memoryWithTarget()).calls, 'a new file').to.deep.equal(['open']);
    expect(open(memoryWithTarget({ mode: 0o644 })).calls, 'an existing one').to.deep.equal(['open', 'fstat']);
  });

  for (const code of ['EPERM', 'EINVAL', 'EACCES', 'ENOTSUP', 'EOPNOTSUPP']) {
    it(`keeps the inode that has the owner where ${code} says that he cannot be given`, () => {
      const { stage } = open(memoryWithTarget({ mode: 0o644, uid: STRANGER }), {}, failing('fchown', code));
      expect(stage.publishBy).to.equal('owner');
    });
  }

  it('does not change another reason for keeping the inode', () => {
    const publishBy: PublishBy = 'hard-links';
    const memory = memoryWithTarget({ mode: 0o644, uid: STRANGER });
    expect(open(memory, { publishBy }, failing('fchown', 'EPERM')).stage.publishBy).to.equal(publishBy);
  });

  for (const call of ['fstat', 'fchown', 'fchmod'] as const) {
    it(`leaves nothing behind where ${call} fails`, () => {
      const memory = memoryWithTarget({ mode: 0o4750, uid: STRANGER });
      const { error, calls } = open(memory, {}, failing(call, 'EIO'));
      expect(error).to.deep.include({ code: 'EIO', path: 'target' });
      expect(calls.slice(-2)).to.deep.equal(['close', 'unlink']);
      expect(stagedNames(memory)).to.deep.equal([]);
    });
  }

  it("begins with the target's content where it is to be added to", () => {
    const memory = memoryWithTarget({ mode: 0o644 });
    const { stage } = open(memory, { seed: true });
    expect(memory.fs.readFileSync(stage.names[0]!.stagedPath, 'utf8')).to.equal('old');
    const failed = memoryWithTarget({ mode: 0o644 });
    expect(open(failed, { seed: true }, failing('copyFile', 'ENOSPC')).error).to.have.property('code', 'ENOSPC');
    expect(stagedNames(failed)).to.deep.equal([]);
  });

  it('tries another name where one is taken, but not for ever', () => {
    const memory = memoryWithTarget();
    const paths = new Set<unknown>();
    const collisions = (limit: number): Decide => {
      let count = 0;
      return ({ call, args }) => {
        if (call !== 'open' || count++ >= limit) return undefined;
        paths.add(args[0]);
        return { fails: 'EEXIST' };
      };
    };
    expect(open(memory, {}, collisions(15)).stage.fd).to.be.a('number');
    expect(paths.size).to.equal(15);
    expect(open(memory, {}, collisions(Infinity)).result).to.equal(noStage);
    expect(paths.size).to.equal(31);
  });

  for (const code of ['EACCES', 'EROFS', 'ENOENT', 'ENOTDIR', 'EPERM', 'ENAMETOOLONG']) {
    it(`leaves the call to node where ${code} says that nothing can be created there`, () => {
      const memory = memoryWithTarget();
      expect(open(memory, {}, failing('open', code)).result).to.equal(noStage);
      expect(stagedNames(memory)).to.deep.equal([]);
    });
  }

  for (const code of ['ENOSPC', 'EDQUOT', 'EIO', 'EMFILE', 'ENFILE', 'EINTR']) {
    it(`fails with ${code} in the name of the target, because node's own call might get further and empty the file`, () => {
      const { error } = open(memoryWithTarget({ mode: 0o644 }), {}, failing('open', code));
      expect(error).to.deep.include({ code, path: 'target', syscall: 'open' });
      expect(error!.message).to.not.include('.intact');
    });
  }

  it('knows which file it is only where somebody gets its descriptor', () => {
    const memory = memoryWithTarget();
    expect(open(memory).stage.identity).to.equal(undefined);
    const { stage } = open(memory, { identify: true });
    const { dev, ino } = memory.fs.fstatSync(stage.fd!);
    expect(stage.identity).to.deep.equal({ dev, ino });
  });
});

/** The calls of a flush. */
function flushed(change: Partial<StageRequest>, isAsked: boolean, prepare: (stage: Stage) => void = () => {}): string {
  const memory = memoryWithTarget();
  const { stage } = open(memory, change);
  prepare(stage);
  return play(flushStage(stage, isAsked), memory.host).calls.join(' ');
}

describe('flushStage()', () => {
  it('does what the durability says, and what the caller asked for', () => {
    const { treatment } = requestFor('/d/target', { durability: 'process' });
    expect(flushed({}, false)).to.equal('fsync');
    expect(flushed({}, true)).to.equal('flush');
    expect(flushed({ treatment }, false)).to.equal('');
    expect(flushed({ treatment }, true)).to.equal('flush');
  });

  it('flushes through another descriptor where its own is lost', () => {
    expect(flushed({}, false, (stage) => (stage.fd = undefined))).to.equal('open fsync close');
    expect(flushed({}, true, (stage) => (stage.fd = undefined))).to.equal('open fsync close');
  });

  it('does nothing for a file that nobody will find', () => {
    expect(flushed({}, true, (stage) => (stage.names.length = 0))).to.equal('');
  });

  it('closes that other descriptor also where the flush fails', () => {
    const memory = memoryWithTarget();
    const { stage } = open(memory);
    stage.fd = undefined;
    const { calls, error } = play(flushStage(stage), memory.host, failing('fsync', 'EIO'));
    expect([calls, error?.code]).to.deep.equal([['open', 'fsync', 'close'], 'EIO']);
  });
});

describe('discardStage()', () => {
  it('removes the staged file, counts it once, and does nothing a second time', () => {
    const memory = memoryWithTarget({ mode: 0o644 });
    const { stage } = open(memory);
    const before = counts.discarded;
    expect(play(discardStage(stage), memory.host).calls).to.deep.equal(['close', 'unlink']);
    expect(play(discardStage(stage), memory.host).calls).to.deep.equal([]);
    expect(counts.discarded - before).to.equal(1);
    expect(contentsOf(memory.fs)).to.deep.equal({ target: 'old' });
  });

  for (const state of ['published', 'recorded'] as const) {
    it(`leaves a file alone that is ${state}`, () => {
      const memory = memoryWithTarget();
      const { stage } = open(memory);
      stage.state = state;
      expect(play(discardStage(stage), memory.host).calls).to.deep.equal([]);
    });
  }

  it('never fails, and tries twice to remove what cannot be removed', () => {
    const memory = memoryWithTarget();
    const { stage } = open(memory);
    const { calls, end } = play(discardStage(stage), memory.host, ({ call }) => ({
      fails: call === 'close' ? 'EIO' : 'EBUSY',
    }));
    expect({ calls, end }).to.deep.equal({ calls: ['close', 'unlink', 'unlink'], end: 'returned' });
  });

  it('removes every name that the file was to have', () => {
    const memory = memoryWithTarget();
    const { stage } = open(memory);
    const [first] = stage.names;
    const stagedPath = first!.stagedPath.replace('.target', '.second');
    memory.fs.linkSync(first!.stagedPath, stagedPath);
    stage.names.push({ ...first!, stagedPath });
    runSync(discardStage(stage), memory.host);
    expect(contentsOf(memory.fs)).to.deep.equal({});
  });
});

describe('dropStage()', () => {
  it('leaves the descriptor to whoever still writes to it', () => {
    const memory = memoryWithTarget();
    const { stage } = open(memory);
    const fd = stage.fd!;
    expect(play(dropStage(stage), memory.host).calls).to.deep.equal(['unlink']);
    expect(memory.fs.fstatSync(fd).nlink).to.equal(0);
  });
});

describe('closeStage()', () => {
  it('closes once, whatever close(2) answers', () => {
    const memory = memoryWithTarget();
    const { stage } = open(memory, { flags: O_WRONLY | O_CREAT | O_TRUNC });
    expect(play(closeStage(stage), memory.host, failing('close', 'EIO')).error).to.have.property('code', 'EIO');
    expect(play(closeStage(stage), memory.host).calls).to.deep.equal([]);
  });
});
