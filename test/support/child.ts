// Real child processes: node programs given as text, with and without the hook.

import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import type { Duplex } from 'node:stream';

/** The package as it is built, which is what children load. */
export const PACKAGE = resolve(__dirname, '../../..');
export const REGISTER = resolve(PACKAGE, 'dist/register.js');
export const API = resolve(PACKAGE, 'dist/api.js');

/** A child that never ends must not hold up the whole run. */
const CHILD_TIMEOUT_MS = 60_000;

export interface ChildResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ChildOptions {
  /** Preload fs-intact/register. @default true */
  hook?: boolean;
  cwd?: string;
  env?: Record<string, string>;
  nodeArguments?: readonly string[];
  programArguments?: readonly string[];
  /** A command to run node with, such as strace. */
  under?: readonly string[];
  uid?: number;
  /** After how many milliseconds the child is killed. @default CHILD_TIMEOUT_MS */
  timeoutMs?: number;
  /** Called with the pid as soon as there is one. */
  started?: (pid: number) => void;
  /** Called with this end of a socket whose other end is the child's descriptor 3, and with what kills the child. */
  channel?: (socket: Duplex, kill: () => void) => void;
  /** Called with all of stdout so far whenever there is more of it, and with the pid. */
  printed?: (stdout: string, pid: number) => void;
}

/** Runs a CommonJS program in a child process to its end. */
export function runProgram(source: string, options: ChildOptions = {}): Promise<ChildResult> {
  return runNode(['-e', source, '--', ...(options.programArguments ?? [])], options);
}

/** Runs node with these arguments to its end. */
export function runNode(nodeArguments: readonly string[], options: ChildOptions = {}): Promise<ChildResult> {
  const hook = options.hook === false ? [] : ['-r', REGISTER];
  const [command, ...rest] = [
    ...(options.under ?? []),
    process.execPath,
    ...hook,
    ...(options.nodeArguments ?? []),
    ...nodeArguments,
  ];
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(NODE_OPTIONS|NODE_NO_WARNINGS|FS_INTACT.*)$/.test(name)),
  );
  return new Promise((settle, fail) => {
    const child = spawn(command!, rest, {
      cwd: options.cwd,
      env: { ...environment, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe', ...(options.channel === undefined ? [] : ['pipe' as const])],
      timeout: options.timeoutMs ?? CHILD_TIMEOUT_MS,
      killSignal: 'SIGKILL',
      ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
    });
    let stdout = '';
    let stderr = '';
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      options.printed?.(stdout, child.pid!);
    });
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    options.channel?.(child.stdio[3] as Duplex, () => child.kill('SIGKILL'));
    child.on('error', fail);
    child.on('spawn', () => options.started?.(child.pid!));
    child.on('close', (code, signal) => settle({ code, signal, stdout, stderr }));
  });
}
