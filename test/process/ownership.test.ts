// Who owns a file, who may write it, and where it is mounted: what a rename would change, and must not.

import { expect } from 'chai';
import {
  chmodSync,
  chownSync,
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChildOptions, PACKAGE, runProgram } from '../support/child';
import { CALL } from '../support/child-programs';
import { whileReadOnly, withBindMount } from '../support/mount';
import { needs } from '../support/needs';
import { stagedIn, useTemporaryDirectory } from '../support/temporary-directory';

/** An ordinary user, and another one. Not 65534, who stands for all that a user namespace knows nothing of. */
const USER = 12_345;
const SOMEBODY = 1234;
const GROUP = 5678;

interface Write {
  readonly title: string;
  readonly program: string;
}

const WRITES: readonly Write[] = [
  { title: 'writeFileSync', program: 'fs.writeFileSync(target, text);' },
  { title: 'writeFile', program: 'await call(fs.writeFile, target, text);' },
  { title: 'promises.writeFile', program: 'await fs.promises.writeFile(target, text);' },
  {
    title: 'openSync, writeSync, closeSync',
    program: "const fd = fs.openSync(target, 'w'); fs.writeSync(fd, text); fs.closeSync(fd);",
  },
  {
    title: 'FileHandle',
    program: "const handle = await fs.promises.open(target, 'w'); await handle.writeFile(text); await handle.close();",
  },
  {
    title: 'createWriteStream',
    program: `await new Promise((resolve, reject) => {
      fs.createWriteStream(target).on('error', reject).on('close', resolve).end(text);
    });`,
  },
];

/** What a program reports at its end. */
interface Report {
  /** The error's code, or null. */
  readonly code: string | null;
  readonly message: string;
  readonly replaced: number;
  readonly inPlace: Readonly<Record<string, number>>;
  readonly warnings: readonly { readonly code: string; readonly path: string }[];
}

function makeFile(path: string, mode: number, uid = 0, gid = uid): void {
  writeFileSync(path, 'old');
  chownSync(path, uid, gid);
  chmodSync(path, mode);
}

function accessOf(path: string): string {
  const { mode, uid, gid } = statSync(path);
  return `${(mode & 0o7777).toString(8)} ${uid}:${gid}`;
}

describe('ownership and mounts', function () {
  this.timeout(30_000);
  const at = useTemporaryDirectory();
  let packageCopy = '';

  before(function () {
    needs(this, 'root');
    // Unprivileged children must be able to read what they load, wherever the checkout is.
    packageCopy = realpathSync(mkdtempSync(join(tmpdir(), 'fs-intact-test-')));
    chmodSync(packageCopy, 0o755);
    cpSync(join(PACKAGE, 'dist'), packageCopy, { recursive: true });
  });

  after(() => {
    if (packageCopy !== '') rmSync(packageCopy, { recursive: true, force: true });
  });

  beforeEach(() => chmodSync(at(), 0o777));

  /** Runs statements that write `text` to `target`. */
  async function report(program: string, target: string, options: ChildOptions = {}): Promise<Report> {
    const source = `
      const fs = require('node:fs');
      const { patch, stats } = require(${JSON.stringify(join(packageCopy, 'api.js'))});
      const warnings = [];
      ${options.hook === false ? '' : 'patch({ warn: ({ code, path }) => warnings.push({ code, path }) });'}
      const target = process.argv[1];
      const text = 'new';
  ${CALL}
      (async () => { ${program} })().then(() => ({}), (error) => error).then(({ code = null, message = '' }) => {
        const { replaced, inPlace } = stats();
        console.log(JSON.stringify({ code, message, replaced, inPlace, warnings }));
      });`;
    const child = await runProgram(source, { ...options, hook: false, cwd: '/', programArguments: [target] });
    expect(child).to.deep.include({ code: 0, stderr: '' });
    return JSON.parse(child.stdout) as Report;
  }

  for (const { title, program } of WRITES) {
    it(`${title}: root replaces somebody's file, which stays theirs, with its mode`, async () => {
      makeFile(at('target'), 0o2654, SOMEBODY, GROUP);
      const before = { access: accessOf(at('target')), inode: statSync(at('target')).ino };
      expect(await report(program, at('target'))).to.deep.include({ code: null, replaced: 1, inPlace: {} });
      expect(accessOf(at('target'))).to.equal(before.access);
      expect(statSync(at('target')).ino, 'it was replaced').to.not.equal(before.inode);
      expect(readFileSync(at('target'), 'utf8')).to.equal('new');
    });

    it(`${title}: a file that may not be written stays, though its directory may be, and the error is node's own`, async () => {
      makeFile(at('target'), 0o444, USER);
      const hooked = await report(program, at('target'), { uid: USER });
      const plain = await report(program, at('target'), { uid: USER, hook: false });
      expect(hooked.code).to.equal('EACCES');
      expect(hooked.message).to.equal(plain.message);
      expect(readFileSync(at('target'), 'utf8')).to.equal('old');
      expect(accessOf(at('target'))).to.equal(`444 ${USER}:${USER}`);
      expect(readdirSync(at())).to.deep.equal(['target']);
    });

    it(`${title}: somebody's file that may be written is written in place, guarded and counted`, async () => {
      makeFile(at('target'), 0o666, SOMEBODY, GROUP);
      const { ino } = statSync(at('target'));
      const { code, inPlace, warnings } = await report(program, at('target'), { uid: USER });
      expect({ code, inPlace, warnings }).to.deep.equal({ code: null, inPlace: { owner: 1 }, warnings: [] });
      expect(statSync(at('target')).ino).to.equal(ino);
      expect(accessOf(at('target'))).to.equal(`666 ${SOMEBODY}:${GROUP}`);
      expect(readFileSync(at('target'), 'utf8')).to.equal('new');
      expect(stagedIn(at())).to.deep.equal([]);
    });

    it(`${title}: a file in a directory that may not be written is written as node does, and reported once`, async () => {
      for (const name of ['target', 'target-2']) makeFile(at(name), 0o666, USER);
      chmodSync(at(), 0o755);
      const another = `{ const first = target; { const target = first + '-2'; ${program} } }`;
      const outcome = await report(`${program.replaceAll('const ', 'var ')} ${another}`, at('target'), { uid: USER });
      expect(outcome).to.deep.include({ code: null, replaced: 0, inPlace: { 'unwritable-directory': 2 } });
      expect(outcome.warnings).to.deep.equal([{ code: 'INTACT_UNPROTECTED', path: at('target') }]);
      for (const name of ['target', 'target-2']) expect(readFileSync(at(name), 'utf8')).to.equal('new');
    });

    it(`${title}: a hard-linked file keeps its inode, and its other name sees the new content`, async () => {
      makeFile(at('target'), 0o640);
      linkSync(at('target'), at('other-name'));
      const { ino } = statSync(at('target'));
      expect(await report(program, at('target'))).to.deep.include({ code: null, inPlace: { 'hard-links': 1 } });
      expect(statSync(at('target'))).to.deep.include({ ino, nlink: 2 });
      expect(readFileSync(at('other-name'), 'utf8')).to.equal('new');
      expect(readdirSync(at()).toSorted()).to.deep.equal(['other-name', 'target']);
    });

    it(`${title}: a file that something is mounted on is written in place`, async function () {
      needs(this, 'mount');
      makeFile(at('outside'), 0o644);
      makeFile(at('target'), 0o644);
      const outcome = await withBindMount(at('outside'), at('target'), async () => report(program, at('target')));
      expect(outcome).to.deep.include({ code: null, inPlace: { 'mount-point': 1 } });
      expect(readFileSync(at('outside'), 'utf8')).to.equal('new');
      expect(readFileSync(at('target'), 'utf8'), 'what lies below').to.equal('old');
      expect(stagedIn(at())).to.deep.equal([]);
    });

    it(`${title}: a read-only mount gives node's own EROFS, for a file that is there and one that is not`, async function () {
      needs(this, 'mount');
      mkdirSync(at('mounted'));
      makeFile(at('mounted/target'), 0o644);
      await whileReadOnly(at('mounted'), async () => {
        for (const target of [at('mounted/target'), at('mounted/new')]) {
          const [hooked, plain] = await Promise.all([
            report(program, target),
            report(program, target, { hook: false }),
          ]);
          expect(hooked.code).to.equal('EROFS');
          expect(hooked.message).to.equal(plain.message);
        }
      });
      expect(readFileSync(at('mounted/target'), 'utf8')).to.equal('old');
    });
  }

  for (const uid of [0, USER]) {
    it(`a new file in a set-group-id directory gets its group, as user ${uid}`, async () => {
      chownSync(at(), uid, GROUP);
      chmodSync(at(), 0o2777);
      for (const [name, hook] of [
        ['hooked', true],
        ['plain', false],
      ] as const)
        await report('process.umask(0o022); fs.writeFileSync(target, text);', at(name), { uid, hook });
      expect(accessOf(at('hooked'))).to.equal(accessOf(at('plain')));
      expect(accessOf(at('hooked'))).to.equal(`644 ${uid}:${GROUP}`);
    });

    it(`a file of another group than its set-group-id directory keeps its own, as user ${uid}`, async () => {
      makeFile(at('target'), 0o664, uid, uid);
      chownSync(at(), uid, GROUP);
      chmodSync(at(), 0o2777);
      expect(await report('fs.writeFileSync(target, text);', at('target'), { uid })).to.deep.include({ code: null });
      expect(accessOf(at('target'))).to.equal(`664 ${uid}:${uid}`);
    });
  }

  it("a file of one of the user's other groups is replaced, and keeps the group", async () => {
    makeFile(at('target'), 0o664, USER, GROUP);
    const program = 'fs.writeFileSync(target, text);';
    const becomeUser = `process.setgroups([${GROUP}]); process.setgid(${USER}); process.setuid(${USER});`;
    const outcome = await report(becomeUser + program, at('target'));
    expect(outcome).to.deep.include({ code: null, replaced: 1, inPlace: {} });
    expect(accessOf(at('target'))).to.equal(`664 ${USER}:${GROUP}`);
  });

  // The real user stays root, whom access(2) lets through everywhere.
  for (const { title, mode, owner, allowed } of [
    { title: "somebody's private file", mode: 0o600, owner: SOMEBODY, allowed: false },
    { title: 'its own file without write permission', mode: 0o444, owner: USER, allowed: false },
    { title: 'its own file', mode: 0o600, owner: USER, allowed: true },
  ]) {
    it(`judges by the effective user where it is another than the real one: ${title}`, async () => {
      makeFile(at('target'), mode, owner);
      const outcome = await report(
        `process.setegid(${USER}); process.seteuid(${USER}); fs.writeFileSync(target, text);`,
        at('target'),
      );
      expect(outcome.code).to.equal(allowed ? null : 'EACCES');
      expect(readFileSync(at('target'), 'utf8')).to.equal(allowed ? 'new' : 'old');
      expect(accessOf(at('target'))).to.equal(`${mode.toString(8)} ${owner}:${owner}`);
    });
  }

  it('copyFile onto an existing file keeps its owner and gives it the mode of the source, as node does', async () => {
    const results = [];
    for (const hook of [true, false]) {
      const target = at(`target-${hook}`);
      makeFile(target, 0o600, SOMEBODY, GROUP);
      makeFile(`${target}-source`, 0o751);
      results.push(await report("fs.copyFileSync(target + '-source', target);", target, { hook }));
    }
    expect(results.map(({ code }) => code)).to.deep.equal([null, null]);
    expect(accessOf(at('target-true'))).to.equal(accessOf(at('target-false')));
  });

  for (const [title, links] of [
    ['replaced', 1],
    ['written in place', 2],
  ] as const) {
    it(`a private file that is ${title} has a staged file that nobody else can read`, async () => {
      makeFile(at('target'), 0o600, SOMEBODY, GROUP);
      if (links > 1) linkSync(at('target'), at('other-name'));
      const outcome = await report(
        `process.umask(0);
         const fd = fs.openSync(target, 'w');
         const { mode } = fs.fstatSync(fd);
         fs.closeSync(fd);
         throw Object.assign(new Error((mode & 0o7777).toString(8)), { code: 'as expected' });`,
        at('target'),
      );
      expect(outcome).to.deep.include({ code: 'as expected', message: '600' });
      expect(accessOf(at('target'))).to.equal(`600 ${SOMEBODY}:${GROUP}`);
    });
  }
});
