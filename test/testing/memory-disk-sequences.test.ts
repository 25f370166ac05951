// Random sequences of calls, on the real file system and on a memory disk: the same answers, the same trees. And whatever was
// done, an image of the disk is all that is needed to go on.

import { expect } from 'chai';
import * as fc from 'fast-check';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { createMemoryDisk } from '../../src/testing/memory-disk';
import { needs } from '../support/needs';
import { FAST_PLACE } from '../support/place';
import { removeTree, runOnMemoryDisk, runOnRealDisk } from './probe-run';
import { type Probe, pictureOfTree, runProgram } from './probes/probe';
import { SEED, type Step, runSequence, sequence } from './probes/sequences';

const RUNS = Number(process.env['FS_INTACT_PROPERTY_RUNS'] ?? 200);
const ROOT = { uid: 0, gid: 0 };

describe('random sequences of calls on a memory disk', function () {
  this.timeout(120_000);

  before(function () {
    needs(this, 'Linux');
  });

  it(`do as on the real file system (${RUNS} runs, seed ${SEED})`, () => {
    check((steps) => {
      const base = fs.realpathSync(fs.mkdtempSync(join(FAST_PLACE, 'fs-intact-sequences-')));
      try {
        const probe: Probe = { title: 'sequence', run: (stage) => runSequence(stage, steps) };
        const real = runOnRealDisk([probe], base);
        expect(runOnMemoryDisk([probe], base)).to.deep.equal(real);
      } finally {
        removeTree(fs, base);
      }
    });
  });

  it('leave a disk that its image shows whole', () => {
    check((steps) => {
      const { disk } = diskAfter(steps);
      const image = disk.image();
      const again = createMemoryDisk({ ...ROOT, image });
      expect(again.image()).to.deep.equal(image);
      expect(pictureOfTree(again.fs, '/')).to.deep.equal(pictureOfTree(disk.fs, '/'));
    });
  });

  it('go on from an image as they would have gone on from the disk', () => {
    check((steps) => {
      const half = Math.floor(steps.length / 2);
      const { disk } = diskAfter(steps.slice(0, half));
      const copy = createMemoryDisk({ ...ROOT, image: disk.image() });
      const run = (of: typeof disk): unknown[] =>
        runProgram((stage) => runSequence(stage, steps.slice(half)), of.fs, '', ROOT);
      expect(run(copy)).to.deep.equal(run(disk));
      expect(pictureOfTree(copy.fs, '/')).to.deep.equal(pictureOfTree(disk.fs, '/'));
    });
  });

  it('leave earlier images as they were', () => {
    check((steps) => {
      const half = Math.floor(steps.length / 2);
      const { disk } = diskAfter(steps.slice(0, half));
      const image = disk.image();
      const before = structuredClone(image);
      runProgram((stage) => runSequence(stage, steps.slice(half)), disk.fs, '', ROOT);
      runProgram((stage) => runSequence(stage, steps), createMemoryDisk({ ...ROOT, image }).fs, '', ROOT);
      expect(image).to.deep.equal(before);
    });
  });

  it('give back all the room that they took, once everything is removed and closed', () => {
    check((steps) => {
      const { disk, freeBlocks } = diskAfter(steps);
      for (const name of disk.fs.readdirSync('/')) removeTree(disk.fs, `/${name}`);
      expect(disk.fs.statfsSync('/').bfree).to.equal(freeBlocks);
      expect(disk.openDescriptors()).to.deep.equal([]);
    });
  });
});

function check(holds: (steps: readonly Step[]) => void): void {
  fc.assert(fc.property(sequence, holds), { seed: SEED, numRuns: RUNS });
}

function diskAfter(steps: readonly Step[]): { disk: ReturnType<typeof createMemoryDisk>; freeBlocks: number } {
  const disk = createMemoryDisk({ ...ROOT, capacityBytes: 2 ** 30 });
  const freeBlocks = disk.fs.statfsSync('/').bfree;
  runProgram((stage) => runSequence(stage, steps), disk.fs, '', ROOT);
  return { disk, freeBlocks };
}
