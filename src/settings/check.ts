// Checks of option values. Each error names where the value came from, the value, and what is allowed.

import { IntactError } from '../ground/intact-error';

/** Checks one value and returns it, or throws ERR_INTACT_OPTION naming `where` it came from. */
export type Reader<T> = (value: unknown, where: string) => T;

/** One of the given words. */
export function oneOf<const T extends string>(...words: readonly T[]): Reader<T> {
  return (value, where) => {
    if ((words as readonly unknown[]).includes(value)) return value as T;
    throw badValue(where, value, words.map((word) => `'${word}'`).join(', '));
  };
}

/** The defined entries of an object whose keys must all be among `known`. */
export function entriesOf(where: string, options: unknown, known: readonly string[]): [string, unknown][] {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw badValue(where, options, `an object with the keys ${known.join(', ')}`);
  }
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  for (const [key, value] of entries) {
    if (!known.includes(key)) {
      throw new IntactError(
        'ERR_INTACT_OPTION',
        `${where}: unknown option '${key}' (with the value ${show(value)}); allowed are ${known.join(', ')}`,
      );
    }
  }
  return entries;
}

export function badValue(where: string, value: unknown, allowed: string): IntactError {
  return new IntactError('ERR_INTACT_OPTION', `${where} is ${show(value)}; allowed: ${allowed}`);
}

function show(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'function') return 'a function';
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}
