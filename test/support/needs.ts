// What a test needs of the machine. A test that cannot have it says so and is skipped.

import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';

const CHECKS = {
  root: () => process.getuid?.() === 0,
  strace: () => runs('strace', '-e', 'trace=none', 'true'),
  Linux: () => process.platform === 'linux',
  // In a namespace of its own, so that nothing stays mounted.
  mount: () => runs('unshare', '--mount', 'mount', '-t', 'tmpfs', 'none', tmpdir()),
  unshare: () => runs('unshare', '--pid', '--fork', '--mount-proc', 'true'),
  ulimit: () => runs(withFileSizeLimit(32)[0]!, ...withFileSizeLimit(32).slice(1), 'true'),
} as const;

/** A command to run a program under, with setrlimit(2)'s RLIMIT_FSIZE; POSIX counts it in blocks of 512 bytes. */
export function withFileSizeLimit(kilobytes: number): string[] {
  return ['sh', '-c', `ulimit -f ${kilobytes * 2} && exec "$0" "$@"`];
}

export type Need = keyof typeof CHECKS;

/** Skips the present test, or suite from `before`, with a printed reason if the machine lacks one of these. */
export function needs(context: Mocha.Context, ...wanted: Need[]): void {
  const missing = wanted.filter((need) => !CHECKS[need]());
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
