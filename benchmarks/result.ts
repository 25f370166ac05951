// What a run finds out, as it is kept in benchmarks/results/.

import type { Contestant } from './contestants';
import type { Level } from './level';

export interface Environment {
  /** Type, options and source of what is written to. */
  readonly fileSystem: string;
  readonly node: string;
  readonly kernel: string;
  readonly processor: string;
  readonly date: string;
  /** Load averages before and after: how quiet the machine was. */
  readonly load: readonly [before: number, after: number];
  /** Why what contestants flush was not looked at, and is as they claim. */
  readonly unverified?: string;
}

/** A column of figures. */
export interface Column {
  readonly key: string;
  readonly title: string;
  readonly unit: string;
  readonly digits: number;
}

export interface Row {
  readonly name: string;
  readonly family: Contestant['family'] | 'floor' | 'control';
  readonly level: Level;
  readonly figures: Readonly<Record<string, number>>;
  /** What an operation took in each round, in the unit of the first column; rounds of one number were made in turns. */
  readonly rounds?: readonly number[];
  /** What is wrong with the outcome. */
  readonly flaw?: string;
}

export interface Result {
  readonly name: string;
  readonly title: string;
  /** What was done how often. */
  readonly conditions: string;
  /** The command that made it. */
  readonly command: string;
  readonly environment: Environment;
  readonly columns: readonly Column[];
  /** The column that a chart shows; shorter bars are better. */
  readonly charted: string;
  /** Whether rows are to be shown apart by level. */
  readonly isGrouped: boolean;
  readonly rows: readonly Row[];
  readonly notes: readonly string[];
}

/** A row's name, and what is wrong with it. */
export function labelOf({ name, flaw }: Row): string {
  return flaw === undefined ? name : `${name} — ${flaw}`;
}

export function figureOf(result: Result | undefined, name: string, key: string): number | undefined {
  return result?.rows.find((row) => row.name === name)?.figures[key];
}
