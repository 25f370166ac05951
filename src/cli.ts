#!/usr/bin/env node
// fs-intact: the command line. Tells what happens to a path, and sweeps leftovers.

import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type SweepOptions, type SweepReport, sweep } from './api';
import { explainPath } from './explain';
import { describeExplanation } from './explanation-text';
import { codeOf } from './ground/errors';
import { IntactError } from './ground/intact-error';
import { nodeFs } from './ground/node-fs';
import { readSettings } from './settings/read-settings';
import { volumeOf } from './volumes';

const USAGE = `usage: fs-intact sweep [--older-than AGE] [--recursive] [--dry-run] DIRECTORY...
       fs-intact explain PATH...

sweep    removes the leftovers of killed processes, and finishes the copies that they began
explain  tells what a write to a path would become, and why, with the options of the package
         in the present directory and of the environment

  --older-than AGE  also leftovers whose process nobody can judge, if untouched this long: 90s, 15m, 12h, 7d
  --recursive       the directories below, too
  --dry-run         only say what would be done
  --help            print this
  --version         print the version

Exits with 0; with 1 if something could not be done; with 2 if it was called wrongly.
`;

const OPTIONS = {
  'older-than': { type: 'string' },
  'recursive': { type: 'boolean' },
  'dry-run': { type: 'boolean' },
  'help': { type: 'boolean', short: 'h' },
  'version': { type: 'boolean' },
} as const;

/** The options that each command takes. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  sweep: ['older-than', 'recursive', 'dry-run'],
  explain: [],
};

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

async function main(args: readonly string[]): Promise<boolean> {
  const { values, positionals } = parse(args);
  if (values.help) return print(USAGE);
  if (values.version) return print(`${version()}\n`);
  const [command, ...paths] = positionals;
  const allowed = COMMANDS[command ?? ''];
  if (command === undefined) throw wrongUsage(`a command is missing; allowed: ${listOf(Object.keys(COMMANDS))}`);
  if (allowed === undefined)
    throw wrongUsage(`there is no command '${command}'; allowed: ${listOf(Object.keys(COMMANDS))}`);
  for (const name of Object.keys(values)) {
    if (!allowed.includes(name)) throw wrongUsage(`'${command}' takes no option '--${name}'${allowedOptions(allowed)}`);
  }
  if (paths.length === 0) throw wrongUsage(`'${command}' needs at least one ${argumentOf(command)}`);
  if (command === 'explain') return explainAll(paths);
  const { 'older-than': age, recursive = false, 'dry-run': dryRun = false } = values;
  return sweepAll(paths, { ...(age === undefined ? {} : { olderThanMs: parseAge(age) }), recursive, dryRun });
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS });
  } catch (error) {
    // What follows the first sentence is about programs whose files begin with a dash.
    const [complaint] = (error as Error).message.split('. ');
    const isUnknown = codeOf(error) === 'ERR_PARSE_ARGS_UNKNOWN_OPTION';
    throw wrongUsage(complaint!.replace(/^\w/, lowerCased) + (isUnknown ? allowedOptions(Object.keys(OPTIONS)) : ''));
  }
}

/** A mistake in the call. */
function wrongUsage(message: string): IntactError {
  return new IntactError('ERR_INTACT_USAGE', message);
}

function lowerCased(letter: string): string {
  return letter.toLowerCase();
}

function listOf(words: readonly string[]): string {
  return words.join(', ');
}

function allowedOptions(names: readonly string[]): string {
  return names.length === 0 ? '' : `; allowed: ${listOf(names.map((name) => `--${name}`))}`;
}

function argumentOf(command: string): string {
  return command === 'sweep' ? 'directory' : 'path';
}

function version(): string {
  const manifest = nodeFs.readFileSync(join(__dirname, '../package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

function explainAll(paths: readonly string[]): boolean {
  // Not of this program's own package.
  const settings = readSettings(undefined, process.env, process.cwd());
  for (const path of paths) {
    const [whole, open] = (['whole', 'open'] as const).map((call) =>
      describeExplanation(path, explainPath(path, call, settings, volumeOf(nodeFs))),
    );
    print(`${path}: ${whole}\n`);
    if (open !== whole) print(`${path}, opened or streamed to: ${open}\n`);
  }
  return true;
}

async function sweepAll(directories: readonly string[], options: SweepOptions): Promise<boolean> {
  let isDone = true;
  for (const directory of directories) {
    try {
      const report = await sweep(directory, options);
      printReport(directory, report, options);
    } catch (error) {
      const { report } = error as { report?: SweepReport };
      if (report !== undefined) printReport(directory, report, options);
      complain((error as Error).message);
      isDone = false;
    }
  }
  return isDone;
}

function printReport(directory: string, { removed, finished, kept }: SweepReport, { dryRun }: SweepOptions): void {
  for (const path of removed) print(`${dryRun ? 'would remove' : 'removed'} ${path}\n`);
  for (const path of finished) print(`${dryRun ? 'would finish' : 'finished'} ${path}\n`);
  for (const path of kept) print(`kept ${path}: its process may be alive, or it may not be removed\n`);
  if (removed.length + finished.length + kept.length === 0) print(`nothing to sweep in ${directory}\n`);
}

function parseAge(age: string): number {
  const [, amount, unit] = /^(\d+)([smhd])$/.exec(age) ?? [];
  if (amount === undefined || unit === undefined)
    throw wrongUsage(`--older-than is '${age}'; allowed: a whole number and s, m, h or d, such as 90s, 15m, 12h, 7d`);
  return Number(amount) * UNIT_MS[unit]!;
}

function print(text: string): true {
  process.stdout.write(text);
  return true;
}

function complain(message: string): void {
  process.stderr.write(`fs-intact: ${message}\n`);
}

// `fs-intact explain ... | head -1` has read all that it wants.
process.stdout.on('error', (error) => {
  if (codeOf(error) !== 'EPIPE') throw error;
  process.exit(0);
});

main(process.argv.slice(2)).then(
  (isDone) => (process.exitCode = isDone ? 0 : 1),
  (error: Error) => {
    complain(error.message);
    const isUsage = codeOf(error) === 'ERR_INTACT_USAGE';
    if (isUsage) process.stderr.write('Try: fs-intact --help\n');
    process.exitCode = isUsage ? 2 : 1;
  },
);
