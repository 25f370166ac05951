// Who we are, in a form that lets another process prove that we are gone.

import type * as os from 'node:os';
import { hash } from './hash';
import { nodeFs } from './node-fs';

/**
 * A process, named so that it can never be confused with another: a pid alone is reused, so its start time stands
 * beside it; both mean something only within one boot and one pid namespace, so those stand beside them.
 */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks after boot at which the process started, field 22 of proc(5)'s `stat`; 0 where there is no /proc. */
  readonly startTicks: number;
  /** Hash of the boot id; 0 where the system has none. */
  readonly boot: number;
  /** Hash of the pid namespace, or of the host name where the system has none; 0 where it cannot be told. */
  readonly namespace: number;
}

/** Who we are and who still runs, as far as the files of one file system can tell. */
export interface Machine {
  readonly thisProcess: () => ProcessIdentity;
  /**
   * Whether a process still runs.
   *
   * @param owner The process asked about.
   * @param sameKernelOnly Whether the place where its traces were found can only be reached from one running kernel at a
   * time, so that an owner from another boot must be gone.
   */
  readonly livenessOf: (owner: ProcessIdentity, sameKernelOnly: boolean) => Liveness;
  /** A number that this process has not been given before. */
  readonly nextNumber: () => number;
}

/**
 * An fs-shaped object of which this property is a `Machine` has its own: a memory disk outlives the power cuts that are
 * played on it, and the process that plays them.
 */
export const MACHINE: unique symbol = Symbol.for('fs-intact.machine') as never;

let number = 0;

/** The machine that this process runs on. */
export const thisMachine: Machine = { thisProcess, livenessOf, nextNumber: () => number++ };

let identity: ProcessIdentity | undefined;

/** This process. Read from /proc at the first call, because most runs that load the hook never stage a file. */
export function thisProcess(): ProcessIdentity {
  return (identity ??= hasOwnProc() ? fromProc() : withoutProc());
}

/** Whether /proc tells of our own pid namespace: a new namespace may still see the /proc of the one it was made in. */
function hasOwnProc(): boolean {
  return readLink('/proc/self') === String(process.pid);
}

function fromProc(): ProcessIdentity {
  return {
    pid: process.pid,
    startTicks: statOf('self')?.startTicks ?? 0,
    boot: hashOrZero(readText('/proc/sys/kernel/random/boot_id')),
    namespace: hashOrZero(readLink('/proc/self/ns/pid')),
  };
}

function withoutProc(): ProcessIdentity {
  // Where there could be a /proc, there can be other namespaces on this host.
  const namespace = process.platform === 'linux' ? 0 : hashOrZero((require('node:os') as typeof os).hostname());
  return { pid: process.pid, startTicks: 0, boot: hashOrZero(readText('/proc/sys/kernel/random/boot_id')), namespace };
}

/** What is known of another process: `'dead'` and `'alive'` are proof, `'unknown'` is everything else. */
export type Liveness = 'dead' | 'alive' | 'unknown';

function livenessOf(owner: ProcessIdentity, sameKernelOnly: boolean): Liveness {
  const self = thisProcess();
  if (owner.boot !== self.boot) return sameKernelOnly && owner.boot !== 0 && self.boot !== 0 ? 'dead' : 'unknown';
  if (owner.namespace !== self.namespace || owner.namespace === 0) return 'unknown';
  const running = self.startTicks === 0 ? undefined : statOf(owner.pid);
  if (running === undefined || owner.startTicks === 0) return hasProcess(owner.pid) ? 'unknown' : 'dead';
  // A zombie has run its last instruction and holds no file; its parent has just not asked for its exit status yet.
  return running.startTicks === owner.startTicks && !running.zombie ? 'alive' : 'dead';
}

function hasProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** What proc(5) tells of a process; undefined where it tells nothing. */
function statOf(pid: number | 'self'): { zombie: boolean; startTicks: number } | undefined {
  const stat = readText(`/proc/${pid}/stat`);
  // The second field is the program's name in parentheses and may itself hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const startTicks = Number(fields[19]);
  return startTicks > 0 ? { zombie: fields[0] === 'Z', startTicks } : undefined;
}

function readText(path: string): string {
  try {
    // As what node reads within a single call of its own; a program's name need not be UTF-8, but that is skipped.
    return nodeFs.readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function readLink(path: string): string {
  try {
    return nodeFs.readlinkSync(path);
  } catch {
    return '';
  }
}

/** 0 stands for no text. */
function hashOrZero(text: string): number {
  return text === '' ? 0 : hash(text) || 1;
}
