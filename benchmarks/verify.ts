// What each contestant really flushes before it acknowledges a write, as strace sees it.

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type SystemCall, callsBetween, parseTrace, straceTo } from '../test/support/strace';
import { type Contestant, idOf } from './contestants';
import type { Level } from './level';
import { clearProgress, showProgress } from './progress';
import { startOf } from './runners';

let missing: string | false | undefined;

/** Why contestants cannot be looked at here; undefined if they can. */
export function missingForTrace(): string | undefined {
  missing ??= lookForTrace() ?? false;
  return missing || undefined;
}

function lookForTrace(): string | undefined {
  if (process.platform !== 'linux') return 'not on Linux';
  try {
    execFileSync('strace', ['-f', '--seccomp-bpf', '-e', 'trace=fsync', 'true'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'no strace, or it may not trace here';
  }
}

/** Looks at each contestant once, when it is first asked about, and tells where one does not do what it claims. */
export function verifier(directory: () => string): (contestant: Contestant) => Level {
  const reason = missingForTrace();
  if (reason !== undefined) console.log(`what the contestants flush is not verified: ${reason}\n`);
  const known = new Map<string, Level>();

  function look(contestant: Contestant): Level {
    const { level: claimed, shape } = contestant;
    if (reason !== undefined || shape === 'fs') return claimed;
    showProgress(`strace: ${idOf(contestant)}`);
    const level = levelSeen(contestant, directory());
    clearProgress();
    if (level !== claimed) console.log(`${idOf(contestant)} is listed as '${claimed}', and seen to do '${level}'`);
    return level;
  }

  return (contestant) => {
    const id = idOf(contestant);
    const level = known.get(id) ?? look(contestant);
    known.set(id, level);
    return level;
  };
}

/** What one write of a contestant flushes. */
export function levelSeen(contestant: Contestant, directory: string): Level {
  return trace(contestant, directory, 1, levelOf);
}

/** How many files are renamed over a path for so many writes to it at once. */
export function renamesSeen(contestant: Contestant, directory: string, writes: number): number {
  return trace(
    contestant,
    directory,
    writes,
    (calls, target) => calls.filter((call) => publishes(call, target)).length,
  );
}

/** Looks at what a contestant does for so many writes to one path at once. */
function trace<T>(
  contestant: Contestant,
  directory: string,
  writes: number,
  look: (calls: readonly SystemCall[], target: string) => T,
): T {
  mkdirSync(directory);
  try {
    const output = join(directory, 'trace');
    const files = join(directory, 'files');
    mkdirSync(files);
    const [command, ...args] = straceTo(output);
    const { execArgv, env } = startOf(contestant);
    const marks = [join(directory, 'begin'), join(directory, 'end')] as const;
    const program = [...execArgv, join(__dirname, 'traced.js'), idOf(contestant), files, ...marks, String(writes)];
    execFileSync(command!, [...args, process.execPath, ...program], { env, stdio: ['ignore', 'ignore', 'inherit'] });
    return look(callsBetween(parseTrace(readFileSync(output, 'utf8')), ...marks), join(files, 'target'));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function levelOf(calls: readonly SystemCall[], target: string): Level {
  const publishing = calls.find((call) => publishes(call, target));
  if (publishing === undefined) return 'nothing';
  const staged = firstPath(publishing.args);
  const isFlushed = calls.some((call) => flushes(staged, call) && call.ends < publishing.begins);
  if (!isFlushed) return 'process';
  const isDurable = calls.some((call) => flushes(dirname(target), call) && call.begins > publishing.ends);
  return isDurable ? 'directory' : 'file';
}

function publishes({ name, args, result }: SystemCall, target: string): boolean {
  return name.startsWith('rename') && result === 0 && lastPath(args) === target;
}

function flushes(path: string, { name, args, result }: SystemCall): boolean {
  return /^(fsync|fdatasync)$/.test(name) && result === 0 && args.includes(`<${path}>`);
}

function pathsIn(args: string): string[] {
  return [...args.matchAll(/"([^"]*)"/g)].map(([, path]) => path!);
}

function firstPath(args: string): string {
  return pathsIn(args)[0] ?? '';
}

function lastPath(args: string): string {
  return pathsIn(args).at(-1) ?? '';
}
