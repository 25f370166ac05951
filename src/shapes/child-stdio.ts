// A descriptor given to a child process is written by it without our knowing, perhaps long after this process is gone. Its
// file is published before the child starts.

import type { ChildProcess } from 'node:child_process';
import { spawnSyncBinding } from '../ground/node-internals';
import type { Volume } from '../protocol/volume';
import { runSync } from '../steps/run';

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;

/** The functions that make a child and wait for it; they do not go through ChildProcess. */
const SYNCHRONOUS = ['spawnSync', 'execFileSync', 'execSync'];

/**
 * Publishes the files behind the stdio of every child from now on, and all files before another program takes the place of
 * this one.
 *
 * @returns Takes the change back.
 */
export function publishBeforeSpawn(volume: Volume): () => void {
  // Loaded here: only programs that have a file open for replacing get this far.
  const childProcess = require('node:child_process') as Record<string, AnyFunction> & {
    ChildProcess: { prototype: ChildProcess };
  };
  const publishFor = (args: readonly unknown[]): void => publishStdio(volume, args.find(isOptions)?.stdio);
  const binding = spawnSyncBinding();
  const undoings =
    binding === undefined
      ? SYNCHRONOUS.map((name) => before(childProcess, name, publishFor))
      : [before(binding, 'spawn', publishFor)];
  undoings.push(before(childProcess.ChildProcess.prototype, 'spawn', publishFor));
  if ('execve' in process) undoings.push(before(process, 'execve', () => publishAll(volume)));
  return () => {
    for (const undo of undoings) undo();
  };
}

/** Puts a call before a method. */
function before(object: object, name: string, call: (args: readonly unknown[]) => void): () => void {
  const methods = object as Record<string, AnyFunction>;
  const original = methods[name]!;
  const ours: AnyFunction = function (...args) {
    call(args);
    return original.apply(this, args);
  };
  Object.defineProperties(ours, Object.getOwnPropertyDescriptors(original));
  methods[name] = ours;
  return () => {
    if (methods[name] === ours) methods[name] = original;
  };
}

interface SpawnOptions {
  readonly stdio?: unknown;
}

function isOptions(value: unknown): value is SpawnOptions {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** https://nodejs.org/api/child_process.html#optionsstdio */
function publishStdio({ openFiles, host }: Volume, stdio: unknown): void {
  if (openFiles.size === 0) return;
  const entries = Array.isArray(stdio) ? (stdio as unknown[]) : [stdio, stdio, stdio];
  for (const [position, entry] of entries.entries()) {
    const file = openFiles.get(descriptorOf(entry, position));
    if (file === undefined || file.stage.state !== 'open') continue;
    runSync(file.publish(), host);
  }
}

/** https://nodejs.org/api/process.html#processexecvefile-args-env: no listener of 'exit' is called. */
function publishAll({ openFiles, host }: Volume): void {
  for (const file of openFiles.values()) {
    if (file.stage.state === 'open' && file.isComplete()) runSync(file.publish(), host);
  }
}

/** The descriptor that the child gets at this position, or -1. */
function descriptorOf(entry: unknown, position: number): number {
  if (typeof entry === 'number') return entry;
  if (entry === 'inherit') return position;
  const { fd } = (typeof entry === 'object' && entry !== null ? entry : {}) as { fd?: unknown };
  return typeof fd === 'number' ? fd : -1;
}
