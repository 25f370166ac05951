#!/usr/bin/env node
// fs-intact: the command line. Tells what happens to a path, and sweeps leftovers.

import { parseArgs } from 'node:util';
import { explain, sweep } from './api';

const USAGE = `usage: fs-intact sweep [--older-than AGE] [--recursive] [--dry-run] DIRECTORY...
       fs-intact explain PATH...

sweep    removes the leftovers of killed processes, and finishes the copies that they began
explain  tells what a write to a path would become, and why

  --older-than AGE  also leftovers whose maker cannot be judged, if untouched this long: 90s, 15m, 12h, 7d
  --recursive       the directories below, too
  --dry-run         only say what would be removed
`;

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      'older-than': { type: 'string' },
      'recursive': { type: 'boolean', default: false },
      'dry-run': { type: 'boolean', default: false },
      'help': { type: 'boolean', short: 'h', default: false },
    },
  });
  const [command, ...paths] = positionals;
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  if (paths.length === 0) throw new Error('a command and at least one path are needed');
  if (command === 'explain') return explainAll(paths);
  if (command !== 'sweep') throw new Error(`there is no command '${command}'`);
  const age = values['older-than'];
  return sweepAll(paths, {
    ...(age === undefined ? {} : { olderThanMs: parseAge(age) }),
    recursive: values.recursive,
    dryRun: values['dry-run'],
  });
}

function explainAll(paths: readonly string[]): number {
  for (const path of paths) {
    const { plan, reason, isProtected, target, durability, rule } = explain(path);
    const details = [
      isProtected ? 'crash-safe' : 'NOT crash-safe',
      reason && `because: ${reason}`,
      rule && `rule: ${rule}`,
      target !== path && target && `file: ${target}`,
      `durability: ${durability}`,
    ];
    process.stdout.write(`${path}: ${plan} (${details.filter(Boolean).join('; ')})\n`);
  }
  return 0;
}

async function sweepAll(
  directories: readonly string[],
  options: { olderThanMs?: number; recursive: boolean; dryRun: boolean },
): Promise<number> {
  for (const directory of directories) {
    const { removed, finished, kept } = await sweep(directory, options);
    const verb = options.dryRun ? 'would remove' : 'removed';
    for (const path of removed) process.stdout.write(`${verb} ${path}\n`);
    for (const path of finished) process.stdout.write(`finished ${path}\n`);
    for (const path of kept) process.stdout.write(`kept ${path}: its process may be alive\n`);
  }
  return 0;
}

function parseAge(age: string): number {
  const [, amount, unit] = /^(\d+)([smhd])$/.exec(age) ?? [];
  if (amount === undefined || unit === undefined)
    throw new Error(`--older-than is '${age}'; allowed: 90s, 15m, 12h, 7d`);
  return Number(amount) * UNIT_MS[unit]!;
}

main().then(
  (code) => (process.exitCode = code),
  (error: Error) => {
    process.stderr.write(`fs-intact: ${error.message}\n\n${USAGE}`);
    process.exitCode = 2;
  },
);
