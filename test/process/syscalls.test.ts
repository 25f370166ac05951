// What the promise rests on, seen from the kernel: which system calls a write makes, in which order, on which descriptor.

import { expect } from 'chai';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from '../support/child';
import { CALL } from '../support/child-programs';
import { needs } from '../support/needs';
import {
  type Deed,
  type SystemCall,
  callsBetween,
  deedsAmong,
  descriptorOf,
  parseTrace,
  sentenceOf,
  straceTo,
} from '../support/strace';
import { useSharedDirectory } from '../support/temporary-directory';

const BYTES = 300_000;
const DURABILITIES = ['durable', 'consistent', 'process'] as const;
type Durability = (typeof DURABILITIES)[number];

interface Write {
  readonly title: string;
  /** The statement under test; `target`, `source` and `text` are there. */
  readonly program: string;
  /** Whether the program gets a descriptor. */
  readonly isOpened?: boolean;
}

const WRITES: readonly Write[] = [
  { title: 'writeFileSync of a string', program: 'fs.writeFileSync(target, text);' },
  { title: 'writeFileSync of bytes', program: 'fs.writeFileSync(target, Buffer.from(text));' },
  { title: 'writeFile', program: 'await call(fs.writeFile, target, text);' },
  { title: 'promises.writeFile', program: 'await fs.promises.writeFile(target, text);' },
  {
    title: 'openSync, writeSync, closeSync',
    program: "const fd = fs.openSync(target, 'w'); fs.writeSync(fd, text); fs.closeSync(fd);",
    isOpened: true,
  },
  {
    title: 'open, write, close',
    program: "const fd = await call(fs.open, target, 'w'); await call(fs.write, fd, text); await call(fs.close, fd);",
    isOpened: true,
  },
  {
    title: 'FileHandle',
    program: "const handle = await fs.promises.open(target, 'w'); await handle.write(text); await handle.close();",
    isOpened: true,
  },
  {
    title: 'createWriteStream',
    program: `const stream = fs.createWriteStream(target);
      for (let start = 0; start < text.length; start += 10_000) stream.write(text.slice(start, start + 10_000));
      stream.end();
      await new Promise((resolve, reject) => stream.on('finish', resolve).on('error', reject));`,
    isOpened: true,
  },
  { title: 'copyFileSync', program: 'fs.copyFileSync(source, target);' },
  { title: 'copyFile', program: 'await call(fs.copyFile, source, target);' },
  { title: 'promises.copyFile', program: 'await fs.promises.copyFile(source, target);' },
];

interface Case extends Write {
  readonly index: number;
  readonly creates: boolean;
}

const CASES: readonly Case[] = [true, false].flatMap((creates, half) =>
  WRITES.map(({ title, program, isOpened = false }, index) => ({
    title,
    program,
    isOpened,
    creates,
    index: half * WRITES.length + index,
  })),
);

describe('the system calls of a write', function () {
  this.timeout(120_000);
  const at = useSharedDirectory();
  const traces = new Map<Durability, readonly SystemCall[]>();

  before(async function () {
    needs(this, 'Linux', 'strace');
    writeFileSync(at('source'), 'x'.repeat(BYTES));
    await Promise.all(DURABILITIES.map(async (durability) => traces.set(durability, await record(durability))));
  });

  for (const durability of DURABILITIES) {
    for (const one of CASES) {
      const title = `${one.title}, ${one.creates ? 'creating' : 'replacing'}, ${durability}`;

      it(`${title}: ${promiseOf(durability)}`, () => {
        const deeds = deedsOf(durability, one);
        const story = deeds.map(sentenceOf).join('\n');
        checkBeginning(deeds, one, story);
        checkOrder(deeds, durability, story);
        checkDescriptor(deeds, durability, story);
      });
    }
  }

  it("has no sync of any kind, in a program that asks for 'process' only", () => {
    const region = callsBetween(traces.get('process')!, '/MARK-start-0', `/MARK-end-${CASES.length - 1}`);
    const syncs = region.filter(({ name, args }) => /sync/.test(name) || /O_D?SYNC/.test(args));
    expect(syncs).to.deep.equal([]);
  });

  /** Traces one child that makes every write, each in a directory of its own. */
  async function record(durability: Durability): Promise<SystemCall[]> {
    const directories = CASES.map(({ index, creates }) => {
      const directory = at(`${durability}-${index}`);
      mkdirSync(directory);
      if (!creates) writeOld(join(directory, 'target'));
      return directory;
    });
    const output = at(`${durability}.trace`);
    const child = await runProgram(programOf(directories, at('source')), {
      under: straceTo(output),
      env: { FS_INTACT_DURABILITY: durability },
    });
    expect(child, durability).to.deep.include({ code: 0, stderr: '' });
    for (const directory of directories) expect(readFileSync(join(directory, 'target')).length).to.equal(BYTES);
    return parseTrace(readFileSync(output, 'utf8'));
  }

  function deedsOf(durability: Durability, { index }: Case): Deed[] {
    const calls = callsBetween(traces.get(durability)!, `/MARK-start-${index}`, `/MARK-end-${index}`);
    return deedsAmong(calls, at(`${durability}-${index}`, 'target'), at('source'));
  }
});

function promiseOf(durability: Durability): string {
  if (durability === 'process') return 'renames what is written, and syncs nothing';
  return durability === 'consistent'
    ? 'syncs the file before the rename, and not the directory'
    : 'syncs the file before the rename, and the directory after it';
}

/** Group-writable, which the umask forbids for new files: so the mode has to be set, and that before the sync. */
function writeOld(target: string): void {
  writeFileSync(target, 'old');
  chmodSync(target, 0o664);
}

function programOf(directories: readonly string[], source: string): string {
  const cases = directories.map(
    (directory, index) => `
    mark('/MARK-start-${index}');
    await (async (target) => { ${CASES[index]!.program} })(${JSON.stringify(join(directory, 'target'))});
    mark('/MARK-end-${index}');`,
  );
  return `
    const fs = require('node:fs');
    const source = ${JSON.stringify(source)};
    const text = 'x'.repeat(${BYTES});
    process.umask(0o022);
    // An access(2) of a path that is nowhere: it does nothing but stand in the trace.
    const mark = (name) => { try { fs.accessSync(name); } catch {} };
  ${CALL}
    (async () => { ${cases.join('\n')} })();`;
}

/** No more than one look at the target, and for a descriptor one question whether it may be written. */
function checkBeginning(deeds: readonly Deed[], { creates, isOpened }: Case, story: string): void {
  const opening = deeds.findIndex(({ verb }) => verb === 'open');
  // Of which file system the directory is, and whether it is one that another write is in, may be asked at any time.
  const before = deeds.slice(0, opening).flatMap((deed) => (deed.roles[0] === 'directory' ? [] : sentenceOf(deed)));
  expect(before, story).to.deep.equal(isOpened && !creates ? ['look target', 'probe target'] : ['look target']);
  const { call, roles } = deeds[opening]!;
  expect(roles, story).to.deep.equal(['stage']);
  expect(call.args).to.include('O_CREAT').and.to.include('O_EXCL');
}

/** What has to come after what. Looks are free, and so is the sweep's listing of the directory. */
const MATTERS = new Set(['write', 'sync', 'rename', 'change']);
const MATTERS_WHEN_OPENED = new Set<string | undefined>(['target', 'directory']);

function checkOrder(deeds: readonly Deed[], durability: Durability, story: string): void {
  const acts = deeds.filter(
    ({ verb, roles: [role] }) => MATTERS.has(verb) || (verb === 'open' && MATTERS_WHEN_OPENED.has(role)),
  );
  // A change of mode or length may come at any time before the sync.
  const firstSync = acts.findIndex(({ verb }) => verb === 'sync');
  const kept = acts.filter(({ verb }, index) => verb !== 'change' || (firstSync >= 0 && index > firstSync));
  const sentences = kept.map((act) => sentenceOf(act).replace('write source stage', 'write stage'));
  const once = sentences.filter((sentence, index) => sentence !== sentences[index - 1]);
  expect(once, story).to.deep.equal([
    'write stage',
    ...(durability === 'process' ? [] : ['sync stage']),
    'rename stage target',
    ...(durability === 'durable' ? ['open directory', 'sync directory'] : []),
  ]);
  for (const [index, { call }] of kept.entries()) {
    const { ends } = kept[index - 1]?.call ?? { ends: -1 };
    expect(call.begins, `a call began before the one before it had returned:\n${story}`).to.be.greaterThan(ends);
  }
  const written = kept.filter(({ verb }) => verb === 'write').reduce((sum, { call }) => sum + call.result, 0);
  expect(written, story).to.equal(BYTES);
  for (const { call } of kept) expect(call.result, `${call.name}(${call.args})`).to.be.at.least(0);
}

/** An fsync forces the file of its descriptor: it must be the one that was opened, and still be open. */
function checkDescriptor(deeds: readonly Deed[], durability: Durability, story: string): void {
  if (durability === 'process') return;
  const indexOf = (sentence: string): number => deeds.findIndex((deed) => sentenceOf(deed) === sentence);
  const opened = indexOf('open stage');
  const synced = indexOf('sync stage');
  const fd = descriptorOf(deeds[opened]!);
  expect(descriptorOf(deeds[synced]!), story).to.equal(fd);
  const closedBetween = deeds
    .slice(opened, synced)
    .filter((deed) => deed.verb === 'close' && descriptorOf(deed) === fd);
  expect(closedBetween, story).to.deep.equal([]);
  if (durability === 'consistent') return;
  expect(descriptorOf(deeds[indexOf('sync directory')]!)).to.equal(descriptorOf(deeds[indexOf('open directory')]!));
}
