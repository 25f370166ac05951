// Who a process is, and whether another one still lives.

import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ProcessIdentity, thisMachine, thisProcess } from '../../src/ground/process-identity';
import { runProgram } from '../support/child';
import { needs } from '../support/needs';

const MODULE = JSON.stringify(join(__dirname, '../../src/ground/process-identity.js'));

describe('thisProcess()', () => {
  it('is the same all the time', () => {
    expect(thisProcess()).to.equal(thisProcess());
    expect(thisProcess().pid).to.equal(process.pid);
  });

  it('tells the start time that proc(5) tells', function () {
    needs(this, 'Linux');
    const [, , after] = /^(\d+) \((.*)\) (.*)$/s.exec(readFileSync('/proc/self/stat', 'latin1'))!.slice(1);
    expect(thisProcess().startTicks).to.equal(Number(after!.split(' ')[22 - 3]));
  });

  it('can be told in a staged name: whole numbers that are not negative', () => {
    for (const part of Object.values(thisProcess()))
      expect(part).to.satisfy(Number.isSafeInteger).and.to.be.at.least(0);
  });
});

const { livenessOf } = thisMachine;

describe('livenessOf()', () => {
  const self = thisProcess();
  const GONE = { ...self, pid: deadPid() };

  const OWNERS: readonly [title: string, owner: ProcessIdentity, local: string, shared: string][] = [
    ['this process', self, 'alive', 'alive'],
    ['one that is gone', GONE, 'dead', 'dead'],
    ['one that had our pid before us', { ...self, startTicks: self.startTicks - 1 }, 'dead', 'dead'],
    ['one that says no start time, under a pid in use', { ...self, startTicks: 0 }, 'unknown', 'unknown'],
    ['one that says no start time, and is gone', { ...GONE, startTicks: 0 }, 'dead', 'dead'],
    ['one of another boot', { ...GONE, boot: self.boot + 1 }, 'dead', 'unknown'],
    ['one of another boot, under a pid in use', { ...self, boot: self.boot + 1 }, 'dead', 'unknown'],
    ['one of an unknown boot', { ...GONE, boot: 0 }, 'unknown', 'unknown'],
    ['one of another pid namespace', { ...GONE, namespace: self.namespace + 1 }, 'unknown', 'unknown'],
    ['one of an unknown pid namespace', { ...GONE, namespace: 0 }, 'unknown', 'unknown'],
    ['one with an impossible pid', { ...self, pid: 2 ** 40 }, 'unknown', 'unknown'],
    ['our process group', { ...self, pid: 0 }, 'unknown', 'unknown'],
  ];

  before(function () {
    needs(this, 'Linux');
  });

  for (const [title, owner, local, shared] of OWNERS) {
    it(`says of ${title}: ${local}; on a file system that others may have mounted: ${shared}`, () => {
      expect([livenessOf(owner, true), livenessOf(owner, false)]).to.deep.equal([local, shared]);
    });
  }

  it("is not misled by a program's name with blanks and parentheses in it", async () => {
    const source = `
      process.title = 'x) Z 1 (y';
      console.log(JSON.stringify(require(${MODULE}).thisProcess()));
      process.stdin.resume();
      setInterval(() => {}, 1000);`;
    let liveness: string | undefined;
    await runProgram(source, {
      hook: false,
      printed: (text, pid) => {
        if (!text.endsWith('\n')) return;
        liveness = livenessOf(JSON.parse(text) as ProcessIdentity, true);
        process.kill(pid, 'SIGKILL');
      },
    });
    expect(liveness).to.equal('alive');
  });
});

/** The pid of a process that was waited for. */
function deadPid(): number {
  return spawnSync('true').pid;
}
