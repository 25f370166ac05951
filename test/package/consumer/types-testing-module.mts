// What TypeScript makes of the crash lab in an ES module. Compiled strictly, then run.

import * as chai from 'chai';
import type nodeFs from 'node:fs';
import {
  type CheckContext,
  type DiskImage,
  type ExploreOptions,
  type Fault,
  type Report,
  type TraceLine,
  type Violation,
  explore,
  fail,
  memoryFs,
  requireWith,
  sweepFaults,
} from 'fs-intact/testing';
import { crashSafe } from 'fs-intact/testing/chai';

chai.use(crashSafe);

const fault: Fault = fail('fsync').on('*.json').with('EIO').once();
const fs: typeof nodeFs = memoryFs({ faults: [fault], capacityBytes: 1 << 20 });
const options: ExploreOptions = {
  model: 'ext4',
  setup: (disk) => disk.writeFileSync('/config', 'old'),
  async workload(disk, { ack }) {
    await disk.promises.appendFile('/config', ' and new');
    ack('saved');
  },
  recover(disk) {
    disk.rmSync('/config.tmp', { force: true });
  },
  check(disk, { acked }: CheckContext) {
    if (acked('saved') && disk.readFileSync('/config', 'utf8') === 'old') throw new Error('lost');
  },
};
const report: Report = await explore(options);
const swept: Report = await sweepFaults({ workload() {}, check() {} });
void chai.expect(swept).to.be.crashSafe.and.to.have.property('exhaustive', true);
void chai.expect(report).to.not.be.crashSafe;

const violations: readonly Violation[] = report.violations;
const line: TraceLine | undefined = violations[0]?.story[0]?.[0];
const image: DiskImage | undefined = violations[0]?.image;
report.toHTML(new URL('types.html', import.meta.url));
void [fs, line?.fate, image?.root, requireWith];
console.log(violations[0]?.message === 'lost' ? 'types' : String(report));

/** Never called: each line is a mistake that the compiler must see. */
export function mistakes(): void {
  // @ts-expect-error There is no such model.
  void explore({ ...options, model: 'zfs' });
  // @ts-expect-error A check is needed.
  void explore({ workload() {} });
  // @ts-expect-error A report is not to be changed.
  report.violations = [];
  // @ts-expect-error Faults are made by fail().
  memoryFs({ faults: ['EIO'] });
}
