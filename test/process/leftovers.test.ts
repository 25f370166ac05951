// What killed processes leave behind, who may take it away, and who may not.

import { expect } from 'chai';
import { type ChildProcess, spawn } from 'node:child_process';
import {
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { stats, sweep } from '../../src/api';
import { type ProcessIdentity, thisProcess } from '../../src/ground/process-identity';
import { API, REGISTER, runNode, runProgram } from '../support/child';
import { fsKilledAt } from '../support/child-programs';
import { inParallel } from '../support/in-parallel';
import { deadName, nameFor } from '../support/leftovers';
import { withRamfs } from '../support/mount';
import { needs } from '../support/needs';
import { stagedIn, useSharedDirectory, useTemporaryDirectory } from '../support/temporary-directory';
import { until } from '../support/until';

const HOUR_MS = 3_600_000;
const NEW_NAMESPACE = ['--pid', '--fork', '--mount-proc', '--kill-child'];

/** Opens a file, writes to it, says so and stays. */
const STAYS_OPEN = `
  const fs = require('node:fs');
  fs.writeSync(fs.openSync(process.argv[1], 'w'), 'unfinished');
  console.log(process.pid);
  setInterval(() => {}, 1000);`;

/** Leaves a staged file for `target` behind. @returns The staged file's name. */
async function leaveBehind(directory: string, target = 'target'): Promise<string> {
  const known = new Set(stagedIn(directory));
  const child = await runProgram(STAYS_OPEN, {
    programArguments: [join(directory, target)],
    printed: (_, pid) => void process.kill(pid, 'SIGKILL'),
  });
  expect(child.signal, child.stderr).to.equal('SIGKILL');
  return stagedIn(directory).find((name) => !known.has(name))!;
}

describe('leftovers', function () {
  this.timeout(30_000);
  const at = useTemporaryDirectory();

  it("of a killed process go with the next process's first write in their directory, whatever file that is", async () => {
    await leaveBehind(at());
    await leaveBehind(at(), 'other');
    const next = await runProgram("require('fs').writeFileSync(process.argv[1], 'x');", {
      programArguments: [at('third')],
    });
    expect(next).to.deep.include({ code: 0, stderr: '' });
    expect(readdirSync(at())).to.deep.equal(['third']);
  });

  for (const [title, write] of [
    ['promises.writeFile', "fs.promises.writeFile(target, 'x');"],
    ['open', "fs.closeSync(fs.openSync(target, 'w'));"],
    ['createWriteStream', "fs.createWriteStream(target).end('x');"],
    ['copyFile', 'fs.copyFileSync(__filename, target);'],
  ] as const) {
    it(`go with a first write through ${title}`, async () => {
      await leaveBehind(at());
      writeFileSync(at('main.js'), `const fs = require('node:fs'); const target = process.argv[2]; ${write}`);
      expect(await runNode([at('main.js'), at('third')])).to.deep.include({ code: 0, stderr: '' });
      expect(stagedIn(at())).to.deep.equal([]);
    });
  }

  it('go with sweep(), which reports and counts them', async () => {
    const left = await leaveBehind(at());
    const before = stats().swept;
    expect(await sweep(at())).to.deep.equal({ removed: [at(left)], finished: [], kept: [] });
    expect(stats().swept - before).to.equal(1);
    expect(readdirSync(at())).to.deep.equal([]);
  });

  it('may be swept by several processes at once', async () => {
    for (let pid = 0; pid < 400; pid++) writeFileSync(at(nameFor({ ...thisProcess(), startTicks: pid + 1 })), '');
    const children = await inParallel([1, 2, 3, 4], (number) =>
      runProgram("require('fs').writeFileSync(process.argv[1], 'x');", { programArguments: [at(`mine-${number}`)] }),
    );
    for (const child of children) expect(child).to.deep.include({ code: 0, stderr: '' });
    expect(stagedIn(at())).to.deep.equal([]);
  });

  it('of a process that is alive are kept, by its neighbours and by sweep(), and it can still publish', async () => {
    let pid = 0;
    const alive = runProgram(
      `const fs = require('node:fs');
       const fd = fs.openSync(process.argv[1], 'w'); fs.writeSync(fd, 'finished');
       console.log('ready');
       process.on('SIGUSR2', () => { fs.closeSync(fd); process.exit(); });
       setInterval(() => {}, 1000);`,
      { programArguments: [at('target')], printed: (_, its) => (pid = its) },
    );
    await until('the file is open', () => pid > 0);
    try {
      const [staged] = stagedIn(at());
      const neighbour = await runProgram("require('fs').writeFileSync(process.argv[1], 'x');", {
        programArguments: [at('other')],
      });
      expect(neighbour).to.deep.include({ code: 0, stderr: '' });
      const report = await sweep(at(), { olderThanMs: 0 });
      expect(report).to.deep.equal({ removed: [], finished: [], kept: [at(staged!)] });
    } finally {
      process.kill(pid, 'SIGUSR2');
    }
    expect(await alive).to.deep.include({ code: 0, stderr: '' });
    expect(readFileSync(at('target'), 'utf8')).to.equal('finished');
  });

  it('of a process that nobody has waited for are those of a dead one', async () => {
    // The shell's successor knows nothing of its child, which stays a zombie.
    const parent = spawn('sh', [
      '-c',
      '"$@" & exec sleep 60',
      'sh',
      process.execPath,
      '-r',
      REGISTER,
      '-e',
      STAYS_OPEN,
      at('target'),
    ]);
    try {
      const pid = Number(await firstLineOf(parent));
      process.kill(pid, 'SIGKILL');
      await until('it is a zombie', () => readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z '));
      const [staged] = stagedIn(at());
      expect(await sweep(at())).to.deep.equal({ removed: [at(staged!)], finished: [], kept: [] });
    } finally {
      parent.kill('SIGKILL');
    }
  });

  it('of another owner than this process are told by pid, start time, boot and pid namespace', async () => {
    const self = thisProcess();
    const OWNERS: Readonly<Record<string, [ProcessIdentity, 'removed' | 'kept']>> = {
      'this process': [self, 'kept'],
      'a process that had our pid before us': [{ ...self, startTicks: self.startTicks - 1 }, 'removed'],
      'a process that is gone': [{ ...self, pid: 2 ** 22 + 1 }, 'removed'],
      'a process of another boot': [{ ...self, boot: self.boot + 1 }, 'removed'],
      'a process of another boot and namespace': [{ ...self, boot: self.boot + 1, namespace: 5 }, 'removed'],
      'a process of another pid namespace': [{ ...self, namespace: self.namespace + 1 }, 'kept'],
      'a process of an unknown boot': [{ ...self, boot: 0 }, 'kept'],
    };
    const names = Object.values(OWNERS).map(([owner], index) => nameFor(owner, `target-${index}`));
    for (const name of names) writeFileSync(at(name), '');
    const report = await sweep(at());
    for (const [index, [title, [, fate]]] of Object.entries(OWNERS).entries()) {
      const name = names[index]!;
      expect(report[fate], title).to.include(at(name));
      expect(existsSync(at(name)), title).to.equal(fate === 'kept');
    }
  });

  it('of another boot are kept on a file system that others may have mounted too', async function () {
    needs(this, 'root', 'mount');
    const name = nameFor({ ...thisProcess(), boot: thisProcess().boot + 1 });
    // Any type will do that is not on the list of local ones.
    await withRamfs(at('shared'), async () => {
      writeFileSync(at('shared', name), '');
      expect((await sweep(at('shared'))).kept).to.deep.equal([at('shared', name)]);
      utimesSync(at('shared', name), new Date(), new Date(Date.now() - 2 * HOUR_MS));
      expect((await sweep(at('shared'), { olderThanMs: HOUR_MS })).removed).to.deep.equal([at('shared', name)]);
    });
  });

  it('whose owner cannot be judged go with olderThanMs, by the time of their last write', async () => {
    const stranger = nameFor({ ...thisProcess(), namespace: thisProcess().namespace + 1 });
    writeFileSync(at(stranger), '');
    writeFileSync(at(nameFor(thisProcess())), '');
    const longAgo = new Date(Date.now() - 2 * HOUR_MS);
    for (const name of stagedIn(at())) utimesSync(at(name), longAgo, longAgo);
    expect((await sweep(at())).removed).to.deep.equal([]);
    expect((await sweep(at(), { olderThanMs: 3 * HOUR_MS })).removed).to.deep.equal([]);
    expect((await sweep(at(), { olderThanMs: HOUR_MS })).removed).to.deep.equal([at(stranger)]);
    expect(stagedIn(at()), 'the one whose owner is alive, however old').to.deep.equal([nameFor(thisProcess())]);
  });

  it('of another pid namespace are kept, dead or alive', async function () {
    needs(this, 'root', 'unshare');
    const container = spawn('unshare', [
      ...NEW_NAMESPACE,
      process.execPath,
      '-r',
      REGISTER,
      '-e',
      STAYS_OPEN,
      at('target'),
    ]);
    try {
      expect(await firstLineOf(container)).to.equal('1');
      expect((await sweep(at())).kept).to.deep.equal(stagedIn(at()).map((name) => at(name)));
    } finally {
      container.kill('SIGKILL');
    }
    await new Promise((resolve) => container.on('close', resolve));
    expect((await sweep(at())).kept.length).to.equal(1);
  });

  it('of a process that is alive are kept in a pid namespace that sees the processes of another', async function () {
    needs(this, 'root', 'unshare');
    // Without a /proc of its own: what stands there under our pid is another process.
    const child = await runProgram(
      `const fs = require('node:fs');
       const fd = fs.openSync(process.argv[1], 'w'); fs.writeSync(fd, 'finished');
       require(${JSON.stringify(API)}).sweep(process.argv[2]).then(
         ({ removed }) => { console.log(removed.length); fs.closeSync(fd); });`,
      { under: ['unshare', '--pid', '--fork', '--kill-child'], programArguments: [at('target'), at()] },
    );
    expect(child).to.deep.include({ code: 0, stdout: '0\n', stderr: '' });
    expect(readFileSync(at('target'), 'utf8')).to.equal('finished');
  });
});

async function firstLineOf(child: ChildProcess): Promise<string> {
  let output = '';
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (output += text));
  await until('a line of output', () => output.includes('\n'));
  return output.slice(0, output.indexOf('\n'));
}

describe('sweep()', function () {
  this.timeout(30_000);
  const at = useTemporaryDirectory();

  it('never touches a name that is not one of ours', async () => {
    const names = [
      'target',
      'target.intact',
      '.target.intact',
      '.target.1-2-3.intact',
      deadName().slice(1),
      `${deadName()}~`,
      deadName().replace('.intact', '.INTACT'),
      deadName().replace('.target', ''),
      deadName().replace('.intact', '-extra.intact'),
      '.target.3f2-!!-aa-bb-0-1.intact',
    ];
    for (const name of names) writeFileSync(at(name), name);
    expect(await sweep(at(), { olderThanMs: 0 })).to.deep.equal({ removed: [], finished: [], kept: [] });
    for (const name of names) expect(readFileSync(at(name), 'utf8')).to.equal(name);
  });

  it('keeps a directory that has a staged name, and does not follow a link that has one', async () => {
    mkdirSync(at(deadName('directory')));
    writeFileSync(at('precious'), 'precious');
    symlinkSync(at('precious'), at(deadName('link')));
    const { kept } = await sweep(at(), { olderThanMs: 0 });
    expect(kept).to.include(at(deadName('directory')));
    expect(readFileSync(at('precious'), 'utf8')).to.equal('precious');
  });

  it('removes nothing in a dry run, and says what it would', async () => {
    writeFileSync(at(deadName()), '');
    writeFileSync(at(nameFor(thisProcess())), '');
    const report = await sweep(at(), { dryRun: true });
    expect(report).to.deep.equal({ removed: [at(deadName())], finished: [], kept: [at(nameFor(thisProcess()))] });
    expect(stagedIn(at()).length).to.equal(2);
  });

  it('goes into the directories below only if it is told to, and never through a link', async () => {
    mkdirSync(at('tree', 'a', 'b'), { recursive: true });
    mkdirSync(at('outside'));
    symlinkSync(at('outside'), at('tree', 'link'));
    const paths = [
      at('tree', deadName()),
      at('tree', 'a', deadName()),
      at('tree', 'a', 'b', deadName()),
      at('outside', deadName()),
    ];
    for (const path of paths) writeFileSync(path, '');
    expect((await sweep(at('tree'))).removed).to.deep.equal(paths.slice(0, 1));
    expect((await sweep(at('tree'), { recursive: true })).removed).to.have.members(paths.slice(1, 3));
    expect(paths.filter((path) => existsSync(path))).to.deep.equal(paths.slice(3));
  });

  it('takes a directory as a Buffer, a URL, and with a slash at its end', async () => {
    for (const directory of [Buffer.from(at()), pathToFileURL(at()), `${at()}/`]) {
      writeFileSync(at(deadName()), '');
      expect((await sweep(directory)).removed).to.deep.equal([at(deadName())]);
    }
  });

  const FAILURES: readonly [string, () => Promise<unknown>, string, RegExp][] = [
    ['a directory that is not there', () => sweep(at('nowhere')), 'ENOENT', /nowhere/],
    ['a file', () => sweep(join(__dirname, 'leftovers.test.js')), 'ENOTDIR', /leftovers/],
    ['no path at all', () => sweep(''), 'ERR_INTACT_ARGUMENT', /directory/],
    ['an unknown option', () => sweep(at(), { older: 1 } as object), 'ERR_INTACT_OPTION', /older.*olderThanMs/],
    ['a bad age', () => sweep(at(), { olderThanMs: -1 }), 'ERR_INTACT_OPTION', /olderThanMs.*-1.*milliseconds/],
  ];

  for (const [title, attempt, code, message] of FAILURES) {
    it(`rejects ${title} with ${code}`, async () => {
      const error = await attempt().then(
        () => undefined,
        (reason: unknown) => reason as NodeJS.ErrnoException,
      );
      expect(error?.code).to.equal(code);
      expect(error?.message).to.match(message);
    });
  }
});

const OLD = 'old '.repeat(1000);
const INTERRUPTED = 'interrupted '.repeat(1000);

describe('a file written in place when its process is killed', function () {
  this.timeout(60_000);
  const at = useTemporaryDirectory();
  const shared = useSharedDirectory();
  /** What sweep() did after a kill before each step. */
  let fates: readonly ('nothing' | 'removed' | 'finished')[] = [];

  before(async () => {
    fates = await inParallel(await stepsOf(shared('trial'), INTERRUPTED), (step) => fateOf(shared(`${step}`), step));
  });

  for (const [title, text] of [
    ['longer', 'new '.repeat(30_000)],
    ['shorter', 'new'],
  ] as const) {
    it(`before any step, the new content ${title}: is old or new when the next process has swept, and the same file`, async () => {
      const seen = await inParallel(await stepsOf(at('trial'), text), (step) =>
        killAndSweep(at(`${step}`), text, step),
      );
      expect(
        seen.map(({ torn }) => torn),
        'no kill came in the middle of the copying',
      ).to.include(true);
      expect(seen.map(({ content }) => content))
        .to.include(OLD)
        .and.to.include(text);
      for (const [step, { content }] of seen.entries()) expect(content, `before step ${step}`).to.be.oneOf([OLD, text]);
    });
  }

  it('is finished by sweep(), which says so, if the kill came while there was a record', () => {
    const once = fates.filter((fate, step) => fate !== fates[step - 1]);
    expect(once).to.deep.equal(['nothing', 'removed', 'finished', 'nothing']);
  });

  it('and is written again before the sweep: the newer content stays', async () => {
    await inParallel(stepsWithRecord(), async (step) => {
      await writeInPlace(at(`${step}`), INTERRUPTED, step);
      const next = await runProgram("require('fs').writeFileSync(process.argv[1], 'newer');", {
        programArguments: [at(`${step}`, 'target')],
      });
      expect(next).to.deep.include({ code: 0, stderr: '' });
      expect(stagedIn(at(`${step}`))).to.deep.equal([]);
      const content = readFileSync(at(`${step}`, 'target'), 'utf8');
      expect(content.slice(0, 20), `killed before step ${step}`).to.equal('newer');
    });
  });

  it('and had failed at it, and written again: the newer content stays', async () => {
    mkdirSync(at('failed'));
    writeFileSync(at('failed', 'target'), OLD);
    linkSync(at('failed', 'target'), at('failed', 'other-name'));
    const child = await runProgram(
      `const nodeFs = require('node:fs');
       const { ino } = nodeFs.statSync(process.argv[1]);
       let isFailing = true;
       const fs = require(${JSON.stringify(API)}).createFs({
         ...nodeFs,
         ftruncateSync(fd, length) {
           if (isFailing && nodeFs.fstatSync(fd).ino === ino) throw Object.assign(new Error('EIO: i/o error, ftruncate'),
             { code: 'EIO', syscall: 'ftruncate' });
           nodeFs.ftruncateSync(fd, length);
         },
       });
       try { fs.writeFileSync(process.argv[1], 'failing'); } catch ({ code }) { console.log(code); }
       isFailing = false;
       fs.writeFileSync(process.argv[1], 'newer');
       process.kill(process.pid, 'SIGKILL');`,
      { hook: false, programArguments: [at('failed', 'target')] },
    );
    expect(child).to.deep.include({ signal: 'SIGKILL', stdout: 'EIO\n', stderr: '' });
    expect(readFileSync(at('failed', 'target'), 'utf8')).to.equal('newer');
    await sweep(at('failed'));
    expect(stagedIn(at('failed'))).to.deep.equal([]);
    expect(readFileSync(at('failed', 'target'), 'utf8'), 'after the sweep').to.equal('newer');
  });

  it('is left alone by a dry run', async () => {
    const { record, content } = await leaveRecord();
    expect(await sweep(at('killed'), { dryRun: true })).to.deep.include({ kept: [] });
    expect(existsSync(record)).to.equal(true);
    expect(readFileSync(at('killed', 'target'), 'utf8')).to.equal(content);
  });

  it('and has been replaced since: the record is only removed', async () => {
    const { record } = await leaveRecord();
    writeFileSync(at('replacement'), 'replacement');
    renameSync(at('replacement'), at('killed', 'target'));
    expect((await sweep(at('killed'))).removed).to.deep.equal([record]);
    expect(readFileSync(at('killed', 'target'), 'utf8')).to.equal('replacement');
  });

  it('and is gone since: the record is only removed', async () => {
    const { record } = await leaveRecord();
    unlinkSync(at('killed', 'target'));
    expect((await sweep(at('killed'))).removed).to.deep.equal([record]);
    expect(readdirSync(at('killed'))).to.deep.equal(['other-name']);
  });

  it('and its record is torn: it is only removed', async () => {
    const { record, content } = await leaveRecord();
    truncateSync(record, statSync(record).size - 1);
    expect((await sweep(at('killed'))).removed).to.deep.equal([record]);
    expect(readFileSync(at('killed', 'target'), 'utf8')).to.equal(content);
  });

  function stepsWithRecord(): number[] {
    return [...fates.keys()].filter((step) => fates[step] === 'finished');
  }

  /** Leaves a complete record in `killed`, and the target as it was. */
  async function leaveRecord(): Promise<{ record: string; content: string }> {
    await writeInPlace(at('killed'), INTERRUPTED, stepsWithRecord()[0]);
    const [record] = stagedIn(at('killed'));
    return { record: at('killed', record!), content: readFileSync(at('killed', 'target'), 'utf8') };
  }
});

/** The numbers of the calls that a write in place makes. */
async function stepsOf(directory: string, text: string): Promise<number[]> {
  return Array.from({ length: await writeInPlace(directory, text) }, (_, step) => step);
}

/** Kills a write before a step, sweeps, and tells what the sweep did. */
async function fateOf(directory: string, step: number): Promise<'nothing' | 'removed' | 'finished'> {
  await writeInPlace(directory, INTERRUPTED, step);
  const { removed, finished, kept } = await sweep(directory);
  expect(kept).to.deep.equal([]);
  const content = readFileSync(join(directory, 'target'), 'utf8');
  if (finished.length > 0) {
    expect(content === INTERRUPTED, `finished after a kill before step ${step}`).to.equal(true);
    return 'finished';
  }
  if (removed.length === 0) return 'nothing';
  expect(content === OLD, `removed after a kill before step ${step}`).to.equal(true);
  return 'removed';
}

async function killAndSweep(directory: string, text: string, step: number) {
  await writeInPlace(directory, text, step);
  const target = join(directory, 'target');
  const left = readFileSync(target, 'utf8');
  const inode = statSync(target).ino;
  const next = await runProgram("require('fs').writeFileSync(process.argv[1], 'x');", {
    programArguments: [join(directory, 'another')],
  });
  expect(next).to.deep.include({ code: 0, stderr: '' });
  expect(readdirSync(directory)).to.deep.equal(['another', 'other-name', 'target']);
  expect(statSync(target).ino, 'the inode').to.equal(inode);
  const content = readFileSync(target, 'utf8');
  expect(readFileSync(join(directory, 'other-name'), 'utf8') === content, 'the other name').to.equal(true);
  return { torn: left !== OLD && left !== text, content };
}

/** Writes a hard-linked file in a child that is killed before a certain call of fs. @returns How many it has made. */
async function writeInPlace(directory: string, text: string, killedAt = Infinity): Promise<number> {
  mkdirSync(directory);
  writeFileSync(join(directory, 'target'), OLD);
  linkSync(join(directory, 'target'), join(directory, 'other-name'));
  const child = await runProgram(
    `${fsKilledAt(killedAt)}
     fs.writeFileSync(process.argv[1], process.argv[2]);
     console.log(step);
     process.exit(0);`,
    { hook: false, programArguments: [join(directory, 'target'), text] },
  );
  expect(child).to.deep.include({ stderr: '', signal: killedAt === Infinity ? null : 'SIGKILL' });
  return Number(child.stdout);
}
