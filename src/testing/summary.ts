// A report in a few words.

import { causesOf } from './causes';
import { plural } from './plural';
import type { Findings, Violation } from './report';
import { visible } from './visible-text';

/** One line: how many violations, and in how much. */
export function summaryOf(report: Findings): string {
  const { violations, subject } = report;
  // Most likely it has written to another fs than the one that it was given.
  const warning = isIdle(report) ? '; the workload has changed nothing' : '';
  return `${verdictOf(violations)}: ${visible(subject)}; ${extentOf(report)}${warning}`;
}

/** As in `20 violations of 2 causes`. */
export function verdictOf(violations: readonly Violation[]): string {
  if (violations.length === 0) return 'crash-safe';
  const causes = causesOf(violations).length;
  return `${plural(violations.length, 'violation')}${causes === violations.length ? '' : ` of ${plural(causes, 'cause')}`}`;
}

/** As in `9 crash points, 34 crash states (exhaustive)`. */
export function extentOf(report: Findings): string {
  const { kind, crashPoints, crashStates } = report;
  const points = plural(crashPoints, kind === 'crash' ? 'crash point' : 'call');
  const states = plural(crashStates, kind === 'crash' ? 'crash state' : 'run');
  return `${points}, ${states} (${searchOf(report)})`;
}

/** As in `not exhaustive, seed 1`. */
export function searchOf({ kind, exhaustive, seed }: Findings): string {
  if (exhaustive) return 'exhaustive';
  return kind === 'crash' ? `not exhaustive, seed ${seed}` : 'not exhaustive';
}

/** Whether the workload has changed nothing, so that nothing could go wrong. */
export function isIdle({ trace }: Findings): boolean {
  return !trace.events.some((event) => event.kind === 'operation' && event.effects.length > 0);
}
