// Random sequences of calls, on plain fs and through fs-intact: same results, same final tree. And to everybody else each
// path shows a complete file at every step: the one that was there, or the one that the program sees.

import { expect } from 'chai';
import * as fc from 'fast-check';
import * as plainFs from 'node:fs';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFs } from '../../src/api';
import { isStageName } from '../../src/protocol/leftover-name';
import { FLAVOURS, type Flavour } from '../support/flavours';

type Fs = typeof plainFs;

const PATHS = ['a', 'b', 'c', 'sub/a'];
const RUNS = Number(process.env['FS_INTACT_PROPERTY_RUNS'] ?? 300);
const SEED = Number(process.env['FS_INTACT_PROPERTY_SEED'] ?? 2026);

/** One call. Descriptors are named by the order in which they were opened. */
type Operation =
  | { readonly call: 'open'; readonly path: string; readonly flags: string }
  | { readonly call: 'write'; readonly slot: number; readonly data: string }
  | { readonly call: 'ftruncate'; readonly slot: number; readonly length: number }
  | { readonly call: 'close' | 'fstat'; readonly slot: number }
  | { readonly call: 'writeFile'; readonly path: string; readonly data: string; readonly flags: string }
  | { readonly call: 'appendFile'; readonly path: string; readonly data: string }
  | { readonly call: 'truncate'; readonly path: string; readonly length: number }
  | { readonly call: 'rename' | 'link' | 'copyFile'; readonly path: string; readonly to: string }
  | { readonly call: 'unlink' | 'stat' | 'lstat' | 'readFile' | 'rm' | 'access'; readonly path: string }
  | { readonly call: 'readdir' };

interface Step {
  readonly operation: Operation;
  readonly flavour: string;
}

const path = fc.constantFrom(...PATHS);
const data = fc.string({ maxLength: 12 });
const slot = fc.nat({ max: 3 });
const length = fc.nat({ max: 8 });

const operations: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      call: fc.constant('open' as const),
      path,
      flags: fc.constantFrom('w', 'w', 'w', 'w+', 'r', 'r+', 'a', 'wx'),
    }),
  },
  { weight: 6, arbitrary: fc.record({ call: fc.constant('write' as const), slot, data }) },
  { weight: 1, arbitrary: fc.record({ call: fc.constant('ftruncate' as const), slot, length }) },
  { weight: 4, arbitrary: fc.record({ call: fc.constant('close' as const), slot }) },
  { weight: 1, arbitrary: fc.record({ call: fc.constant('fstat' as const), slot }) },
  {
    weight: 3,
    arbitrary: fc.record({
      call: fc.constant('writeFile' as const),
      path,
      data,
      flags: fc.constantFrom('w', 'w', 'a', 'wx', 'r+'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ call: fc.constant('appendFile' as const), path, data }) },
  { weight: 1, arbitrary: fc.record({ call: fc.constant('truncate' as const), path, length }) },
  {
    weight: 4,
    arbitrary: fc.record({
      call: fc.constantFrom('rename' as const, 'link' as const, 'copyFile' as const),
      path,
      to: path,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      call: fc.constantFrom(
        'unlink' as const,
        'stat' as const,
        'lstat' as const,
        'readFile' as const,
        'rm' as const,
        'access' as const,
      ),
      path,
    }),
  },
  { weight: 2, arbitrary: fc.record({ call: fc.constant('readdir' as const) }) },
);

const step: fc.Arbitrary<Step> = fc.record({
  operation: operations,
  flavour: fc.constantFrom('sync', 'callback'),
});

describe('random sequences of calls', function () {
  this.timeout(120_000);

  it(`do the same as on plain fs, and others never see between (${RUNS} runs, seed ${SEED})`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
        await compare(steps);
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });
});

async function compare(steps: readonly Step[]): Promise<void> {
  const [plainDirectory, ourDirectory] = [newDirectory(), newDirectory()];
  const plain = new Program(plainFs, plainDirectory);
  const ours = new Program(createFs(undefined, { durability: 'process' }), ourDirectory);
  const story: string[] = [];
  try {
    let seenByOthers = treeOf(ourDirectory);
    for (const { operation, flavour: name } of steps) {
      const flavour = FLAVOURS.find((known) => known.name === name)!;
      const expected = await plain.run(operation, flavour);
      const actual = await ours.run(operation, flavour);
      story.push(`${JSON.stringify(operation)} ${name}: ${JSON.stringify(expected)}`);
      expect(actual, story.join('\n')).to.deep.equal(expected);
      const seenNow = treeOf(ourDirectory);
      expectComplete(
        [...Object.values(seenByOthers), ...plain.writtenInPlace()],
        seenNow,
        treeOf(plainDirectory),
        story,
      );
      seenByOthers = seenNow;
    }
    await Promise.all([plain.closeAll(), ours.closeAll()]);
    expect(treeOf(ourDirectory), story.join('\n')).to.deep.equal(treeOf(plainDirectory));
    expect(leftoversIn(ourDirectory), story.join('\n')).to.deep.equal([]);
  } finally {
    await Promise.all([plain.closeAll(), ours.closeAll()]);
    for (const directory of [plainDirectory, ourDirectory]) rmSync(directory, { recursive: true, force: true });
  }
}

/** What others see at a path was there, at some path, before this step, or is what the program itself sees there. */
function expectComplete(before: readonly string[], now: Tree, program: Tree, story: readonly string[]): void {
  const known = new Set(before);
  for (const [name, content] of Object.entries(now)) {
    const isComplete = known.has(content) || content === program[name];
    expect(isComplete, `others see ${JSON.stringify(content)} in ${name} after\n${story.join('\n')}`).to.equal(true);
  }
}

/** Runs operations on one fs in one directory. */
class Program {
  readonly #descriptors: (number | undefined)[] = [];
  readonly #inPlace = new Set<number>();

  constructor(
    readonly fs: Fs,
    readonly directory: string,
  ) {}

  /** @returns What the call answered, or the error's code. */
  async run(operation: Operation, flavour: Flavour): Promise<unknown> {
    try {
      return await this.#call(operation, (name, ...args) => flavour.call(this.fs, name, ...args));
    } catch (error) {
      return { error: (error as NodeJS.ErrnoException).code };
    }
  }

  async closeAll(): Promise<void> {
    this.#inPlace.clear();
    for (const fd of this.#descriptors.splice(0)) if (fd !== undefined) this.fs.closeSync(fd);
  }

  async #call(operation: Operation, call: (name: string, ...args: unknown[]) => Promise<unknown>): Promise<unknown> {
    const at = (name: string): string => join(this.directory, name);
    switch (operation.call) {
      case 'open':
        return this.#opened((await call('open', at(operation.path), operation.flags)) as number, operation.flags);
      case 'write':
        return call('write', this.#fd(operation.slot), operation.data);
      case 'ftruncate':
        return call('ftruncate', this.#fd(operation.slot), operation.length);
      case 'fstat':
        return sizeOf(await call('fstat', this.#fd(operation.slot)));
      case 'close': {
        const fd = this.#fd(operation.slot);
        this.#descriptors[operation.slot] = undefined;
        this.#inPlace.delete(fd);
        return call('close', fd);
      }
      case 'writeFile':
        return call('writeFile', at(operation.path), operation.data, { flag: operation.flags });
      case 'appendFile':
        return call('appendFile', at(operation.path), operation.data);
      case 'truncate':
        return call('truncate', at(operation.path), operation.length);
      case 'rename':
      case 'link':
      case 'copyFile':
        return call(operation.call, at(operation.path), at(operation.to));
      case 'readFile':
        return call('readFile', at(operation.path), 'utf8');
      case 'stat':
      case 'lstat':
        return lookOf(await call(operation.call, at(operation.path)));
      case 'unlink':
      case 'rm':
      case 'access':
        return call(operation.call, at(operation.path));
      case 'readdir':
        break;
    }
    return call('readdir', this.directory);
  }

  #opened(fd: number, flags: string): number {
    if (!/^w\+?$/.test(flags)) this.#inPlace.add(fd);
    return this.#descriptors.push(fd);
  }

  /** What is in the files that the program has open in other ways than for replacing, whether they have a name or not. */
  writtenInPlace(): string[] {
    return [...this.#inPlace].map((fd) => readFileSync(`/proc/self/fd/${fd}`, 'utf8'));
  }

  #fd(index: number): number {
    const fd = this.#descriptors[index];
    if (fd === undefined) throw Object.assign(new Error('no such descriptor'), { code: 'no descriptor' });
    return fd;
  }
}

function sizeOf(stats: unknown): unknown {
  return (stats as plainFs.Stats).size;
}

function lookOf(stats: unknown): unknown {
  const { size, mode, nlink } = stats as plainFs.Stats;
  return { size, mode, nlink };
}

type Tree = Record<string, string>;

/** Every path with what another process would read there. */
function treeOf(directory: string): Tree {
  const tree: Tree = {};
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || isStageName(entry.name)) continue;
    const file = join(entry.parentPath, entry.name);
    tree[file.slice(directory.length + 1)] = readFileSync(file, 'utf8');
  }
  return tree;
}

function leftoversIn(directory: string): string[] {
  return (readdirSync(directory, { recursive: true }) as string[]).filter((name) =>
    isStageName(name.split('/').at(-1)!),
  );
}

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'fs-intact-property-'));
  mkdirSync(join(directory, 'sub'));
  return directory;
}
