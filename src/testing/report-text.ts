// A report as a terminal shows it.

import { relative } from 'node:path';
import { differencesOf, showInode } from './image-diff';
import type { Fate, Findings, TraceLine, Violation } from './report';

const MARKS: Readonly<Record<Fate, string>> = {
  'forced': 'F',
  'kept': '~',
  'partly lost': '/',
  'lost': 'x',
  'not reached': ' ',
};

const LEGEND = 'F forced to the device   ~ there by chance   / partly lost   x lost';

export function showReport(report: Findings): string {
  return [summaryOf(report), ...report.violations.map((violation, index) => showViolation(violation, index + 1))].join(
    '\n\n',
  );
}

/** One line: how many violations, and in how much. */
export function summaryOf({ kind, violations, subject, crashPoints, crashStates, exhaustive, seed }: Findings): string {
  const found = violations.length === 0 ? 'crash-safe' : plural(violations.length, 'violation');
  const tried =
    kind === 'crash'
      ? `${plural(crashPoints, 'crash point')}, ${plural(crashStates, 'crash state')}`
      : `${plural(crashPoints, 'call')}, ${plural(crashStates, 'run')}`;
  const extent = exhaustive ? 'all there are' : `a bounded search, seed ${seed}`;
  return `${found}: ${subject}; ${tried} (${extent})`;
}

/** One violation: what failed, how it came to it, what the disk holds, how to see it again. */
export function showViolation(violation: Violation, number: number): string {
  const { message, story, acked, image, expected, site, token } = violation;
  const lines = [`violation ${number}: ${message}`];
  if (site !== undefined) lines.push(`  at ${nearer(site)}`);
  lines.push(`  acknowledged: ${acked.length === 0 ? 'nothing' : acked.join(', ')}`);
  for (const [index, part] of story.entries()) {
    lines.push('', index === 0 ? `  ${LEGEND}` : '  then, in the recovery:', ...showStory(part));
  }
  lines.push('', '  the disk (- without the crash, + after it):', ...showDifferences(expected, image));
  lines.push('', `  replay: ${token}`);
  return lines.join('\n');
}

function showStory(lines: readonly TraceLine[]): string[] {
  const cut = lines.findIndex(({ fate }) => fate === 'not reached');
  const shown = lines.flatMap(({ text, fate, site, lost }) => [
    `  ${MARKS[fate]} ${text}${site === undefined ? '' : `   ${nearer(site)}`}`,
    ...lost.map((what) => `      lost: ${what}`),
  ]);
  const before = cut === -1 ? shown.length : shown.length - (lines.length - cut);
  return shown.toSpliced(before, 0, '  --- crash ---');
}

function showDifferences(expected: Violation['image'], found: Violation['image']): string[] {
  const differences = differencesOf(expected, found);
  if (differences.length === 0) return ['    no difference'];
  return differences.flatMap((difference) => [
    `    ${difference.path}`,
    `      - ${showInode(difference.expected)}`,
    `      + ${showInode(difference.found)}`,
  ]);
}

/** Relative to where the program runs, if that is shorter. */
function nearer(site: string): string {
  const path = site.replace(/^file:\/\//, '');
  const near = relative(process.cwd(), path);
  return near.length < path.length ? near : path;
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
