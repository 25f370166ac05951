// A real program, and what is done with it.

import type { Durability } from '../../src/settings/durability';

export interface Program {
  /** The package whose version is printed. */
  readonly name: string;
  readonly kind: string;
  /** Exact versions: of itself, and of what it is used with. */
  readonly packages: Readonly<Record<string, string>>;
  /** Whether it is written as ES modules. */
  readonly isModule: boolean;
  readonly durability: Durability;
  /** What it finds in its folder, by path. Text that begins with `-> ` is where a symbolic link leads. */
  readonly files: Readonly<Record<string, string>>;
  /** Other modes than 0644. */
  readonly modes?: Readonly<Record<string, number>>;
  /**
   * What node is run with, one after the other. The first word is a file of its own folder (`./main.mjs`) or, without the
   * dot, one in an installed package (`typescript/bin/tsc`).
   */
  readonly steps: readonly (readonly string[])[];
  /** What is not the same in two plain runs either. */
  readonly varies?: readonly Variation[];
}

/**
 * Something that differs from run to run: the parts of a text that match. Each is proven before it is believed: plain runs
 * are repeated until it has differed.
 */
export interface Variation {
  /** `stdout`, `stderr`, the paths of what it makes, or which files' content, by their paths. */
  readonly where: 'stdout' | 'stderr' | 'paths' | RegExp;
  readonly what: RegExp;
  readonly why: string;
}

/** For files of which nothing can be compared but that they are there, with their modes and owners. */
export const ALL = /^.*$/s;
