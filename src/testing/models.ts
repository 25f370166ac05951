// What a file system promises about the order in which changes reach the device. Every model begins with the same
// changes (see micro-ops.ts) and only adds promises to POSIX's few.

export type ModelName = 'posix' | 'ordered' | 'ext4' | 'btrfs';

export interface Model {
  readonly name: ModelName;
  /** Changes of names, attributes and shrinking sizes persist in the order in which they were made. */
  readonly metadataInOrder: boolean;
  /** Any fsync forces all metadata changed before it. */
  readonly syncForcesMetadata: boolean;
  /** A file grows on the device only once the data that it grows by is there. */
  readonly dataBeforeGrowth: boolean;
  /** A rename over an existing name persists only after the data of the renamed file. */
  readonly dataBeforeReplacingRename: boolean;
  /** fsync of a file forces the names of that file. */
  readonly syncForcesNames: boolean;
  /** A file may have grown over blocks that were never written, and show what they held before. */
  readonly exposesOldBlocks: boolean;
}

/**
 * The four models. Sources: POSIX.1-2017 fsync() and rename(); Pillai et al., "All File Systems Are Not Created Equal"
 * (OSDI 2014), for what file systems add to it; the kernel's documentation of XFS's delayed logging, of ext4's
 * `auto_da_alloc` and data=ordered, and of btrfs's tree log.
 */
export const MODELS: Readonly<Record<ModelName, Model>> = {
  posix: {
    name: 'posix',
    metadataInOrder: false,
    syncForcesMetadata: false,
    dataBeforeGrowth: false,
    dataBeforeReplacingRename: false,
    syncForcesNames: false,
    exposesOldBlocks: true,
  },
  ordered: {
    name: 'ordered',
    metadataInOrder: true,
    syncForcesMetadata: true,
    dataBeforeGrowth: true,
    dataBeforeReplacingRename: false,
    syncForcesNames: false,
    exposesOldBlocks: false,
  },
  ext4: {
    name: 'ext4',
    metadataInOrder: true,
    syncForcesMetadata: true,
    dataBeforeGrowth: true,
    dataBeforeReplacingRename: true,
    syncForcesNames: false,
    exposesOldBlocks: false,
  },
  btrfs: {
    name: 'btrfs',
    metadataInOrder: false,
    syncForcesMetadata: false,
    dataBeforeGrowth: true,
    dataBeforeReplacingRename: false,
    syncForcesNames: true,
    exposesOldBlocks: false,
  },
};
