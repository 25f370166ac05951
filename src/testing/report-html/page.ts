// The page as a whole. It needs nothing beside itself: no network, no font, no image, and no script to be read.

import { createHash } from 'node:crypto';
import type { Findings } from '../report';
import { extentOf, isIdle, searchOf, verdictOf } from '../summary';
import { showCauses } from './cause-list';
import { type Markup, markup, unescaped } from './markup';
import { SCRIPT } from './script';
import { STYLE } from './style';
import { showTimeline } from './timeline';
import { showInShort, showViolation } from './violation';

/** Violations are shown in full until they take so many characters. */
const DETAILS_LENGTH_MAX = 4_000_000;

export function pageOf(report: Findings): string {
  const { violations } = report;
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${verdictOf(violations)} · fs-intact ${nameOf(report)}</title>
<style>${unescaped(STYLE)}</style>
</head>
<body>
${showHead(report)}
<main>
${showTimeline(report)}
<section class="pane" id="details" tabindex="0" aria-label="Result">
${violations.length === 0 ? showNoViolation(report) : [showCauses(violations), showDetails(report)]}
</section>
</main>
<script>${unescaped(SCRIPT)}</script>
</body>
</html>
`;
  return page.source;
}

/** Even if a text found its way into the page unescaped, it could neither run nor load anything. */
const POLICY = [
  `default-src 'none'`,
  `style-src '${digestOf(STYLE)}'`,
  `script-src '${digestOf(SCRIPT)}'`,
  `base-uri 'none'`,
  `form-action 'none'`,
].join('; ');

function digestOf(source: string): string {
  return `sha256-${createHash('sha256').update(source).digest('base64')}`;
}

function nameOf({ kind }: Findings): string {
  return kind === 'crash' ? 'crash report' : 'fault report';
}

function showHead(report: Findings): Markup {
  const { kind, violations, subject, crashPoints, crashStates } = report;
  const [points, states] = kind === 'crash' ? ['crash points', 'crash states'] : ['calls', 'runs'];
  return markup`<header>
<p class="label">fs-intact ${nameOf(report)}</p>
<h1 class="${violations.length === 0 ? 'good' : 'bad'}">${verdictOf(violations)}</h1>
<p>${subject}</p>
<dl class="figures">
<div><dt>${points}</dt><dd>${crashPoints.toLocaleString('en')}</dd></div>
<div><dt>${states}</dt><dd>${crashStates.toLocaleString('en')}</dd></div>
<div><dt>search</dt><dd>${searchOf(report)}</dd></div>
</dl>
</header>`;
}

function showNoViolation(report: Findings): Markup {
  if (isIdle(report)) {
    return markup`<section class="card">
<h2>Nothing was written</h2>
<p>The workload has changed nothing on the disk that it was given, so there was nothing to lose. Perhaps it writes by
another <code>fs</code> than the one that it is called with.</p>
</section>`;
  }
  const [all, some] =
    report.kind === 'crash'
      ? ['Every disk that a crash can leave', 'A part of the disks that a crash can leave']
      : ['What is left whenever a call fails', 'What is left when some of the calls fail'];
  return markup`<section class="card">
<h2>Every check has passed</h2>
<p>${report.exhaustive ? all : some} was checked: ${extentOf(report)}.</p>
</section>`;
}

function showDetails(report: Findings): Markup[] {
  let length = 0;
  return report.violations.map((violation, index) => {
    if (length > DETAILS_LENGTH_MAX) return showInShort(violation, index);
    const shown = showViolation(report, violation, index);
    length += shown.source.length;
    return shown;
  });
}
