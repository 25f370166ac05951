// The list of violations, by their causes.

import { type Cause, causesOf, faultsOf, lossesOf } from '../causes';
import { limited } from '../clip';
import type { TraceLine, Violation } from '../report';
import { visibleLines } from '../visible-text';
import { type Markup, joined, markup } from './markup';

/** Operations named in one row. */
const OPERATIONS_MAX = 3;

export function showCauses(violations: readonly Violation[]): Markup {
  return markup`<nav class="card" aria-label="Violations by cause">
<ol class="causes">
${causesOf(violations).map((cause) => showCause(cause, violations))}
</ol>
<p class="hint"><kbd>←</kbd> <kbd>→</kbd> step through the violations, <kbd>c</kbd> copies the replay token</p>
</nav>`;
}

function showCause({ first, others }: Cause, violations: readonly Violation[]): Markup {
  const violation = violations[first]!;
  return markup`<li>
<p><strong>${visibleLines(violation.message)[0]}</strong></p>
${showOperations('lost', lossesOf(violation))}
${showOperations('made to fail', faultsOf(violation))}
<p class="chips">${joined([first, ...others].map(chip), ' ')}</p>
</li>
`;
}

function showOperations(what: string, operations: readonly TraceLine[]): Markup | undefined {
  if (operations.length === 0) return undefined;
  const texts = operations.map(({ text }) => markup`<code>${text}</code>`);
  const shown = limited(texts, OPERATIONS_MAX, (count) => markup`${count} more`);
  return markup`<p class="operations">${what}: ${joined(shown, ', ')}</p>`;
}

/** A link to a violation, by its place among all. */
export function chip(index: number): Markup {
  return markup`<a class="chip" href="#violation-${index + 1}">${index + 1}</a>`;
}
