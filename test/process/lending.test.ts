// Files open for replacing that another thread goes on writing to, as a FileHandle that was handed over, or by number.

import { expect } from 'chai';
import { mkdirSync, writeFileSync } from 'node:fs';
import { type ChildResult, runProgram } from '../support/child';
import { useTemporaryDirectory } from '../support/temporary-directory';
import { describeTree } from '../support/tree';

interface Loan {
  readonly title: string;
  /** What the other thread does with `lent`, a FileHandle or a number; what it returns is printed. */
  readonly borrower: string;
  /** What this thread does; `lend(handle)` settles when the other thread has ended. */
  readonly lender: string;
}

const LOANS: readonly Loan[] = [
  {
    title: 'a FileHandle in a message, that is closed there',
    borrower: "await lent.write(' there'); await lent.close();",
    lender: "const handle = await fs.promises.open('target', 'w'); await handle.write('here'); await lend(handle);",
  },
  {
    title: 'a FileHandle of a new file',
    borrower: "await lent.write('there'); await lent.close();",
    lender: "const handle = await fs.promises.open('fresh', 'w'); await lend(handle);",
  },
  {
    title: 'a FileHandle as workerData',
    borrower: "await lent.writeFile('all of it'); await lent.close();",
    lender: "const handle = await fs.promises.open('target', 'w'); await lendAsData(handle);",
  },
  {
    title: 'a FileHandle that is written by a stream there',
    borrower:
      "await new Promise((done, fail) => lent.createWriteStream().end('streamed').on('error', fail).on('close', done));",
    lender: "const handle = await fs.promises.open('target', 'w'); await lend(handle);",
  },
  {
    title: 'a FileHandle that nobody closes',
    borrower: "await lent.write(' there'); setImmediate(() => process.exit());",
    lender: "const handle = await fs.promises.open('target', 'w'); await handle.write('here'); await lend(handle);",
  },
  {
    title: 'a FileHandle, by a program that then fails',
    borrower: "await lent.write(' there'); await lent.close();",
    lender:
      "const handle = await fs.promises.open('target', 'w'); await handle.write('here'); await lend(handle); process.exitCode = 1;",
  },
  {
    title: 'a FileHandle, and is closed here as well',
    borrower: "await lent.write(' there'); await lent.close();",
    lender: `
      const handle = await fs.promises.open('target', 'w'); await handle.write('here'); await lend(handle);
      console.log(handle.fd); await handle.close().then(() => console.log('closed'), ({ code }) => console.log(code));`,
  },
  {
    title: 'a FileHandle that is handed on by that thread to a third',
    borrower: `
      await lent.write(' there');
      const next = new Worker("require('node:worker_threads').parentPort.once('message', async (handle) => { await handle.write(' beyond'); await handle.close(); })", { eval: true });
      next.postMessage(lent, [lent]);
      await new Promise((done) => next.on('exit', done));`,
    lender: "const handle = await fs.promises.open('target', 'w'); await handle.write('here'); await lend(handle);",
  },
  {
    title: 'a FileHandle, of which the path is then opened here',
    borrower: "await lent.write('there'); await lent.close();",
    lender: `
      const handle = await fs.promises.open('target', 'w'); await lend(handle);
      const again = await fs.promises.open('target', 'r+'); console.log(await again.readFile('utf8')); await again.close();`,
  },
  {
    title: 'a number, closed here',
    borrower: "fs.writeSync(lent, ' there');",
    lender: "const fd = fs.openSync('target', 'w'); fs.writeSync(fd, 'here'); await lendAsData(fd); fs.closeSync(fd);",
  },
  {
    title: 'a number, of which the file is looked at by its path there',
    borrower: "fs.writeSync(lent, ' there'); return fs.fstatSync(lent).size;",
    lender: `
      const fd = fs.openSync('target', 'w'); fs.writeSync(fd, 'here'); await lendAsData(fd);
      console.log(fs.fstatSync(fd).size, fs.statSync('target').size, fs.readFileSync('target', 'utf8')); fs.closeSync(fd);`,
  },
];

describe('a file open for replacing, lent to another thread as', function () {
  this.timeout(30_000);
  const at = useTemporaryDirectory();

  async function run(folder: string, { borrower, lender }: Loan, hook: boolean): Promise<[ChildResult, string[]]> {
    mkdirSync(folder);
    writeFileSync(`${folder}/target`, 'old, and longer than what takes its place');
    const thread = `
      const fs = require('node:fs');
      const { parentPort, workerData, Worker } = require('node:worker_threads');
      const use = async (lent) => { ${borrower} };
      const answer = (done) => done.then((result) => parentPort.postMessage({ result }), ({ message }) => parentPort.postMessage({ result: message }));
      if (workerData !== null) answer(use(workerData));
      else parentPort.once('message', (lent) => answer(use(lent)));`;
    const child = await runProgram(
      `const fs = require('node:fs');
       const { Worker } = require('node:worker_threads');
       const seenByOthers = () => console.log(require('node:child_process').execSync('cat target fresh 2>&1; true', { encoding: 'utf8' }));
       const ended = (worker) => new Promise((done, fail) => {
         worker.on('message', ({ result }) => console.log('there:', result)).on('error', fail).on('exit', done);
       });
       const make = (options) => new Worker(${JSON.stringify(thread)}, { eval: true, workerData: null, ...options });
       const lend = (handle) => { const worker = make({}); worker.postMessage(handle, [handle]); return ended(worker); };
       const lendAsData = (value) => ended(make({ workerData: value, transferList: typeof value === 'object' ? [value] : [] }));
       (async () => { ${lender} console.log(fs.readdirSync('.').join()); seenByOthers(); })();`,
      { hook, nodeArguments: ['--no-warnings'], cwd: folder },
    );
    return [child, describeTree(folder)];
  }

  for (const loan of LOANS) {
    it(`${loan.title}: is written as without the hook`, async () => {
      const [[plain, plainTree], [hooked, hookedTree]] = await Promise.all([
        run(at('plain'), loan, false),
        run(at('hooked'), loan, true),
      ]);
      expect(plain).to.deep.include({ code: loan.title.includes('fails') ? 1 : 0, stderr: '' });
      expect(hooked).to.deep.equal(plain);
      expect(hookedTree).to.deep.equal(plainTree);
    });
  }
});
