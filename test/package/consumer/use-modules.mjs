// Every entry of the installed package, from an ES module.

import assert from 'node:assert/strict';
import nodeFs, { writeFileSync as nodeWriteFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import fs, { promises as fsPromises, readFileSync, writeFileSync } from 'fs-intact';
import { createFs, explain, patch, stats, sweep } from 'fs-intact/api';
import promises, { writeFile } from 'fs-intact/promises';

const require = createRequire(import.meta.url);

writeFileSync('one.txt', 'one');
await writeFile('two.txt', 'two');
assert.equal(promises, fsPromises);
assert.equal(fs, require('fs-intact'));

// A rule needs picomatch, the one dependency.
const withRule = createFs(undefined, { rules: [{ match: '**/*.txt', plan: 'native' }] });
withRule.writeFileSync('three.txt', 'three');

const unpatch = patch();
nodeWriteFileSync('four.txt', 'four');
unpatch();
nodeWriteFileSync('five.txt', 'five');

await import('fs-intact/register');
nodeFs.writeFileSync('six.txt', 'six');

const contents = ['one', 'two', 'three', 'four', 'five', 'six'];
for (const content of contents) assert.equal(readFileSync(`${content}.txt`, 'utf8'), content);
// one, two, four and six: one state, whichever way its functions were loaded.
assert.equal(stats().replaced, 4);
assert.equal(require('fs-intact/api').stats().replaced, 4);
assert.equal(explain('one.txt').plan, 'replace');
assert.deepEqual(await sweep('.'), { removed: [], finished: [], kept: [] });
console.log('every entry works');
