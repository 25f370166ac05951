// What a test needs of the machine. A test that cannot have it says so and is skipped.

import { execFileSync } from 'node:child_process';
import { chmodSync, closeSync, copyFileSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FAST_PLACE } from './place';

const CHECKS = {
  root: () => process.getuid?.() === 0,
  strace: () => runs('strace', '-e', 'trace=none', 'true'),
  Linux: () => process.platform === 'linux',
  // In a namespace of its own, so that nothing stays mounted.
  mount: () => runs('unshare', '--mount', 'mount', '-t', 'tmpfs', 'none', tmpdir()),
  unshare: () => runs('unshare', '--pid', '--fork', '--mount-proc', 'true'),
  ulimit: () => runs(withFileSizeLimit(32)[0]!, ...withFileSizeLimit(32).slice(1), 'true'),
  // Where devices are made but not served (nodev), this fails too.
  devices: () =>
    inPlace((path) => {
      execFileSync('mknod', [path, 'c', '1', '3'], { stdio: 'ignore' });
      closeSync(openSync(path, 'w'));
    }),
  // Where the suites make their files.
  programs: () =>
    inPlace((path) => {
      copyFileSync('/bin/sleep', path);
      chmodSync(path, 0o755);
      execFileSync(path, ['0'], { stdio: 'ignore' });
    }),
  chattr: () =>
    inPlace((path) => {
      writeFileSync(path, '');
      execFileSync('chattr', ['+a', path], { stdio: 'ignore' });
      execFileSync('chattr', ['-a', path], { stdio: 'ignore' });
    }),
  xattr: () =>
    inPlace((path) => {
      writeFileSync(path, '');
      execFileSync('python3', ['-c', 'import os, sys; os.setxattr(sys.argv[1], "user.a", b"a")', path], {
        stdio: 'ignore',
      });
    }),
} as const;

/** Whether something can be done to a file where the suites make theirs. */
function inPlace(attempt: (path: string) => void): boolean {
  const directory = mkdtempSync(join(FAST_PLACE, 'fs-intact-needs-'));
  try {
    attempt(join(directory, 'file'));
    return true;
  } catch {
    return false;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** A command to run a program under, with setrlimit(2)'s RLIMIT_FSIZE; POSIX counts it in blocks of 512 bytes. */
export function withFileSizeLimit(kilobytes: number): string[] {
  return ['sh', '-c', `ulimit -f ${kilobytes * 2} && exec "$0" "$@"`];
}

export type Need = keyof typeof CHECKS;

const known = new Map<Need, boolean>();

/** Whether the machine has what is needed; looked up once. */
export function has(need: Need): boolean {
  if (!known.has(need)) known.set(need, CHECKS[need]());
  return known.get(need)!;
}

/** Skips the present test, or suite from `before`, with a printed reason if the machine lacks one of these. */
export function needs(context: Mocha.Context, ...wanted: Need[]): void {
  const missing = wanted.filter((need) => !has(need));
  if (missing.length > 0) skipBecause(context, `needs ${missing.join(' and ')}`);
}

/** Skips with a printed reason. */
export function skipBecause(context: Mocha.Context, reason: string): never {
  const title = context.test?.fullTitle() ?? '';
  process.stdout.write(`\n  skipped: ${title}: ${reason}\n`);
  return context.skip();
}

/** Whether a command can be run here. */
export function runs(command: string, ...args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
