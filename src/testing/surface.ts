// An fs-shaped object in which every call is made of primitive calls, and every primitive call passes through one function:
// there the lab records it, fails it, or leaves it to the file system underneath.

import { type NodeFs, nodeFs, nodeFsPromises } from '../ground/node-fs';
import { dressedAs } from '../shapes/context';
import type { Steps } from '../steps/step';
import { openAsBlobCall, openAsBlobSyncCall } from './surface/blob';
import { cpStory } from './surface/copy-tree';
import { copyFileStory } from './surface/copy-file';
import {
  TRANSFER_ANSWER,
  type Transferred,
  descriptorCalls,
  openStory,
  transferCalls,
} from './surface/descriptor-calls';
import { Dir, opendirStory } from './surface/directory';
import { mkdtempDisposableCall, mkdtempDisposableSyncCall } from './surface/disposable-directory';
import { EXISTS_ANSWER, existsStory } from './surface/exists';
import { openHandleStory } from './surface/file-handle';
import { ANSWER_WITH_RESULT, type Answer, type Story, callbackCall, promiseCall, syncCall } from './surface/flavours';
import type { Lab } from './surface/lab';
import { globPromiseCall, globStory } from './surface/glob';
import { readdirStory } from './surface/list';
import { mkdirStory, mkdtempStory } from './surface/make-directory';
import { pathCalls } from './surface/path-calls';
import { type Later, type Perform, hostOfPrimitives } from './surface/primitives';
import { readFileStory } from './surface/read-file';
import { nativeRealpathStory, realpathStory } from './surface/real-path';
import { rmStory, rmdirStory } from './surface/remove';
import { streamCalls, streamClass, utf8StreamClass } from './surface/streams';
import { suffixes } from './surface/suffixes';
import { truncateStory } from './surface/truncate';
import { listsTreesAtOnce } from './surface/node-habits';
import { watchCalls, watchPromiseCall } from './surface/watching';
import { appendFileStory, writeFileStory } from './surface/write-file';

export type { Perform, PrimitiveCall, PrimitiveName, Primitives } from './surface/primitives';

/** An fs as `require('node:fs')` gives it, with all of its names. */
export type LabFs = NodeFs;

export interface SurfaceOptions {
  /** What relative paths begin at. @default the working directory of the process, at the time of each call */
  readonly cwd?: string;
  /**
   * Defers the primitive calls of asynchronous callers. Tasks must run in the order in which they came, and each outside
   * of the call that gave it. @default setImmediate
   */
  readonly later?: Later;
}

/** Calls that are a primitive call each, of the same name. */
const PRIMITIVE_STORIES: Readonly<Record<string, Story>> = { ...pathCalls, ...descriptorCalls };

/** Calls with all flavours of one story. */
const STORIES: Readonly<Record<string, Story>> = {
  ...PRIMITIVE_STORIES,
  appendFile: appendFileStory,
  copyFile: copyFileStory,
  cp: cpStory,
  glob: globStory,
  mkdir: mkdirStory,
  mkdtemp: mkdtempStory,
  open: openStory,
  opendir: opendirStory,
  readFile: readFileStory,
  readdir: readdirStory,
  realpath: realpathStory,
  rm: rmStory,
  rmdir: rmdirStory,
  truncate: truncateStory,
  writeFile: writeFileStory,
};

/** Where the promise flavour is another call. */
const PROMISE_STORIES: Readonly<Record<string, Story>> = { open: openHandleStory, realpath: nativeRealpathStory };

/**
 * Makes an fs-shaped object over the synchronous functions of another.
 *
 * Synchronous calls make their primitive calls at once. Those of callers with a callback or a promise are made one by one
 * in later turns, in the order in which they were asked for, so that concurrent callers meet between any two of them and
 * the sequence of all is the same in each run.
 *
 * @param base node:fs, a memfs volume, or a function that answers with one, asked at each primitive call.
 * @param perform What every primitive call goes through.
 */
export function surfaceOver(base: NodeFs | (() => NodeFs), perform: Perform, options: SurfaceOptions = {}): LabFs {
  const { cwd, later = (task) => void setImmediate(task) } = options;
  const underneath = typeof base === 'function' ? base : () => base;
  const fs: Record<string, unknown> = {};
  const lab: Lab = {
    host: hostOfPrimitives(underneath, perform, later),
    base: underneath,
    cwd: cwd === undefined ? () => process.cwd() : () => cwd,
    nextSuffix: suffixes(),
    fs: fs as unknown as NodeFs,
  };
  const functions = functionsOf(lab);
  const { Dirent, Stats } = underneath();
  const classes = new Map<string, unknown>();
  const values: Record<string, unknown> = { Dirent, Stats };
  for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(nodeFs))) {
    const { enumerable = true } = property;
    if (STREAM_NAMES.has(name)) defineStream(fs, name, classes);
    else if (name in functions) define(fs, name, functions[name], enumerable);
    else if (name in values) define(fs, name, values[name], enumerable);
    else if (VALUES.has(name) || typeof property.value === 'object') Object.defineProperty(fs, name, property);
    else if (name === 'promises') define(fs, name, promisesOf(lab), enumerable);
  }
  return lab.fs;
}

/** What is node's own: numbers, a function that works on numbers, and what there is on no other platform than macOS. */
const VALUES = new Set(['F_OK', 'R_OK', 'W_OK', 'X_OK', '_toUnixTimestamp', 'lchmod', 'lchmodSync']);

type AnyFunction = (...args: never[]) => unknown;

function functionsOf(lab: Lab): Record<string, AnyFunction> {
  const functions: Record<string, AnyFunction> = {};
  const add = (name: string, story: Story, answer?: Answer, sync = story): void => {
    functions[name] = callbackCall(lab, name, story, answer);
    functions[`${name}Sync`] = syncCall(lab, name, sync);
  };
  const base = lab.base() as unknown as Record<string, unknown>;
  // A base need not have them all; whoever looks for `statfs` is to see that it is missing.
  const isMissing = (name: string): boolean => name in PRIMITIVE_STORIES && base[`${name}Sync`] === undefined;
  for (const [name, story] of Object.entries(STORIES)) if (!isMissing(name)) add(name, story);
  for (const [name, story] of Object.entries(transferCalls)) add(name, story, TRANSFER_ANSWER, countOnly(story));
  add('exists', existsStory, EXISTS_ANSWER);
  functions['cp'] = callbackCall(lab, 'cp', cpStory, ANSWER_WITH_RESULT);
  functions['stat'] = callbackCall(lab, 'stat', pathCalls['stat']!, ANSWER_WITH_RESULT);
  if (listsTreesAtOnce) functions['readdir'] = treesAtOnce(functions['readdir']!, functions['readdirSync']!);
  functions['close'] = closeCall(functions['close']!);
  Object.assign(functions['realpath']!, { native: callbackCall(lab, 'realpath', nativeRealpathStory) });
  Object.assign(functions['realpathSync']!, { native: syncCall(lab, 'realpath', nativeRealpathStory) });
  return {
    ...functions,
    ...streamCalls(lab.fs),
    ...watchCalls(lab),
    Dir: Dir as unknown as AnyFunction,
    openAsBlob: openAsBlobCall(lab),
    ...ifThere('openAsBlobSync', openAsBlobSyncCall(lab)),
    mkdtempDisposableSync: mkdtempDisposableSyncCall(lab),
  };
}

function ifThere(name: string, call: AnyFunction | undefined): Record<string, AnyFunction> {
  return call === undefined ? {} : { [name]: call };
}

/** Synchronous callers have the buffer already. */
function countOnly(story: Story): Story {
  return (lab, args, flavour) => count(story(lab, args, flavour));
}

function* count(steps: Steps<unknown>): Steps<number> {
  return ((yield* steps) as Transferred).bytes;
}

function treesAtOnce(readdir: AnyFunction, readdirSync: AnyFunction): AnyFunction {
  const [later, now] = [readdir, readdirSync] as unknown as ((...args: unknown[]) => unknown)[];
  return dressedAs(nodeFs.readdir as AnyFunction, (path: unknown, options: unknown, done: unknown) => {
    const isTree = (options as { recursive?: unknown } | null | undefined)?.recursive === true;
    if (!isTree || typeof done !== 'function') return later!(path, options, done);
    (done as (error: null, entries: unknown) => void)(null, now!(path, options));
    return undefined;
  });
}

/** Nobody needs to wait for a close. */
function closeCall(close: AnyFunction): AnyFunction {
  const call = close as (...args: unknown[]) => unknown;
  return dressedAs(nodeFs.close as AnyFunction, (...args: unknown[]) =>
    args[1] === undefined ? call(args[0], throwIfAny) : call(...args),
  );
}

function throwIfAny(error: unknown): void {
  if (error) throw error;
}

function promisesOf(lab: Lab): object {
  const natives = nodeFsPromises() as unknown as Record<string, unknown>;
  const { glob: _asked, ...stories } = { ...STORIES, ...PROMISE_STORIES };
  const others: Record<string, unknown> = {
    glob: globPromiseCall(lab),
    watch: watchPromiseCall(lab),
    mkdtempDisposable: mkdtempDisposableCall(lab),
    constants: natives['constants'],
    lchmod: natives['lchmod'],
  };
  return Object.fromEntries(
    Object.keys(natives).flatMap((name) => {
      const story = stories[name];
      const value = story === undefined ? others[name] : promiseCall(lab, name, story);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

const STREAM_NAMES = new Set(['ReadStream', 'WriteStream', 'FileReadStream', 'FileWriteStream', 'Utf8Stream']);

/** Made when first asked for; each name can be given another class. */
function defineStream(fs: Record<string, unknown>, name: string, classes: Map<string, unknown>): void {
  const common = name.replace('File', '');
  let own: unknown;
  const make = (): unknown => {
    if (!classes.has(common)) classes.set(common, streamNamed(common, fs));
    return classes.get(common);
  };
  Object.defineProperty(fs, name, {
    get: () => (own ??= make()),
    set(value: unknown) {
      own = value;
    },
    enumerable: true,
    configurable: true,
  });
}

function streamNamed(name: string, fs: object): unknown {
  if (name === 'Utf8Stream') return utf8StreamClass(fs);
  return streamClass(name === 'ReadStream' ? 'ReadStream' : 'WriteStream', fs);
}

function define(fs: object, name: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(fs, name, { value, writable: true, enumerable, configurable: true });
}
