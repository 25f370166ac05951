// memoryFs(): an fs in memory for anybody's tests, true to POSIX, and as unreliable as wanted.

import { type NodeFs } from '../ground/node-fs';
import type { Fault } from './faults';
import type { DiskImage } from './disk-image';
import { OWN_NUMBERS, numbersOfOurs } from './inode-ids';
import { observe } from './lab-fs';
import { createMemoryDisk } from './memory-disk';

export interface MemoryFsOptions {
  /**
   * What lies underneath: a memfs volume or any other fs-shaped object with node's synchronous functions, with its own
   * behaviour. The options about the disk say nothing then.
   * @default a disk of the lab's own
   */
  readonly over?: object;
  /** What goes wrong, and where. @default nothing */
  readonly faults?: readonly Fault[];
  /** How many bytes all files may hold together; beyond it writes are short, and then fail with ENOSPC. @default no limit */
  readonly capacityBytes?: number;
  /** Whose calls these are: owner and modes count, as they do for anybody but user 0. @default the user of this process */
  readonly uid?: number;
  /** @default the group of this process */
  readonly gid?: number;
}

/**
 * Makes an empty file system in memory, with every function of node:fs, each made of primitive calls that faults can meet.
 *
 * It means what Linux means: hard links, open files without a name, modes and owners, short writes on a full disk, errors
 * with node's codes and messages.
 */
export function memoryFs({ faults = [], over, ...options }: MemoryFsOptions = {}): NodeFs {
  if (over !== undefined) return observe(over as NodeFs, EMPTY, numbersOfOurs(), { faults }).fs;
  const disk = createMemoryDisk(options);
  return observe(disk.fs, disk.image(), OWN_NUMBERS, { faults }).fs;
}

/** Nobody asks for the trace. */
const EMPTY: DiskImage = { root: 0, inodes: new Map() };
