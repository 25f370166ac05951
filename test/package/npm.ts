// npm as a user runs it, and without what an npm around us has left in the environment.

import { execFile } from 'node:child_process';
import { PACKAGE } from '../support/child';

export interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** An npm or npx that failed, with what it wrote. */
export interface CommandError extends Error {
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs npm or npx in a folder. @returns What it wrote to stdout. @throws {CommandError} */
export function runNpm(command: 'npm' | 'npx', args: readonly string[], cwd: string): Promise<string> {
  const environment = Object.entries(process.env).filter(
    ([name]) => !/^npm_(?!config_(registry|cache)$)/i.test(name) && name !== 'NODE_OPTIONS',
  );
  return new Promise((resolve, reject) => {
    execFile(command, args, { cwd, env: Object.fromEntries(environment) }, (error, stdout, stderr) => {
      if (error) reject(Object.assign(error, { stdout, stderr }));
      else resolve(stdout);
    });
  });
}

/** Packs this package as it is built. Without its scripts: they would build it again, under other tests' feet. */
export async function npmPack(...args: string[]): Promise<Packed> {
  const answer = await runNpm('npm', ['pack', '--json', '--ignore-scripts', ...args], PACKAGE);
  const [packed] = JSON.parse(answer) as [Packed];
  return packed;
}

/** Whether npm failed because nothing answered, and not because of what it was to install. */
export function isUnreachable(error: unknown): boolean {
  const { stderr = '' } = error as Partial<CommandError>;
  return /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTCACHED)\b/.test(stderr);
}
