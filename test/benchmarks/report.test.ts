// How results are shown.

import { expect } from 'chai';
import { sectionFor } from '../../benchmarks/report/markdown';
import { chartOf } from '../../benchmarks/report/svg';
import { CONTESTANTS, idOf } from '../../benchmarks/contestants';
import { LEVELS } from '../../benchmarks/level';
import { PARTS } from '../../benchmarks/parts';
import { withSpeed } from '../../benchmarks/report/readme';
import { tableOf, verdictOf } from '../../benchmarks/report/text';
import { findingsIn } from '../../benchmarks/report/verdict';
import type { Result, Row } from '../../benchmarks/result';
import { takesPart } from '../../benchmarks/work-part';
import { WORKS } from '../../benchmarks/work/works';

function row(name: string, each: number, more: Partial<Row> = {}): Row {
  return { name, family: 'peer', level: 'file', figures: { each }, rounds: [each], ...more };
}

function resultOf(rows: readonly Row[], more: Partial<Result> = {}): Result {
  return {
    name: 'some-work',
    title: 'Some <work>',
    conditions: '3 rounds of 10 writes',
    command: 'npm run bench -- --only some-work',
    environment: {
      fileSystem: 'ext4 (rw)',
      node: 'v20.19.0',
      kernel: 'Linux 6',
      processor: '2 x some',
      date: '2026-11-20',
      load: [0.1, 0.2],
    },
    columns: [{ key: 'each', title: 'median', unit: 'µs', digits: 1 }],
    charted: 'each',
    isGrouped: true,
    rows,
    notes: [],
    ...more,
  };
}

function part(name: string, rows: readonly Row[]): Result {
  return resultOf(rows, { name });
}

/** How long the bars of a chart are. */
function widths(chart: string): number[] {
  return [...chart.matchAll(/width="(\d+)" height="16"/g)].map(([, width]) => Number(width));
}

describe('a result of the benchmarks', () => {
  const result = resultOf([
    row('slow', 1234.56),
    row('fast', 1),
    row('durable', 5, { level: 'directory', family: 'ours' }),
    row('wrong', 2, { flaw: 'the newest did not win' }),
  ]);

  it('is a table apart by what was flushed, the fastest first', () => {
    const lines = sectionFor(result)
      .split('\n')
      .filter((line) => line.startsWith('|'));
    expect(lines.map((line) => line.replaceAll(/ +/g, ' '))).to.deep.equal([
      '| | median (µs) |',
      '| --- | --: |',
      '| **renamed, file flushed** | |',
      '| fast | 1.0 |',
      '| wrong — the newest did not win | 2.0 |',
      '| slow | 1,234.6 |',
      '| **renamed, file and directory flushed** | |',
      '| durable | 5.0 |',
    ]);
  });

  it('tells the command, the conditions, the machine and the Node', () => {
    for (const text of [result.command, '3 rounds of 10 writes, ext4 (rw)', 'v20.19.0', 'Linux 6', '0.1 to 0.2'])
      expect(sectionFor(result)).to.include(text);
  });

  it('is a picture with a bar for each row, and nothing that XML would take for its own', () => {
    const chart = chartOf(result);
    expect(chart.match(/<rect [^>]*height="16"/g)).to.have.length(4);
    expect(chart).to.include('Some &lt;work&gt;').and.to.not.include('<work>');
  });

  it('draws bars in proportion, and says so where each tenfold is of one length', () => {
    const near = chartOf(resultOf([row('one', 10), row('two', 20)]));
    expect(near).to.not.include('logarithmic');
    expect(widths(near)[0]! * 2).to.equal(widths(near)[1]!);
    const far = chartOf(resultOf([row('one', 1), row('ten', 10), row('hundred', 100)]));
    expect(far).to.include('logarithmic');
    const [one, ten, hundred] = widths(far);
    expect(hundred! - ten!).to.be.closeTo(ten! - one!, 2);
  });

  it('is a table for the terminal, too', () => {
    expect(tableOf(result)).to.include('wrong — the newest did not win').and.to.include('1,234.6');
  });
});

describe('the verdict', () => {
  const results: Readonly<Record<string, Result>> = {
    'sync-1k': part('sync-1k', [
      row('fs-intact module, durable (sync)', 100),
      row('C, directory', 90),
      row('raw node and one lstat, directory (sync)', 50),
      row('raw node, directory (sync), once more', 1, { figures: { ratio: 1.04 } }),
      row('node:fs (sync), once more', 1, { figures: { ratio: 0.99 } }),
    ]),
    'one-path': part('one-path', [row('fs-intact module, durable (promise)', 1, { figures: { each: 1, flawed: 2 } })]),
    'overhead-write-fd': part('overhead-write-fd', [
      row('fs-intact hook, durable (fs)', 1, { figures: { ratio: 0.96 } }),
      row('node:fs (fs), once more', 1, { figures: { ratio: 0.98 } }),
    ]),
    'start-up': part('start-up', [row('fs-intact/register', 0, { figures: { added: 2.5 } })]),
  };
  const findings = findingsIn((name) => results[name]);
  const lines = verdictOf(findings).split('\n');
  const line = (...texts: string[]): string => lines.find((one) => texts.every((text) => one.includes(text))) ?? '';

  it('reaches a target where the figure is at the right side of it', () => {
    expect(line('sync 1 KiB durable', '0.8 x C floor')).to.match(/0\.9 +4\.0 % +reached$/);
    expect(line('start-up')).to.match(/2\.5 +reached$/);
  });

  it('says where it is not', () => {
    expect(line('0.95 x raw node sync')).to.match(/0\.5 +4\.0 % +NOT reached$/);
    expect(line('newest does not win')).to.match(/2 +NOT reached$/);
  });

  it('sets the hook against the control, and not against the reference', () => {
    expect(line("fd write under the hook ('r+')")).to.match(/1\.02 +2\.0 % +reached$/);
  });

  it('judges nothing that has not been measured', () => {
    expect(line('0.5 x C floor')).to.match(/not measured$/);
    expect(findings.filter(({ figure }) => figure === undefined).every(({ isReached }) => !isReached)).to.equal(true);
  });

  it('sets a figure against another round by round', () => {
    const rounds = { 'fs-intact module, durable (sync)': [1, 10, 1], 'C, directory': [2, 20, 30] };
    const rows = Object.entries(rounds).map(([name, own]) => row(name, 0, { rounds: own }));
    const [first] = findingsIn((name) => (name === 'sync-1k' ? part(name, rows) : undefined));
    expect(first).to.include({ target: '>= 0.8 x C floor', figure: 2 });
  });

  it('judges nothing that no part measures', () => {
    const full = PARTS.map(({ name }) => part(name, rowsOf(name)));
    const judged = findingsIn((name) => full.find((result) => result.name === name));
    expect(judged.filter(({ figure }) => figure === undefined)).to.deep.equal([]);
  });

  /** The rows that a part has, as far as its work says who takes part. */
  function rowsOf(name: string): Row[] {
    const work = WORKS.find((one) => one.name === name);
    if (work === undefined) {
      const figures = { flushes: 1, renames: 1, peak: 1, added: 1 };
      const names = [...CONTESTANTS.map((contestant) => idOf(contestant)), 'fs-intact/register'];
      return names.map((one) => row(one, 1, { figures }));
    }
    const figures = { p99: 1, ratio: 1, flawed: 0 };
    const contestants = CONTESTANTS.filter((contestant) => takesPart(work, contestant)).map(idOf);
    const floors = work.floor === undefined ? [] : LEVELS.map((level) => `C, ${level}`);
    return [...contestants, 'node:fs (fs), once more', ...floors].map((one) => row(one, 1, { figures }));
  }

  const README = 'Before\n\n<!-- speed:begin -->\n\nold\n\n<!-- speed:end -->\n\nAfter\n';

  it('goes into the README between its marks, with pictures and their commands, and nothing else changes', () => {
    const shown = withSpeed(README, (name) => results[name], findings);
    expect(shown.startsWith('Before\n\n<!-- speed:begin -->')).to.equal(true);
    expect(shown.endsWith('<!-- speed:end -->\n\nAfter\n')).to.equal(true);
    expect(shown).to.not.include('old');
    expect(shown).to.match(/^\| start-up \| <= 3 ms \| 2\.5 \| reached \|  \|$/m);
    expect(shown).to.include('](benchmarks/results/sync-1k.svg)').and.to.include('`npm run bench -- --only some-work`');
  });

  it('goes nowhere without the marks, or without results', () => {
    expect(() => withSpeed('Before', (name) => results[name], findings)).to.throw('speed:begin');
    expect(() => withSpeed(README, () => undefined, [])).to.throw('there are no results');
  });
});
