// Descriptors that are closed without our knowing, by functions taken before the hook or by another thread. The system gives
// their numbers to other files at once: those must be left alone, and what was written to the first ones must not be lost.

import { expect } from 'chai';
import { mkdirSync, writeFileSync } from 'node:fs';
import { type ChildResult, REGISTER, runProgram } from '../support/child';
import { useTemporaryDirectory } from '../support/temporary-directory';
import { describeTree } from '../support/tree';

/** Statements that define `steal(fd)`, which closes a descriptor. */
const THIEVES: Readonly<Record<string, string>> = {
  'a closeSync taken before': 'const steal = async (fd) => closeSync(fd);',
  'another thread': `
    const steal = (fd) => new Promise((done, fail) => {
      const worker = new Worker("require('node:fs').closeSync(require('node:worker_threads').workerData)", { eval: true, workerData: fd });
      worker.on('error', fail).on('exit', done);
    });`,
};

/** Statements that use the number `fd` of `target` again, after it was stolen. */
const USES: Readonly<Record<string, string>> = {
  'nothing': '',
  'a file that is read': `
    const other = again(fs.openSync('other', 'r')); const bytes = Buffer.alloc(9);
    console.log(fs.readSync(other, bytes), String(bytes)); fs.closeSync(other);`,
  'a file that is read, opened by a callback': `
    const other = again(await call(fs.open, 'other', 'r'));
    console.log(fs.fstatSync(other).size); await call(fs.close, other);`,
  'a FileHandle that is read': `
    const handle = await fs.promises.open('other', 'r'); again(handle.fd);
    console.log(await handle.readFile('utf8')); await handle.close();`,
  'a file that is written as it stands': `
    const other = again(fs.openSync('other', 'r+')); fs.writeSync(other, 'O'); fs.ftruncateSync(other, 3); fs.closeSync(other);`,
  'a file that is replaced': `
    const other = again(fs.openSync('other', 'w')); fs.writeSync(other, 'replaced'); fs.closeSync(other);`,
  'a file that is replaced by a stream': `
    const stream = fs.createWriteStream('other'); stream.on('open', again);
    await new Promise((done, fail) => stream.end('streamed').on('error', fail).on('close', done));`,
  'the same file, replaced once more': `
    const other = again(fs.openSync('target', 'w')); fs.writeSync(other, 'once more'); fs.closeSync(other);`,
  'the same file, which is read': `
    const other = again(fs.openSync('target', 'r')); console.log(fs.readFileSync(other, 'utf8')); fs.closeSync(other);`,
  'a device that is full': `
    const other = again(fs.openSync('/dev/full', 'r+'));
    try { fs.writeSync(other, 'lost'); } catch ({ code }) { console.log(code); }
    fs.closeSync(other);`,
  'a device that is full, written by a callback': `
    const other = again(fs.openSync('/dev/full', 'r+'));
    await call(fs.write, other, 'lost').catch(({ code }) => console.log(code));
    await call(fs.close, other);`,
  'a close of it': `
    try { fs.closeSync(fd); } catch ({ code, syscall, message }) { console.log(code, syscall, message); }`,
  'a close of it, by a callback': `
    await call(fs.close, fd).catch(({ code, syscall, message }) => console.log(code, syscall, message));`,
  'a write to it': `
    try { fs.writeSync(fd, 'x'); } catch ({ code, syscall, message }) { console.log(code, syscall, message); }`,
};

describe('a descriptor that is closed by', function () {
  this.timeout(30_000);
  const at = useTemporaryDirectory();

  async function run(folder: string, thief: string, use: string, isHooked: boolean): Promise<[ChildResult, string[]]> {
    mkdirSync(folder);
    for (const name of ['target', 'other']) writeFileSync(`${folder}/${name}`, `old ${name}`);
    const child = await runProgram(
      `const fs = require('node:fs');
       const { closeSync } = fs;
       ${isHooked ? `require(${JSON.stringify(REGISTER)});` : ''}
       const { Worker } = require('node:worker_threads');
       const call = (fn, ...args) => new Promise((resolve, reject) => fn(...args, (error, result) => (error ? reject(error) : resolve(result))));
       ${thief}
       (async () => {
         const fd = fs.openSync('target', 'w');
         const again = (number) => { if (number !== fd) throw new Error('this test needs the same number twice'); return number; };
         fs.writeSync(fd, 'written');
         await steal(fd);
         ${use}
         console.log(fs.readFileSync('target', 'utf8'), fs.readdirSync('.').join());
       })();`,
      { hook: false, nodeArguments: ['--no-warnings'], cwd: folder },
    );
    return [child, describeTree(folder)];
  }

  for (const [thiefTitle, thief] of Object.entries(THIEVES)) {
    for (const [title, use] of Object.entries(USES)) {
      it(`${thiefTitle}, and whose number is then used for ${title}: all is as without the hook`, async () => {
        const [[plain, plainTree], [hooked, hookedTree]] = await Promise.all([
          run(at('plain'), thief, use, false),
          run(at('hooked'), thief, use, true),
        ]);
        expect(plain).to.deep.include({ code: 0, stderr: '' });
        expect(hooked).to.deep.equal(plain);
        expect(hookedTree).to.deep.equal(plainTree);
      });
    }
  }
});
