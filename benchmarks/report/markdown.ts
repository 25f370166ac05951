// Results as Markdown.

import { LEVELS, TITLES } from '../level';
import { type Column, type Result, type Row, labelOf } from '../result';

/** A result as a section with a table, and the picture of it. */
export function sectionFor(result: Result): string {
  const { title, name, conditions, command, environment, notes } = result;
  const { fileSystem, node, kernel, processor, date, load, unverified } = environment;
  return [
    `## ${title}`,
    `![${title}](./${name}.svg)`,
    tableFor(result),
    ...notes,
    ...(unverified === undefined ? [] : [`What they flush is as they claim: ${unverified}.`]),
    `${sentence(`${conditions}, ${fileSystem}`)} Node ${node}, ${kernel}, ${processor}, ${date}, load average ${load.join(' to ')}.`,
    `\`${command}\``,
  ].join('\n\n');
}

function tableFor(result: Result): string {
  const { columns, isGrouped } = result;
  const lines = [line(['', ...columns.map(titleOf)]), line(['---', ...columns.map(() => '--:')])];
  for (const { title, rows } of groupsOf(result)) {
    if (isGrouped) lines.push(line([`**${title}**`, ...columns.map(() => '')]));
    lines.push(
      ...rows.map((one) => line([labelOf(one), ...columns.map((column) => cell(column, one.figures[column.key]))])),
    );
  }
  return lines.join('\n');
}

/** The rows, apart by level where that matters, the fastest first. */
export function groupsOf({ rows, isGrouped, charted }: Result): { title: string; rows: Row[] }[] {
  const sorted = (some: readonly Row[]): Row[] =>
    some.toSorted((one, other) => (one.figures[charted] ?? 0) - (other.figures[charted] ?? 0));
  if (!isGrouped) return [{ title: '', rows: [...rows] }];
  return LEVELS.map((level) => ({
    title: TITLES[level],
    rows: sorted(rows.filter((one) => one.level === level)),
  })).filter((group) => group.rows.length > 0);
}

function titleOf({ title, unit }: Column): string {
  return unit === '' ? title : `${title} (${unit})`;
}

export function cell({ digits }: Column, value: number | undefined): string {
  return value === undefined
    ? ''
    : value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
