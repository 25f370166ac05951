// Everybody who takes part, in one table. What a contestant claims to have flushed is checked before it is believed.

import type { Writable } from 'node:stream';
import type { NodeFs } from '../src/ground/node-fs';
import type { Level } from './level';
import { type Data, type Done, rawCallback, rawCopy, rawCopySync, rawPromise, rawStream, rawSync } from './raw';

/** What a contestant does, in each shape that the work asks for. */
export interface Calls {
  sync: (path: string, data: Data) => void;
  callback: (path: string, data: Data, done: Done) => void;
  promise: (path: string, data: Data) => Promise<void>;
  stream: (path: string, options: { highWaterMark?: number }) => Writable;
  copySync: (from: string, to: string) => void;
  copy: (from: string, to: string) => Promise<void>;
  /** The whole of fs, for work that is not about writing files. */
  fs: NodeFs;
}

export type Shape = keyof Calls;

interface Common {
  /** The package, and in what configuration if that is not its default. */
  readonly name: string;
  readonly family: 'raw' | 'node' | 'peer' | 'ours';
  readonly level: Level;
  /** For our own: the `durability` option, and whether it comes through the hook. */
  readonly durability?: 'process' | 'consistent' | 'durable';
  readonly hook?: boolean;
}

export type Contestant = {
  readonly [S in Shape]: Common & { readonly shape: S; readonly load: () => Calls[S] | Promise<Calls[S]> };
}[Shape];

/** Names one contestant in one shape. */
export function idOf({ name, shape }: Contestant): string {
  return `${name} (${shape})`;
}

export function contestantWith(id: string): Contestant {
  const found = CONTESTANTS.find((contestant) => idOf(contestant) === id);
  if (found === undefined) throw new Error(`there is no contestant '${id}'`);
  return found;
}

/** Loaded by what it is not: the package as a program gets it, whatever this file was compiled to. */
function nodeFs(): NodeFs {
  return require('node:fs') as NodeFs;
}

const FLUSHING: readonly Level[] = ['process', 'file', 'directory'];

const raw: readonly Contestant[] = FLUSHING.flatMap((level): Contestant[] => [
  { name: `raw node, ${level}`, family: 'raw', level, shape: 'sync', load: () => rawSync(level) },
  {
    name: `raw node and one lstat, ${level}`,
    family: 'raw',
    level,
    shape: 'sync',
    load: () => rawSync(level, 'lstat'),
  },
  {
    name: `raw node, lstat, access and fstat, ${level}`,
    family: 'raw',
    level,
    shape: 'sync',
    load: () => rawSync(level, 'all'),
  },
  { name: `raw node, ${level}`, family: 'raw', level, shape: 'callback', load: () => rawCallback(level) },
  { name: `raw node, ${level}`, family: 'raw', level, shape: 'promise', load: () => rawPromise(level) },
  { name: `raw node, ${level}`, family: 'raw', level, shape: 'stream', load: () => rawStream(level) },
  { name: `raw node, ${level}`, family: 'raw', level, shape: 'copySync', load: () => rawCopySync(level) },
  { name: `raw node, ${level}`, family: 'raw', level, shape: 'copy', load: () => rawCopy(level) },
]);

const node: readonly Contestant[] = inEachShape({ name: 'node:fs', family: 'node', level: 'nothing' }, nodeFs);

const peers: readonly Contestant[] = [
  {
    name: 'write-file-atomic',
    family: 'peer',
    level: 'file',
    shape: 'sync',
    load: () => writeFileAtomic().sync,
  },
  {
    name: 'write-file-atomic',
    family: 'peer',
    level: 'file',
    shape: 'promise',
    load: () => writeFileAtomic(),
  },
  {
    name: 'write-file-atomic',
    family: 'peer',
    level: 'file',
    shape: 'callback',
    load: () => writeFileAtomic(),
  },
  {
    name: 'write-file-atomic, fsync: false',
    family: 'peer',
    level: 'process',
    shape: 'sync',
    load: () => (path, data) => writeFileAtomic().sync(path, data, { fsync: false }),
  },
  {
    name: 'write-file-atomic, fsync: false',
    family: 'peer',
    level: 'process',
    shape: 'promise',
    load: () => (path, data) => writeFileAtomic()(path, data, { fsync: false }),
  },
  {
    name: 'atomically',
    family: 'peer',
    level: 'file',
    shape: 'sync',
    load: async () => (await atomically()).writeFileSync,
  },
  {
    name: 'atomically',
    family: 'peer',
    level: 'file',
    shape: 'promise',
    load: async () => (await atomically()).writeFile,
  },
  {
    name: 'atomically, fsync: false',
    family: 'peer',
    level: 'process',
    shape: 'sync',
    load: async () => {
      const { writeFileSync } = await atomically();
      return (path, data) => writeFileSync(path, data, { fsync: false });
    },
  },
  {
    name: 'atomically, fsync: false',
    family: 'peer',
    level: 'process',
    shape: 'promise',
    load: async () => {
      const { writeFile } = await atomically();
      return (path, data) => writeFile(path, data, { fsync: false });
    },
  },
  {
    name: 'fast-write-atomic',
    family: 'peer',
    level: 'file',
    shape: 'callback',
    load: () => require('fast-write-atomic') as Calls['callback'],
  },
  {
    name: 'steno',
    family: 'peer',
    level: 'process',
    shape: 'promise',
    load: async () => {
      const { Writer } = await import('steno');
      // One for each file, as it wants to be used.
      const writers = new Map<string, InstanceType<typeof Writer>>();
      return (path, data) => {
        const known = writers.get(path) ?? new Writer(path);
        writers.set(path, known);
        return known.write(data as string);
      };
    },
  },
  {
    name: 'fs-extra',
    family: 'peer',
    level: 'nothing',
    shape: 'sync',
    load: () => fsExtra().outputFileSync,
  },
  {
    name: 'fs-extra',
    family: 'peer',
    level: 'nothing',
    shape: 'promise',
    load: () => fsExtra().outputFile,
  },
  {
    name: 'fs-extra',
    family: 'peer',
    level: 'nothing',
    shape: 'copySync',
    load: () => fsExtra().copySync,
  },
  {
    name: 'fs-extra',
    family: 'peer',
    level: 'nothing',
    shape: 'copy',
    load: () => fsExtra().copy,
  },
  {
    name: 'graceful-fs',
    family: 'peer',
    level: 'nothing',
    shape: 'callback',
    load: () => (require('graceful-fs') as NodeFs).writeFile,
  },
  {
    name: 'graceful-fs',
    family: 'peer',
    level: 'nothing',
    shape: 'stream',
    load: () => (require('graceful-fs') as NodeFs).createWriteStream,
  },
  {
    name: 'fs-write-stream-atomic',
    family: 'peer',
    level: 'process',
    shape: 'stream',
    load: () => {
      const WriteStreamAtomic = require('fs-write-stream-atomic') as new (path: string, options: object) => Writable;
      return (path, options) => new WriteStreamAtomic(path, options);
    },
  },
];

interface AtomicOptions {
  fsync?: boolean;
}

interface WriteFileAtomic {
  (path: string, data: Data, options?: AtomicOptions): Promise<void>;
  (path: string, data: Data, done: Done): void;
  sync: (path: string, data: Data, options?: AtomicOptions) => void;
}

function writeFileAtomic(): WriteFileAtomic {
  return require('write-file-atomic') as WriteFileAtomic;
}

interface Atomically {
  writeFile: (path: string, data: Data, options?: AtomicOptions) => Promise<void>;
  writeFileSync: (path: string, data: Data, options?: AtomicOptions) => void;
}

function atomically(): Promise<Atomically> {
  return import('atomically');
}

interface FsExtra {
  outputFileSync: (path: string, data: Data) => void;
  outputFile: (path: string, data: Data) => Promise<void>;
  copySync: (from: string, to: string) => void;
  copy: (from: string, to: string) => Promise<void>;
}

function fsExtra(): FsExtra {
  return require('fs-extra') as FsExtra;
}

const DURABILITIES = [
  ['process', 'process'],
  ['consistent', 'file'],
  ['durable', 'directory'],
] as const;

/** The hook is the same code behind other names, so one durability shows what it adds. */
const ours: readonly Contestant[] = [
  ...DURABILITIES.flatMap(([durability, level]) =>
    inEachShape(
      { family: 'ours', name: `fs-intact module, ${durability}`, level, durability, hook: false },
      intactModule,
    ),
  ),
  ...inEachShape(
    { family: 'ours', name: 'fs-intact hook, durable', level: 'directory', durability: 'durable', hook: true },
    nodeFs,
  ),
];

function inEachShape(common: Common, fs: () => NodeFs): Contestant[] {
  return [
    { ...common, shape: 'sync', load: () => fs().writeFileSync },
    { ...common, shape: 'callback', load: () => fs().writeFile },
    { ...common, shape: 'promise', load: () => fs().promises.writeFile },
    { ...common, shape: 'stream', load: () => fs().createWriteStream },
    { ...common, shape: 'copySync', load: () => fs().copyFileSync },
    { ...common, shape: 'copy', load: () => fs().promises.copyFile },
    { ...common, shape: 'fs', load: fs },
  ];
}

/** The package as it is published, which is what the hook loads too. */
function intactModule(): NodeFs {
  return require('fs-intact') as NodeFs;
}

export const CONTESTANTS: readonly Contestant[] = [...raw, ...node, ...peers, ...ours];
