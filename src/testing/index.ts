// fs-intact/testing: the crash lab. It proves this package, and anybody's code, against crashes and faults.

export { explore } from './explore';
export { replay } from './replay';
export { replayFault, sweepFaults } from './sweep-faults';
export { type Fault, type FaultyCall, fail } from './faults';
export { importWith } from './import-with';
export { type MemoryFsOptions, memoryFs } from './memory-fs';
export { type MemfsVolume, toVolume } from './memfs-volume';
export { requireWith } from './require-with';
export type { Attributes, DirectoryInode, DiskImage, FileInode, Inode, SymlinkInode } from './disk-image';
export type { ModelName } from './models';
export type { Fate, Report, TraceLine, Violation } from './report';
export type { CheckContext, ExploreOptions, Scenario, SweepFaultsOptions, WorkloadContext } from './scenario';
