import * as chai6 from 'chai';
import { type ChaiModule, crashSafe } from '../../src/testing/chai';
import { explore } from '../../src/testing/explore';
import type { Report } from '../../src/testing/report';
import { showViolation } from '../../src/testing/report-text';
import { sweepFaults } from '../../src/testing/sweep-faults';
import { IN_PLACE, SAFE, WITHOUT_FSYNC, saving } from './programs';

const { expect } = chai6;

/** Each of them is loaded by another name. */
const VERSIONS = [
  ['4', 'chai4'],
  ['5', 'chai5'],
  ['6', 'chai'],
] as const;

for (const [version, name] of VERSIONS) {
  describe(`expect(report).to.be.crashSafe, with chai ${version}`, () => {
    const { version: installed } = require(`${name}/package.json`) as { version: string };
    const chai = require(name) as typeof chai6;
    let safe: Report;
    let unsafe: Report;

    before(async () => {
      chai.use(crashSafe);
      safe = await explore(saving(SAFE));
      unsafe = await explore(saving(WITHOUT_FSYNC));
    });

    /** What an assertion says, or undefined if it holds. */
    function complaint(assert: () => unknown): string | undefined {
      try {
        assert();
        return undefined;
      } catch (error) {
        expect(error).to.be.instanceOf(chai.AssertionError);
        return (error as Error).message;
      }
    }

    it('is tried with that version', () => {
      expect(installed.startsWith(`${version}.`)).to.equal(true);
    });

    it('holds for a report without a violation, and lets the chain go on', () => {
      expect(complaint(() => chai.expect(safe).to.be.crashSafe.and.to.have.property('crashStates', 7))).to.equal(
        undefined,
      );
      expect(complaint(() => chai.expect(unsafe).to.not.be.crashSafe)).to.equal(undefined);
    });

    it('fails with the first violation, as String(report) shows it', () => {
      const message = complaint(() => chai.expect(unsafe).to.be.crashSafe);
      expect(message?.split('\n\n')[0]).to.equal(
        `expected no violation, but found 11 violations of 2 causes: power loss, model 'posix'; ` +
          '5 crash points, 18 crash states (exhaustive)',
      );
      const shown = showViolation(unsafe, unsafe.violations[0]!, 1);
      expect(String(unsafe)).to.include(shown);
      expect(message).to.include(`\n\n${shown}\n\n`);
      expect(message?.split('\n\n').at(-1)).to.equal('… and 10 other violations, which String(report) lists');
    });

    it('fails for a fault sweep too', async () => {
      const report = await sweepFaults({ ...saving(IN_PLACE), violationsMax: 1 });
      const message = complaint(() => chai.expect(report).to.be.crashSafe);
      expect(message).to.include(`\n  ${report.violations[0]!.fault!.text}\n  the workload `);
    });

    it('fails where a violation was wanted and there is none', () => {
      expect(complaint(() => chai.expect(safe).to.not.be.crashSafe)).to.equal(
        `expected a violation, but found none: crash-safe: power loss, model 'posix'; ` +
          '5 crash points, 7 crash states (exhaustive)',
      );
    });

    it("says the test's own words first, and changes nothing in the texts of others", async () => {
      const report = await explore({
        ...saving(SAFE),
        check() {
          throw new Error('#{this} and #{act}');
        },
        violationsMax: 1,
      });
      const message = complaint(() => chai.expect(report, 'saving').to.be.crashSafe);
      expect(message).to.match(/^saving: expected no violation/);
      expect(message).to.include('violation 1: #{this} and #{act}\n');
    });

    it('says what else it was given, negated or not', () => {
      const given = [
        [Promise.resolve(safe), 'a promise; wait for it first'],
        [undefined, 'undefined'],
        [null, 'null'],
        [[safe], 'an array'],
        [{ violations: [] }, 'another object'],
        ['report', 'a string'],
        [explore, 'a function'],
      ] as const;
      for (const [value, words] of given) {
        const expected = `expected a report of explore() or sweepFaults(), but got ${words}`;
        expect(complaint(() => chai.expect(value).to.be.crashSafe)).to.equal(expected);
        expect(complaint(() => chai.expect(value).to.not.be.crashSafe)).to.equal(expected);
      }
    });

    it('points at the line of the test that failed', () => {
      try {
        void chai.expect(unsafe).to.be.crashSafe;
        expect.fail('nothing was thrown');
      } catch (error) {
        const { message, stack } = error as Error;
        expect(stack!.slice(stack!.indexOf(message) + message.length).split('\n')[1]).to.include('chai.test.js');
      }
    });
  });
}

// That chai's own type of a plugin takes it is checked by the compiler.
void ((module: typeof chai6): ChaiModule => module);
