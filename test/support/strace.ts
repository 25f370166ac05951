// Reads what strace writes: which system calls a program made, in which order, on which of a write's files.

import { isStageName } from '../../src/protocol/leftover-name';
import { basename } from 'node:path';

/** A command to run a program under, so that `parseTrace` can read `output` afterwards. */
export function straceTo(output: string): string[] {
  // -y adds to each descriptor the path of its file; -s 0 leaves the data out, while paths are always printed whole.
  return ['strace', '-f', '-y', '-s', '0', '--seccomp-bpf', '-e', 'trace=%file,%desc', '-o', output];
}

export interface SystemCall {
  readonly pid: number;
  readonly name: string;
  /** As strace prints them. */
  readonly args: string;
  /** What the call returned; -1 where it failed. */
  readonly result: number;
  /** Positions in the trace where the call began and returned, because threads overlap. */
  readonly begins: number;
  readonly ends: number;
}

const UNFINISHED = / <unfinished \.\.\.>$/;
const RESUMED = /^<\.\.\. \w+ resumed>/;
const COMPLETE = /^(\w+)\((.*)\) += (-?\d+)/;

/** The calls of a trace in the order in which they returned. */
export function parseTrace(trace: string): SystemCall[] {
  const calls: SystemCall[] = [];
  const unfinished = new Map<number, { text: string; begins: number }>();
  for (const [position, line] of trace.split('\n').entries()) {
    const [, pidDigits, text] = /^(\d+) +(.*)$/.exec(line) ?? [];
    if (pidDigits === undefined || text === undefined) continue;
    const pid = Number(pidDigits);
    if (UNFINISHED.test(text)) {
      unfinished.set(pid, { text: text.replace(UNFINISHED, ''), begins: position });
      continue;
    }
    const begun = RESUMED.test(text) ? unfinished.get(pid) : undefined;
    const whole = (begun?.text ?? '') + text.replace(RESUMED, '');
    const [, name, args, result] = COMPLETE.exec(whole) ?? [];
    // Signals and exits have no name and no result.
    if (name === undefined || args === undefined) continue;
    calls.push({ pid, name, args, result: Number(result), begins: begun?.begins ?? position, ends: position });
  }
  return calls;
}

/** The calls between two that mention these texts; both must be there. */
export function callsBetween(calls: readonly SystemCall[], first: string, last: string): SystemCall[] {
  const from = calls.findIndex(({ args }) => args.includes(`"${first}"`));
  const to = calls.findIndex(({ args }) => args.includes(`"${last}"`));
  if (from < 0 || to < from) throw new Error(`the trace has no ${first} before a ${last}`);
  return calls.slice(from + 1, to);
}

/** The part that a path plays in one write. */
export type Role = 'stage' | 'target' | 'directory' | 'source';

/** A system call as a sentence about the files of a write: `rename stage target`. */
export interface Deed {
  readonly verb: Verb;
  readonly roles: readonly Role[];
  readonly call: SystemCall;
}

export type Verb = 'look' | 'probe' | 'open' | 'list' | 'write' | 'sync' | 'close' | 'rename' | 'change' | 'other';

const VERBS: Readonly<Record<string, Verb>> = {
  ...asVerb('look', 'stat lstat newfstatat statx fstat readlink readlinkat'),
  ...asVerb('probe', 'access faccessat faccessat2'),
  ...asVerb('open', 'open openat openat2 creat'),
  ...asVerb('list', 'getdents getdents64'),
  ...asVerb('write', 'write writev pwrite64 pwritev pwritev2 copy_file_range sendfile splice'),
  ...asVerb('sync', 'fsync fdatasync sync_file_range syncfs msync sync'),
  ...asVerb('close', 'close'),
  ...asVerb('rename', 'rename renameat renameat2 link linkat unlink unlinkat'),
  ...asVerb(
    'change',
    'ftruncate truncate fallocate chmod fchmod fchmodat chown fchown lchown fchownat utimensat futimesat',
  ),
};

function asVerb(verb: Verb, names: string): Record<string, Verb> {
  return Object.fromEntries(names.split(' ').map((name) => [name, verb]));
}

/** The calls that mention a file of a write, with the parts that their paths play. */
export function deedsAmong(calls: readonly SystemCall[], target: string, source: string): Deed[] {
  return calls.flatMap((call) => {
    const roles = pathsIn(call.args).flatMap((path) => roleOf(path, target, source) ?? []);
    return roles.length === 0 ? [] : [{ verb: verbOf(call), roles, call }];
  });
}

function verbOf({ name, args }: SystemCall): Verb {
  const verb = VERBS[name] ?? 'other';
  // opendir(3) opens without blocking; a directory that is to be synced is opened plainly.
  return verb === 'open' && args.includes('O_DIRECTORY') && args.includes('O_NONBLOCK') ? 'list' : verb;
}

/** Paths stand in quotes as arguments and in angle brackets behind descriptors. */
function pathsIn(args: string): string[] {
  return [...args.matchAll(/"([^"]*)"|\d<([^>]*)>/g)].map(
    ([, argument, ofDescriptor]) => argument ?? ofDescriptor ?? '',
  );
}

function roleOf(path: string, target: string, source: string): Role | undefined {
  const directory = target.slice(0, target.lastIndexOf('/'));
  if (path === target) return 'target';
  if (path === directory) return 'directory';
  if (path === source) return 'source';
  return path.startsWith(`${directory}/`) && isStageName(basename(path)) ? 'stage' : undefined;
}

/** The number of the descriptor that a call works on, or that an open returned. */
export function descriptorOf({ verb, call }: Deed): number {
  return verb === 'open' ? call.result : parseInt(call.args, 10);
}

export function sentenceOf({ verb, roles }: Deed): string {
  return `${verb} ${roles.join(' ')}`;
}
