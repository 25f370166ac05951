// Random sequences of calls: several descriptors, hard links, symbolic links, directories, renames.

import * as fc from 'fast-check';
import { constants } from 'node:fs';
import { CLOSED_FD, type Probe, type Stage, put } from './probe';

const { O_APPEND, O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY } = constants;

export const SEED = Number(process.env['FS_INTACT_PROPERTY_SEED'] ?? 2026);

/** One call. Descriptors are named by the order in which they were opened, and stay so when they are closed. */
export type Step =
  | { readonly call: 'open'; readonly path: string; readonly flags: number; readonly mode: number }
  | { readonly call: 'read'; readonly slot: number; readonly length: number; readonly position: number | null }
  | { readonly call: 'write'; readonly slot: number; readonly data: string; readonly position: number | null }
  | { readonly call: 'ftruncate'; readonly slot: number; readonly length: number }
  | { readonly call: 'close' | 'fstat' | 'fsync'; readonly slot: number }
  | { readonly call: 'fchmod'; readonly slot: number; readonly mode: number }
  | { readonly call: 'chmod' | 'mkdir' | 'access'; readonly path: string; readonly mode: number }
  | { readonly call: 'truncate'; readonly path: string; readonly length: number }
  | { readonly call: 'rename' | 'link' | 'symlink'; readonly path: string; readonly to: string }
  | { readonly call: PathCall; readonly path: string };

type PathCall =
  | 'stat'
  | 'lstat'
  | 'readlink'
  | 'realpath'
  | 'readdir'
  | 'unlink'
  | 'rmdir'
  | 'make directories'
  | 'utimes'
  | 'lutimes';

const NAMES = ['a', 'b', 'c', 'd'];
const path = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...NAMES) },
  {
    weight: 5,
    arbitrary: fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom(...NAMES)).map((names) => names.join('/')),
  },
  { weight: 1, arbitrary: fc.constantFrom('a/', 'b/.', 'c/..', 'd/../a', 'a/b/c', '.', 'foreign', 'foreign/file') },
);
const access = fc.constantFrom(O_RDONLY, O_WRONLY, O_RDWR, O_RDWR, O_RDWR);
const extras = fc.subarray([O_CREAT, O_CREAT, O_EXCL, O_TRUNC, O_APPEND, O_NOFOLLOW, O_DIRECTORY], { maxLength: 3 });
const flags = fc
  .tuple(access, fc.oneof({ weight: 2, arbitrary: fc.constant([O_CREAT]) }, { weight: 1, arbitrary: extras }))
  .map(([first, others]) => others.reduce((sum, flag) => sum | flag, first))
  // Which error it is depends on the kernel.
  .filter((sum) => (sum & (O_CREAT | O_DIRECTORY)) !== (O_CREAT | O_DIRECTORY));
const mode = fc.constantFrom(0o777, 0o666, 0o644, 0o600, 0o444, 0o200, 0o000, 0o1777, 0o4711, 0o2755);
const slot = fc.nat({ max: 5 });
const length = fc.nat({ max: 12 });
const position = fc.option(fc.nat({ max: 12 }));
const data = fc.string({ maxLength: 6 });

function one(weight: number, call: Step['call'], rest: object): { weight: number; arbitrary: fc.Arbitrary<Step> } {
  return {
    weight,
    arbitrary: fc.record({ call: fc.constant(call), ...rest }) as fc.Arbitrary<unknown> as fc.Arbitrary<Step>,
  };
}

const step: fc.Arbitrary<Step> = fc.oneof(
  one(8, 'open', { path, flags, mode }),
  one(3, 'read', { slot, length, position }),
  one(6, 'write', { slot, data, position }),
  one(2, 'ftruncate', { slot, length }),
  one(3, 'close', { slot }),
  one(2, 'fstat', { slot }),
  one(1, 'fsync', { slot }),
  one(1, 'fchmod', { slot, mode }),
  one(2, 'chmod', { path, mode }),
  one(4, 'mkdir', { path, mode }),
  one(1, 'access', { path, mode: fc.nat({ max: 7 }) }),
  one(1, 'truncate', { path, length }),
  one(8, 'rename', { path, to: path }),
  one(4, 'link', { path, to: path }),
  one(4, 'symlink', { path, to: path }),
  one(4, 'unlink', { path }),
  one(3, 'rmdir', { path }),
  one(1, 'make directories', { path }),
  ...(['stat', 'lstat', 'readlink', 'realpath', 'readdir', 'utimes', 'lutimes'] as const).map((call) =>
    one(1, call, { path }),
  ),
);

export const sequence: fc.Arbitrary<readonly Step[]> = fc.array(step, { minLength: 5, maxLength: 40, size: 'max' });

/** Makes the calls one after the other; one that fails does not end the sequence. */
export function runSequence(stage: Stage, steps: readonly Step[]): void {
  const opened: number[] = [];
  for (const [index, next] of steps.entries()) {
    stage.notes(`on ${index} ${JSON.stringify(next)}`);
    runStep(stage, next, opened);
  }
}

function runStep(stage: Stage, made: Step, opened: number[]): void {
  const { fs, at, does } = stage;
  if (made.call === 'open') opened.push(stage.opens(at(made.path), made.flags, made.mode));
  else if ('slot' in made) does(() => callOnDescriptor(fs, opened[made.slot] ?? CLOSED_FD, made));
  else if ('to' in made)
    does(() => fs[`${made.call}Sync`](made.call === 'symlink' ? made.path : at(made.path), at(made.to)));
  else does(() => callOnPath(fs, at(made.path), made));
}

type DescriptorStep = Extract<Step, { readonly slot: number }>;

function callOnDescriptor(fs: Stage['fs'], fd: number, made: DescriptorStep): unknown {
  switch (made.call) {
    case 'read':
      return readText(fs, fd, made.length, made.position);
    case 'write':
      return fs.writeSync(fd, made.data, made.position);
    case 'ftruncate':
      return fs.ftruncateSync(fd, made.length);
    case 'fchmod':
      return fs.fchmodSync(fd, made.mode);
    case 'close':
    case 'fstat':
    case 'fsync':
      break;
  }
  return fs[`${made.call}Sync`](fd);
}

type PathStep = Exclude<Step, DescriptorStep | { readonly to: string } | { readonly call: 'open' }>;

function callOnPath(fs: Stage['fs'], at: string, made: PathStep): unknown {
  switch (made.call) {
    case 'chmod':
    case 'mkdir':
    case 'access':
      return fs[`${made.call}Sync`](at, made.mode);
    case 'truncate':
      return fs.truncateSync(at, made.length);
    case 'make directories':
      return fs.mkdirSync(at, { recursive: true });
    case 'utimes':
    case 'lutimes':
      return fs[`${made.call}Sync`](at, 10, 20);
    case 'stat':
    case 'lstat':
    case 'readlink':
    case 'realpath':
    case 'readdir':
    case 'unlink':
    case 'rmdir':
      break;
  }
  return fs[`${made.call}Sync`](at);
}

function readText(fs: Stage['fs'], fd: number, count: number, from: number | null): string {
  const bytes = Buffer.alloc(count);
  return bytes.toString('latin1', 0, fs.readSync(fd, bytes, 0, count, from));
}

/** Random sequences are for root, or whoever runs this, in a test of their own, which finds the shortest that fails. */
const AS = 'user';

/** Something that belongs to somebody else, for those who are not root. */
function prepareForeign(stage: Stage): void {
  const { fs, at } = stage;
  fs.chmodSync(put(stage, 'foreign/file'), 0o666);
  put(stage, 'c/kept', 'kept', 0o644);
  fs.chmodSync(at('c'), 0o1777);
}

const SEQUENCES = 150;

/** The same ones in every process. */
export const SEQUENCE_PROBES: readonly Probe[] = fc
  .sample(sequence, { seed: SEED, numRuns: SEQUENCES })
  .map((steps, index) => ({
    title: `random sequence ${index} of seed ${SEED}`,
    as: AS,
    prepare: prepareForeign,
    run: (stage) => runSequence(stage, steps),
  }));
