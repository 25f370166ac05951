// What a report holds beside its violations.

import { expect } from 'chai';
import { causesOf } from '../../src/testing/causes';
import { explore } from '../../src/testing/explore';
import { fail } from '../../src/testing/faults';
import { replay } from '../../src/testing/replay';
import type { Report } from '../../src/testing/report';
import { replayFault, sweepFaults } from '../../src/testing/sweep-faults';
import { IN_PLACE, SAFE, WITHOUT_FSYNC, program, saving } from './programs';

const RECOVERY = program(
  'start.js',
  `
fs.writeFileSync('/app/started', 'yes');
fs.writeFileSync('/app/started', 'no');`,
);

describe('report.points', () => {
  it('has every crash point, and all states between them', async () => {
    const report = await explore(saving(SAFE));
    expect(report.points).to.deep.equal([
      { point: 0, states: 1, statesOfRecovery: 0 },
      { point: 1, states: 1, statesOfRecovery: 0 },
      { point: 2, states: 3, statesOfRecovery: 0 },
      { point: 4, states: 1, statesOfRecovery: 0 },
      { point: 6, states: 1, statesOfRecovery: 0 },
    ]);
    expectSum(report);
  });

  it('counts what a crash of the recovery has left where the workload was stopped', async () => {
    const report = await explore({ ...saving(SAFE), recover: RECOVERY });
    expect(report.points.map(({ point }) => point)).to.deep.equal([0, 1, 2, 4, 6]);
    expect(report.points[0]!.statesOfRecovery).to.be.greaterThan(1);
    for (const { states, statesOfRecovery } of report.points) expect(states).to.be.greaterThan(statesOfRecovery);
    expectSum(report);
  });

  it('has every call of a fault sweep, and all runs between them', async () => {
    const report = await sweepFaults(saving(SAFE));
    expect(report.points.map(({ point }) => point)).to.deep.equal([...report.trace.calls.keys()]);
    expectSum(report);
  });

  it('is the one point that a token tells of', async () => {
    const { violations } = await explore(saving(WITHOUT_FSYNC));
    const { token, point } = violations[6]!;
    const again = await replay(token, saving(WITHOUT_FSYNC));
    expect(again.points).to.deep.equal([{ point, states: 1, statesOfRecovery: 0 }]);
    expect(again.violations[0]!.point).to.equal(point);
  });
});

describe('violation.point', () => {
  it('is how many events came before the crash of the workload', async () => {
    const { violations } = await explore(saving(WITHOUT_FSYNC));
    for (const { point, story } of violations) {
      expect(story[0]!.filter(({ fate }) => fate !== 'not reached')).to.have.length(point);
    }
  });

  it('is the call that was made to fail', async () => {
    const report = await sweepFaults(saving(IN_PLACE));
    for (const { point, fault } of report.violations) expect(fault!.text).to.include(`.at(${point})`);
    expect(report.violations).to.not.have.length(0);
  });
});

describe('violation.fault', () => {
  it('says how the workload has ended', async () => {
    const { violations } = await sweepFaults({
      ...saving(IN_PLACE),
      check() {
        throw new Error('always');
      },
      violationsMax: 1000,
    });
    const outcomes = new Set(violations.map(({ fault }) => fault!.outcome));
    expect([...outcomes]).to.include.members(['ended well', 'failed: EIO: i/o error, write']);
  });

  it('is in the story of the run, also where the call had no effect', async () => {
    const { violations } = await sweepFaults({ ...saving(IN_PLACE), violationsMax: 1000 });
    for (const { story, fault } of violations) {
      expect(
        story.flat().some((line) => line.fault === fault!.text),
        fault!.text,
      ).to.equal(true);
    }
  });

  it('tells the place of the call that failed', async () => {
    const { violations } = await sweepFaults({
      ...saving(SAFE),
      check(_, { error }) {
        if (error !== undefined) throw new Error('failed');
      },
      violationsMax: 1000,
    });
    const site = violations.find(({ fault }) => fault!.text.includes('fsync'))!.site;
    expect(site).to.match(/save\.js:4:4$/);
    const again = await replayFault(violations[0]!.token, {
      ...saving(SAFE),
      check: () => Promise.reject(new Error('x')),
    });
    expect(again.violations[0]!.fault).to.deep.equal(violations[0]!.fault);
  });
});

describe('a fault in explore()', () => {
  it('is told in the story', async () => {
    const { violations } = await explore({
      ...saving(IN_PLACE),
      faults: [fail('write').short(7).once()],
      violationsMax: 3,
    });
    const lines = violations[1]!.story[0]!.filter(({ fault }) => fault !== undefined);
    expect(lines.map(({ text, fault }) => [text, fault])).to.deep.equal([
      ["write('/app/config.json', 55 bytes) = 7", "fail('write').short(7).once()"],
    ]);
  });
});

describe('causesOf', () => {
  it('takes violations together that lose at least what the first of them loses', async () => {
    const { violations } = await explore(saving(WITHOUT_FSYNC));
    expect(causesOf(violations)).to.deep.equal([
      { first: 0, others: [1, 2, 3, 4, 5] },
      { first: 6, others: [7, 8, 9, 10] },
    ]);
  });

  it('keeps apart what is violated with nothing lost', async () => {
    const { violations } = await explore(saving(IN_PLACE));
    expect(causesOf(violations)[0]).to.deep.equal({ first: 0, others: [] });
  });

  it('keeps apart the calls that were made to fail', async () => {
    const check = (): never => {
      throw new Error('never satisfied');
    };
    const { violations, trace } = await sweepFaults({ ...saving(IN_PLACE), check, violationsMax: 1000 });
    const points = causesOf(violations).map(({ first, others }) => {
      const { point } = violations[first]!;
      for (const index of others) expect(violations[index]!.point).to.equal(point);
      return point;
    });
    expect(points).to.deep.equal([...trace.calls.keys()]);
  });
});

function expectSum({ points, crashStates }: Report): void {
  expect(points.reduce((sum, { states }) => sum + states, 0)).to.equal(crashStates);
}
