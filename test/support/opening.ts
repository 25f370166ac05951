// What open() answers, in any flavour: a number or a FileHandle.

import type { FileHandle } from 'node:fs/promises';
import type { Flavour } from './flavours';
import { type Outcome, outcomeOf } from './outcome';
import type { Fs } from './worlds';

export type Opened = number | FileHandle;

/** What a call of open gave; undefined if it failed. */
export function openedBy({ result }: Outcome): Opened | undefined {
  const value = (Array.isArray(result) ? result[1] : result) as unknown;
  return typeof value === 'number' || isHandle(value) ? value : undefined;
}

function isHandle(value: unknown): value is FileHandle {
  return typeof value === 'object' && value !== null && 'appendFile' in value;
}

/**
 * Makes a call that begins with a path. What it opens is written to and closed, so that it is published, and answered is
 * only that: its number is not the same everywhere.
 */
export async function writeThrough(
  flavour: Flavour,
  fs: Fs,
  name: string,
  path: unknown,
  ...rest: readonly unknown[]
): Promise<unknown> {
  const outcome = await outcomeOf(flavour, fs, name, path, ...rest);
  const opened = name === 'open' ? openedBy(outcome) : undefined;
  if (opened === undefined) return outcome;
  return [outcome.how, await writeAndClose(flavour, fs, opened)];
}

async function writeAndClose(flavour: Flavour, fs: Fs, opened: Opened): Promise<unknown> {
  if (typeof opened === 'number') {
    const written = await outcomeOf(flavour, fs, 'write', opened, 'new');
    return [written, await outcomeOf(flavour, fs, 'close', opened)];
  }
  try {
    await opened.appendFile('new');
    return 'written';
  } catch (error) {
    return error;
  } finally {
    await opened.close();
  }
}
