// The fs that a check is given: it reads, and refuses to change anything.

import { IntactError } from '../ground/intact-error';
import { type NodeFs, constants } from '../ground/node-fs';
import type { PrimitiveCall } from './primitive-call';
import { showCall } from './show-call';
import { type LabFs, surfaceOver } from './surface';

const { O_WRONLY, O_RDWR, O_CREAT, O_TRUNC } = constants;

/** The calls that leave the disk as it is. */
const READING: ReadonlySet<string> = new Set([
  'access',
  'close',
  'fdatasync',
  'fstat',
  'fsync',
  'lstat',
  'read',
  'readdir',
  'readlink',
  'readv',
  'realpath',
  'stat',
  'statfs',
]);

type AnyCall = (...args: readonly unknown[]) => unknown;

/** One read-only fs for many disks, one after the other: a surface takes longer to make than a check to run. */
export class CheckFs {
  readonly fs: LabFs;
  private disk: NodeFs | undefined;

  constructor(first: NodeFs) {
    this.fs = surfaceOver(first, (call) => this.perform(call));
  }

  /** Shows another disk from here on. */
  show(disk: NodeFs): LabFs {
    this.disk = disk;
    return this.fs;
  }

  private perform(call: PrimitiveCall): unknown {
    if (!isReading(call)) {
      const message = `check may not change the disk, but called ${showCall(call, undefined)}`;
      throw new IntactError('ERR_INTACT_CHECK_MUTATES', message);
    }
    return (this.disk as unknown as Record<string, AnyCall>)[`${call.name}Sync`]!(...call.args);
  }
}

function isReading({ name, args }: PrimitiveCall): boolean {
  if (name !== 'open') return READING.has(name);
  const flags = args[1] as number;
  return (flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)) === 0;
}
