// Every entry of the installed package, from a CommonJS program.

'use strict';

const assert = require('node:assert/strict');
const nodeFs = require('node:fs');
const fs = require('fs-intact');
const promises = require('fs-intact/promises');
const { createFs, explain, patch, stats, sweep } = require('fs-intact/api');

async function main() {
  fs.writeFileSync('one.txt', 'one');
  await promises.writeFile('two.txt', 'two');
  assert.equal(promises, fs.promises);

  // A rule needs picomatch, the one dependency.
  const withRule = createFs(undefined, { rules: [{ match: '**/*.txt', plan: 'native' }] });
  withRule.writeFileSync('three.txt', 'three');

  const unpatch = patch();
  nodeFs.writeFileSync('four.txt', 'four');
  unpatch();
  nodeFs.writeFileSync('five.txt', 'five');

  require('fs-intact/register');
  nodeFs.writeFileSync('six.txt', 'six');

  const contents = ['one', 'two', 'three', 'four', 'five', 'six'];
  for (const content of contents) assert.equal(fs.readFileSync(`${content}.txt`, 'utf8'), content);
  // one, two, four and six.
  assert.equal(stats().replaced, 4);
  assert.equal(explain('one.txt').plan, 'replace');
  assert.deepEqual(await sweep('.'), { removed: [], finished: [], kept: [] });
  console.log('every entry works');
}

void main();
