// The same in a CommonJS file.

import chai = require('chai');
import testing = require('fs-intact/testing');
import plugin = require('fs-intact/testing/chai');

chai.use(plugin.crashSafe);

const scenario: testing.ExploreOptions = {
  workload: (fs, { ack }: testing.WorkloadContext) => {
    fs.writeFileSync('/file', 'data');
    ack('written');
  },
  check(fs, { acked }) {
    if (acked('written') && !fs.existsSync('/file')) throw new Error('lost');
  },
};

void testing.explore(scenario).then((report: testing.Report) => {
  void chai.expect(report).to.not.be.crashSafe;
  console.log(report.violations[0]?.message === 'lost' ? 'types' : String(report));
});
