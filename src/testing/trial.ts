// One crash state tried: mounted, recovered as the program would at its next start, and checked.

import type { NodeFs } from '../ground/node-fs';
import { CheckFs } from './check-fs';
import type { DiskImage } from './disk-image';
import { OWN_NUMBERS } from './inode-ids';
import { observe } from './lab-fs';
import { createMemoryDisk } from './memory-disk';
import type { CheckContext, ExplorePlan } from './scenario';
import { settled } from './settle';
import type { Trace } from './trace';

export interface Verdict {
  /** What recovery or check threw; undefined where all is well. */
  readonly failure: { readonly error: unknown } | undefined;
  /** What recovery did to the disk. */
  readonly recovery: Trace | undefined;
}

/** Tries crash states, one after the other. */
export class Trials {
  private readonly checkFs = new CheckFs(createMemoryDisk().fs);

  constructor(private readonly plan: Pick<ExplorePlan, 'recover' | 'check' | 'settleMs'>) {}

  /**
   * Tries one state.
   *
   * @param boot How many times the machine was started, this time included.
   * @returns A promise only where a function of the caller's is asynchronous: a state is tried in less time than one takes.
   */
  try(image: DiskImage, acked: ReadonlySet<string>, boot: number): Verdict | Promise<Verdict> {
    if (this.plan.recover !== undefined) return this.recoverAndCheck(image, acked, boot);
    return this.check(createMemoryDisk({ image }).fs, acked);
  }

  private async recoverAndCheck(image: DiskImage, acked: ReadonlySet<string>, boot: number): Promise<Verdict> {
    const disk = createMemoryDisk({ image });
    const { fs, recorder, idle } = observe(disk.fs, image, OWN_NUMBERS, { boot });
    try {
      await settled('recover', this.plan.recover!(fs), this.plan.settleMs, () => '');
      await idle(this.plan.settleMs);
    } catch (error) {
      return { failure: { error }, recovery: recorder.trace };
    }
    const recovery = { ...recorder.trace, events: [...recorder.trace.events] };
    return this.check(disk.fs, acked, recovery);
  }

  /** Checks what is on a disk, as it is. */
  check(
    fs: NodeFs,
    acked: ReadonlySet<string>,
    recovery?: Trace,
    more: Omit<CheckContext, 'acked'> = {},
  ): Verdict | Promise<Verdict> {
    const context: CheckContext = { acked: (label) => acked.has(label), ...more };
    try {
      const pending = settled('check', this.plan.check(this.checkFs.show(fs), context), this.plan.settleMs, () => '');
      if (pending === undefined) return { failure: undefined, recovery };
      return pending.then(
        () => ({ failure: undefined, recovery }),
        (error: unknown) => ({ failure: { error }, recovery }),
      );
    } catch (error) {
      return { failure: { error }, recovery };
    }
  }
}
