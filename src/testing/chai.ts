// fs-intact/testing/chai: `expect(report).to.be.crashSafe`.

import { plural } from './plural';
import type { Findings } from './report';
import { showViolation } from './report-text';
import { summaryOf } from './summary';

declare global {
  // The name by which chai's own types let themselves be added to.
  namespace Chai {
    interface Assertion {
      /** That a report of `explore()` or `sweepFaults()` has no violation. Else the first one, a minimal one, is shown. */
      readonly crashSafe: Assertion;
    }
  }
}

/** What the plugin needs of chai 4, 5 or 6. */
export interface ChaiModule {
  readonly Assertion: { addProperty(name: string, getter: (this: object) => void): void };
  readonly AssertionError: new (message: string, properties?: object, above?: (...args: never[]) => unknown) => Error;
}

/** And of what chai gives its plugins beside itself. */
export interface ChaiUtilities {
  flag(assertion: object, name: string): unknown;
}

/**
 * A plugin: `chai.use(crashSafe)`. Then `expect(report).to.be.crashSafe` fails with the first violation, as
 * `String(report)` shows it, and `expect(report).to.not.be.crashSafe` fails where there is none.
 *
 * @throws AssertionError, also for something that is not a report.
 */
export function crashSafe(chai: ChaiModule, utilities: ChaiUtilities): void {
  chai.Assertion.addProperty('crashSafe', function () {
    const flag = (name: string): unknown => utilities.flag(this, name);
    const complaint = complaintAbout(flag('object'), flag('negate') === true);
    if (complaint === undefined) return;
    const own = flag('message');
    const message = typeof own === 'string' ? `${own}: ${complaint}` : complaint;
    // Not by `this.assert()`, which would replace what looks like `#{this}` in the user's texts.
    throw new chai.AssertionError(message, { showDiff: false }, flag('ssfi') as () => unknown);
  });
}

function complaintAbout(given: unknown, isNegated: boolean): string | undefined {
  if (!isReport(given)) return `expected a report of explore() or sweepFaults(), but got ${nameOf(given)}`;
  const { violations } = given;
  if (isNegated) return violations.length > 0 ? undefined : `expected a violation, but found none: ${summaryOf(given)}`;
  const [first, ...more] = violations;
  if (first === undefined) return undefined;
  const rest =
    more.length === 0 ? '' : `\n\n… and ${plural(more.length, 'other violation')}, which String(report) lists`;
  return `expected no violation, but found ${summaryOf(given)}\n\n${showViolation(given, first, 1)}${rest}`;
}

function isReport(given: unknown): given is Findings {
  const { kind, violations, trace } = (given ?? {}) as Partial<Findings>;
  return (kind === 'crash' || kind === 'fault') && Array.isArray(violations) && trace !== undefined;
}

function nameOf(given: unknown): string {
  if (given instanceof Promise) return 'a promise; wait for it first';
  if (typeof given === 'function') return 'a function';
  if (typeof given === 'object' && given !== null) return Array.isArray(given) ? 'an array' : 'another object';
  return given === undefined || given === null ? String(given) : `a ${typeof given}`;
}
