// Violations by their causes: the operations whose loss is enough.

import type { TraceLine, Violation } from './report';

/** Violations of one cause, by their places among all. */
export interface Cause {
  readonly first: number;
  readonly others: readonly number[];
}

/**
 * The violations by their causes, in order.
 *
 * Two violations that say the same have one cause if the one loses a part of every operation that the other loses a part
 * of: then it only loses more. Violations without any loss are a cause by themselves. In a fault sweep, the cause is the
 * call that was made to fail.
 */
export function causesOf(violations: readonly Violation[]): Cause[] {
  const causes: { kind: string; lost: ReadonlySet<string>; cause: { first: number; others: number[] } }[] = [];
  for (const [index, violation] of violations.entries()) {
    const { message, fault, point } = violation;
    const kind = fault === undefined ? message : `${point} ${message}`;
    const lost = new Set(placesOf(violation));
    const known = causes.find((other) => other.kind === kind && includesAll(lost, other.lost));
    if (known === undefined) causes.push({ kind, lost, cause: { first: index, others: [] } });
    else known.cause.others.push(index);
  }
  return causes.map(({ cause }) => cause);
}

/** The lines of the story that lost something. */
export function lossesOf({ story }: Violation): TraceLine[] {
  return story.flat().filter(({ lost }) => lost.length > 0);
}

/** The lines of the story that met a fault. */
export function faultsOf({ story }: Violation): TraceLine[] {
  return story.flat().filter(({ fault }) => fault !== undefined);
}

function placesOf({ story }: Violation): string[] {
  return story.flatMap((part, index) => {
    return part.flatMap(({ lost }, line) => (lost.length > 0 ? [`${index}:${line}`] : []));
  });
}

function includesAll(all: ReadonlySet<string>, some: ReadonlySet<string>): boolean {
  if (some.size === 0) return all.size === 0;
  return [...some].every((place) => all.has(place));
}
