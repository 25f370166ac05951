// Real packages under the hook: what they make must be what they make without it.

import { expect } from 'chai';
import { chmodSync, chownSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { API, PACKAGE, type ChildResult, runProgram } from '../support/child';
import { CALL } from '../support/child-programs';
import { useTemporaryDirectory } from '../support/temporary-directory';
import { describeTree } from '../support/tree';

/** When the hook is there, seen from the package under test. */
const ORDERS: Readonly<Record<string, (name: string) => string>> = {
  'without the hook': (name) => `const it = require(${nameOf(name)});`,
  'loaded after the patch': (name) => `require(${JSON.stringify(API)}).patch(); const it = require(${nameOf(name)});`,
  'loaded before the patch': (name) => `const it = require(${nameOf(name)}); require(${JSON.stringify(API)}).patch();`,
};

function nameOf(name: string): string {
  return JSON.stringify(require.resolve(name, { paths: [PACKAGE] }));
}

interface Use {
  readonly title: string;
  /** Uses `it`, the package, in the working directory. */
  readonly program: string;
  /** What it complains of. */
  readonly fails?: string;
}

const FS_EXTRA: readonly Use[] = [
  {
    title: 'outputFile',
    program: "await it.outputFile('new/deep/file', 'text'); await it.outputFile('tree/a', 'other');",
  },
  { title: 'outputFile with a mode', program: "await it.outputFile('new/file', 'text', { mode: 0o600 });" },
  { title: 'outputFile with a callback', program: "await call(it.outputFile, 'new/file', Buffer.from('bytes'));" },
  {
    title: 'outputFileSync',
    program: "it.outputFileSync('new/deep/file', 'text'); it.outputFileSync('tree/a', 'other');",
  },
  {
    title: 'writeJson',
    program: "await it.writeJson('tree/a', { a: [1, 2] }); await it.writeJson('b.json', 'é', { spaces: 2 });",
  },
  {
    title: 'writeJsonSync',
    program: "it.writeJsonSync('tree/a', { a: [1, 2] }); it.writeJsonSync('b.json', {}, { mode: 0o640 });",
  },
  {
    title: 'outputJson',
    program: "await it.outputJson('new/b.json', { b: 1 }); it.outputJsonSync('new/c.json', { c: 1 });",
  },
  { title: 'copy of a file', program: "await it.copy('tree/a', 'copied'); await it.copy('tree/a', 'tree/read-only');" },
  {
    title: 'copy of a tree',
    program: "await it.copy('tree', 'copied'); await it.copy('tree', 'copied', { preserveTimestamps: true });",
  },
  { title: 'copy that must not overwrite', program: "await it.copy('tree/a', 'tree/b', { overwrite: false });" },
  {
    title: 'copy that fails where something is',
    program: "await it.copy('tree/a', 'tree/b', { overwrite: false, errorOnExist: true });",
    fails: 'already exists',
  },
  {
    title: 'copy with a filter',
    program: "await it.copy('tree', 'copied', { filter: (from) => !from.endsWith('/a') });",
  },
  { title: 'copySync of a file', program: "it.copySync('tree/a', 'copied'); it.copySync('tree/a', 'tree/read-only');" },
  {
    title: 'copySync of a tree',
    program: "it.copySync('tree', 'copied'); it.copySync('tree/below', 'files', { dereference: true });",
  },
  { title: 'move', program: "await it.move('tree/a', 'moved'); await it.move('tree/below', 'below');" },
  { title: 'move over a file', program: "await it.move('tree/a', 'tree/b', { overwrite: true });" },
  {
    title: 'move onto a file that exists',
    program: "await it.move('tree/a', 'tree/b');",
    fails: 'dest already exists',
  },
  { title: 'moveSync', program: "it.moveSync('tree/a', 'moved'); it.moveSync('tree', 'whole');" },
  {
    title: 'ensureFile',
    program: "await it.ensureFile('new/deep/file'); await it.ensureFile('tree/a'); it.ensureFileSync('new/sync');",
  },
  {
    title: 'ensureLink and ensureSymlink',
    program: "await it.ensureLink('tree/a', 'new/hard'); await it.ensureSymlink('tree/a', 'new/soft');",
  },
  { title: 'emptyDir and remove', program: "await it.emptyDir('tree/below'); it.removeSync('tree/a');" },
  {
    title: 'writeFile, appendFile, createWriteStream and open of its own',
    program: `
      await it.writeFile('tree/a', 'written'); await it.appendFile('tree/b', 'appended');
      const fd = await it.open('opened', 'w'); await it.write(fd, 'text'); await it.close(fd);
      await new Promise((done) => it.createWriteStream('streamed').end('text').on('close', done));`,
  },
  { title: 'a directory in the way', program: "await it.outputFile('tree', 'text');", fails: 'EISDIR' },
];

const WRITE_FILE_ATOMIC: readonly Use[] = [
  { title: 'its promise', program: "await it('tree/a', 'new'); await it('created', 'new');" },
  { title: 'its callback', program: "await call(it, 'tree/a', Buffer.from('new')); await call(it, 'created', 'new');" },
  { title: 'its synchronous form', program: "it.sync('tree/a', 'new'); it.sync('created', Buffer.from('new'));" },
  {
    title: 'a mode',
    program: "await it('tree/a', 'new', { mode: 0o604 }); it.sync('created', 'new', { mode: 0o640 });",
  },
  {
    title: 'an owner',
    program: "await it('tree/a', 'new', { chown: own }); it.sync('created', 'new', { chown: own });",
  },
  {
    title: 'the mode and owner that are there',
    program: "await it('tree/owned', 'new'); it.sync('tree/read-only', 'new');",
  },
  {
    title: 'no fsync',
    program: "await it('tree/a', 'new', { fsync: false }); it.sync('created', 'new', { fsync: false });",
  },
  { title: 'an encoding', program: "await it('tree/a', 'é', 'latin1'); it.sync('created', 'é', 'utf16le');" },
  { title: 'a symbolic link', program: "await it('tree/link', 'through the link'); it.sync('tree/dangling', 'new');" },
  {
    title: 'many writes of one file',
    program: "await Promise.all(Array.from({ length: 20 }, (_, n) => it('tree/a', 'version ' + n)));",
  },
  { title: 'a directory that is missing', program: "await it('nowhere/file', 'new');", fails: 'ENOENT' },
];

for (const [name, uses] of [
  ['fs-extra', FS_EXTRA],
  ['write-file-atomic', WRITE_FILE_ATOMIC],
] as const) {
  describe(name, function () {
    this.timeout(30_000);
    const at = useTemporaryDirectory();

    for (const use of uses) {
      it(`${use.title}: makes the same tree with the hook, loaded before or after it, as without`, async () => {
        const results = await Promise.all(
          Object.entries(ORDERS).map(async ([order, load]) => {
            const folder = at(order.replaceAll(' ', '-'));
            const child = await runIn(folder, load(name), use);
            return { order, child, tree: describeTree(folder) };
          }),
        );
        const [plain, ...hooked] = results;
        expectEnd(plain!.child, use);
        for (const { order, child, tree } of hooked) {
          expect(tree, order).to.deep.equal(plain!.tree);
          expect(child, order).to.deep.equal(plain!.child);
        }
      });
    }

    it('writes protected files if it is loaded after the patch', async () => {
      const program = `${name === 'fs-extra' ? "it.outputFileSync('tree/a', 'x');" : "it.sync('tree/a', 'x');"}
        console.log(require(${JSON.stringify(API)}).stats().replaced > 0);`;
      const { stdout } = await runIn(at('after'), ORDERS['loaded after the patch']!(name), { title: '', program });
      expect(stdout).to.equal('true\n');
    });
  });
}

function runIn(folder: string, load: string, { program }: Use): Promise<ChildResult> {
  makeTree(folder);
  return runProgram(
    `const fs = require('node:fs');
     ${load}
     process.umask(0o022);
     const own = process.getuid() === 0 ? { uid: 12, gid: 34 } : { uid: process.getuid(), gid: process.getgid() };
  ${CALL}
     // write-file-atomic makes its temporary names of its pid.
     const report = ({ message }) => { console.log(message.replace(/[.]\\d+'/, "'")); process.exitCode = 1; };
     (async () => { ${program} })().catch(report);`,
    { hook: false, cwd: folder },
  );
}

/** Something of everything; owners only where the tests may give files away. */
function makeTree(folder: string): void {
  mkdirSync(join(folder, 'tree/below'), { recursive: true });
  const write = (name: string, mode: number): void => {
    writeFileSync(join(folder, 'tree', name), `content of ${name}`);
    chmodSync(join(folder, 'tree', name), mode);
  };
  write('a', 0o664);
  write('b', 0o755);
  write('below/c', 0o600);
  write('owned', 0o646);
  write('read-only', 0o444);
  if (process.getuid?.() === 0) chownSync(join(folder, 'tree/owned'), 1234, 5678);
  symlinkSync('a', join(folder, 'tree/link'));
  symlinkSync('c', join(folder, 'tree/below/link'));
  symlinkSync('not-there', join(folder, 'tree/dangling'));
}

function expectEnd({ code, stdout, stderr }: ChildResult, { fails }: Use): void {
  expect(stderr).to.equal('');
  expect(code, stdout).to.equal(fails === undefined ? 0 : 1);
  if (fails !== undefined) expect(stdout).to.include(fails);
}

describe('the reading of a tree that these tests rest on', () => {
  const at = useTemporaryDirectory();

  it('tells content, mode, owner, links and listing apart', () => {
    makeTree(at('x'));
    const before = describeTree(at('x'));
    expect(before.length).to.equal(1 + readdirSync(at('x/tree')).length + 2);
    chmodSync(at('x/tree/a'), 0o640);
    expect(describeTree(at('x'))).to.not.deep.equal(before);
    chmodSync(at('x/tree/a'), 0o664);
    expect(describeTree(at('x'))).to.deep.equal(before);
    writeFileSync(at('x/tree/a'), `${readFileSync(at('x/tree/a'), 'utf8')}!`);
    expect(describeTree(at('x'))).to.not.deep.equal(before);
  });
});
