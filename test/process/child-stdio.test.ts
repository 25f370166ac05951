// Descriptors of files open for replacing that are given to child processes: the children write where everybody looks, for as
// long as they like.

import { expect } from 'chai';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type ChildResult, runNode } from '../support/child';
import { useTemporaryDirectory } from '../support/temporary-directory';
import { describeTree } from '../support/tree';
import { until } from '../support/until';

/** Imports of an ES module and statements before its first open for replacing, as most programs have them. */
const PRELUDE = `
  import fs from 'node:fs';
  import { execFileSync, execSync, fork, spawn, spawnSync } from 'node:child_process';
  import { once } from 'node:events';
  import { createRequire } from 'node:module';
  const childProcess = createRequire(import.meta.url)('node:child_process');
  const { execFileSync: takenExecFileSync, execSync: takenExecSync, spawnSync: takenSpawnSync } = childProcess;
  const seenByOthers = () => { const { stdout, stderr } = takenSpawnSync('cat', ['target'], { encoding: 'utf8' }); return stdout + stderr; };
  const say = ['-c', 'echo from the child'];
`;

/** Statements that write to `target` through a child, and print what others see while it is still open. */
const RECIPES: Readonly<Record<string, string>> = {
  'spawn, by number': `
    const fd = fs.openSync('target', 'w'); fs.writeSync(fd, 'head ');
    await once(spawn('sh', say, { stdio: ['ignore', fd, fd] }), 'close');
    console.log(seenByOthers()); fs.writeSync(fd, 'tail'); console.log(seenByOthers()); fs.closeSync(fd);`,
  'spawn, at another position': `
    const fd = fs.openSync('target', 'w'); fs.writeSync(fd, 'head ');
    await once(spawn('sh', ['-c', 'echo to five >&5'], { stdio: ['ignore', 'ignore', 'ignore', 'ignore', 'ignore', fd] }), 'close');
    console.log(seenByOthers()); fs.closeSync(fd);`,
  'spawn, a stream': `
    const stream = fs.createWriteStream('target'); await new Promise((done) => stream.write('head ', done));
    await once(spawn('sh', say, { stdio: ['ignore', stream, stream] }), 'close');
    console.log(seenByOthers()); stream.end('tail'); await once(stream, 'close');`,
  'spawn, a FileHandle': `
    const handle = await fs.promises.open('target', 'w'); await handle.write('head ');
    await once(spawn('sh', say, { stdio: ['ignore', handle, 'inherit'] }), 'close');
    console.log(seenByOthers()); await handle.write('tail'); await handle.close();`,
  'spawn, a program that is not there': `
    const fd = fs.openSync('target', 'w'); fs.writeSync(fd, 'head ');
    await once(spawn('./nowhere', { stdio: ['ignore', fd, fd] }), 'error'); fs.writeSync(fd, 'tail'); fs.closeSync(fd);`,
  'fork': `
    const fd = fs.openSync('target', 'w'); fs.writeSync(fd, 'head ');
    await once(fork('forked.cjs', { stdio: ['ignore', fd, fd, 'ipc'] }), 'close');
    console.log(seenByOthers()); fs.closeSync(fd);`,
  'two files, one child': `
    const [one, two] = ['target', 'other'].map((name) => fs.openSync(name, 'w'));
    await once(spawn('sh', ['-c', 'echo to one; echo to two >&2'], { stdio: ['ignore', one, two] }), 'close');
    console.log(seenByOthers()); fs.closeSync(one); fs.closeSync(two);`,
  ...Object.fromEntries(
    ['spawnSync', 'childProcess.spawnSync', 'takenSpawnSync', 'execFileSync', 'takenExecFileSync'].map((call) => [
      call,
      `const fd = fs.openSync('target', 'w'); fs.writeSync(fd, 'head ');
       ${call}('sh', say, { stdio: ['ignore', fd, fd] });
       console.log(seenByOthers()); fs.writeSync(fd, 'tail'); fs.closeSync(fd);`,
    ]),
  ),
  ...Object.fromEntries(
    ['execSync', 'childProcess.execSync', 'takenExecSync'].map((call) => [
      call,
      `const fd = fs.openSync('target', 'w'); fs.writeSync(fd, 'head ');
       ${call}('echo from the child', { stdio: ['ignore', fd, fd] });
       console.log(seenByOthers()); fs.writeSync(fd, 'tail'); fs.closeSync(fd);`,
    ]),
  ),
  'a failure after the child has written': `
    const fd = fs.openSync('target', 'w'); fs.writeSync(fd, 'head ');
    takenSpawnSync('sh', say, { stdio: ['ignore', fd, fd] }); process.exit(1);`,
  ...Object.fromEntries(
    [
      "takenSpawnSync('sh', say, { stdio: 'inherit' })",
      "execSync('echo from the child', { stdio: ['ignore', 'inherit', 'inherit'] })",
      "await once(spawn('sh', say, { stdio: 'inherit' }), 'close')",
      "await once(spawn('sh', say, { stdio: ['ignore', 'inherit', 'inherit'] }), 'close')",
      "await once(spawn('sh', say, { stdio: ['ignore', process.stdout, process.stdout] }), 'close')",
    ].map((call) => [
      `a standard output that is a file now: ${call}`,
      `fs.closeSync(1); const fd = fs.openSync('target', 'w'); if (fd !== 1) throw new Error('not in its place');
       console.log('head'); ${call}; console.error(seenByOthers());`,
    ]),
  ),
};

describe('a descriptor given to a child process', function () {
  this.timeout(60_000);
  const at = useTemporaryDirectory();

  async function run(folder: string, program: string, hook: boolean): Promise<[ChildResult, string[]]> {
    mkdirSync(folder);
    writeFileSync(`${folder}/target`, 'old, and longer than what takes its place');
    writeFileSync(`${folder}/forked.cjs`, "console.log('from the fork');");
    writeFileSync(`${folder}/main.mjs`, PRELUDE + program);
    // Children come without the hook: they must not need it.
    const child = await runNode([`${folder}/main.mjs`], { cwd: folder, hook });
    return [child, describeTree(folder)];
  }

  for (const [title, program] of Object.entries(RECIPES)) {
    it(`${title}: others see what was written so far, then what the child writes, as without the hook`, async () => {
      const [[plain, plainTree], [hooked, hookedTree]] = await Promise.all([
        run(at('plain'), program, false),
        run(at('hooked'), program, true),
      ]);
      expect(plain.code).to.equal(title.startsWith('a failure') ? 1 : 0);
      expect(hooked).to.deep.equal(plain);
      expect(hookedTree).to.deep.equal(plainTree);
    });
  }

  it('that outlives its parent: writes on where everybody looks', async () => {
    const [child] = await run(
      at('daemon'),
      `const fd = fs.openSync('target', 'w');
       fs.writeSync(fd, 'from the parent\\n');
       const daemon = ['-c', 'while [ ! -e go ]; do sleep 0.02; done; echo from the daemon'];
       spawn('sh', daemon, { detached: true, stdio: ['ignore', fd, fd] }).unref();`,
      true,
    );
    expect(child).to.deep.include({ code: 0, stderr: '' });
    expect(readFileSync(at('daemon', 'target'), 'utf8')).to.equal('from the parent\n');
    writeFileSync(at('daemon', 'go'), '');
    await until('the daemon has written', () => readFileSync(at('daemon', 'target'), 'utf8').includes('daemon'));
    expect(readFileSync(at('daemon', 'target'), 'utf8')).to.equal('from the parent\nfrom the daemon\n');
    expect(existsSync(at('daemon', 'target'))).to.equal(true);
  });

  it('that is not given one: leaves the file to be published when it is complete', async () => {
    const [{ stdout }] = await run(
      at('apart'),
      `const fd = fs.openSync('target', 'w'); fs.writeSync(fd, 'new');
       console.log(seenByOthers()); execSync('true'); await once(spawn('true'), 'close'); console.log(seenByOthers());
       fs.closeSync(fd); console.log(seenByOthers());`,
      true,
    );
    const old = 'old, and longer than what takes its place';
    expect(stdout.trim().split('\n')).to.deep.equal([old, old, 'new']);
  });
});

describe('process.execve', function () {
  this.timeout(30_000);
  const at = useTemporaryDirectory();

  // Node 22.15 and later have it.
  if (!('execve' in process)) return;

  it('leaves what was written to files that are still open', async () => {
    writeFileSync(at('target'), 'old');
    writeFileSync(
      at('main.cjs'),
      `const fs = require('node:fs');
       const fd = fs.openSync('target', 'w'); fs.writeSync(fd, 'new');
       process.execve('/bin/sh', ['sh', '-c', 'cat target'], process.env);`,
    );
    const child = await runNode(['--no-warnings', at('main.cjs')], { cwd: at() });
    expect(child).to.deep.include({ code: 0, stdout: 'new', stderr: '' });
    expect(readFileSync(at('target'), 'utf8')).to.equal('new');
  });
});
