// The number of a thread.

import { expect } from 'chai';
import { join } from 'node:path';
import { runProgram } from '../support/child';

const MODULE = JSON.stringify(join(__dirname, '../../src/ground/this-thread.js'));

describe('thisThread', function () {
  this.timeout(30_000);
  const tell = `require('node:fs').writeSync(1, require(${MODULE}).thisThread + ' ');`;
  const inWorker = `new Worker(${JSON.stringify(tell)}, { eval: true })`;

  for (const [title, program] of [
    ['a main thread that has no workers yet', `${tell} const { Worker } = require('node:worker_threads');`],
    ['one that may have some', `const { Worker } = require('node:worker_threads'); ${tell}`],
  ] as const) {
    it(`is 0 in ${title}, and in each worker its own`, async () => {
      const source = `${program} ${inWorker}.on('exit', () => ${inWorker});`;
      const { stdout, stderr } = await runProgram(source, { hook: false });
      expect({ stdout, stderr }).to.deep.equal({ stdout: '0 1 2 ', stderr: '' });
    });
  }
});
