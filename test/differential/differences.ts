// What differs between two reports of one scenario, down to single values.

import type { Report, Scenario, User } from './scenario';

export interface Difference {
  readonly scenario: Scenario;
  readonly user: User;
  /** The way to the value: `after > target > inode`. */
  readonly at: string;
  /** Undefined where there is no such value. */
  readonly plain: unknown;
  readonly hook: unknown;
  readonly hookReport: Report;
}

export function differencesOf(scenario: Scenario, user: User, plain: Report, hook: Report): Difference[] {
  return [...unequal(withEnd(plain, hook), withEnd(hook, plain), [])].map(([at, one, other]) => {
    return { scenario, user, at: at.join(' > '), plain: one, hook: other, hookReport: hook };
  });
}

/** What is not told of the end is as it was before it. */
function withEnd(report: Report, other: Report): Report {
  return report.end === undefined && other.end !== undefined && report.after !== undefined
    ? { ...report, end: report.after }
    : report;
}

type Unequal = readonly [at: readonly string[], one: unknown, other: unknown];

function* unequal(one: unknown, other: unknown, at: readonly string[]): Generator<Unequal, void> {
  if (one === other) return;
  if (!isPlain(one) || !isPlain(other) || Array.isArray(one) !== Array.isArray(other)) {
    yield [at, one, other];
    return;
  }
  for (const key of new Set([...Object.keys(one), ...Object.keys(other)])) {
    yield* unequal(one[key], other[key], [...at, key]);
  }
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

export function textOf({ scenario, user, at, plain, hook }: Difference): string {
  return `${scenario.id} (as ${user})\n  ${at}\n    plain: ${JSON.stringify(plain)}\n    hook:  ${JSON.stringify(hook)}`;
}
