// Leftovers: staged files whose maker was killed. They are removed when the maker is provably dead, and redo records
// among them are finished first.

import type { Machine, ProcessIdentity } from '../ground/process-identity';
import { isLocalFileSystem } from '../ground/platform';
import { codeOf } from '../ground/errors';
import { runCallback } from '../steps/run';
import { type Steps, atOnce, lstat, readdir, statfs, unlink } from '../steps/step';
import { counts } from './counts';
import { finishRedo, standingOf } from './in-place';
import { isRedoName, isStageName, ownerOf } from './leftover-name';
import { readRecord } from './redo-record';
import { syncDirectory } from './sync-directory';
import type { Volume } from './volume';

export interface SweepOptions {
  /**
   * Also removes leftovers whose maker cannot be proven dead (another container, another host) if they have not been
   * written to for this many milliseconds.
   * @default never
   */
  olderThanMs?: number;
  /**
   * Reports without removing anything.
   * @default false
   */
  dryRun?: boolean;
}

export interface SweepReport {
  /** Removed, or with `dryRun` removable. Absolute if the directory was given so. */
  readonly removed: string[];
  /** Redo records, removed after the copy that they tell of was finished; with `dryRun`, those that can be. */
  readonly finished: string[];
  /**
   * Left alone: their maker is alive or may be, or they cannot be removed; or they are redo records by somebody who need not
   * have been allowed to write to the file that they name.
   */
  readonly kept: string[];
}

/**
 * Removes the leftovers in one directory.
 *
 * A leftover that cannot be looked at or removed is reported as kept.
 */
export function* sweepDirectory(
  volume: Volume,
  directory: string,
  { olderThanMs, dryRun = false }: SweepOptions = {},
): Steps<SweepReport> {
  const report: SweepReport = { removed: [], finished: [], kept: [] };
  const names = (yield* readdir(directory)).filter(isStageName);
  if (names.length === 0) return report;
  const sameKernelOnly = isLocalFileSystem((yield* statfs(directory))?.type ?? 0);
  for (const name of names) {
    const path = `${directory}/${name}`;
    const leftover: Leftover = { machine: volume.machine, directory, name, path, sameKernelOnly, olderThanMs, dryRun };
    try {
      const fate = yield* isRedoName(name) ? settleRecord(volume, leftover) : settleStaged(leftover);
      report[fate].push(path);
    } catch (error) {
      // Gone in the meantime: another process sweeps the same directory.
      if (codeOf(error) !== 'ENOENT') report.kept.push(path);
    }
  }
  return report;
}

type Fate = keyof SweepReport;

interface Leftover {
  readonly machine: Machine;
  readonly directory: string;
  readonly name: string;
  readonly path: string;
  /** Whether only one running kernel can have this file system mounted. */
  readonly sameKernelOnly: boolean;
  readonly olderThanMs: number | undefined;
  readonly dryRun: boolean;
}

function* settleStaged(leftover: Leftover): Steps<Fate> {
  if (!(yield* isAbandoned(leftover, ownerOf(leftover.name)))) return 'kept';
  if (!leftover.dryRun) yield* remove(leftover);
  return 'removed';
}

function* settleRecord(volume: Volume, leftover: Leftover): Steps<Fate> {
  // Nothing of this process may write to the target, or make a newer record, while this one is being finished.
  const fate = yield* atOnce(finishRecord(leftover));
  // A crash must not bring it back, to be copied over a newer content.
  if (fate === 'finished' && !leftover.dryRun) yield* syncDirectory(volume, leftover.directory);
  return fate;
}

function* finishRecord(leftover: Leftover): Steps<Fate> {
  const { directory, name } = leftover;
  const { redo, ino, uid } = yield* readRecord(directory, name);
  // A record is complete before it gets its name: one that is torn has lost bytes to a power cut.
  if (redo === 'torn') return yield* removeRecord(leftover, ino);
  if (redo === 'foreign' || !(yield* isAbandoned(leftover, redo.owner))) return 'kept';
  const standing = yield* standingOf(directory, redo, uid);
  if (standing === 'obsolete') return yield* removeRecord(leftover, ino);
  if (standing === 'untrusted') return 'kept';
  if (leftover.dryRun) return 'finished';
  yield* finishRedo(directory, name, redo);
  return (yield* removeRecord(leftover, ino)) === 'removed' ? 'finished' : 'kept';
}

/** Removes a record, unless another process has made a newer one meanwhile. */
function* removeRecord(leftover: Leftover, ino: number): Steps<'removed' | 'kept'> {
  if (leftover.dryRun) return 'removed';
  if ((yield* lstat(leftover.path))?.ino !== ino) return 'kept';
  yield* remove(leftover);
  return 'removed';
}

function* isAbandoned(
  { machine, path, sameKernelOnly, olderThanMs }: Leftover,
  owner: ProcessIdentity | undefined,
): Steps<boolean> {
  const liveness = owner === undefined ? 'unknown' : machine.livenessOf(owner, sameKernelOnly);
  if (liveness !== 'unknown' || olderThanMs === undefined) return liveness === 'dead';
  const found = yield* lstat(path);
  return found !== undefined && Date.now() - found.mtimeMs > olderThanMs;
}

function* remove({ path }: Leftover): Steps<void> {
  yield* unlink(path);
  counts.swept++;
}

/** Sweeps `directory` in the background if this process has not staged anything in it before. */
export function sweepOnFirstVisit(volume: Volume, directory: string): void {
  if (!volume.directories.isFirstVisit(directory)) return;
  // Off the path of the write that led here.
  setImmediate(() => {
    // A directory that cannot be read has leftovers for somebody else to find; there is nobody here to tell.
    runCallback(
      sweepDirectory(volume, directory),
      volume.host,
      () => {},
      () => {},
    );
  });
}
