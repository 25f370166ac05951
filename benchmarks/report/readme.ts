// The part of the package's README that tells how fast it is: what it must show beside what it shows, and some pictures.

import type { Result } from '../result';
import { type Finding, judgement, shownFigure, shownNoise } from './verdict';

const BEGIN = '<!-- speed:begin -->';
const END = '<!-- speed:end -->';

/** The parts that are shown as pictures; the others are on the page of all results. */
const SHOWN = ['sync-1k', '512-files-1k', 'one-path', 'device-64-files-4-threads', 'memory-string', 'start-up'];

/** @returns The README with its part about speed made anew. */
export function withSpeed(
  readme: string,
  read: (part: string) => Result | undefined,
  findings: readonly Finding[],
): string {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`the README has no ${BEGIN} before an ${END}`);
  return [readme.slice(0, begin) + BEGIN, speed(read, findings), readme.slice(end)].join('\n\n');
}

function speed(read: (part: string) => Result | undefined, findings: readonly Finding[]): string {
  const shown = SHOWN.flatMap((name) => read(name) ?? []);
  const [first] = shown;
  if (first === undefined) throw new Error('there are no results to be shown; npm run bench makes them');
  const { node, kernel, processor, fileSystem, date } = first.environment;
  return [
    `Node ${node}, ${kernel}, ${processor}, ${fileSystem}, ${date}. Made by \`npm run bench\`, and put here by ` +
      '`npm run bench -- --readme`; all tables are in [benchmarks/results](benchmarks/results/README.md). Ratios are of ' +
      'speeds within one run, round by round; A/A is by how much the same contestant, taken twice, differs from itself there.',
    tableOf(findings),
    ...shown.map(({ title, name, command }) => `![${title}](benchmarks/results/${name}.svg)\n\n\`${command}\``),
  ].join('\n\n');
}

function tableOf(findings: readonly Finding[]): string {
  const rows = findings.map((finding) => [
    finding.work,
    finding.target,
    shownFigure(finding),
    judgement(finding),
    shownNoise(finding),
  ]);
  return [['work', 'target', 'figure', '', 'A/A'], ['---', '---', '--:', '---', '--:'], ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}
