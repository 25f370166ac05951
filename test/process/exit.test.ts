// How a staged file ends when its process does: published, discarded, or left for the sweep.

import { expect } from 'chai';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sweep } from '../../src/api';
import { type ChildOptions, type ChildResult, REGISTER, runProgram } from '../support/child';
import { CALL, fsKilledAt } from '../support/child-programs';
import { inParallel } from '../support/in-parallel';
import { stagedIn, useSharedDirectory, useTemporaryDirectory } from '../support/temporary-directory';
import { until } from '../support/until';

const OLD = 'old';
const NEW = 'new content, all of it';

/** Begins every program: `target` and `text` are there, and `call` makes promises of callback functions. */
const PRELUDE = `
  const fs = require('node:fs');
  const target = process.argv[1];
  const text = ${JSON.stringify(NEW)};
  ${CALL}
`;

interface Outcome extends ChildResult {
  readonly content: string | undefined;
  readonly staged: readonly string[];
  /** The lines of stderr that are warnings about files open at exit. */
  readonly warnings: readonly string[];
}

/** Runs a program on a target that holds `OLD`. */
async function run(directory: string, program: string, options: ChildOptions = {}): Promise<Outcome> {
  mkdirSync(directory, { recursive: true });
  const target = join(directory, 'target');
  writeFileSync(target, OLD);
  const child = await runProgram(PRELUDE + program, { ...options, programArguments: [target] });
  return {
    ...child,
    content: existsSync(target) ? readFileSync(target, 'utf8') : undefined,
    staged: stagedIn(directory),
    warnings: child.stderr.split('\n').filter((line) => line.includes('INTACT_OPEN_AT_EXIT')),
  };
}

interface LeftOpen {
  readonly title: string;
  /** Ends with a call of `end()`. */
  readonly program: string;
  /** Whether what the program handed over has all been written. */
  readonly isWritten: boolean;
}

const LEFT_OPEN: readonly LeftOpen[] = [
  {
    title: 'a descriptor',
    program: "const fd = fs.openSync(target, 'w'); fs.writeSync(fd, text); end();",
    isWritten: true,
  },
  {
    title: 'a FileHandle',
    program:
      "fs.promises.open(target, 'w').then(async (handle) => { await handle.write(text); global.kept = handle; end(); });",
    isWritten: true,
  },
  {
    title: 'a stream with everything written',
    program: 'const stream = fs.createWriteStream(target); stream.write(text, () => end());',
    isWritten: true,
  },
  {
    title: 'a stream with bytes in its buffer',
    program: `const stream = fs.createWriteStream(target);
      stream.write(text, () => { stream.cork(); stream.write('the rest'); end(); });`,
    isWritten: false,
  },
  {
    title: 'the stream of a FileHandle with bytes in its buffer',
    program: `fs.promises.open(target, 'w').then((handle) => {
      const stream = handle.createWriteStream();
      stream.write(text, () => { stream.cork(); stream.write('the rest'); end(); });
    });`,
    isWritten: false,
  },
];

interface Ending {
  readonly title: string;
  readonly end: string;
  readonly code: number;
}

const ENDINGS: readonly Ending[] = [
  { title: 'its natural end', end: '', code: 0 },
  { title: 'process.exit()', end: 'process.exit();', code: 0 },
  { title: 'process.exit(0)', end: 'process.exit(0);', code: 0 },
  { title: 'process.exit(1)', end: 'process.exit(1);', code: 1 },
  { title: 'its natural end with process.exitCode = 3', end: 'process.exitCode = 3;', code: 3 },
  { title: 'an uncaught throw', end: "setImmediate(() => { throw new Error('uncaught'); });", code: 1 },
  { title: 'an unhandled rejection', end: "Promise.reject(new Error('unhandled'));", code: 1 },
];

describe('a file still open when its process ends', function () {
  this.timeout(60_000);
  const at = useTemporaryDirectory();

  for (const { title, program, isWritten } of LEFT_OPEN) {
    for (const onExit of [undefined, 'publish', 'discard'] as const) {
      const fate = isWritten ? (onExit ?? 'publish after exit code 0, else discard') : 'discard';

      it(`${title}, onExit ${onExit ?? 'unset'}: ${fate}, and leave nothing staged`, async () => {
        await inParallel(ENDINGS, async (ending) => {
          const directory = at(ending.title.replaceAll(/\W/g, '-'));
          const source = `const end = () => { ${ending.end} }; ${program}`;
          const outcome = await run(directory, source, onExit && { env: { FS_INTACT: JSON.stringify({ onExit }) } });
          const wanted = onExit ?? (ending.code === 0 ? 'publish' : 'discard');
          expect(outcome.code, ending.title).to.equal(ending.code);
          expect(outcome.content, ending.title).to.equal(wanted === 'publish' && isWritten ? NEW : OLD);
          expect(outcome.staged, ending.title).to.deep.equal([]);
          expect(outcome.warnings.length, outcome.stderr).to.be.at.most(1);
          for (const warning of outcome.warnings) expect(warning).to.include(join(directory, 'target'));
        });
      });
    }
  }

  for (const { title, program, isWritten } of LEFT_OPEN) {
    it(`${title}: exit code 0 ${isWritten ? 'publishes' : 'discards'} with exactly one warning naming the path`, async () => {
      await inParallel(ENDINGS.slice(0, 3), async (ending) => {
        const directory = at(ending.title.replaceAll(/\W/g, '-'));
        const outcome = await run(directory, `const end = () => { ${ending.end} }; ${program}`);
        expect(outcome.content, ending.title).to.equal(isWritten ? NEW : OLD);
        expect(outcome.warnings.length, `${ending.title}: ${outcome.stderr}`).to.equal(1);
        expect(outcome.warnings[0]).to.include(join(directory, 'target'));
      });
    });
  }

  it('says so once for each of several files', async () => {
    const program = "for (const suffix of ['', '-b', '-c']) fs.writeSync(fs.openSync(target + suffix, 'w'), text);";
    const { warnings } = await run(at('several'), program);
    expect(warnings.map((line) => /(target\S*) was/.exec(line)?.[1])).to.deep.equal(['target', 'target-b', 'target-c']);
    for (const name of ['target', 'target-b', 'target-c'])
      expect(readFileSync(at('several', name), 'utf8')).to.equal(NEW);
  });

  it('says nothing about a file that was closed, finished or destroyed', async () => {
    const outcome = await run(
      at('quiet'),
      `const fd = fs.openSync(target, 'w'); fs.writeSync(fd, text); fs.closeSync(fd);
       fs.createWriteStream(target + '-finished').end(text);
       fs.createWriteStream(target + '-destroyed').on('error', () => {}).destroy();`,
    );
    expect(outcome).to.deep.include({ code: 0, stderr: '', content: NEW, staged: [] });
  });

  it('publishes a descriptor closed behind our back at the latest when its number is in use again', async () => {
    const outcome = await run(
      at('reused'),
      `const { closeSync } = fs;
       require(${JSON.stringify(REGISTER)});
       const first = fs.openSync(target, 'w'); fs.writeSync(first, text); closeSync(first);
       const second = fs.openSync(target + '-2', 'w');
       if (first !== second) throw new Error('this test needs the same number twice');
       fs.writeSync(second, text);
       console.log(require('node:child_process').execFileSync('cat', [target], { encoding: 'utf8' }));
       fs.closeSync(second);`,
      { hook: false },
    );
    expect(outcome).to.deep.include({ code: 0, stdout: `${NEW}\n`, stderr: '', content: NEW, staged: [] });
    expect(readFileSync(at('reused', 'target-2'), 'utf8')).to.equal(NEW);
  });

  const SILENCES: Readonly<Record<string, ChildOptions>> = {
    '--no-warnings': { nodeArguments: ['--no-warnings'] },
    'NODE_NO_WARNINGS=1': { env: { NODE_NO_WARNINGS: '1' } },
    'NODE_OPTIONS=--no-warnings': { env: { NODE_OPTIONS: '--no-warnings' } },
    '--disable-warning with our code': { nodeArguments: ['--disable-warning=INTACT_OPEN_AT_EXIT'] },
    '--disable-warning with our type': { nodeArguments: ['--disable-warning=FsIntactWarning'] },
    'warn: false': { env: { FS_INTACT: '{"warn":false}' } },
  };

  for (const [title, options] of Object.entries(SILENCES)) {
    it(`publishes without a word under ${title}`, async () => {
      const program = "fs.writeSync(fs.openSync(target, 'w'), text); process.exit(0);";
      const outcome = await run(at('silent'), program, options);
      expect(outcome).to.deep.include({ stderr: '', content: NEW, staged: [] });
    });
  }

  // In a directory that the program made itself, because the background sweep of any other opens files of its own, and
  // the descriptor's number would be in use again.
  for (const [title, program] of [
    [
      'closed by a function taken before the patch',
      "const fd = fs.openSync(file, 'w'); fs.writeSync(fd, text); closeSync(fd); process.exit(0);",
    ],
    [
      'of a FileHandle that was garbage collected',
      `(async () => { const handle = await fs.promises.open(file, 'w'); await handle.write(text); })().then(() => {
         process.on('warning', ({ code }) => { if (code === 'DEP0137') process.exit(0); });
         // From Node 25 on it is an error.
         process.on('uncaughtException', ({ code }) => process.exit(code === 'ERR_INVALID_STATE' ? 0 : 1));
         setInterval(gc, 1);
       });`,
    ],
  ] as const) {
    it(`publishes what was written to a descriptor ${title}`, async () => {
      const outcome = await run(
        at('behind'),
        `const { closeSync } = fs;
         require(${JSON.stringify(REGISTER)});
         fs.mkdirSync(target + '-directory');
         const file = target + '-directory/file';
         ${program}`,
        { hook: false, nodeArguments: ['--expose-gc'] },
      );
      expect(outcome.code, outcome.stderr).to.equal(0);
      expect(readdirSync(at('behind', 'target-directory')), outcome.stderr).to.deep.equal(['file']);
      expect(readFileSync(at('behind', 'target-directory', 'file'), 'utf8')).to.equal(NEW);
    });
  }

  for (const { title, end, content } of [
    { title: 'natural end', end: '', content: NEW },
    { title: 'process.exit(0) in the worker', end: 'process.exit(0);', content: NEW },
    { title: 'process.exit(1) in the worker', end: 'process.exit(1);', content: OLD },
    { title: 'a throw in the worker', end: "throw new Error('in the worker');", content: OLD },
  ]) {
    it(`of a worker thread: ${title} leaves ${content === OLD ? 'the old' : 'the new'} content`, async () => {
      const worker = `
        const fs = require('node:fs');
        fs.writeSync(fs.openSync(require('node:worker_threads').workerData, 'w'), ${JSON.stringify(NEW)});
        ${end}`;
      const outcome = await run(
        at('worker'),
        `const { Worker } = require('node:worker_threads');
         new Worker(${JSON.stringify(worker)}, { eval: true, workerData: target }).on('error', () => {});`,
      );
      expect(outcome).to.deep.include({ content, staged: [] });
    });
  }
});

describe('a worker thread that is terminated', function () {
  this.timeout(30_000);
  const at = useTemporaryDirectory();

  it('leaves the old content, and a staged file that goes with the next process', async () => {
    const worker = `
      const fs = require('node:fs');
      const { workerData, parentPort } = require('node:worker_threads');
      fs.writeSync(fs.openSync(workerData, 'w'), 'unfinished');
      parentPort.postMessage('ready');
      setInterval(() => {}, 1000);`;
    const outcome = await run(
      at('terminated'),
      `const { Worker } = require('node:worker_threads');
       const worker = new Worker(${JSON.stringify(worker)}, { eval: true, workerData: target });
       worker.on('message', () => worker.terminate());`,
    );
    expect(outcome).to.deep.include({ code: 0, stderr: '', content: OLD });
    expect(outcome.staged.length).to.equal(1);
    expect((await sweep(at('terminated'))).kept).to.deep.equal([]);
    expect(stagedIn(at('terminated'))).to.deep.equal([]);
  });
});

describe("a program's own 'exit' listener", function () {
  this.timeout(30_000);
  const at = useTemporaryDirectory();

  for (const [title, order] of [
    ['registered before the file was opened', 'atExit(); open();'],
    ['registered after the file was opened', 'open(); atExit();'],
  ] as const) {
    it(`${title}: can finish and close the file`, async () => {
      const outcome = await run(
        at('finishes'),
        `let fd;
         const open = () => { fd = fs.openSync(target, 'w'); fs.writeSync(fd, 'head '); };
         const atExit = () => process.on('exit', () => { fs.writeSync(fd, 'foot'); fs.closeSync(fd); });
         ${order}`,
      );
      expect(outcome).to.deep.include({ code: 0, content: 'head foot', staged: [] });
    });
  }

  for (const [title, write] of [
    ['writeFileSync', 'fs.writeFileSync(target, text);'],
    [
      'openSync, writeSync, closeSync',
      "const fd = fs.openSync(target, 'w'); fs.writeSync(fd, text); fs.closeSync(fd);",
    ],
    ['openSync and writeSync without a close', "fs.writeSync(fs.openSync(target, 'w'), text);"],
    ['copyFileSync', "fs.writeFileSync(target + '-source', text); fs.copyFileSync(target + '-source', target);"],
  ] as const) {
    it(`can write with ${title}`, async () => {
      const outcome = await run(at('writes'), `process.on('exit', () => { ${write} });`);
      expect(outcome).to.deep.include({ code: 0, stderr: '', content: NEW, staged: [] });
    });
  }

  it('gets a descriptor into which no write of ours that was under way can go', async () => {
    // One thread, always busy: the write is in its queue when the exit comes, and runs when all listeners are done.
    const outcome = await run(
      at('crossed'),
      `const { pbkdf2 } = require('node:crypto');
       const keepBusy = () => pbkdf2('', '', 5_000, 64, 'sha512', keepBusy);
       keepBusy(); keepBusy();
       fs.writeFile(target, text, () => process.exit(9));
       const look = () => {
         if (process.listenerCount('exit') === 0) return setImmediate(look);
         process.on('exit', () => fs.writeSync(fs.openSync(target + '-log', 'a'), 'a line of the log'));
         process.exit(0);
       };
       look();`,
      { env: { UV_THREADPOOL_SIZE: '1' } },
    );
    expect(readFileSync(at('crossed', 'target-log'), 'utf8')).to.equal('a line of the log');
    expect(outcome.content).to.be.oneOf([OLD, NEW]);
    expect(outcome.staged).to.deep.equal([]);
  });
});

const INTERRUPTED: readonly { title: string; program: string }[] = [
  { title: 'writeFile', program: 'fs.writeFile(target, text, () => {});' },
  { title: 'promises.writeFile', program: 'fs.promises.writeFile(target, text);' },
  { title: 'copyFile', program: 'fs.copyFile(source, target, () => {});' },
  { title: 'a stream that is ended', program: 'fs.createWriteStream(target).end(text);' },
  {
    title: 'open, write, close',
    program: `call(fs.open, target, 'w').then(async (fd) => { await call(fs.write, fd, text); await call(fs.close, fd); });`,
  },
  {
    title: 'a FileHandle that is closed',
    program:
      "fs.promises.open(target, 'w').then(async (handle) => { await handle.write(text); await handle.close(); });",
  },
];

/** Each step of a write is under way for two moments or more; the last one is far beyond them all. */
const MOMENTS = [...Array.from({ length: 14 }, (_, index) => 2 * index), 60];

describe('a write that process.exit() interrupts', function () {
  this.timeout(60_000);
  const at = useSharedDirectory();

  for (const { title, program } of INTERRUPTED) {
    for (const code of [0, 1]) {
      it(`${title}: leaves old or new at every moment, with exit code ${code}`, async () => {
        const outcomes = await interruptAtEveryMoment(at(`${title}-${code}`.replaceAll(/\W/g, '-')), program, code);
        const torn = outcomes.filter(({ content }) => content !== OLD && content !== NEW);
        expect(torn, 'the moments that leave neither').to.deep.equal([]);
        expect(outcomes.at(0)!.content).to.equal(OLD);
        expect(outcomes.at(-1)!.content, 'the last moment comes after the write').to.equal(NEW);
      });
    }
  }
});

describe("a descriptor's own write that process.exit(0) overtakes", function () {
  this.timeout(30_000);
  const at = useTemporaryDirectory();

  for (const [title, open, write] of [
    ['fs.write', "fs.openSync(target, 'w')", 'fs.write(opened, text, () => {});'],
    ['fs.writev', "fs.openSync(target, 'w')", 'fs.writev(opened, [Buffer.from(text)], () => {});'],
    ['FileHandle.write', "await fs.promises.open(target, 'w')", 'opened.write(text);'],
    ['FileHandle.writev', "await fs.promises.open(target, 'w')", 'opened.writev([Buffer.from(text)]);'],
    ['FileHandle.writeFile', "await fs.promises.open(target, 'w')", 'opened.writeFile(text);'],
    [
      'promises.writeFile of a FileHandle',
      "await fs.promises.open(target, 'w')",
      'fs.promises.writeFile(opened, text);',
    ],
  ] as const) {
    it(`${title}: leaves old or new`, async () => {
      // The only thread is busy, so the write waits in its queue.
      const outcome = await run(
        at('overtaken'),
        `(async () => {
           const opened = ${open};
           require('node:crypto').pbkdf2('', '', 50_000, 64, 'sha512', () => {});
           ${write}
           process.exit(0);
         })();`,
        { env: { UV_THREADPOOL_SIZE: '1' } },
      );
      expect(outcome.content).to.be.oneOf([OLD, NEW]);
      expect(outcome.staged).to.deep.equal([]);
    });
  }
});

interface Interrupted {
  readonly moment: number;
  readonly content: string | undefined;
  readonly staged: number;
}

/** Whatever it leaves, the sweep takes. */
async function interruptAtEveryMoment(root: string, program: string, code: number): Promise<Interrupted[]> {
  return inParallel(MOMENTS, async (moment) => {
    const directory = join(root, String(moment));
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'source'), NEW);
    // One thread with other work before and behind each step, whose ends are the moments: so every step is once the
    // one that is under way.
    const { content, staged } = await run(
      directory,
      `const source = process.argv[1].replace(/target$/, 'source');
       const { pbkdf2 } = require('node:crypto');
       let left = ${moment};
       const keepBusy = () => pbkdf2('', '', 3_000, 64, 'sha512', () => {
         if (left-- === 0) process.exit(${code});
         keepBusy();
       });
       keepBusy(); keepBusy();
       ${program}`,
      { env: { UV_THREADPOOL_SIZE: '1' } },
    );
    expect((await sweep(directory)).kept).to.deep.equal([]);
    expect(stagedIn(directory), 'staged files that the sweep leaves').to.deep.equal([]);
    return { moment, content, staged: staged.length };
  });
}

describe('a process that SIGKILL ends', function () {
  this.timeout(120_000);
  const at = useTemporaryDirectory();

  for (const { title, program, base } of [
    { title: 'writeFileSync', program: 'fs.writeFileSync(target, text);', base: OLD },
    { title: "writeFileSync with 'wx'", program: "fs.writeFileSync(target, text, { flag: 'wx' });", base: undefined },
    {
      title: 'openSync, writeSync, closeSync',
      program: "const fd = fs.openSync(target, 'w'); fs.writeSync(fd, text); fs.closeSync(fd);",
      base: OLD,
    },
    { title: 'copyFileSync', program: "fs.copyFileSync(target + '-source', target);", base: OLD },
  ]) {
    it(`before any step of ${title}: leaves old or new, and a leftover that the sweep takes`, async () => {
      const seen = await killedBeforeEachStep(program, base);
      expect(seen[0]).to.deep.equal({ content: base, staged: 0 });
      expect(seen.map(({ content }) => content)).to.include(NEW);
      expect(seen.some(({ staged }) => staged > 0)).to.equal(true);
      for (const { content } of seen) expect(content).to.be.oneOf([base, NEW]);
    });
  }

  /** Kills one child before its first call of fs, one before its second, ..., until one gets through. */
  async function killedBeforeEachStep(program: string, base: string | undefined) {
    const seen: { content: string | undefined; staged: number }[] = [];
    for (let step = 0, signal: string | null = 'SIGKILL'; signal === 'SIGKILL'; step++) {
      expect(step, 'a write with this many steps').to.be.below(60);
      const directory = at(`step-${step}`);
      mkdirSync(directory);
      const target = join(directory, 'target');
      writeFileSync(`${target}-source`, NEW);
      if (base !== undefined) writeFileSync(target, base);
      ({ signal } = await runProgram(killedAtStep(program, step), { hook: false, programArguments: [target] }));
      const others = readdirSync(directory).filter((name) => !name.startsWith('target'));
      expect(others).to.deep.equal(stagedIn(directory));
      const content = existsSync(target) ? readFileSync(target, 'utf8') : undefined;
      seen.push({ content, staged: others.length });
      const report = await sweep(directory);
      expect(existsSync(target) ? readFileSync(target, 'utf8') : undefined, 'after the sweep').to.equal(content);
      expect(report.removed.length + report.finished.length).to.equal(others.length);
      expect(stagedIn(directory)).to.deep.equal([]);
    }
    return seen;
  }

  it('at random moments of busy writing: every version is whole, leftovers have staged names, the next process sweeps', async () => {
    const lanes = await inParallel(['a', 'b', 'c', 'd'], async (lane) => {
      mkdirSync(at(lane));
      const target = at(lane, 'target');
      writeFileSync(target, versionOf('first'));
      let leftovers = 0;
      for (let kill = 0; kill < 12; kill++) {
        await killWhileWriting(target);
        expectWhole(readFileSync(target, 'utf8'));
        expect(readdirSync(at(lane)).filter((name) => name !== 'target')).to.deep.equal(stagedIn(at(lane)));
        leftovers += stagedIn(at(lane)).length;
      }
      const last = await runProgram("require('fs').writeFileSync(process.argv[1], 'last');", {
        programArguments: [target],
      });
      expect(last).to.deep.include({ code: 0, stderr: '' });
      expect(readdirSync(at(lane))).to.deep.equal(['target']);
      return leftovers;
    });
    // Else the kills have met nothing.
    expect(lanes.reduce((sum, leftovers) => sum + leftovers)).to.be.greaterThan(0);
  });
});

/** A program whose process is killed before a certain one of its calls of fs. */
function killedAtStep(program: string, step: number): string {
  return `
    ${fsKilledAt(step)}
    const target = process.argv[1];
    const text = ${JSON.stringify(NEW)};
    ${program}
    process.exit(0);`;
}

const PADDING_LENGTH = 200_000;
const PADDING = 'x'.repeat(PADDING_LENGTH);

function versionOf(name: string): string {
  return `begin ${name} ${PADDING} end ${name}`;
}

function expectWhole(content: string): void {
  const [, name] = /^begin (\S+) /.exec(content) ?? [];
  expect(content === versionOf(String(name)), `${content.length} bytes of ${name} are whole`).to.equal(true);
}

/** Starts a child that replaces the target in turn by every means there is, and kills it soon. */
async function killWhileWriting(target: string): Promise<void> {
  const program = `
    const fs = require('node:fs');
    const target = process.argv[1];
    const padding = 'x'.repeat(${PADDING_LENGTH});
    const version = (n) => \`begin \${process.pid}-\${n} \${padding} end \${process.pid}-\${n}\`;
    // By now everything is loaded: the kill will meet writing.
    fs.writeFileSync(target, version('first'));
    console.log('ready');
    (async () => {
      for (let n = 0; ; n += 5) {
        fs.writeFileSync(target, version(n));
        await fs.promises.writeFile(target, version(n + 1));
        const fd = fs.openSync(target, 'w'); fs.writeSync(fd, version(n + 2)); fs.closeSync(fd);
        await new Promise((done) => fs.createWriteStream(target).end(version(n + 3)).on('finish', done));
        const handle = await fs.promises.open(target, 'w'); await handle.write(version(n + 4)); await handle.close();
      }
    })();`;
  const child = await runProgram(program, {
    programArguments: [target],
    printed: (_, pid) => {
      setTimeout(() => process.kill(pid, 'SIGKILL'), Math.random() * 40);
    },
  });
  expect(child).to.deep.include({ signal: 'SIGKILL', stderr: '' });
}

describe('publishIdleMs', function () {
  this.timeout(60_000);
  const at = useTemporaryDirectory();

  it('publishes an open file that nobody writes to, shows what is written afterwards, and leaves a busy one alone', async () => {
    for (const name of ['idle.out', 'busy.out', 'unruled']) writeFileSync(at(name), OLD);
    let pid = 0;
    const child = runProgram(
      `const fs = require('node:fs');
       const directory = process.argv[1];
       const open = (name) => fs.openSync(directory + '/' + name, 'w');
       const [idle, busy, unruled] = [open('idle.out'), open('busy.out'), open('unruled')];
       for (const fd of [idle, busy, unruled]) fs.writeSync(fd, 'first ');
       setInterval(() => fs.writeSync(busy, 'more '), 10);
       process.on('SIGUSR2', () => fs.writeSync(idle, 'second'));`,
      {
        env: { FS_INTACT: JSON.stringify({ rules: [{ match: '*.out', publishIdleMs: 700 }] }) },
        programArguments: [at()],
        started: (its) => (pid = its),
      },
    );
    try {
      await until('the idle file is published', () => readFileSync(at('idle.out'), 'utf8') === 'first ');
      for (const name of ['busy.out', 'unruled']) expect(readFileSync(at(name), 'utf8'), name).to.equal(OLD);
      expect(stagedIn(at()).length).to.equal(2);
      process.kill(pid, 'SIGUSR2');
      await until('the second write shows', () => readFileSync(at('idle.out'), 'utf8') === 'first second');
    } finally {
      process.kill(pid, 'SIGKILL');
    }
    expect((await child).signal).to.equal('SIGKILL');
    expect(readFileSync(at('busy.out'), 'utf8')).to.equal(OLD);
  });
});
