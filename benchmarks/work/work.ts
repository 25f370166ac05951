// One kind of work that contestants do in turns, round by round, each in a process of its own.

import type { Contestant, Shape } from '../contestants';

/** What one contestant took for one round. */
export interface Round {
  /** From the first call to the last acknowledgement, in nanoseconds. */
  readonly total: number;
  /** How many operations that was. */
  readonly operations: number;
  /** Each operation by itself, or each of what else is measured meanwhile. */
  readonly samples: readonly number[];
  /** What was wrong with the outcome, of those that do not promise it. */
  readonly flaw?: string;
}

/** Set by the options of the run; each kind of work makes of them what suits it. */
export interface Effort {
  /** Fewer operations: to see that everything works, not to measure. */
  readonly quick: boolean;
}

/** The C program does its work one by one, or with threads. */
export interface Floor {
  readonly files: number;
  readonly bytes: number;
  readonly operations: (effort: Effort) => number;
  readonly threads?: number;
  /** Whether its threads write all files before they flush the first. */
  readonly isTogether?: boolean;
}

export interface Work {
  /** On the command line, and for the files of the results. */
  readonly name: string;
  readonly title: string;
  /** What is counted: `'writes'`, `'streams'`, `'files'`. */
  readonly operations: string;
  /** In which its times are told. */
  readonly unit: 'µs' | 'ms';
  readonly shapes: readonly Shape[];
  /**
   * Whether operations run one after the other: then the figure is the median of one. Where many run at once it is the time
   * for all, divided by their number.
   */
  readonly isSequential: boolean;
  /** Which of them take part; all by default. */
  readonly admits?: (contestant: Contestant) => boolean;
  /** The same work for the C program. */
  readonly floor?: Floor;
  /** UV_THREADPOOL_SIZE; node's default if undefined. */
  readonly poolThreads?: number;
  /** Where a file system in memory is meant, and no flush costs anything. */
  readonly onTmpfs?: boolean;
  /** Of work that takes long; no more rounds than asked for, by default. */
  readonly roundsMax?: number;
  /** How many rounds are made for each that is asked for; one by default. */
  readonly roundsEach?: number;
  /** A new process for each round: where the figures are so small that the luck of a process would show. */
  readonly isFresh?: boolean;
  /** Whom others are compared with, where it is not the bare sequence of their level or node's own function. */
  readonly reference?: (contestant: Contestant) => boolean;
  /** What `samples` are, where they are not the operations. */
  readonly sampled?: string;
  /** What its chart shows: the time for each operation by default, or the worst of the samples. */
  readonly charted?: 'p99';
  /** Makes what a contestant needs in its directory, once. */
  prepare?(directory: string, effort: Effort): void;
  /** Does a round. `call` is the contestant's function, of its shape. */
  round(contestant: Contestant, call: unknown, directory: string, effort: Effort): Promise<Round>;
}

/** Nanoseconds on a clock that never goes back. */
export function now(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e9 + nanoseconds;
}

/** The round whose operations are the samples. */
export function roundOf(begun: number, samples: readonly number[]): Round {
  return { total: now() - begun, operations: samples.length, samples };
}
