// What became of the writes of this process: the numbers behind `stats()`.

/** Why a file was written in place, its inode kept, instead of being replaced. */
export type InPlaceReason =
  | 'hard-links'
  | 'owner'
  | 'unwritable-directory'
  | 'mount-point'
  | 'cross-device'
  | 'rename-refused'
  | 'open-elsewhere'
  | 'watched'
  | 'blob'
  | 'rule';

/** Why a call went to node:fs untouched. */
export type NativeReason =
  | 'off'
  | 'rule'
  | 'not-a-regular-file'
  | 'special-path'
  | 'native-error'
  | 'exiting'
  | 'open-elsewhere'
  | 'unsupported';

export interface Counts {
  /** Writes that replaced or created a file. */
  replaced: number;
  /** Writes that kept the inode, by reason. */
  inPlace: Partial<Record<InPlaceReason, number>>;
  /** Calls that would have replaced content but went to node:fs, by reason. */
  native: Partial<Record<NativeReason, number>>;
  /** Writes that a newer one stands for: both were under way, and only the newer content was put in place. */
  superseded: number;
  /** Staged files thrown away: failed, aborted or destroyed writes. */
  discarded: number;
  /** Leftovers of dead processes removed. */
  swept: number;
}

export const counts: Counts = { replaced: 0, inPlace: {}, native: {}, superseded: 0, discarded: 0, swept: 0 };

export function countInPlace(reason: InPlaceReason): void {
  counts.inPlace[reason] = (counts.inPlace[reason] ?? 0) + 1;
}

export function countNative(reason: NativeReason): void {
  counts.native[reason] = (counts.native[reason] ?? 0) + 1;
}
