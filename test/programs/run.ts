// Real programs from the registry, with and without the hook: `npm run test:programs -- [--only webpack]`.

import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type CommandError, runNpm } from '../package/npm';
import { inParallel } from '../support/in-parallel';
import { BUILDERS } from './catalogue/builders';
import { INSTALLERS } from './catalogue/installers';
import { STORES } from './catalogue/stores';
import { STREAMS } from './catalogue/streams';
import { type Comparison, compare } from './compare';
import type { Program } from './program';
import { withServer } from './server';

const CATALOGUE: readonly Program[] = [...BUILDERS, ...STREAMS, ...STORES, ...INSTALLERS];
const AT_ONCE = 2;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      'only': { type: 'string', multiple: true, default: [''] },
      'node-binary': { type: 'string', default: process.execPath },
    },
  });
  const programs = CATALOGUE.filter(({ name }) => values.only.some((part) => name.includes(part)));
  if (programs.length === 0) throw new Error(`no program's name has '${values.only.join("' or '")}' in it`);
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'fs-intact-programs-')));
  try {
    await install(programs, scratch);
    const node = resolve(values['node-binary']);
    const comparisons = await withServer((server) =>
      inParallel(programs, (program) => compareAndTell(program, { node, scratch, server }), AT_ONCE),
    );
    return report(comparisons);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Installs what the programs need, in the versions that they name, and without anybody's install scripts. */
async function install(programs: readonly Program[], scratch: string): Promise<void> {
  const dependencies: Record<string, string> = {};
  for (const { name, packages } of programs) {
    for (const [wanted, version] of Object.entries(packages)) {
      if ((dependencies[wanted] ??= version) !== version)
        throw new Error(`${name} wants ${wanted} ${version}, another program ${dependencies[wanted]}`);
    }
  }
  console.log(`installing ${Object.keys(dependencies).length} packages ...`);
  writeFileSync(join(scratch, 'package.json'), JSON.stringify({ private: true, dependencies }));
  const options = ['--ignore-scripts', '--no-package-lock', '--no-audit', '--no-fund', '--loglevel=error'];
  try {
    await runNpm('npm', ['install', ...options], scratch);
  } catch (error) {
    throw new Error(`npm could not install them: ${(error as CommandError).stderr}`, { cause: error });
  }
}

async function compareAndTell(program: Program, setting: Parameters<typeof compare>[1]): Promise<Comparison> {
  const comparison = await compare(program, setting);
  const { findings } = comparison;
  if (findings.length > 0) console.log(`\n${program.name}: ${findings.join('\n')}\n`);
  return comparison;
}

function report(comparisons: readonly Comparison[]): number {
  const rows = comparisons.map(({ program: { name, kind, packages, isModule, durability }, writes, findings }) => [
    `${name} ${packages[name]}`,
    kind,
    isModule ? 'ESM' : 'CommonJS',
    durability,
    String(writes),
    findings.length === 0 ? 'same' : 'DIFFERENT',
  ]);
  print([['program', 'kind', 'modules', 'durability', 'writes', 'result'], ...rows]);
  const bad = comparisons.filter(({ findings }) => findings.length > 0);
  console.log(`\n${comparisons.length} programs, ${bad.length} different`);
  return bad.length === 0 ? 0 : 1;
}

function print(rows: readonly (readonly string[])[]): void {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  for (const row of rows)
    console.log(
      `  ${row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd()}`,
    );
}

main().then(
  (code) => (process.exitCode = code),
  (error: Error) => {
    console.error(`test:programs: ${error.message}`);
    process.exitCode = 2;
  },
);
