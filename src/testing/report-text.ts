// A report as a terminal of 100 columns shows it.

import { causesOf, lossesOf } from './causes';
import { clipped, limited, wrapped } from './clip';
import { showDisk } from './disk-text';
import { DISK_TITLES } from './disk-title';
import { type Paint, type Style, plainly } from './paint';
import type { Fate, Findings, Violation } from './report';
import { showSite } from './show-site';
import { summaryOf } from './summary';
import { type Row, excerptOf, showGap } from './trace-excerpt';
import { visible, visibleLines } from './visible-text';

const COLUMNS = 100;
/** Violations that are shown in full, and those in a line each. */
const VIOLATIONS_IN_FULL_MAX = 4;
const VIOLATIONS_IN_BRIEF_MAX = 20;
const BRIEF_COLUMNS = 58;
/** Lines of a message and of a trace. */
const MESSAGE_LINES_MAX = 20;
const TRACE_LINES_MAX = 30;

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

/**
 * The whole report. The first violation of each cause is shown in full, and of the others only what they say and the token
 * to see them by.
 */
export function showReport(report: Findings, paint: Paint = plainly): string {
  const { violations } = report;
  const full = causesOf(violations)
    .slice(0, VIOLATIONS_IN_FULL_MAX)
    .map(({ first }) => first);
  return [
    paint(violations.length === 0 ? 'green' : 'red', summaryOf(report)),
    ...full.map((index) => showViolation(report, violations[index]!, index + 1, paint)),
    ...showBriefly(violations, new Set(full), paint),
  ].join('\n\n');
}

function showBriefly(violations: readonly Violation[], full: ReadonlySet<number>, paint: Paint): string[] {
  const lines = violations.flatMap((violation, index) => {
    if (full.has(index)) return [];
    const what = clipped(inBrief(violation), BRIEF_COLUMNS).padEnd(BRIEF_COLUMNS);
    return [`${String(index + 1).padStart(5)}  ${what}  ${paint('cyan', violation.token)}`];
  });
  const shown = limited(lines, VIOLATIONS_IN_BRIEF_MAX, (count) => `       … ${count} more`);
  return shown.length === 0 ? [] : [['the other violations, each with its token for replay', ...shown].join('\n')];
}

/** As in `torn or lost; loses write, rename`. */
function inBrief(violation: Violation): string {
  const [message] = visibleLines(violation.message);
  if (violation.fault !== undefined) return `${visible(violation.fault.text)}: ${message}`;
  const calls = new Set(lossesOf(violation).map(({ text }) => text.slice(0, text.indexOf('('))));
  return `${message}${calls.size === 0 ? '' : `; loses ${[...calls].join(', ')}`}`;
}

/** One violation: what failed, how it came to it, what the disk holds, how to see it again. */
export function showViolation(
  { kind }: Pick<Findings, 'kind'>,
  violation: Violation,
  number: number,
  paint: Paint = plainly,
): string {
  const { message, story, acked, fault, image, expected, site, token } = violation;
  const isCrash = kind === 'crash';
  const [first, ...more] = limited(visibleLines(message), MESSAGE_LINES_MAX, (count) => `… ${count} more lines`);
  return [
    paint('bold', `violation ${number}: ${first}`),
    ...more.map((line) => `  ${line}`),
    ...(fault === undefined ? [] : [`  ${visible(fault.text)}`, `  the workload ${visible(fault.outcome)}`]),
    ...(site === undefined ? [] : [`  at ${showSite(site)}`]),
    `  acknowledged: ${acked.length === 0 ? 'nothing' : acked.map(visible).join(', ')}`,
    '',
    ...(isCrash ? [paint('dim', `  ${LEGEND}`)] : []),
    ...showParts(story.map((part) => showRows(excerptOf(part, isCrash, TRACE_LINES_MAX), paint))),
    '',
    ...showDisk(DISK_TITLES[kind], expected, image, paint),
    '',
    `  replay: ${paint('cyan', token)}`,
  ].join('\n');
}

/** Of the workload and, if it crashed too, of the recovery. */
function showParts([workload = [], ...recoveries]: readonly (readonly string[])[]): string[] {
  return [workload, ...recoveries.map((lines) => ['', '  then, in the recovery', ...lines])].flat();
}

/** Each place in the caller's code stands above the lines that come from it. */
function showRows(rows: readonly Row[], paint: Paint): string[] {
  let place: string | undefined;
  return rows.flatMap((row) => {
    if (row.kind === 'crash') return [paint('red', '  --- crash ---')];
    if (row.kind === 'gap') return [paint('dim', `    … ${showGap(row)}`)];
    const { site } = row.line;
    if (site === undefined || site === place) return showLine(row, paint);
    place = site;
    return [paint('dim', `    ${showSite(site)}`), ...showLine(row, paint)];
  });
}

function showLine({ line, times }: Extract<Row, { kind: 'line' }>, paint: Paint): string[] {
  const { text, fate, lost, fault } = line;
  const [first, ...more] = wrapped(`${visible(text)}${times === 1 ? '' : `, ${times} times`}`, COLUMNS - 6);
  const lines = [
    `  ${MARKS[fate]} ${first}`,
    ...more.map((part) => `      ${part}`),
    ...(fault === undefined ? [] : [`      fault: ${visible(fault)}`]),
    ...lost.map((what) => `      lost: ${what}`),
  ];
  const style = fault === undefined ? FATE_STYLES[fate] : 'red';
  return style === undefined ? lines : lines.map((shown) => paint(style, shown));
}
