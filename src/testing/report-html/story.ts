// A trace, told from the crash.

import type { Fate, TraceLine } from '../report';
import { showSite } from '../show-site';
import { type Row, excerptOf, showGap } from '../trace-excerpt';
import { type Markup, markup } from './markup';

const LINES_MAX = 150;

const MARKS: Readonly<Record<Fate, readonly [sign: string, className: string]>> = {
  'forced': ['●', 'forced'],
  'kept': ['○', 'kept'],
  'partly lost': ['◐', 'partly'],
  'lost': ['✕', 'lost'],
  'done': ['', 'done'],
  'not reached': ['', 'unreached'],
};

const LEGEND = [
  ['forced', 'forced to the device'],
  ['kept', 'there by chance'],
  ['partly lost', 'partly lost'],
  ['lost', 'lost'],
] as const;

export function showLegend(): Markup {
  const items = LEGEND.map(([fate, words]) => markup`<span>${mark(fate)} ${words}</span>\n`);
  return markup`<p class="legend">${items}</p>\n`;
}

export function showStory(story: readonly TraceLine[], isCrash: boolean): Markup {
  let place: string | undefined;
  const rows = excerptOf(story, isCrash, LINES_MAX).map((row) => {
    const site = row.kind === 'line' ? row.line.site : undefined;
    if (site === undefined || site === place) return showRow(row);
    place = site;
    return [showPlace(site), showRow(row)];
  });
  return markup`<ol class="trace">\n${rows}</ol>\n`;
}

/** Stands above the operations that come from it. */
export function showPlace(site: string): Markup {
  return markup`<li class="site">${showSite(site)}</li>\n`;
}

function showRow(row: Row): Markup {
  if (row.kind === 'crash') return markup`<li class="crash">crash</li>\n`;
  if (row.kind === 'gap') return markup`<li class="gap">… ${showGap(row)}</li>\n`;
  const { kind, text, fate, lost, fault } = row.line;
  const times = row.times === 1 ? '' : markup` <span class="times">${row.times.toLocaleString('en')} times</span>`;
  const losses = lost.map((what) => markup` <span class="loss">lost: ${what}</span>`);
  const faults = fault === undefined ? '' : markup` <span class="loss">fault: ${fault}</span>`;
  const className = `${kind} ${MARKS[fate][1]}${fault === undefined ? '' : ' faulty'}`;
  return markup`<li class="${className}">${mark(fate)}<code>${text}</code>${times}${faults}${losses}</li>\n`;
}

function mark(fate: Fate): Markup {
  const [sign, className] = MARKS[fate];
  return markup`<b class="mark ${className}" title="${fate}">${sign}</b>`;
}
