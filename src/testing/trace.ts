// What a workload did to a disk, in the order in which it happened: the input of the crash model.

import type { Attributes, DiskImage, Inode } from './disk-image';

/** A name in a directory. */
export interface Entry {
  readonly dir: number;
  readonly name: string;
}

/** What one operation changed, in terms of inodes and names, or what it forced to the device. */
export type Effect =
  /** A new name; `created` where the inode came with it. */
  | { readonly kind: 'link'; readonly entry: Entry; readonly ino: number; readonly created?: Inode }
  | { readonly kind: 'unlink'; readonly entry: Entry; readonly ino: number }
  | {
      readonly kind: 'rename';
      readonly from: Entry;
      readonly to: Entry;
      readonly ino: number;
      /** Whether something was there under the new name. */
      readonly replaces: boolean;
    }
  | { readonly kind: 'write'; readonly ino: number; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: 'truncate'; readonly ino: number; readonly size: number }
  | { readonly kind: 'attributes'; readonly ino: number; readonly attributes: Attributes }
  | { readonly kind: 'sync'; readonly ino: number; readonly attributes: boolean };

/** One primitive call that the workload made. */
export interface Operation {
  readonly kind: 'operation';
  /** Counts the calls from 0; the number that `fail().at()` takes. */
  readonly index: number;
  readonly call: string;
  /** The call as a person would write it, with its result. */
  readonly text: string;
  readonly effects: readonly Effect[];
  /** Where in the caller's code it came from: `file:line:column`. */
  readonly site?: string;
  /** The fault that met it, as it was written. */
  readonly fault?: string;
}

/** The workload's word that something is done and must not be lost any more. */
export interface Ack {
  readonly kind: 'ack';
  readonly label: string;
}

/** Operations that changed or forced nothing, and met no fault, are left out: no crash state differs by them. */
export type Event = Operation | Ack;

/** What a fault sweep needs to know of a call. */
export interface CallShape {
  readonly name: string;
  /** How many bytes it was to read or write, if it does. */
  readonly bytes: number | undefined;
}

export interface Trace {
  /** What the disk held, all of it persisted, before the first event. */
  readonly before: DiskImage;
  readonly events: readonly Event[];
  /** Every primitive call, those without an effect too. */
  readonly calls: readonly CallShape[];
}
