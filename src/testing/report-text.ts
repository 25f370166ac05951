// A report as a terminal of 100 columns shows it.

import { type Space, contentDiff } from './content-diff';
import { previewLine } from './content-preview';
import { type Comparison, bytesAt, compareImages, isParent } from './image-diff';
import type { DiffLine } from './line-diff';
import { type Paint, type Style, plainly } from './paint';
import type { Fate, Findings, TraceLine, Violation } from './report';
import { showDifference, showPlace } from './show-place';
import { showSite } from './show-site';
import { type Row, excerptOf, showGap } from './trace-excerpt';
import { visible, visibleLines } from './visible-text';

/** How much is shown of one violation: lines of its message, lines of its trace, paths of its disk. */
const MESSAGE_LINES_MAX = 20;
const TRACE_LINES_MAX = 30;
const DIFFERENCES_MAX = 20;
const UNCHANGED_MAX = 8;
/** And of one file. */
const DIFFERENCE: Space = { lines: 16, columns: 88 };
const PREVIEW_COLUMNS = 40;

const MARKS: Readonly<Record<Fate, string>> = {
  'forced': 'F',
  'kept': '~',
  'partly lost': '/',
  'lost': 'x',
  'done': ' ',
  'not reached': ' ',
};

const LEGEND = 'F forced to the device   ~ there by chance   / partly lost   x lost';

const FATE_STYLES: Readonly<Partial<Record<Fate, Style>>> = {
  'partly lost': 'red',
  'lost': 'red',
  'not reached': 'dim',
};

const SIGN_STYLES: Readonly<Partial<Record<DiffLine['sign'], Style>>> = { '-': 'red', '+': 'green', '…': 'dim' };

/** The whole report. */
export function showReport(report: Findings, paint: Paint = plainly): string {
  const { violations } = report;
  return [
    paint(violations.length === 0 ? 'green' : 'red', summaryOf(report)),
    ...violations.map((violation, index) => showViolation(report, violation, index + 1, paint)),
  ].join('\n\n');
}

/** One line: how many violations, and in how much. */
export function summaryOf(report: Findings): string {
  const { violations, subject, trace } = report;
  const found = violations.length === 0 ? 'crash-safe' : plural(violations.length, 'violation');
  // Most likely it has written to another fs than the one that it was given.
  const warning = trace.events.some(({ kind }) => kind === 'operation') ? '' : '; the workload has changed nothing';
  return `${found}: ${visible(subject)}; ${extentOf(report)}${warning}`;
}

/** As in `9 crash points, 34 crash states (all there are)`. */
export function extentOf({ kind, crashPoints, crashStates, exhaustive, seed }: Findings): string {
  const points = plural(crashPoints, kind === 'crash' ? 'crash point' : 'call');
  const states = plural(crashStates, kind === 'crash' ? 'crash state' : 'run');
  const part = kind === 'crash' ? `a part of them, seed ${seed}` : 'a part of them';
  return `${points}, ${states} (${exhaustive ? 'all there are' : part})`;
}

/** One violation: what failed, how it came to it, what the disk holds, how to see it again. */
export function showViolation(
  { kind }: Pick<Findings, 'kind'>,
  violation: Violation,
  number: number,
  paint: Paint = plainly,
): string {
  const { message, story, acked, image, expected, site, token } = violation;
  const isCrash = kind === 'crash';
  const [first, ...more] = limited(visibleLines(message), MESSAGE_LINES_MAX, (count) => `… ${count} more lines`);
  const [disk, baseline] = isCrash ? ['at the crash', 'had nothing been lost'] : ['at the end', 'without the fault'];
  return [
    paint('bold', `violation ${number}: ${first}`),
    ...more.map((line) => `  ${line}`),
    ...(site === undefined ? [] : [`  at ${showSite(site)}`]),
    `  acknowledged: ${acked.length === 0 ? 'nothing' : acked.map(visible).join(', ')}`,
    '',
    ...(isCrash ? [paint('dim', `  ${LEGEND}`)] : []),
    ...story.flatMap((part, index) => [
      ...(index === 0 ? [] : ['', '  then, in the recovery']),
      ...showRows(excerptOf(part, isCrash, TRACE_LINES_MAX), paint),
    ]),
    '',
    `  the disk ${disk} (- ${baseline}, + as it is)`,
    ...showDisk(compareImages(expected, image), paint),
    '',
    `  replay: ${paint('cyan', token)}`,
  ].join('\n');
}

/** Each place in the caller's code stands above the lines that come from it. */
function showRows(rows: readonly Row[], paint: Paint): string[] {
  let place: string | undefined;
  return rows.flatMap((row) => {
    if (row.kind === 'crash') return [paint('red', '  --- crash ---')];
    if (row.kind === 'gap') return [paint('dim', `    … ${showGap(row)}`)];
    const { site } = row.line;
    if (site === undefined || site === place) return showLine(row.line, paint);
    place = site;
    return [paint('dim', `    ${showSite(site)}`), ...showLine(row.line, paint)];
  });
}

function showLine({ text, fate, lost }: TraceLine, paint: Paint): string[] {
  const lines = [`  ${MARKS[fate]} ${visible(text)}`, ...lost.map((what) => `      lost: ${what}`)];
  const style = FATE_STYLES[fate];
  return style === undefined ? lines : lines.map((line) => paint(style, line));
}

/** First what differs, then what does not. */
function showDisk(comparisons: readonly Comparison[], paint: Paint): string[] {
  const different = comparisons.filter(({ isSame }) => !isSame);
  const same = comparisons.filter(({ isSame, found }) => isSame && !isParent(found));
  return [
    ...limited(
      different.map((comparison) => showDifferent(comparison, paint)),
      DIFFERENCES_MAX,
      (count) => [`    … ${count} more differences`],
    ),
    ...limited(same.map(showSame), UNCHANGED_MAX, (count) => [`    … ${count} more as expected`]),
  ].flat();
}

function showDifferent(comparison: Comparison, paint: Paint): string[] {
  const { path, expected, found } = comparison;
  const lines = contentDiff(bytesAt(expected), bytesAt(found), DIFFERENCE).map(({ sign, text }) => {
    const line = `      ${sign} ${text}`;
    const style = SIGN_STYLES[sign];
    return style === undefined ? line : paint(style, line);
  });
  return [`    ${visible(path)}: ${showDifference(comparison)}`, ...lines];
}

function showSame({ path, found }: Comparison): string[] {
  const content = previewLine(bytesAt(found), PREVIEW_COLUMNS);
  return [`    ${visible(path)}: as expected, ${showPlace(found!)}${content && ` | ${content}`}`];
}

/** The first of them, and how many more there are. */
function limited<Item>(items: readonly Item[], most: number, showRest: (count: number) => Item): Item[] {
  return items.length <= most ? [...items] : [...items.slice(0, most), showRest(items.length - most)];
}

function plural(count: number, word: string): string {
  return `${count.toLocaleString('en')} ${word}${count === 1 ? '' : 's'}`;
}
