// The crash lab of the installed package, from an ES module.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import * as chai from 'chai';
import { explore, importWith, requireWith } from 'fs-intact/testing';
import { crashSafe } from 'fs-intact/testing/chai';

const require = createRequire(import.meta.url);
assert.equal(explore, require('fs-intact/testing').explore);
assert.equal(crashSafe, require('fs-intact/testing/chai').crashSafe);

chai.use(crashSafe);

for (const load of [(fs) => importWith(fs, './save.mjs'), async (fs) => requireWith(fs, './save.cjs')]) {
  const report = await explore({
    async workload(fs) {
      const { save } = await load(fs);
      save('/config', 'new');
    },
    check(fs) {
      if (fs.existsSync('/config')) assert.equal(fs.readFileSync('/config', 'utf8'), 'new');
    },
  });
  void chai.expect(report).to.not.be.crashSafe;
}
console.log('the lab works');
