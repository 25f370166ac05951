// Results and findings for the terminal.

import { type Result, labelOf } from '../result';
import { cell, groupsOf } from './markdown';
import { type Finding, judgement, shownFigure, shownNoise } from './verdict';

export function tableOf(result: Result): string {
  const { title, conditions, columns, notes, environment } = result;
  const heading = ['', ...columns.map(({ title: name, unit }) => (unit === '' ? name : `${name} (${unit})`))];
  const groups = groupsOf(result).map((group) => ({
    title: group.title,
    lines: group.rows.map((row) => [
      `  ${labelOf(row)}`,
      ...columns.map((column) => cell(column, row.figures[column.key])),
    ]),
  }));
  const widths = widthsOf([heading, ...groups.flatMap(({ lines }) => lines)]);
  const line = (cells: readonly string[]): string =>
    cells.map((text, index) => (index === 0 ? text.padEnd(widths[0]!) : text.padStart(widths[index]!))).join('  ');
  const body = groups.flatMap((group) => [group.title].concat(group.lines.map((cells) => line(cells))));
  return [
    title,
    `  (${conditions}, ${environment.fileSystem})`,
    line(heading),
    ...body.filter((text) => text !== ''),
    ...notes,
  ].join('\n');
}

/** One line for each target. */
export function verdictOf(findings: readonly Finding[]): string {
  const rows = findings.map((finding) => [
    finding.work,
    finding.target,
    shownFigure(finding),
    shownNoise(finding),
    judgement(finding),
  ]);
  const table = [['work', 'target', 'figure', 'A/A', ''], ...rows];
  const widths = widthsOf(table);
  return table
    .map((cells) =>
      cells
        .map((text, column) => text.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function widthsOf(table: readonly (readonly string[])[]): number[] {
  return table[0]!.map((_, column) => Math.max(...table.map((cells) => cells[column]!.length)));
}
