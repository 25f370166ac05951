// The crash lab of the installed package, from a CommonJS program.

'use strict';

const assert = require('node:assert/strict');
const { existsSync, readFileSync } = require('node:fs');
const chai = require('chai');
const { createFs } = require('fs-intact/api');
const { explore, fail, memoryFs, replay, requireWith, sweepFaults } = require('fs-intact/testing');
const { crashSafe } = require('fs-intact/testing/chai');

chai.use(crashSafe);

// Nobody has installed it, and the lab does without.
assert.throws(() => require.resolve('memfs'), { code: 'MODULE_NOT_FOUND' });

const scenario = {
  setup: (fs) => fs.writeFileSync('/config', 'old'),
  workload: (fs) => requireWith(fs, './save.cjs').save('/config', 'new'),
  check(fs) {
    const text = fs.readFileSync('/config', 'utf8');
    if (text !== 'old' && text !== 'new') throw new Error(`damaged: ${JSON.stringify(text)}`);
  },
};

function saveSafely(fs) {
  createFs(fs, { warn: false }).writeFileSync('/config', 'new');
}

async function main() {
  const report = await explore(scenario);
  assert.match(String(report), /^violation 1: damaged: /m);
  assert.match(String(report), /^ {2}at save\.cjs:8:/m);
  assert.throws(() => chai.expect(report).to.be.crashSafe, chai.AssertionError);
  const [{ token }] = report.violations;
  assert.equal((await replay(token, scenario)).violations[0].token, token);

  void chai.expect(await explore({ ...scenario, workload: saveSafely })).to.be.crashSafe;
  void chai.expect(await sweepFaults({ ...scenario, workload: saveSafely })).to.be.crashSafe;

  const fs = memoryFs({ faults: [fail('fsync').with('EIO')] });
  assert.throws(() => fs.writeFileSync('/file', 'data', { flush: true }), { code: 'EIO' });

  report.toHTML('report.html');
  assert.match(readFileSync('report.html', 'utf8'), /<\/html>\n$/);
  assert.equal(existsSync('/config'), false);
  console.log('the lab works');
}

void main();
