// The words of this suite: a scenario is a call, or a few, on a target of some kind, played by a child process as some user.

import type * as nodeFs from 'node:fs';
import type { Need } from '../support/needs';
import type { Tree } from './tree';

export const USERS = ['root', 'user'] as const;
export type User = (typeof USERS)[number];

/** What stands at the path that a scenario is about. */
export interface Kind {
  readonly id: string;
  /** Lays it out. The rest of the tree (a source to copy from, a folder) is there before. */
  readonly lay: (tree: Tree) => void;
  /** Joined to the scenario's directory as text. @default 'target' */
  readonly path?: string;
  /** How the program writes that path down. */
  readonly spell?: (path: string, directory: string) => unknown;
  /**
   * What plain node answers to a whole-file write, as root and as a user: 'ok' or the error's code. It keeps a kind from
   * being something else than it is meant to be.
   */
  readonly answers: readonly [asRoot: string, asUser: string];
  readonly needs?: readonly Need[];
  /** Opening it to read may wait for ever, or never come to an end. */
  readonly isPipe?: boolean;
  /** So common that every call is made on it in all its flavours. */
  readonly isCommon?: boolean;
  /** It takes a mount to lay out, which costs more than all the rest; only the main calls are made on it. */
  readonly isCostly?: boolean;
}

/** What a scenario's program works with, in the child process. */
export interface Scene {
  /** As any program gets it. */
  readonly fs: typeof nodeFs;
  readonly directory: string;
  /** The path in question, as the program writes it. Typed as the most ordinary of them. */
  readonly target: string;
  readonly at: (...names: string[]) => string;
  /** Opens the target and notes how that ended, but not the number, which is chance. */
  readonly open: (flags: string | number, mode?: number) => Promise<number | undefined>;
  /** Makes a call and notes its end. @returns Its value; undefined if it failed. */
  readonly note: <T>(what: string, call: () => T) => Promise<Awaited<T> | undefined>;
  /** Notes something that happened. */
  readonly add: (what: string, value?: unknown) => void;
  /** Lets another process look at the whole directory, now. */
  readonly look: (when: string) => void;
  /** Lets another process do one of the scenario's `others`. @returns What it answers. */
  readonly other: (name: string) => unknown;
}

export interface Scenario {
  readonly id: string;
  readonly kind: Kind;
  /** The program. What it returns, throws or rejects with is compared. */
  readonly act: (scene: Scene) => unknown;
  /** What another process does in between. */
  readonly others?: Readonly<Record<string, (tree: Tree) => unknown>>;
  /** Has a child process of its own, whose output and end are compared too. */
  readonly isAlone?: boolean;
  readonly needs?: readonly Need[];
}

/** What came of a scenario: everything that the program, another process or an operator can see. */
export interface Report {
  /** What the calls answered; missing where the process ended before. */
  readonly answer?: unknown;
  /** What lay there before. */
  readonly before?: Picture;
  /** What another process saw in between. */
  readonly looks?: Readonly<Record<string, Picture>>;
  /** The same right after the last call. */
  readonly after?: Picture;
  /** And after the end of the process, if something has changed; what was on mounts is gone by then. */
  readonly end?: Picture;
  /** What the process itself sees in the directory afterwards. */
  readonly own?: unknown;
  /** Files that it still has open. */
  readonly open?: readonly string[];
  /** Codes of the warnings that are ours. */
  readonly warnings?: readonly string[];
  /** How the process ended and what it printed, where it played nothing else or died. */
  readonly process?: unknown;
}

/** A directory as another process sees it. */
export type Picture = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
