// What explore() and sweepFaults() found, for programs and for people.

import { writeHtml } from './report-html';
import { showReport } from './report-text';
import type { DiskImage } from './disk-image';
import type { Trace } from './trace';

/** How an event of the trace stands at the crash: on the device by force, by chance, in part, not at all, or not reached. */
export type Fate = 'forced' | 'kept' | 'partly lost' | 'lost' | 'not reached';

/** One line of a trace as a report shows it. */
export interface TraceLine {
  readonly text: string;
  readonly fate: Fate;
  /** Where in the caller's code it came from: `file:line:column`. */
  readonly site: string | undefined;
  /** What of it did not reach the device. */
  readonly lost: readonly string[];
}

/** A state in which something did not hold. */
export interface Violation {
  /** What `check` or `recover` threw, or rejected with. */
  readonly error: unknown;
  readonly message: string;
  /** How it came to it: the events before the crash, and those that it cut off. Of the recovery too, if it crashed there. */
  readonly story: readonly (readonly TraceLine[])[];
  /** What was acknowledged before. */
  readonly acked: readonly string[];
  /** What the disk holds. */
  readonly image: DiskImage;
  /** What it would hold had nothing been lost or gone wrong. */
  readonly expected: DiskImage;
  /** The place in the caller's code of the first operation that was lost, or else of the last one that was made. */
  readonly site: string | undefined;
  /** For `replay()`. */
  readonly token: string;
}

export interface Findings {
  readonly kind: 'crash' | 'fault';
  readonly violations: readonly Violation[];
  readonly exhaustive: boolean;
  /** What was varied, in a few words: the model, or the faults. */
  readonly subject: string;
  readonly seed: number;
  /** Moments at which the machine was stopped; of a fault sweep, calls that were made to fail. */
  readonly crashPoints: number;
  /** Different disks that were checked; of a fault sweep, runs. */
  readonly crashStates: number;
  readonly trace: Trace;
}

/** A report. `String(report)` is for a terminal, `toHTML()` for a browser. */
export class Report implements Findings {
  readonly kind: 'crash' | 'fault';
  readonly violations: readonly Violation[];
  readonly exhaustive: boolean;
  readonly subject: string;
  readonly seed: number;
  readonly crashPoints: number;
  readonly crashStates: number;
  readonly trace: Trace;

  /** @internal */
  constructor(findings: Findings) {
    this.kind = findings.kind;
    this.violations = findings.violations;
    this.exhaustive = findings.exhaustive;
    this.subject = findings.subject;
    this.seed = findings.seed;
    this.crashPoints = findings.crashPoints;
    this.crashStates = findings.crashStates;
    this.trace = findings.trace;
  }

  toString(): string {
    return showReport(this);
  }

  /**
   * Writes one self-contained page.
   *
   * @param file Is replaced as a whole. @throws As `fs.writeFileSync` does.
   */
  toHTML(file: string): void {
    writeHtml(this, file);
  }
}
