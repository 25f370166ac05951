// What all parts of a run have in common.

import { execFileSync } from 'node:child_process';
import { cpus, loadavg, release, type } from 'node:os';
import type { Contestant } from './contestants';
import type { Place } from './place';
import type { Environment, Result } from './result';
import type { Level } from './level';
import { missingForTrace } from './verify';
import type { Effort } from './work/work';

export interface Options {
  readonly directory: string | undefined;
  readonly rounds: number;
  readonly only: readonly string[];
  readonly quick: boolean;
}

export interface Bench {
  readonly options: Options;
  readonly effort: Effort;
  readonly place: Place;
  /** The C program; undefined where it could not be compiled, and then it has been said why. */
  readonly floor: string | undefined;
  /** What a contestant flushes: seen where that can be, else as it claims. */
  readonly levelOf: (contestant: Contestant) => Level;
  /** A fresh name below the place. */
  readonly directory: () => string;
}

/** One part of a run, which makes one result. */
export interface Part {
  readonly name: string;
  readonly title: string;
  /** @returns Nothing where it cannot be done here; it has said why. */
  run(bench: Bench): Promise<Result | undefined>;
}

/** The command that makes a part of the results again. */
export function commandFor(name: string, { directory, rounds, quick }: Options): string {
  const options = [
    `--only ${name}`,
    `--rounds ${rounds}`,
    ...(quick ? ['--quick'] : []),
    ...(directory === undefined ? [] : ['--directory DIRECTORY']),
  ];
  return `npm run bench -- ${options.join(' ')}`;
}

/** @param loadBefore The load average when it began. */
export function environmentOf({ description }: Place, loadBefore: number): Environment {
  const unverified = missingForTrace();
  return {
    fileSystem: description,
    node: process.version,
    kernel: `${type()} ${release()}`,
    processor: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
    date: new Date().toISOString().slice(0, 10),
    load: [loadBefore, loadNow()],
    ...(unverified === undefined ? {} : { unverified }),
  };
}

export function loadNow(): number {
  return Math.round(loadavg()[0]! * 10) / 10;
}

/** Lets what is on its way to the device arrive, so that nobody pays for somebody else's write. */
export function settle(directory: string): void {
  if (process.platform === 'linux') execFileSync('sync', ['-f', directory]);
}
