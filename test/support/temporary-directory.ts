// A fresh directory for each test of a suite.

import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isStageName } from '../../src/protocol/leftover-name';
import { readdirSync } from 'node:fs';

/**
 * Registers the hooks; call inside `describe`.
 *
 * @param place Where the directory is made.
 * @returns The path of `names` joined to the present test's directory.
 */
export function useTemporaryDirectory(place: string = tmpdir()): (...names: string[]) => string {
  let directory = '';
  beforeEach(() => {
    directory = realpathSync(mkdtempSync(join(place, 'fs-intact-test-')));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  return (...names) => join(directory, ...names);
}

/** One directory for all tests of a suite, there from its first `before` on. Call inside `describe`. */
export function useSharedDirectory(): (...names: string[]) => string {
  let directory = '';
  before(() => {
    directory = realpathSync(mkdtempSync(join(tmpdir(), 'fs-intact-test-')));
  });
  after(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  return (...names) => join(directory, ...names);
}

/** The staged files in a directory. */
export function stagedIn(directory: string): string[] {
  return readdirSync(directory).filter(isStageName);
}
