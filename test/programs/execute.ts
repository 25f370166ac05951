// Running a program on a fresh copy of its input, always in the same place: some write down where they are.

import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PACKAGE } from '../support/child';
import { COUNT_WRITES, writesIn } from '../support/counts-file';
import { describeTree } from '../support/tree';
import type { Program, Variation } from './program';

/** How a program is run, besides what it is. */
export interface Setting {
  readonly node: string;
  /** The folder with the installed packages. */
  readonly scratch: string;
  /** Where something can be downloaded. */
  readonly server: string;
  readonly isHooked: boolean;
}

/** Everything that a run can be told by. */
export interface Run {
  readonly code: readonly (number | null)[];
  readonly stdout: string;
  readonly stderr: string;
  /** A line for each entry of its folder. */
  readonly tree: readonly string[];
  /** How many writes went through fs-intact. */
  readonly writes: number;
}

const LIMIT_MS = 180_000;
/** Older than any run, so that one can tell files which were only copied. */
const INPUT_TIME = new Date('2020-02-02T02:02:02Z');
const NOTHING = join(PACKAGE, 'test/programs/nothing.cjs');

/**
 * Runs a program to its end.
 *
 * @param varies What is blotted out of what it printed and made.
 */
export async function execute(program: Program, setting: Setting, varies: readonly Variation[]): Promise<Run> {
  const folder = join(setting.scratch, 'work', program.name.replaceAll('/', '-'));
  rmSync(folder, { recursive: true, force: true });
  layOut(program, folder);
  const counts = join(setting.scratch, `counts-${program.name.replaceAll('/', '-')}`);
  rmSync(counts, { force: true });
  const begin = new Date(Date.now() - 1000);
  const run = { code: [] as (number | null)[], stdout: '', stderr: '' };
  for (const step of program.steps) {
    const { code, stdout, stderr } = await runStep(
      step,
      folder,
      environmentFor(program, setting, folder, counts),
      setting,
    );
    run.code.push(code);
    run.stdout += stdout;
    run.stderr += stderr;
  }
  const blot = (where: Variation['where'], text: string): string => blotOut(varies, where, text);
  return {
    code: run.code,
    stdout: blot('stdout', run.stdout),
    stderr: blot('stderr', run.stderr),
    tree: describeTree(folder, {
      contentOf: (path, bytes) => blotContent(varies, path, bytes),
      setBefore: begin,
    })
      .map((line) => blot('paths', line))
      .toSorted(),
    writes: writesIn(counts),
  };
}

function layOut({ files, modes = {} }: Program, folder: string): void {
  for (const name of ['home', 'tmp']) mkdirSync(join(folder, name), { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    if (text.startsWith('-> ')) symlinkSync(text.slice(3), file);
    else {
      writeFileSync(file, text);
      chmodSync(file, modes[path] ?? 0o644);
      utimesSync(file, INPUT_TIME, INPUT_TIME);
    }
  }
  // Archivers write them down.
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) utimesSync(join(entry.parentPath, entry.name), INPUT_TIME, INPUT_TIME);
  }
}

function environmentFor(program: Program, setting: Setting, folder: string, counts: string): NodeJS.ProcessEnv {
  return {
    PATH: `${dirname(setting.node)}:${process.env['PATH']}`,
    HOME: join(folder, 'home'),
    TMPDIR: join(folder, 'tmp'),
    TZ: 'UTC',
    LANG: 'C.UTF-8',
    CI: '1',
    NO_COLOR: '1',
    SERVER: setting.server,
    // Loaded in plain runs as well: only what is in the preloaded file differs.
    NODE_OPTIONS: `-r ${JSON.stringify(setting.isHooked ? COUNT_WRITES : NOTHING)}`,
    FS_INTACT_DURABILITY: program.durability,
    FS_INTACT_COUNTS: counts,
  };
}

function runStep(
  [file = '', ...args]: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
  { node, scratch }: Setting,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const program = file.startsWith('./') ? join(cwd, file) : join(scratch, 'node_modules', file);
  return new Promise((settle, fail) => {
    const child = spawn(node, [program, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    let stdout = '';
    let stderr = '';
    const limit = setTimeout(() => {
      stderr += `killed after ${LIMIT_MS / 1000} s\n`;
      // The group, because what it has started would hold the pipes open.
      process.kill(-child.pid!, 'SIGKILL');
    }, LIMIT_MS);
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', fail);
    child.on('close', (code) => {
      clearTimeout(limit);
      settle({ code, stdout, stderr });
    });
  });
}

function blotOut(varies: readonly Variation[], where: Variation['where'], text: string): string {
  const matching = varies.filter((variation) => variation.where === where);
  return matching.reduce((rest, { what }) => rest.replaceAll(everywhere(what), '…'), text);
}

function blotContent(varies: readonly Variation[], path: string, bytes: Buffer): Buffer {
  const matching = varies.filter(({ where }) => where instanceof RegExp && where.test(path));
  if (matching.length === 0) return bytes;
  const text = bytes.toString('latin1');
  return Buffer.from(matching.reduce((rest, { what }) => rest.replaceAll(everywhere(what), '…'), text));
}

function everywhere(what: RegExp): RegExp {
  return new RegExp(what.source, `${what.flags.replace('g', '')}g`);
}
