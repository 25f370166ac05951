import type { Findings } from './report';

/** Words for the disk of a violation: which one it is, with which one it is compared, and that the two are the same. */
export interface DiskTitle {
  readonly disk: string;
  readonly baseline: string;
  readonly same: string;
}

export const DISK_TITLES: Readonly<Record<Findings['kind'], DiskTitle>> = {
  crash: { disk: 'the disk at the crash', baseline: 'had nothing been lost', same: 'with nothing lost' },
  fault: { disk: 'the disk at the end', baseline: 'without the fault', same: 'the same as without the fault' },
};
