// Listing a directory that the process writes in: the files under way have names that are nobody's business.

import { expect } from 'chai';
import { mkdirSync, writeFileSync } from 'node:fs';
import { REGISTER, runProgram } from '../support/child';
import { useTemporaryDirectory } from '../support/temporary-directory';

/** Expressions that list \`directory\`, each a promise of its names. */
const LISTINGS: Readonly<Record<string, string>> = {
  'readdirSync': 'fs.readdirSync(directory)',
  'readdir': 'call(fs.readdir, directory)',
  'promises.readdir': 'fs.promises.readdir(directory)',
  'readdir, recursive': 'call(fs.readdir, directory, { recursive: true })',
  'readdir with file types':
    'call(fs.readdir, directory, { withFileTypes: true }).then((list) => list.map(({ name }) => name))',
  'readdir as Buffers': "call(fs.readdir, directory, 'buffer').then((list) => list.map(String))",
  'opendirSync, readSync':
    '((opened, names) => { for (let entry; (entry = opened.readSync()); names.push(entry.name)); opened.closeSync(); return names; })(fs.opendirSync(directory), [])',
  'promises.opendir':
    '(async (names) => { for await (const { name } of await fs.promises.opendir(directory)) names.push(name); return names; })([])',
  'opendir, read':
    '(async (opened, names) => { for (let entry; (entry = await opened.read()); names.push(entry.name)); await opened.close(); return names; })(await call(fs.opendir, directory), [])',
};

/** Writes that take a while, of \`path\`. */
const WRITES: Readonly<Record<string, string>> = {
  'promises.writeFile': 'fs.promises.writeFile(path, text)',
  'promises.copyFile': "fs.promises.copyFile(directory + '/there', path)",
  'promises.cp': "fs.promises.cp(directory + '/there', path)",
  'a stream': 'new Promise((done) => fs.createWriteStream(path).end(text).on("close", done))',
  'a FileHandle':
    "(async () => { const handle = await fs.promises.open(path, 'w'); await handle.writeFile(text); await handle.close(); })()",
  'a file with a second name, in place': "fs.promises.writeFile(directory + '/linked', text)",
};

describe('a listing while the process writes', function () {
  this.timeout(60_000);
  const at = useTemporaryDirectory();

  for (const [title, write] of Object.entries(WRITES)) {
    it(`${title}: shows no name that the program has not given`, async () => {
      mkdirSync(at('x'));
      for (const name of ['there', 'linked']) writeFileSync(at('x', name), 'old'.repeat(100_000));
      const listings = Object.entries(LISTINGS).map(([how, list]) => `${JSON.stringify(how)}: async () => ${list}`);
      const child = await runProgram(
        `const fs = require('node:fs');
         const native = { ...fs };
         require(${JSON.stringify(REGISTER)});
         const call = (fn, ...args) => new Promise((resolve, reject) => fn(...args, (error, found) => error ? reject(error) : resolve(found)));
         const directory = process.argv[1];
         native.linkSync(directory + '/linked', directory + '/other');
         const text = 'new'.repeat(200_000);
         const listings = { ${listings.join(',\n')} };
         let seenByOthers = 0;
         const seen = {};
         (async () => {
           for (let round = 0; round < 8; round++) {
             let left = 6;
             for (let index = 0; index < left; index++) {
               const path = directory + '/' + (index === 0 ? 'there-too' : 'new ' + round + ' ' + index);
               (async () => ${write})().finally(() => left--);
             }
             const lists = Object.entries(listings).map(async ([how, list]) => {
               while (left > 0) {
                 seenByOthers += native.readdirSync(directory).filter((name) => name.endsWith('.intact')).length;
                 for (const name of await list()) if (name.endsWith('.intact')) seen[how] = name;
                 await new Promise(setImmediate);
               }
             });
             await Promise.all(lists);
           }
           console.log(JSON.stringify({ seen, areSeenByOthers: seenByOthers > 0 }));
         })();`,
        { hook: false, programArguments: [at('x')] },
      );
      expect(child.stderr).to.equal('');
      expect(JSON.parse(child.stdout)).to.deep.equal({ seen: {}, areSeenByOthers: true });
    });
  }
});
