// Programs that put something of their own over fs, or under it, or load it anew: what they see must be what they see
// without the hook.

import { expect } from 'chai';
import { mkdirSync } from 'node:fs';
import { API, PACKAGE, type ChildResult, runProgram } from '../support/child';
import { CALL } from '../support/child-programs';
import { skipBecause } from '../support/needs';
import { useTemporaryDirectory } from '../support/temporary-directory';
import { describeTree } from '../support/tree';

interface Disturbance {
  readonly title: string;
  /** Prints; `patch()` loads the hook, or does nothing in a plain run. */
  readonly program: string;
  /** Whether writes must have gone through the hook all the same. */
  readonly isProtected: boolean;
  /** Statements that fail where a package of the program's does not work. */
  readonly needs?: string;
}

function nameOf(name: string): string {
  return JSON.stringify(require.resolve(name, { paths: [PACKAGE] }));
}

/** Uses every kind of call through `fs`. */
const USE = `
  await call(fs.writeFile, 'a', 'by a callback'); fs.writeFileSync('b', 'synchronously'); await fs.promises.writeFile('c', 'promised');
  await call(fs.appendFile, 'a', ' and more'); await call(fs.copyFile, 'a', 'd');
  const fd = await call(fs.open, 'e', 'w'); await call(fs.write, fd, 'by hand'); await call(fs.close, fd);
  const handle = await fs.promises.open('f', 'w'); await handle.write('by a handle'); await handle.close();
  const stream = fs.createWriteStream('g'); stream.write('by a stream');
  await new Promise((done) => stream.once('open', done));
  console.log(fs.existsSync('g'), fs.readdirSync('.').join());
  await new Promise((done) => stream.end(' to its end').on('close', done));
  await new Promise((done, fail) => new fs.WriteStream('h').end('by its class').on('error', fail).on('close', done));
  await call(fs.rename, 'd', 'i');
  console.log((await call(fs.readFile, 'i', 'utf8')), (await call(fs.stat, 'i')).size, await call(fs.readdir, '.'));
  await new Promise((done) => fs.createReadStream('e', 'utf8').on('data', console.log).on('close', done));
  for (const bad of ['nowhere/x', '.']) await call(fs.writeFile, bad, '').catch(({ code, message }) => console.log(code, message));
`;

const MOCK_FS = `require(${nameOf('mock-fs')})`;
const GRACEFUL = `graceful = require(${nameOf('graceful-fs')});`;

/** The same where node's own binding is exchanged: what is printed by then would be lost with it. */
const MOCKED = `
  const seen = []; const { log } = console; console.log = (...args) => seen.push(args);
  try { ${USE} } finally { console.log = log; }
  const inMock = fs.readdirSync('.').map((name) => [name, fs.readFileSync(name, 'utf8')]);
`;

/** In the real file system again. */
const AFTERWARDS =
  "console.log(JSON.stringify(seen), JSON.stringify(inMock), fs.readdirSync('.')); fs.writeFileSync('after', 'real');";

const DISTURBANCES: readonly Disturbance[] = [
  {
    title: 'a graceful-fs that was cloned before the patch',
    program: `let graceful; ${GRACEFUL} patch(); const fs = graceful; ${USE}`,
    isProtected: true,
  },
  {
    title: 'a graceful-fs that was cloned after the patch',
    program: `let graceful; patch(); ${GRACEFUL} const fs = graceful; ${USE}`,
    isProtected: true,
  },
  {
    title: 'an fs that was gracefulified before the patch',
    program: `let graceful; ${GRACEFUL} const fs = require('fs'); graceful.gracefulify(fs); patch(); ${USE}`,
    isProtected: true,
  },
  {
    title: 'an fs that is gracefulified after the patch',
    program: `let graceful; patch(); ${GRACEFUL} const fs = require('fs'); graceful.gracefulify(fs); ${USE}`,
    isProtected: true,
  },
  {
    title: 'an fs whose every function somebody has wrapped before the patch',
    program: `const fs = require('fs'); wrapAll(fs); patch(); ${USE}`,
    isProtected: true,
  },
  {
    title: 'an fs whose every function somebody wraps after the patch',
    program: `const fs = require('fs'); patch(); wrapAll(fs); ${USE}`,
    isProtected: true,
  },
  {
    title: 'a write of its own in front of fs.write, and a look at what that is given',
    program: `
      patch();
      const fs = require('fs');
      const { write } = fs;
      fs.write = (fd, data, ...rest) => {
        console.log(Buffer.isBuffer(data), String(data), rest.slice(0, -1));
        return write(fd, data, ...rest);
      };
      await call(fs.writeFile, 'a', 'text, and é'); await call(fs.writeFile, 'a', Buffer.from('bytes'));
      await call(fs.writeFile, 'a', 'flushed', { flush: true });`,
    isProtected: true,
  },
  {
    title: 'promises.writeFile replaced by one that writes elsewhere first and renames',
    program: `
      patch();
      const fs = require('fs');
      const { writeFile, rename } = fs.promises;
      fs.promises.writeFile = async (path, ...rest) => { await writeFile(path + '~', ...rest); await rename(path + '~', path); };
      ${USE}`,
    isProtected: true,
  },
  {
    title: 'a mock-fs that is loaded after the patch, and put under fs',
    program: `patch(); const mock = require(${nameOf('mock-fs')}); mock({}); const fs = require('fs'); ${MOCKED} mock.restore(); ${AFTERWARDS}`,
    isProtected: true,
    needs: MOCK_FS,
  },
  {
    title: 'a mock-fs that was loaded before the patch, and is put under fs',
    program: `const mock = require(${nameOf('mock-fs')}); patch(); mock({}); const fs = require('fs'); ${MOCKED} mock.restore(); ${AFTERWARDS}`,
    isProtected: true,
    needs: MOCK_FS,
  },
  {
    title: 'a mock-fs that is put under fs after the first write',
    program: `
      const mock = require(${nameOf('mock-fs')}); patch(); const fs = require('fs'); fs.writeFileSync('before', 'real');
      mock({}); ${MOCKED} mock.restore(); ${AFTERWARDS}`,
    isProtected: true,
    needs: MOCK_FS,
  },
  {
    title: 'arrays that cannot be iterated, where only calls pass through',
    program: `
      patch();
      const fs = require('fs');
      fs.writeFileSync('a', 'text'); fs.mkdirSync('directory');
      const fd = fs.openSync('log', 'a');
      const arrayIterator = Array.prototype[Symbol.iterator];
      delete Array.prototype[Symbol.iterator];
      const seen = [fs.readFileSync('a', 'utf8'), fs.statSync('a').size, fs.existsSync('nowhere'), fs.readdirSync('.').length, fs.writeSync(fd, 'more')];
      await new Promise((done) => fs.write(fd, 'than', () => fs.readFile('a', () => fs.stat('a', () => fs.open('a', 'r', (error, read) => { seen.push(error); fs.close(read, done); })))));
      fs.fsyncSync(fd); fs.closeSync(fd); fs.renameSync('a', 'b'); fs.unlinkSync('b');
      Array.prototype[Symbol.iterator] = arrayIterator;
      console.log(JSON.stringify(seen));`,
    isProtected: true,
  },
];

describe('a program that has', function () {
  this.timeout(60_000);
  const at = useTemporaryDirectory();

  async function run(folder: string, program: string, isHooked: boolean): Promise<[ChildResult, string[]]> {
    mkdirSync(folder);
    const child = await runProgram(
      `const api = ${isHooked ? `require(${JSON.stringify(API)})` : 'undefined'};
       const patch = () => api?.patch();
       ${CALL}
       const wrapAll = (fs) => {
         for (const functions of [fs, fs.promises]) {
           for (const [name, value] of Object.entries(functions)) {
             if (typeof value !== 'function' || value.prototype !== undefined) continue;
             functions[name] = Object.assign((...args) => value.apply(functions, args), value);
           }
         }
       };
       (async () => {
         ${program}
         if (${isHooked}) console.error(api.stats().replaced > 0);
       })().catch((error) => { console.log(error); process.exitCode = 1; });`,
      { hook: false, cwd: folder },
    );
    return [child, describeTree(folder)];
  }

  for (const { title, program, isProtected, needs } of DISTURBANCES) {
    it(`${title}: gets the same, and makes the same, as without the hook`, async function () {
      if (needs !== undefined && (await runProgram(needs, { hook: false })).code !== 0)
        skipBecause(this, `${needs} fails on Node ${process.versions.node}`);
      const [[plain, plainTree], [hooked, hookedTree]] = await Promise.all([
        run(at('plain'), program, false),
        run(at('hooked'), program, true),
      ]);
      expect(plain, plain.stdout).to.deep.include({ code: 0, stderr: '' });
      expect(hooked.stdout).to.equal(plain.stdout);
      expect(hookedTree).to.deep.equal(plainTree);
      expect(hooked).to.deep.include({ code: 0, stderr: `${isProtected}\n` });
    });
  }
});
