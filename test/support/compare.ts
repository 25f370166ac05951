// The same scenario on a plain fs and on ours, each in a fresh directory, with equal results.

import { expect } from 'chai';
import type { Options } from '../../src/api';
import type { Flavour } from './flavours';
import { type Journal, failureIn, outcomeOf } from './outcome';
import { openFilesIn, pictureOf, pictureOfTree } from './picture';
import type { Backend, Kind, World } from './worlds';

export interface Scenario {
  /** Lays out the files, through the plain fs. */
  readonly before?: (world: World) => void;
  /** The call or calls in question. What it returns or throws is compared. */
  readonly act: (world: World) => unknown;
  /**
   * The code of the first error that plain node answers with, or what it must match; by default there is none. It keeps a
   * scenario from being equal for the wrong reason. Not asked of memfs, which has codes of its own.
   */
  readonly fails?: string | RegExp;
  readonly umask?: number;
  /** The file that is written once more at the end, as any program may; false for none. @default 'target' */
  readonly later?: string | false;
  /** For ours only. */
  readonly options?: Options;
  /** Where ours is meant to differ. */
  readonly unlike?: Difference;
}

/** A difference that is intended, and what it makes of plain node's report. */
export interface Difference {
  readonly because: string;
  readonly expected: (plain: Report, treeBefore: Report['tree']) => Report;
}

/** For scenarios whose calls may or may not fail on plain node. */
export const PERHAPS = /^/;

/** What this package is for. */
export const failureKeepsOldContent: Difference = {
  because: 'a write that fails half-way leaves the old content, where plain node leaves an empty or partial file',
  expected: (plain, tree) => ({ ...plain, tree }),
};

export interface Report {
  /** What the calls answered. */
  readonly answer: unknown;
  /** The directory right afterwards. */
  readonly tree: Record<string, unknown>;
  /** Files still open. */
  readonly open: readonly string[];
  /** How the later write ended, and the directory then. */
  readonly later?: unknown;
}

/** The same report, but for what one entry of its journal says. */
export function withEntry(report: Report, what: string, outcome: unknown): Report {
  const { entries } = report.answer as Journal;
  return {
    ...report,
    answer: { entries: entries.map((entry) => (entry.what === what ? { what, outcome } : entry)) },
  };
}

/** Plays the scenario on both and compares everything that a program, or another process, can see. */
export async function expectSame(backend: Backend, scenario: Scenario): Promise<void> {
  const plain = await play(backend, 'plain', scenario);
  const ours = await play(backend, 'intact', scenario);
  if (backend.isReal) expectError(plain.code, scenario.fails);
  const unlike = backend.isPlain ? undefined : scenario.unlike;
  if (unlike === undefined) {
    expect(ours.report).to.deep.equal(plain.report);
  } else {
    const expected = unlike.expected(plain.report, plain.treeBefore);
    expect(expected, 'the declared difference is none').to.not.deep.equal(plain.report);
    expect(ours.report, unlike.because).to.deep.equal(expected);
  }
}

function expectError(code: string | undefined, expected: string | RegExp | undefined): void {
  if (expected instanceof RegExp) expect(code, "plain node's own error").to.match(expected);
  else expect(code, "plain node's own error").to.equal(expected);
}

/** The same for a single call in one flavour. */
export function callsAlike(
  backend: Backend,
  flavour: Flavour,
  name: string,
  args: (world: World) => readonly unknown[],
  scenario: Omit<Scenario, 'act'> = {},
): Promise<void> {
  return expectSame(backend, {
    ...scenario,
    act: (world) => outcomeOf(flavour, world.fs, name, ...args(world)),
  });
}

interface Played {
  readonly report: Report;
  readonly treeBefore: Report['tree'];
  /** Of the first error among the answers. */
  readonly code: string | undefined;
}

async function play(backend: Backend, kind: Kind, scenario: Scenario): Promise<Played> {
  const world = backend.open(kind, scenario.options);
  const umask = scenario.umask === undefined ? undefined : process.umask(scenario.umask);
  try {
    scenario.before?.(world);
    const treeBefore = pictureOfTree(world);
    const [given, code] = await answerOf(scenario, world);
    const answer = backend.isReal ? given : withNull(given);
    const report: Report = {
      answer,
      tree: pictureOfTree(world),
      open: openFilesIn(world),
      ...laterWrite(world, scenario),
    };
    return { report, treeBefore, code };
  } finally {
    if (umask !== undefined) process.umask(umask);
    world.close();
  }
}

/** Where there is no error memfs calls back with null, undefined or (null, undefined); ours with null, as node does. */
function withNull(answer: unknown): unknown {
  if (Array.isArray(answer)) return answer.map(withNull);
  if (typeof answer !== 'object' || answer === null) return answer;
  const levelled = Object.fromEntries(Object.entries(answer).map(([key, part]) => [key, withNull(part)]));
  const { how, result } = levelled;
  if (how !== 'called back' || !Array.isArray(result)) return levelled;
  const [error, ...rest] = result as unknown[];
  return { ...levelled, result: [error ?? null, ...rest.filter((part) => part !== undefined)] };
}

/** What the scenario's calls answer, and the code of the first error among it. */
async function answerOf({ act }: Scenario, world: World): Promise<[answer: unknown, code: string | undefined]> {
  let answer: unknown;
  try {
    answer = await act(world);
  } catch (error) {
    return [{ threw: pictureOf(error, world.directory) }, nameOf(error as Error)];
  }
  const failure = failureIn(answer);
  return [pictureOf(answer, world.directory), failure && nameOf(failure)];
}

function nameOf({ code, name }: NodeJS.ErrnoException): string {
  // A DOMException has a number for a code.
  return typeof code === 'string' ? code : name;
}

function laterWrite(world: World, { later = 'target' }: Scenario): { later?: unknown } {
  if (later === false) return {};
  try {
    world.fs.writeFileSync(world.at(later), 'written later');
    return { later: pictureOfTree(world) };
  } catch (error) {
    return { later: { threw: pictureOf(error, world.directory), tree: pictureOfTree(world) } };
  }
}
