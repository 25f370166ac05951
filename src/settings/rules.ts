// Exceptions by path, as the caller writes them and as they are kept.

import { type Reader, badValue, entriesOf, oneOf } from './check';
import type { Append, Durability } from './durability';

/**
 * `'replace'`: staged and renamed over the file. `'in-place'`: staged, then copied over the file, whose inode stays, with
 * a redo record beside it. `'native'`: what plain node does.
 */
export type RulePlan = 'replace' | 'in-place' | 'native';

/** An exception as the caller writes it. */
export interface RuleOptions {
  /**
   * One glob or several (picomatch's syntax). A glob without a slash is matched against the file's name, any other
   * against its absolute path, so it must begin with `/` or `**`. Symbolic links are not followed for this.
   */
  match: string | readonly string[];
  /** @default 'replace' */
  plan?: RulePlan;
  /** @default the general durability */
  durability?: Durability;
  /** @default the general append */
  append?: Append;
  /**
   * Publishes an open file, still open, once it has not been written to for this many milliseconds; at least 1.
   * For live logs under unusual names. From then on its writes are visible at once and not protected.
   * @default never
   */
  publishIdleMs?: number;
}

export interface Rule {
  readonly match: readonly string[];
  readonly plan: RulePlan;
  readonly durability: Durability | undefined;
  readonly append: Append | undefined;
  readonly publishIdleMs: number | undefined;
}

export const readDurability: Reader<Durability> = oneOf('process', 'consistent', 'durable');
export const readAppend: Reader<Append> = oneOf('native', 'copy');
const readPlan = oneOf('replace', 'in-place', 'native');

const KEYS = ['match', 'plan', 'durability', 'append', 'publishIdleMs'];

/** Checks the `rules` option. @throws ERR_INTACT_OPTION naming the rule by its position. */
export function readRules(value: unknown, where: string): readonly Rule[] {
  if (!Array.isArray(value)) throw badValue(where, value, `an array of objects with the keys ${KEYS.join(', ')}`);
  return Object.freeze(value.map((rule, index) => readRule(rule, `${where}[${index}]`)));
}

function readRule(options: unknown, where: string): Rule {
  const given = Object.fromEntries(entriesOf(where, options, KEYS));
  const optional = <T>(key: string, read: Reader<T>): T | undefined =>
    key in given ? read(given[key], `${where}.${key}`) : undefined;
  return Object.freeze({
    match: readGlobs(given['match'], `${where}.match`),
    plan: optional('plan', readPlan) ?? 'replace',
    durability: optional('durability', readDurability),
    append: optional('append', readAppend),
    publishIdleMs: optional('publishIdleMs', readMilliseconds),
  });
}

function readGlobs(value: unknown, where: string): readonly string[] {
  const globs: unknown[] = Array.isArray(value) ? value : [value];
  if (globs.length > 0 && globs.every(isGlob)) return Object.freeze([...globs]);
  throw badValue(where, value, "a glob or an array of globs, each a bare name ('*.db') or beginning with '/' or '**'");
}

/** A glob that can match: one such as `data/*.json` is neither a file's name nor an absolute path. */
function isGlob(glob: unknown): glob is string {
  return typeof glob === 'string' && glob !== '' && (!glob.includes('/') || /^!?(\/|\*\*)/.test(glob));
}

function readMilliseconds(value: unknown, where: string): number {
  // The longest delay that a timer of node's takes.
  const longest = 2 ** 31 - 1;
  if (Number.isInteger(value) && (value as number) >= 1 && (value as number) <= longest) return value as number;
  throw badValue(where, value, `a whole number of milliseconds from 1 to ${longest}`);
}
