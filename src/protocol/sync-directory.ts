// Making names durable: fsync(2) of the directory that holds them. One such call serves every name that was in the directory
// when it began, so writes that are under way together share it.

import { codeOf, namingTarget } from '../ground/errors';
import { cannotSyncDirectory } from '../ground/platform';
import { READ_DIRECTORY } from '../settings/flags';
import type { Host } from '../steps/host';
import { runPromise } from '../steps/run';
import { type Steps, canWait, close, fsync, open, wait } from '../steps/step';
import type { LocalDirectories } from './local-directories';
import type { Volume } from './volume';

/**
 * Forces a directory's entries to the device. Asynchronously it is done together with all who ask meanwhile.
 *
 * @returns False where this directory or its file system cannot do it, which is not an error.
 */
export function syncDirectory({ directorySyncs, localDirectories }: Volume, directory: string): Steps<boolean> {
  return canWait() ? syncTogether(directorySyncs, directory) : syncAlone(directory, localDirectories);
}

function* syncTogether(directorySyncs: DirectorySyncs, directory: string): Steps<boolean> {
  try {
    return yield* wait(directorySyncs.join(directory));
  } catch (error) {
    // Each gets an error of its own: what one of them notes on it is not true of the others.
    throw namingTarget(error, directory);
  }
}

/** The directory syncs under way. One directory is synced once at a time; whoever comes meanwhile is in the next group. */
export class DirectorySyncs {
  readonly #host: Host;
  readonly #local: LocalDirectories;
  /** The last group for each directory: either it is still gathering, or it is running and the next will follow it. */
  readonly #groups = new Map<string, Group>();

  constructor(host: Host, local: LocalDirectories) {
    this.#host = host;
    this.#local = local;
  }

  /** Joins a group that begins after this call. @returns What `syncDirectory` returns, for all of the group. */
  join(directory: string): Promise<boolean> {
    const last = this.#groups.get(directory);
    if (last !== undefined && !last.hasBegun) return last.outcome;
    const group: Group = { hasBegun: false, outcome: Promise.resolve(false) };
    this.#groups.set(directory, group);
    group.outcome = this.#run(directory, group, last);
    return group.outcome;
  }

  async #run(directory: string, group: Group, before: Group | undefined): Promise<boolean> {
    await before?.outcome.catch(() => {});
    // Opened anew each time: another directory may have this path by now.
    group.hasBegun = true;
    try {
      return await runPromise(syncAlone(directory, this.#local), this.#host);
    } finally {
      if (this.#groups.get(directory) === group) this.#groups.delete(directory);
    }
  }
}

interface Group {
  hasBegun: boolean;
  outcome: Promise<boolean>;
}

function* syncAlone(directory: string, local: LocalDirectories): Steps<boolean> {
  let fd: number;
  try {
    fd = yield* local.atOnceIn(directory, open(directory, READ_DIRECTORY, 0));
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
    yield* closeQuietly(fd, directory, local);
  }
}

/** Nothing was written through this descriptor, so its close has nothing to report. */
function* closeQuietly(fd: number, directory: string, local: LocalDirectories): Steps<void> {
  try {
    yield* local.atOnceIn(directory, close(fd));
  } catch {
    // The entries are as durable as the fsync made them.
  }
}
