// What is said where memfs, an optional peer, is asked for and missing.

'use strict';

const { explore, toVolume } = require('fs-intact/testing');

async function main() {
  const { violations } = await explore({
    workload: (fs) => fs.writeFileSync('/file', 'data'),
    check(fs) {
      if (fs.existsSync('/file')) throw new Error('there it is');
    },
  });
  try {
    toVolume(violations[0].image);
  } catch ({ code, message }) {
    console.log(`${code}: ${message}`);
  }
}

void main();
