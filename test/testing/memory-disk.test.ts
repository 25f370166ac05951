// The memory disk against the machine's own file system: every probe gives the same answers, errors and trees on both.

import { expect } from 'chai';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FAST_PLACE } from '../support/place';
import { needs, skipBecause } from '../support/needs';
import { NOBODY, type ProbeRecord, removeTree, runOnMemoryDisk, runOnRealDisk } from './probe-run';
import { PROBES } from './probes';
import { PROTECTED_LINK_PROBES } from './probes/attributes';
import { DECLARED, isDeclared } from './probes/differing';
import type { Probe, Stage } from './probes/probe';

/** statfs(2)'s number of ext2, ext3 and ext4. */
const EXT = 0xef53;

const isRoot = process.getuid?.() === 0;

describe('the memory disk', () => {
  before(function () {
    needs(this, 'Linux');
  });

  const all = PROBES.filter(({ prepare }) => isRoot || prepare === undefined);
  const forUsers = all.filter(({ as }) => as !== 'root');
  if (isRoot) {
    compared(
      'for root',
      all.filter(({ as }) => as !== 'user'),
    );
    compared('for an unprivileged user', forUsers, NOBODY);
  } else {
    compared('for the user of this process', forUsers);
    it('does as the real file system does for root, and with what root prepared', function () {
      needs(this, 'root');
    });
  }
});

function compared(title: string, probes: readonly Probe[], user?: Stage['user']): void {
  describe(`${title} does as the real file system does:`, () => {
    const records = new Map<Probe, readonly [real: ProbeRecord, memory: ProbeRecord]>();

    before(function () {
      this.timeout(120_000);
      const anywhere = probes.filter((probe) => probe.needs === undefined);
      const onExt = isExt(tmpdir()) ? probes.filter((probe) => probe.needs === 'ext4') : [];
      for (const [place, some] of [
        [FAST_PLACE, anywhere],
        [tmpdir(), onExt],
      ] as const)
        runBoth(place, some, user, records);
    });

    for (const probe of probes) {
      it(`${probe.title}${isDeclared(probe) ? ` (differs: ${DECLARED[probe.title]})` : ''}`, function () {
        const record = records.get(probe);
        if (record === undefined) skipBecause(this, `needs ext4 in ${tmpdir()}`);
        if (probe.title in PROTECTED_LINK_PROBES && !hasProtectedLinks())
          skipBecause(this, 'needs protected_hardlinks');
        expectAlike(probe, ...record);
      });
    }
  });
}

function expectAlike(probe: Probe, real: ProbeRecord, memory: ProbeRecord): void {
  if (!isDeclared(probe)) expect(memory).to.deep.equal(real);
  else expect(memory, 'it differs no longer: take it off the list').to.not.deep.equal(real);
}

function runBoth(
  place: string,
  probes: readonly Probe[],
  user: Stage['user'] | undefined,
  records: Map<Probe, readonly [ProbeRecord, ProbeRecord]>,
): void {
  const base = fs.realpathSync(fs.mkdtempSync(join(place, 'fs-intact-probes-')));
  try {
    // The other user must get through it.
    fs.chmodSync(base, 0o755);
    const real = runOnRealDisk(probes, base, user);
    const memory = runOnMemoryDisk(probes, base, user);
    for (const [index, probe] of probes.entries()) records.set(probe, [real[index]!, memory[index]!]);
  } finally {
    removeTree(fs, base);
  }
}

function isExt(directory: string): boolean {
  return fs.statfsSync(directory).type === EXT;
}

/** proc_sys_fs(5) */
function hasProtectedLinks(): boolean {
  return fs.readFileSync('/proc/sys/fs/protected_hardlinks', 'utf8').trim() === '1';
}
