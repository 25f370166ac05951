// One violation: what failed, how it came to it, what the disk holds, how to see it again.

import { DISK_TITLES } from '../disk-title';
import type { Findings, Violation } from '../report';
import { showSite } from '../show-site';
import { visibleLines } from '../visible-text';
import { showDisk } from './disk-tree';
import { type Content, type Markup, joined, markup } from './markup';
import { preformatted } from './preformatted';
import { showLegend, showStory } from './story';

export function showViolation({ kind }: Pick<Findings, 'kind'>, violation: Violation, index: number): Markup {
  const { story, image, expected } = violation;
  const isCrash = kind === 'crash';
  const parts = story.map((part, place) => {
    return [place === 0 ? '' : markup`<h4>then, in the recovery</h4>\n`, showStory(part, isCrash)];
  });
  return article(violation, index, [
    markup`<h3>operations</h3>\n`,
    isCrash ? showLegend() : '',
    parts,
    showDisk(DISK_TITLES[kind], expected, image),
  ]);
}

/** Where the page would become too large. */
export function showInShort(violation: Violation, index: number): Markup {
  const why = markup`<p class="hint">Left out, to keep this page small. <code>replay()</code> shows it by its token.</p>\n`;
  return article(violation, index, why);
}

function article({ message, fault, site, acked, token }: Violation, index: number, details: Content): Markup {
  const [first, ...more] = visibleLines(message);
  const labels = acked.map((label) => markup`<code>${label}</code>`);
  return markup`<article class="card" id="violation-${index + 1}">
<h2><span class="number">Violation ${index + 1}</span> ${first}</h2>
${more.length === 0 ? '' : preformatted(more.map((text) => ({ text })))}
<dl class="facts">
${fault === undefined ? '' : markup`<dt>fault</dt><dd><code>${fault.text}</code></dd><dt>the workload</dt><dd>${fault.outcome}</dd>`}
${site === undefined ? '' : markup`<dt>at</dt><dd><code>${showSite(site)}</code></dd>`}
<dt>acknowledged</dt><dd>${labels.length === 0 ? 'nothing' : joined(labels, ', ')}</dd>
<dt>replay</dt><dd><code class="token">${token}</code> <button type="button" class="copy">Copy</button></dd>
</dl>
${details}</article>
`;
}
