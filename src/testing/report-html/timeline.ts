// What the workload did, and between its operations the crash points, with what was tried there.

import { limited } from '../clip';
import { plural } from '../plural';
import type { Findings, PointFindings } from '../report';

import { chip } from './cause-list';
import { type Content, type Markup, joined, markup } from './markup';
import { showPlace } from './story';

/** Operations shown: those around violations, and then from the beginning. */
const MOMENTS_MAX = 800;
const AROUND_VIOLATION = 4;
/** Violations that one crash point links to. */
const CHIPS_MAX = 24;

/** One operation, and what was tried after it; of a fault sweep, instead of it. */
interface Moment {
  readonly row: Markup;
  readonly site?: string | undefined;
  readonly tried: Tried;
}

interface Tried {
  readonly point: PointFindings | undefined;
  readonly violations: readonly number[];
}

export function showTimeline(report: Findings): Markup {
  const isCrash = report.kind === 'crash';
  const hint = isCrash
    ? 'Between the operations, the crash points: how many disks were checked there that were met nowhere else before.'
    : 'Below each call, in how many ways it was made to fail.';
  return markup`<section class="pane" id="timeline" tabindex="0" aria-label="Timeline">
<h2>Timeline</h2>
<p class="hint">${hint}</p>
<ol class="trace timeline">
${showMoments(isCrash ? momentsOfCrash(report) : momentsOfFaults(report), report)}</ol>
</section>`;
}

function showMoments(moments: readonly Moment[], { kind, points }: Findings): Content[] {
  const unit = kind === 'crash' ? 'state' : 'run';
  const statesMax = Math.max(1, ...points.map(({ states }) => states));
  const shown = chosen(moments);
  const rows: Content[] = [];
  let place: string | undefined;
  let gap: Moment[] = [];
  for (const [index, moment] of [...moments, undefined].entries()) {
    if (moment !== undefined && !shown.has(index)) {
      gap.push(moment);
      continue;
    }
    if (gap.length > 0) rows.push(showGap(gap, unit));
    gap = [];
    if (moment === undefined) break;
    const { row, site, tried } = moment;
    if (site !== undefined && site !== place) rows.push(showPlace((place = site)));
    rows.push(row);
    if (tried.point !== undefined) rows.push(showPoint(tried.point, tried.violations, statesMax, unit));
  }
  return rows;
}

function momentsOfCrash(report: Findings): Moment[] {
  const triedAt = lookUp(report);
  const operations = report.trace.events.map((event, index): Moment => {
    const [text, site] = event.kind === 'ack' ? [`ack('${event.label}')`, undefined] : [event.text, event.site];
    return { row: markup`<li class="${event.kind}"><code>${text}</code></li>\n`, site, tried: triedAt(index + 1) };
  });
  return [{ row: markup`<li class="begin">the disk as it was before</li>\n`, tried: triedAt(0) }, ...operations];
}

/** Every call can fail, those too that change nothing and are not among the events. */
function momentsOfFaults(report: Findings): Moment[] {
  const { events, calls } = report.trace;
  const triedAt = lookUp(report);
  const operations = new Map(events.flatMap((event) => (event.kind === 'ack' ? [] : [[event.index, event] as const])));
  return calls.map(({ name }, index) => {
    const { text, site } = operations.get(index) ?? { text: name };
    return { row: markup`<li class="operation"><code>${text}</code></li>\n`, site, tried: triedAt(index) };
  });
}

function lookUp({ points, violations }: Findings): (point: number) => Tried {
  const tried = new Map(points.map((point) => [point.point, point]));
  const found = new Map<number, number[]>(points.map(({ point }) => [point, []]));
  for (const [index, { point }] of violations.entries()) found.get(point)?.push(index);
  return (point) => ({ point: tried.get(point), violations: found.get(point) ?? [] });
}

function chosen(moments: readonly Moment[]): Set<number> {
  const all = [...moments.keys()];
  if (all.length <= MOMENTS_MAX) return new Set(all);
  const near = all.flatMap((index) => {
    const { violations } = moments[index]!.tried;
    return violations.length === 0
      ? []
      : all.slice(Math.max(0, index - AROUND_VIOLATION), index + AROUND_VIOLATION + 1);
  });
  return new Set([...new Set([...near, ...all])].slice(0, MOMENTS_MAX));
}

function showPoint(
  { states, statesOfRecovery }: PointFindings,
  violations: readonly number[],
  statesMax: number,
  unit: string,
): Markup {
  const isBad = violations.length > 0;
  const inRecovery = statesOfRecovery === 0 ? '' : `, ${statesOfRecovery.toLocaleString('en')} of them in the recovery`;
  const chips = limited(violations.map(chip), CHIPS_MAX, (count) => markup`<span>and ${count} more</span>`);
  return markup`<li class="point${isBad ? ' bad' : ''}">
${showBar(states / statesMax, states === 0 ? 0 : violations.length / states)}
<span class="count">${states === 0 ? 'nothing new' : plural(states, unit)}${inRecovery}</span>
<span class="chips">${joined(chips, ' ')}</span>
</li>
`;
}

/** How many states there are, beside the point that has the most, and what share of them are violations. */
function showBar(share: number, badShare: number): Markup {
  // By the root, so that few can be told from none beside very many.
  const width = Math.sqrt(share) * BAR_WIDTH;
  const bad = Math.min(1, badShare) * width;
  return markup`<svg class="bar" width="${BAR_WIDTH}" height="8" aria-hidden="true">
<rect class="all" width="${width.toFixed(1)}" height="8" rx="2"/><rect class="bad" width="${bad.toFixed(1)}" height="8" rx="2"/></svg>`;
}

const BAR_WIDTH = 64;

function showGap(moments: readonly Moment[], unit: string): Markup {
  const states = moments.reduce((sum, { tried }) => sum + (tried.point?.states ?? 0), 0);
  const violations = moments.reduce((sum, { tried }) => sum + tried.violations.length, 0);
  const found = violations === 0 ? '' : `, ${plural(violations, 'violation')}`;
  return markup`<li class="gap">… ${plural(moments.length, 'operation')} with ${plural(states, unit)}${found}</li>\n`;
}
