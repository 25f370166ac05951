// What is remembered about one file system interface for as long as the process lives.

import type { NodeFs } from '../ground/node-fs';
import { type Host, hostOf } from '../steps/host';
import { Directories } from './directories';
import type { OpenFile } from './open-file';
import { PendingStages } from './pending';

export interface Volume {
  readonly host: Host;
  /** Staged files that outlive the call that opened them. */
  readonly pending: PendingStages;
  /** The same by descriptor, where a program has one. */
  readonly openFiles: Map<number, OpenFile>;
  readonly directories: Directories;
}

export function volumeOn(base: NodeFs): Volume {
  return { host: hostOf(base), pending: new PendingStages(), openFiles: new Map(), directories: new Directories() };
}
