// Making names durable: fsync(2) of the directory that holds them.

import { codeOf } from '../ground/errors';
import { cannotSyncDirectory } from '../ground/platform';
import { READ_DIRECTORY } from '../settings/flags';
import { type Steps, close, fsync, open } from '../steps/step';

/**
 * Forces a directory's entries to the device.
 *
 * @returns False where this directory or its file system cannot do it, which is not an error.
 */
export function* syncDirectory(directory: string): Steps<boolean> {
  let fd: number;
  try {
    fd = yield* open(directory, READ_DIRECTORY, 0);
  } catch (error) {
    if (cannotSyncDirectory(codeOf(error))) return false;
    throw error;
  }
  try {
    yield* fsync(fd);
    return true;
  } catch (error) {
    if (cannotSyncDirectory(codeOf(error))) return false;
    throw error;
  } finally {
    yield* closeQuietly(fd);
  }
}

/** Nothing was written through this descriptor, so its close has nothing to report. */
function* closeQuietly(fd: number): Steps<void> {
  try {
    yield* close(fd);
  } catch {
    // The entries are as durable as the fsync made them.
  }
}
