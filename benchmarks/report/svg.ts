// A result as a picture: one bar for each row, shorter is better.

import { type Result, type Row, labelOf } from '../result';
import { cell, groupsOf } from './markdown';

const WIDTH = 860;
const NAMES = 330;
const VALUES = 120;
const BAR = 16;
const GAP = 6;
const HEADING = 30;
const TOP = 56;
const BOTTOM = 16;

/** Colours that are told apart on light and on dark ground, and by those who see few. */
const COLOURS: Readonly<Record<Row['family'], string>> = {
  ours: '#2f81f7',
  peer: '#d29922',
  node: '#8b949e',
  raw: '#57ab5a',
  floor: '#3f6b41',
  control: '#a8c9a9',
};

const LEGEND: Readonly<Record<Row['family'], string>> = {
  ours: 'fs-intact',
  peer: 'other packages',
  node: 'node:fs',
  raw: 'bare sequence',
  floor: 'C',
  control: 'control',
};

export function chartOf(result: Result): string {
  const groups = groupsOf(result);
  const column = result.columns.find(({ key }) => key === result.charted)!;
  const shown = result.rows.map(({ figures }) => figures[column.key] ?? 0);
  const scale = scaleFor(shown);
  const parts: string[] = [];
  let y = TOP;
  for (const { title, rows } of groups) {
    if (title !== '') {
      parts.push(text(title, 0, y + HEADING - 12, 'heading'));
      y += HEADING;
    }
    for (const row of rows) {
      const { family, figures } = row;
      const value = figures[column.key] ?? 0;
      const width = Math.max(1, Math.round(scale.of(value) * (WIDTH - NAMES - VALUES)));
      parts.push(
        text(labelOf(row), NAMES - 8, y + BAR - 4, 'name'),
        `<rect x="${NAMES}" y="${y}" width="${width}" height="${BAR}" rx="2" fill="${COLOURS[family]}"/>`,
        text(`${cell(column, value)} ${column.unit}`.trim(), NAMES + width + 6, y + BAR - 4, 'value'),
      );
      y += BAR + GAP;
    }
  }
  return page(result.title, `${column.title}${scale.note}`, legendFor(result), parts, y + BOTTOM);
}

/** Where the longest bar would leave nothing of the shortest, each tenfold gets the same length. */
function scaleFor(values: readonly number[]): { of: (value: number) => number; note: string } {
  const positive = values.filter((value) => value > 0);
  const [least, most] = [Math.min(...positive), Math.max(...positive)];
  if (positive.length === 0) return { of: () => 0, note: '' };
  if (most / least <= 30) return { of: (value) => value / most, note: '' };
  const decades = Math.log10(most / least) + 0.3;
  return {
    of: (value) => (value <= 0 ? 0 : (Math.log10(value / least) + 0.3) / decades),
    note: ', logarithmic',
  };
}

function legendFor({ rows }: Result): string[] {
  const families = (Object.keys(COLOURS) as Row['family'][]).filter((family) =>
    rows.some((row) => row.family === family),
  );
  let x = NAMES;
  return families.flatMap((family) => {
    const label = LEGEND[family];
    const parts = [
      `<rect x="${x}" y="32" width="10" height="10" rx="2" fill="${COLOURS[family]}"/>`,
      text(label, x + 14, 41, 'legend'),
    ];
    x += 30 + label.length * 6.5;
    return parts;
  });
}

function page(
  title: string,
  subtitle: string,
  legend: readonly string[],
  parts: readonly string[],
  height: number,
): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">
<title>${escaped(title)}</title>
<style>
  text { font: 12px system-ui, sans-serif; fill: #1f2328 }
  .title { font-size: 15px; font-weight: 600 }
  .heading { font-weight: 600 }
  .name { text-anchor: end }
  .legend, .value, .subtitle { fill: #59636e; font-size: 11px }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .legend, .value, .subtitle { fill: #9198a1 }
  }
</style>
${text(title, 0, 18, 'title')}
${text(subtitle, 0, 41, 'subtitle')}
${[...legend, ...parts].join('\n')}
</svg>
`;
}

function text(content: string, x: number, y: number, className: string): string {
  return `<text x="${Math.round(x)}" y="${y}" class="${className}">${escaped(content)}</text>`;
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
