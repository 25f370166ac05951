// Those who do rounds: a contestant in a process of its own, and the C program.

import { type ChildProcess, execFile, fork } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Message } from './child';
import { type Contestant, idOf } from './contestants';
import type { Level } from './level';
import type { Effort, Floor, Round, Work } from './work/work';

export interface Runner {
  readonly name: string;
  readonly level: Level;
  readonly family: Contestant['family'] | 'floor' | 'control';
  round(): Promise<Round>;
  close(): Promise<void>;
}

/** The hook as it is published. */
export const REGISTER = join(__dirname, '../../dist/register.js');

/** How a child of a contestant is started. */
export function startOf({ hook, durability }: Contestant): { execArgv: string[]; env: NodeJS.ProcessEnv } {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(FS_INTACT|NODE_OPTIONS|UV_THREADPOOL_SIZE)/.test(name),
  );
  return {
    execArgv: hook === true ? ['-r', REGISTER] : [],
    env: { ...Object.fromEntries(own), ...(durability === undefined ? {} : { FS_INTACT_DURABILITY: durability }) },
  };
}

interface Start {
  readonly directory: string;
  readonly effort: Effort;
  readonly isControl?: boolean;
}

/** Starts a contestant, ready for its first round. */
export async function startRunner(contestant: Contestant, work: Work, start: Start): Promise<Runner> {
  const { directory, effort } = start;
  mkdirSync(directory);
  const id = idOf(contestant);
  const { execArgv, env } = startOf(contestant);
  const child = fork(join(__dirname, 'child.js'), [id, work.name, directory, JSON.stringify(effort)], {
    execArgv,
    env: work.poolThreads === undefined ? env : { ...env, UV_THREADPOOL_SIZE: String(work.poolThreads) },
  });
  const answer = await messageOf(child);
  if (!('ready' in answer)) throw new Error(`${id}: ${JSON.stringify(answer)}`);
  return {
    ...shownAs(contestant, start),
    async round() {
      const answered = messageOf(child);
      child.send('round');
      const message = await answered;
      if ('round' in message) return message.round;
      throw new Error(`${id}: ${'error' in message ? message.error : 'ready twice'}`);
    },
    async close() {
      await ended(child);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function shownAs(contestant: Contestant, { isControl = false }: Start): Pick<Runner, 'name' | 'level' | 'family'> {
  const { level, family } = contestant;
  const name = idOf(contestant);
  return isControl ? { name: `${name}, once more`, level, family: 'control' } : { name, level, family };
}

/** Starts a contestant anew for each round, and lets it do one before that does not count. */
export function freshRunner(contestant: Contestant, work: Work, start: Start): Runner {
  return {
    ...shownAs(contestant, start),
    async round() {
      const runner = await startRunner(contestant, work, start);
      try {
        await runner.round();
        return await runner.round();
      } finally {
        await runner.close();
      }
    },
    close: () => Promise.resolve(),
  };
}

/** Tells a child that nothing more is wanted, unless it is gone already. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  if (child.connected) child.disconnect();
  await exited;
}

/** No round of anybody takes so long: it will never call back. */
const ANSWER_MILLISECONDS_MAX = 10 * 60_000;

function messageOf(child: ChildProcess): Promise<Message> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => child.kill('SIGKILL'), ANSWER_MILLISECONDS_MAX);
    const died = (code: number | null, signal: string | null): void => {
      clearTimeout(late);
      reject(new Error(`a contestant died: ${child.spawnargs.slice(1).join(' ')}: ${code ?? signal}`));
    };
    child.once('exit', died);
    child.once('message', (message) => {
      clearTimeout(late);
      child.off('exit', died);
      resolve(message as Message);
    });
  });
}

/** The C program at one level, started anew for each round; only what it measures itself counts. */
export function floorRunner(
  program: string,
  level: Level,
  floor: Floor,
  { directory, effort }: { directory: string; effort: Effort },
): Runner {
  mkdirSync(directory);
  const operations = floor.operations(effort);
  const { files, bytes, threads = 0, isTogether = false } = floor;
  const args = [level, directory, files, bytes, operations, threads, ...(isTogether ? ['together'] : [])].map(String);
  const how = threads === 0 ? '' : `, ${threads} threads${isTogether ? ' that flush together' : ''}`;
  return {
    name: `C${how}, ${level}`,
    level,
    family: 'floor',
    async round() {
      const { stdout } = await promisify(execFile)(program, args);
      const samples = stdout.trim().split('\n').map(Number);
      return { total: samples.reduce((sum, time) => sum + time, 0), operations, samples };
    },
    async close() {
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
