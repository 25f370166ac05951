// What is remembered about one file system interface for as long as the process lives.

import type { NodeFs } from '../ground/node-fs';
import { MACHINE, type Machine, thisMachine } from '../ground/process-identity';
import { type Host, hostOf } from '../steps/host';
import { Directories } from './directories';
import { InodeFollowers } from './inode-followers';
import { LandingOrder } from './landing-order';
import { LocalDirectories } from './local-directories';
import { NativeWriters } from './native-writers';
import type { OpenFile } from './open-file';
import { PendingStages } from './pending';
import { Replacements } from './replacements';
import { DirectorySyncs } from './sync-directory';
import type { Stage } from './stage';
import type { Queue } from './turns';
import { UnderWay } from './under-way';
import { View } from './view';
import type { WriteUnderWay } from './write-under-way';

export interface Volume {
  readonly host: Host;
  readonly machine: Machine;
  /** Staged files that outlive the call that opened them. */
  readonly pending: PendingStages;
  /** Those that a program has open, by descriptor, and by path. */
  readonly openFiles: Map<number, OpenFile>;
  /** Those that are on their way to their targets while the program's last descriptor of them is not closed yet. */
  readonly closing: Map<number, Stage>;
  /** Those as the program sees them. */
  readonly view: View<OpenFile>;
  /** Whole-file writes under way. To the program too their paths show the old files, but it may rename or remove them. */
  readonly written: View<WriteUnderWay>;
  readonly directories: Directories;
  readonly localDirectories: LocalDirectories;
  readonly directorySyncs: DirectorySyncs;
  readonly landingOrder: LandingOrder;
  readonly queues: Map<string, Queue>;
  readonly inodeFollowers: InodeFollowers;
  readonly nativeWriters: NativeWriters;
  readonly replacements: Replacements;
  readonly underWay: UnderWay;
}

export function volumeOn(base: NodeFs): Volume {
  const host = hostOf(base);
  const directories = new Directories();
  const localDirectories = new LocalDirectories(host, directories);
  return {
    host,
    machine: (base as { [MACHINE]?: Machine })[MACHINE] ?? thisMachine,
    pending: new PendingStages(),
    openFiles: new Map(),
    closing: new Map(),
    view: new View(host),
    written: new View(host),
    directories,
    localDirectories,
    directorySyncs: new DirectorySyncs(host, localDirectories),
    landingOrder: new LandingOrder(host, localDirectories),
    queues: new Map(),
    inodeFollowers: new InodeFollowers(),
    nativeWriters: new NativeWriters(host),
    replacements: new Replacements(host),
    underWay: new UnderWay(),
  };
}

/** Whether there is nothing that a rename could be about, except what is on the disk. */
export function areNamesFree({ pending, directories }: Volume): boolean {
  return pending.size === 0 && !directories.hasFresh;
}

/** Whether nothing is open for replacing, or being written as a whole. */
export function isNoneShown({ view, written }: Volume): boolean {
  return view.isEmpty && written.isEmpty;
}
