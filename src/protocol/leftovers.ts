// Leftovers: staged files whose maker was killed. They are removed when the maker is provably dead, and redo records
// among them are finished first.

import type { Machine } from '../ground/process-identity';
import { isLocalFileSystem } from '../ground/platform';
import { codeOf } from '../ground/errors';
import { runCallback } from '../steps/run';
import { type Steps, lstat, readdir, statfs, unlink } from '../steps/step';
import { counts } from './counts';
import { finishRedo } from './in-place';
import { isRedoName, isStageName, ownerOf } from './leftover-name';
import { type Redo, readRecord } from './redo-record';
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
  /** Removed after the copy that they were a redo record of was finished. */
  readonly finished: string[];
  /** Left alone, because their maker is alive or may be. */
  readonly kept: string[];
}

/**
 * Removes the leftovers in one directory.
 *
 * A leftover that cannot be looked at or removed is reported as kept.
 */
export function* sweepDirectory(
  directory: string,
  machine: Machine,
  { olderThanMs, dryRun = false }: SweepOptions = {},
): Steps<SweepReport> {
  const report: SweepReport = { removed: [], finished: [], kept: [] };
  const names = (yield* readdir(directory)).filter(isStageName);
  if (names.length === 0) return report;
  const sameKernelOnly = isLocalFileSystem((yield* statfs(directory))?.type ?? 0);
  for (const name of names) {
    const leftover: Leftover = { directory, name, path: `${directory}/${name}` };
    try {
      const redo = isRedoName(name) ? yield* readRecord(leftover.path) : undefined;
      // A record is complete before it gets its name: one that is not has lost bytes to a power cut.
      const isTorn = isRedoName(name) && redo === undefined;
      const isGone = isTorn || (yield* isAbandoned(leftover, redo, machine, sameKernelOnly, olderThanMs));
      const fate = isGone ? yield* remove(leftover, redo, dryRun) : 'kept';
      report[fate].push(leftover.path);
    } catch (error) {
      // Gone in the meantime: another process sweeps the same directory.
      if (codeOf(error) !== 'ENOENT') report.kept.push(leftover.path);
    }
  }
  return report;
}

interface Leftover {
  readonly directory: string;
  readonly name: string;
  readonly path: string;
}

function* isAbandoned(
  { name, path }: Leftover,
  redo: Redo | undefined,
  machine: Machine,
  sameKernelOnly: boolean,
  olderThanMs: number | undefined,
): Steps<boolean> {
  const owner = redo?.owner ?? ownerOf(name);
  const liveness = owner === undefined ? 'unknown' : machine.livenessOf(owner, sameKernelOnly);
  if (liveness !== 'unknown' || olderThanMs === undefined) return liveness === 'dead';
  const found = yield* lstat(path);
  return found !== undefined && Date.now() - found.mtimeMs > olderThanMs;
}

function* remove(
  { directory, path }: Leftover,
  redo: Redo | undefined,
  dryRun: boolean,
): Steps<'removed' | 'finished'> {
  if (dryRun) return 'removed';
  const isFinished = redo !== undefined && (yield* finishRedo(path, directory, redo));
  yield* unlink(path);
  counts.swept++;
  return isFinished ? 'finished' : 'removed';
}

/** Sweeps `directory` in the background if this process has not staged anything in it before. */
export function sweepOnFirstVisit(volume: Volume, directory: string): void {
  if (!volume.directories.isFirstVisit(directory)) return;
  // Off the path of the write that led here.
  setImmediate(() => {
    // A directory that cannot be read has leftovers for somebody else to find; there is nobody here to tell.
    runCallback(
      sweepDirectory(directory, volume.machine),
      volume.host,
      () => {},
      () => {},
    );
  });
}
