// Sweeping one directory: what goes, what is finished, what stays, and that a sweep and a write do not hurt each other.

import { expect } from 'chai';
import type { NodeFs } from '../../src/ground/node-fs';
import { type ProcessIdentity, thisProcess } from '../../src/ground/process-identity';
import { counts } from '../../src/protocol/counts';
import { redoName } from '../../src/protocol/leftover-name';
import { type SweepOptions, type SweepReport, sweepDirectory, sweepOnFirstVisit } from '../../src/protocol/leftovers';
import { volumeOn } from '../../src/protocol/volume';
import { runPromise, runSync } from '../../src/steps/run';
import { chooserFrom } from '../support/chooser';
import { oneTurn, turns } from '../support/event-loop';
import { deadName, nameFor } from '../support/leftovers';
import { ManualFs } from '../support/manual-fs';
import {
  type Memory,
  anotherProcessOn,
  deadProcessOn,
  contentsOf,
  memoryWith,
  writing as writeSteps,
} from '../support/memory';
import { type Decide, type Played, crashingBefore, failing, play } from '../support/stepping';

const STRANGER: ProcessIdentity = { ...thisProcess(), namespace: thisProcess().namespace + 1 };
const NOTHING: SweepReport = { removed: [], finished: [], kept: [] };

function sweep({ volume, host }: Memory, options?: SweepOptions): SweepReport {
  return runSync(sweepDirectory(volume, '/d', options), host);
}

function playSweep({ volume, host }: Memory, decide?: Decide): Played<SweepReport> {
  return play(sweepDirectory(volume, '/d'), host, decide);
}

/** Dies when the record is there and nothing of the target is written over yet. */
const beforeCopy: Decide = ({ call, args }) => (call === 'write' && args[4] === 0 ? 'crash' : undefined);

/** Leaves the record of a write in place to `name` that a dead process began. */
function leaveRecord(fs: NodeFs, name: string, content: string): string {
  fs.writeFileSync(`/d/${name}`, 'old');
  fs.linkSync(`/d/${name}`, `/d/${name}-2`);
  const { volume, host } = deadProcessOn(fs);
  play(writeSteps(volume, `/d/${name}`, content), host, beforeCopy);
  const record = redoName(name);
  expect(fs.existsSync(`/d/${record}`), 'there is a record').to.equal(true);
  return `/d/${record}`;
}

/** A record, and a staged file of a dead process. */
function memoryWithLeftovers(): Memory {
  const memory = memoryWith();
  leaveRecord(memory.fs, 'target', 'new');
  memory.fs.writeFileSync(`/d/${deadName()}`, '');
  return memory;
}

/** Carries the calls out, whichever comes to hand, until something is over. */
async function finishAtRandom(manual: ManualFs, seed: number, end: Promise<unknown>): Promise<void> {
  const choose = chooserFrom(seed);
  const over = end.then(() => true);
  while (!(await Promise.race([over, finishOne(manual, choose)])));
}

async function finishOne(manual: ManualFs, choose: (count: number) => number): Promise<false> {
  const { calls } = manual;
  if (calls.length > 0) await manual.finish(calls[choose(calls.length)]!);
  else await oneTurn();
  return false;
}

describe('sweepDirectory()', () => {
  it('looks no further where nothing has one of our names', () => {
    const memory = memoryWith({ '/d/target': '', '/d/.hidden': '', '/d/other.intact': '' });
    expect(playSweep(memory)).to.deep.include({ calls: ['readdir'], result: NOTHING });
  });

  it('removes those of the dead, keeps those of the living and of strangers', () => {
    const memory = memoryWith();
    const names = [deadName(), nameFor(thisProcess(), 'mine'), nameFor(STRANGER, 'strange')];
    for (const name of names) memory.fs.writeFileSync(`/d/${name}`, '');
    const [dead, mine, strange] = names.map((name) => `/d/${name}`);
    const before = counts.swept;
    expect(sweep(memory)).to.deep.equal({ removed: [dead], finished: [], kept: [mine, strange] });
    expect(counts.swept - before).to.equal(1);
  });

  it("takes a stranger's by its age, if it is told to, and never those of the living", () => {
    const hour = 3_600_000;
    for (const [ageMs, olderThanMs, isTaken] of [
      [2 * hour, hour, true],
      [hour / 2, hour, false],
      [1000, 0, true],
    ] as const) {
      const memory = memoryWith();
      for (const owner of [STRANGER, thisProcess()]) {
        memory.fs.writeFileSync(`/d/${nameFor(owner)}`, '');
        const time = new Date(Date.now() - ageMs);
        memory.fs.utimesSync(`/d/${nameFor(owner)}`, time, time);
      }
      const { removed, kept } = sweep(memory, { olderThanMs });
      expect(removed).to.deep.equal(isTaken ? [`/d/${nameFor(STRANGER)}`] : []);
      expect(kept).to.include(`/d/${nameFor(thisProcess())}`);
    }
  });

  it('goes on where one cannot be removed, and leaves out one that somebody else has removed', () => {
    for (const [code, kept] of [
      ['EACCES', [`/d/${deadName('a')}`]],
      ['ENOENT', []],
    ] as const) {
      const memory = memoryWith();
      for (const target of ['a', 'b']) memory.fs.writeFileSync(`/d/${deadName(target)}`, '');
      const { result } = playSweep(memory, failing('unlink', code));
      expect(result).to.deep.equal({ removed: [`/d/${deadName('b')}`], finished: [], kept });
    }
  });

  it('fails where the directory cannot be read', () => {
    const { error } = playSweep(memoryWith(), failing('readdir', 'EACCES'));
    expect(error).to.have.property('code', 'EACCES');
  });

  it('finishes each of several records, and removes what lies between them', () => {
    const memory = memoryWith();
    const { fs } = memory;
    const records = ['one', 'two'].map((name) => leaveRecord(fs, name, `new ${name}`));
    fs.writeFileSync(`/d/${deadName('one')}`, 'staged');
    const before = counts.swept;
    const { finished, ...others } = sweep(memory);
    expect(finished).to.have.members(records);
    expect(others).to.deep.equal({ removed: [`/d/${deadName('one')}`], kept: [] });
    expect(contentsOf(fs)).to.include({ 'one': 'new one', 'one-2': 'new one', 'two': 'new two', 'two-2': 'new two' });
    expect(counts.swept - before).to.equal(3);
  });

  it('says in a dry run what it would do, and does nothing', () => {
    const memory = memoryWith();
    const record = leaveRecord(memory.fs, 'target', 'new');
    memory.fs.writeFileSync(`/d/${deadName()}`, '');
    const before = contentsOf(memory.fs);
    expect(sweep(memory, { dryRun: true })).to.deep.equal({
      removed: [`/d/${deadName()}`],
      finished: [record],
      kept: [],
    });
    memory.fs.unlinkSync('/d/target');
    memory.fs.unlinkSync('/d/target-2');
    expect(sweep(memory, { dryRun: true }).removed).to.have.members([`/d/${deadName()}`, record]);
    const { 'target': _, 'target-2': __, ...rest } = before;
    expect(contentsOf(memory.fs)).to.deep.equal(rest);
  });

  it('keeps the record of a living process, whatever its age', () => {
    const memory = memoryWith({ '/d/target': 'old' });
    memory.fs.linkSync('/d/target', '/d/other');
    const write = writeSteps(memory.volume, '/d/target', 'new');
    play(write, memory.host, beforeCopy);
    expect(sweep(memory, { olderThanMs: 0 }).kept).to.deep.equal([`/d/${redoName('target')}`]);
    expect(memory.fs.readFileSync('/d/target', 'utf8')).to.equal('old');
  });

  describe('of a record by another user', () => {
    const [SELF, MAKER, OWNER] = [process.geteuid!(), 70_001, 70_002];
    const CASES: readonly [title: string, maker: number, owner: number, fate: 'finished' | 'kept'][] = [
      ['who owns the target', MAKER, MAKER, 'finished'],
      ['who is this one', SELF, OWNER, 'finished'],
      ['who is root', 0, OWNER, 'finished'],
      ['who does not own the target, and need not be allowed to write to it', MAKER, OWNER, 'kept'],
      ["for a file of root's", MAKER, 0, 'kept'],
    ];

    for (const [title, maker, owner, fate] of CASES) {
      it(`${title}: it is ${fate}`, () => {
        const memory = memoryWith();
        const record = leaveRecord(memory.fs, 'target', 'new');
        memory.fs.chownSync(record, maker, maker);
        memory.fs.chownSync('/d/target', owner, owner);
        expect(sweep(memory, { olderThanMs: 0 })).to.deep.equal({ ...NOTHING, [fate]: [record] });
        const isFinished = fate === 'finished';
        expect(memory.fs.readFileSync('/d/target', 'utf8')).to.equal(isFinished ? 'new' : 'old');
      });
    }
  });

  it('and a write in place by the same process, in whatever order their calls come, leave the newer content', async () => {
    let finished = 0;
    for (let seed = 0; seed < 100; seed++) {
      const { fs } = memoryWith();
      leaveRecord(fs, 'target', seed % 2 ? 'interrupted, and long' : 'i');
      fs.writeFileSync('/d/target', 'torn');
      const manual = new ManualFs(fs);
      const { volume, host } = anotherProcessOn(manual.fs);
      const writing = runPromise(writeSteps(volume, '/d/target', 'newer content'), host);
      for (let count = 0; count < seed % 40; count++) await finishOne(manual, () => 0);
      const sweeping = runPromise(sweepDirectory(volume, '/d'), host);
      await finishAtRandom(manual, seed, Promise.all([writing, sweeping]));
      finished += (await sweeping).finished.length;
      const { target, ...rest } = contentsOf(fs);
      expect(target, `seed ${seed}`).to.equal('newer content');
      expect(rest, `seed ${seed}`).to.not.include.keys(redoName('target'));
    }
    expect(finished, 'how many sweeps finished the record').to.be.greaterThan(10).and.lessThan(90);
  });

  it('is the same after a crash at any of its steps', () => {
    const { calls } = playSweep(memoryWithLeftovers());
    for (let step = 0; step <= calls.length; step++) {
      const memory = memoryWithLeftovers();
      playSweep(memory, crashingBefore(step));
      sweep(memory);
      const { target, ...rest } = contentsOf(memory.fs);
      expect(target, `crash before step ${step}`).to.equal('new');
      expect(Object.keys(rest).filter((name) => name.endsWith('.redo.intact') || name === deadName())).to.deep.equal(
        [],
      );
    }
  });
});

describe('sweepOnFirstVisit()', () => {
  it('sweeps a directory once, later, and without a word', async () => {
    const { fs } = memoryWith();
    const volume = volumeOn(fs);
    for (const expected of [[], [deadName()]]) {
      fs.writeFileSync(`/d/${deadName()}`, '');
      sweepOnFirstVisit(volume, '/d');
      expect(fs.readdirSync('/d'), 'at once').to.deep.equal([deadName()]);
      await turns(50);
      expect(fs.readdirSync('/d')).to.deep.equal(expected);
    }
  });

  it('does not sweep a directory that this process has made', async () => {
    const { fs } = memoryWith();
    const volume = volumeOn(fs);
    volume.directories.made('/d', '/d');
    fs.writeFileSync(`/d/${deadName()}`, '');
    sweepOnFirstVisit(volume, '/d');
    await turns(50);
    expect(fs.readdirSync('/d')).to.deep.equal([deadName()]);
  });

  it('does not mind a directory that is gone', async () => {
    sweepOnFirstVisit(volumeOn(memoryWith().fs), '/gone');
    await turns(50);
  });
});
