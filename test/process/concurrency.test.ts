// Many writers of one file at once, in threads and processes, and readers that must never see half a version.

import { expect } from 'chai';
import * as nodeFs from 'node:fs';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFs } from '../../src/api';
import { API, PACKAGE, type ChildResult, runProgram } from '../support/child';
import { CALL } from '../support/child-programs';
import { useTemporaryDirectory } from '../support/temporary-directory';

const WRITES_EACH = 200;
const THREADS = 4;
const PROCESSES = 4;

/** A version tells its own length and ends with its own name, so a reader needs nothing else to judge it. */
const VERSION = `
  const version = (name, length) => 'begin ' + name + ' ' + length + ' ' + 'x'.repeat(length) + ' end ' + name;
  const isWhole = (text) => {
    const [, name, length] = /^begin (\\S+) (\\d+) /.exec(text) ?? [];
    return name !== undefined && text === version(name, Number(length));
  };
`;

/** Replaces the target many times, by every means in turn. */
const WRITER = `
  const fs = require('node:fs');
  const { threadId } = require('node:worker_threads');
  ${VERSION}
  ${CALL}
  const MEANS = [
    (target, text) => fs.writeFileSync(target, text),
    (target, text) => call(fs.writeFile, target, text),
    (target, text) => fs.promises.writeFile(target, Buffer.from(text)),
    (target, text) => { const fd = fs.openSync(target, 'w'); fs.writeSync(fd, text); fs.closeSync(fd); },
    async (target, text) => { const fd = await call(fs.open, target, 'w'); await call(fs.write, fd, text); await call(fs.close, fd); },
    async (target, text) => { const handle = await fs.promises.open(target, 'w'); await handle.writeFile(text); await handle.close(); },
    (target, text) => new Promise((resolve, reject) =>
      fs.createWriteStream(target).on('error', reject).on('finish', resolve).end(text)),
    (target, text, own) => { fs.writeFileSync(own, text); fs.copyFileSync(own, target); },
    (target, text, own) => { fs.writeFileSync(own, text); return call(fs.copyFile, own, target); },
    (target, text, own) => { fs.writeFileSync(own, text); return fs.promises.copyFile(own, target); },
    (target, text, own) => { fs.writeFileSync(own, text); return fs.promises.cp(own, target); },
  ];
  async function write(target, scratch) {
    const own = fs.mkdtempSync(scratch + '/') + '/own';
    for (let n = 0; n < ${WRITES_EACH}; n++) {
      const name = [process.pid, threadId, n].join('-');
      await MEANS[n % MEANS.length](target, version(name, (n * 7919) % 60_000), own);
    }
  }
`;

/** Reads until it is told to stop, on plain node, and reports. */
const READER = `
  const fs = require('node:fs');
  ${VERSION}
  const [target, stop] = process.argv.slice(1);
  let reads = 0, torn = 0;
  const names = new Set();
  while (!fs.existsSync(stop)) {
    const text = fs.readFileSync(target, 'utf8');
    reads++;
    if (isWhole(text)) names.add(text.slice(0, 40)); else torn++;
  }
  console.log(JSON.stringify({ reads, torn, versions: names.size }));
`;

describe('writers of one file', function () {
  this.timeout(120_000);
  const at = useTemporaryDirectory();

  it(`${THREADS} threads and ${PROCESSES} processes, ${WRITES_EACH} times each: every read is whole, nothing fails or is left`, async () => {
    const directory = join(at(), 'data');
    const target = join(directory, 'target');
    const stop = at('stop');
    for (const path of [directory, at('scratch')]) mkdirSync(path);
    writeFileSync(target, 'begin first 0  end first');
    const readers = [1, 2].map(() => runProgram(READER, { hook: false, programArguments: [target, stop] }));
    const writing = `${WRITER} const [target, scratch] = process.argv.slice(1); write(target, scratch);`;
    const processes = Array.from({ length: PROCESSES }, () =>
      runProgram(writing, { programArguments: [target, at('scratch')] }),
    );
    const all = await Promise.all([
      ...processes,
      runProgram(inThreads(), { programArguments: [target, at('scratch')] }),
    ]);
    writeFileSync(stop, '');
    for (const child of all) expect(child).to.deep.include({ code: 0, signal: null, stderr: '' });
    for (const reader of await Promise.all(readers)) expectWholeReads(reader);
    expect(readdirSync(directory)).to.deep.equal(['target']);
    expect(readFileSync(target, 'utf8')).to.match(/^begin (\S+) .* end \1$/);
  });

  it('forty writes under way at once in one thread, of one file and of many: each is whole, nothing fails or is left', async () => {
    const program = `${WRITER}
      const [directory] = process.argv.slice(1);
      (async () => {
        const scratch = fs.mkdtempSync(directory + '/scratch-');
        const writes = Array.from({ length: 40 }, (_, n) => [
          MEANS[n % MEANS.length](directory + '/target', version('shared-' + n, n * 1000), scratch + '/shared-' + n),
          MEANS[n % MEANS.length](directory + '/own-' + n, version('own-' + n, n * 1000), scratch + '/own-' + n),
        ]);
        await Promise.all(writes.flat());
        fs.rmSync(scratch, { recursive: true });
        for (const name of fs.readdirSync(directory)) {
          if (!isWhole(fs.readFileSync(directory + '/' + name, 'utf8'))) console.log(name);
        }
      })();`;
    const child = await runProgram(program, { programArguments: [at()] });
    expect(child).to.deep.include({ code: 0, stdout: '', stderr: '' });
    expect(readdirSync(at()).length).to.equal(41);
  });

  it("does not replace what somebody else has created since a write with 'wx' began", () => {
    const target = at('target');
    const fs = createFs({
      ...nodeFs,
      fsyncSync(fd: number) {
        nodeFs.fsyncSync(fd);
        if (!nodeFs.existsSync(target)) writeFileSync(target, 'somebody else was faster');
      },
    });
    expect(() => fs.writeFileSync(target, 'ours', { flag: 'wx' })).to.throw(/EEXIST.*open '.*\/target'/);
    expect(readFileSync(target, 'utf8')).to.equal('somebody else was faster');
    expect(readdirSync(at())).to.deep.equal(['target']);
  });

  it("replaces a file that another process is just now creating with 'wx'", async () => {
    const target = at('target');
    const replace = `require('fs').writeFileSync(process.argv[1], 'second');
      console.log(JSON.stringify(require(${JSON.stringify(API)}).stats().inPlace));`;
    // The staged file of 'wx' is linked to the target before it is unlinked: in between, the other process writes.
    const create = `
      const nodeFs = require('node:fs');
      const { execFileSync } = require('node:child_process');
      const fs = require(${JSON.stringify(API)}).createFs({
        ...nodeFs,
        linkSync(...args) {
          nodeFs.linkSync(...args);
          const child = ['-r', ${JSON.stringify(join(PACKAGE, 'dist/register.js'))}, '-e', ${JSON.stringify(replace)}];
          process.stdout.write(execFileSync(process.execPath, [...child, process.argv[1]]));
        },
      });
      fs.writeFileSync(process.argv[1], 'first', { flag: 'wx' });`;
    const child = await runProgram(create, { hook: false, programArguments: [target] });
    expect(child).to.deep.include({ code: 0, stderr: '' });
    expect(readFileSync(target, 'utf8')).to.equal('second');
    expect(child.stdout, 'writes in place, which readers can see half-way').to.equal('{}\n');
  });
});

/** A program whose threads do the writing; each is told the paths through its workerData. */
function inThreads(): string {
  const thread = `${WRITER} const { workerData } = require('node:worker_threads'); write(...workerData);`;
  return `
    const { Worker } = require('node:worker_threads');
    const thread = ${JSON.stringify(thread)};
    for (let n = 0; n < ${THREADS}; n++) new Worker(thread, { eval: true, workerData: process.argv.slice(1) });`;
}

function expectWholeReads({ code, stderr, stdout }: ChildResult): void {
  expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
  const { reads, torn, versions } = JSON.parse(stdout) as Record<'reads' | 'torn' | 'versions', number>;
  expect(torn, `of ${reads} reads`).to.equal(0);
  expect(reads).to.be.greaterThan(50);
  expect(versions).to.be.greaterThan(10);
}
