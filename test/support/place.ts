// Where suites that make thousands of files make them.

import { accessSync, constants } from 'node:fs';
import { tmpdir } from 'node:os';

/** In memory where there is such a place; TMPDIR names another. */
export const FAST_PLACE = process.env['TMPDIR'] === undefined && canMakeFilesIn('/dev/shm') ? '/dev/shm' : tmpdir();

function canMakeFilesIn(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
