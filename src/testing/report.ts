// What explore() and sweepFaults() found, for programs and for people.

import { type InspectOptions, inspect } from 'node:util';
import { inColours, plainly } from './paint';
import { writeHtml } from './report-html';
import { showReport } from './report-text';
import type { DiskImage } from './disk-image';
import type { Trace } from './trace';

/**
 * How an event of the trace stands at the crash: on the device by force, by chance, in part, not at all, or not reached. What
 * has changed nothing that could be lost, a flush or an acknowledgement, is merely done.
 */
export type Fate = 'forced' | 'kept' | 'partly lost' | 'lost' | 'done' | 'not reached';

/** One line of a trace as a report shows it. */
export interface TraceLine {
  readonly kind: 'operation' | 'ack';
  readonly text: string;
  readonly fate: Fate;
  /** Where in the caller's code it came from: `file:line:column`. */
  readonly site: string | undefined;
  /** What of it did not reach the device. */
  readonly lost: readonly string[];
  /** The fault that met it. */
  readonly fault: string | undefined;
}

/** A state in which something did not hold. */
export interface Violation {
  /** What `check` or `recover` threw, or rejected with. */
  readonly error: unknown;
  readonly message: string;
  /**
   * How many of the trace's events had happened before the crash (before the first, where the recovery crashed too); of a
   * fault sweep, which call was made to fail.
   */
  readonly point: number;
  /** How it came to it: the events before the crash, and those that it cut off. Of the recovery too, if it crashed there. */
  readonly story: readonly (readonly TraceLine[])[];
  /** What was acknowledged before. */
  readonly acked: readonly string[];
  /** Of a fault sweep: what was made to fail, and how the workload ended then. */
  readonly fault?: { readonly text: string; readonly outcome: string };
  /** What the disk holds. */
  readonly image: DiskImage;
  /** What it would hold had nothing been lost or gone wrong. */
  readonly expected: DiskImage;
  /** The place in the caller's code of the first operation that was lost, or else of the last one that was made. */
  readonly site: string | undefined;
  /** For `replay()`. */
  readonly token: string;
}

/** What was tried at one moment of the workload. */
export interface PointFindings {
  /** As `point` of a violation. */
  readonly point: number;
  /** Different disks that were checked here, and were met nowhere before; of a fault sweep, runs. */
  readonly states: number;
  /** How many of these a second crash has left, in the recovery. */
  readonly statesOfRecovery: number;
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
  /** In order. A point at which nothing new was to be tried has no states; one that was never come to is left out. */
  readonly points: readonly PointFindings[];
  readonly trace: Trace;
}

/** A report. `String(report)` and `console.log(report)` are for a terminal, `toHTML()` is for a browser. */
export class Report implements Findings {
  readonly kind: 'crash' | 'fault';
  readonly violations: readonly Violation[];
  readonly exhaustive: boolean;
  readonly subject: string;
  readonly seed: number;
  readonly crashPoints: number;
  readonly crashStates: number;
  readonly points: readonly PointFindings[];
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
    this.points = findings.points;
    this.trace = findings.trace;
  }

  /** For a terminal of 100 columns, without colours. */
  toString(): string {
    return showReport(this);
  }

  /** What `console.log(report)` prints: in colours where the terminal, `NO_COLOR` and `FORCE_COLOR` want them. */
  [inspect.custom](_depth: number, { colors }: InspectOptions): string {
    return showReport(this, colors === true ? inColours : plainly);
  }

  /**
   * Writes one self-contained page.
   *
   * @param file Is replaced as a whole. @throws As `fs.writeFileSync` does.
   */
  toHTML(file: string | URL): void {
    writeHtml(this, file);
  }
}
