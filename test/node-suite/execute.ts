// Running one of Node's test files as a process of its own, the way Node's own runner does.

import { spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writesIn } from '../support/counts-file';
import { sourceOf } from './select';

export type Verdict = 'pass' | 'fail' | 'skip';

export interface Outcome {
  readonly verdict: Verdict;
  /** The end of what the test printed, for a report of its failure. */
  readonly output: string;
  /** How many writes went through fs-intact, in the test and in its child processes. */
  readonly writes: number;
}

export interface Environment {
  readonly node: string;
  readonly tree: string;
  /** A folder for this run's test directories. */
  readonly scratch: string;
  /** What to preload into the test; nothing for a plain run. */
  readonly preload?: string;
}

const LIMIT_MS = 60_000;
const OUTPUT_MAX = 4000;

let runs = 0;

/** Runs a test in a fresh directory, honouring its `// Flags:` and `// Env:` lines. */
export async function execute(test: string, { node, tree, scratch, preload }: Environment): Promise<Outcome> {
  const directory = join(scratch, `run-${runs++}`);
  mkdirSync(directory, { recursive: true });
  const counts = join(directory, 'writes');
  const source = sourceOf(tree, test);
  const environment: NodeJS.ProcessEnv = {
    ...withoutNode(process.env),
    ...readEnv(source),
    NODE_TEST_DIR: directory,
    TEST_THREAD_ID: '0',
    TEST_SERIAL_ID: '0',
    TEST_PARALLEL: '1',
    FS_INTACT_COUNTS: counts,
  };
  const hook = preload === undefined ? [] : ['-r', preload];
  const { code, output } = await runLimited(
    node,
    [...hook, ...readFlags(source), join(tree, 'test', test)],
    environment,
  );
  const skipped = /^1\.\.0 # Skipped/m.test(output);
  const writes = writesIn(counts);
  rmSync(directory, { recursive: true, force: true });
  return { verdict: code !== 0 ? 'fail' : skipped ? 'skip' : 'pass', output: output.slice(-OUTPUT_MAX), writes };
}

/** Runs a command in a process group of its own, so that at the limit its children go too. */
function runLimited(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: env['NODE_TEST_DIR'],
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let output = '';
    const limit = setTimeout(() => {
      output += `\nkilled after ${LIMIT_MS / 1000} s`;
      killGroup(child.pid);
    }, LIMIT_MS);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-OUTPUT_MAX * 4)));
    }
    child.on('error', reject);
    child.on('exit', (code) => {
      clearTimeout(limit);
      // What it left running would hold the pipes open.
      killGroup(child.pid);
      setImmediate(() => resolve({ code, output }));
    });
  });
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // All gone already.
  }
}

function withoutNode(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !/^(NODE_|FS_INTACT|npm_)/i.test(name)));
}

function readFlags(source: string): string[] {
  return (/^\/\/ Flags:\s*(.*)$/m.exec(source)?.[1] ?? '').split(/\s+/).filter(Boolean);
}

function readEnv(source: string): Record<string, string> {
  const line = /^\/\/ Env:\s*(.*)$/m.exec(source)?.[1] ?? '';
  return Object.fromEntries([...line.matchAll(/(\w+)=(\S*)/g)].map(([, name, value]) => [name!, value!]));
}
