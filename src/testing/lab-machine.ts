// The machine that a memory disk belongs to, as fs-intact sees it: what an earlier process left there is a dead one's.

import { MACHINE, type Machine, type ProcessIdentity } from '../ground/process-identity';

/**
 * Makes an fs one of a machine that was started again.
 *
 * @param boot Counts the starts. A process of an earlier one is dead.
 */
export function bootedOn<Fs extends object>(fs: Fs, boot: number): Fs {
  const self: ProcessIdentity = { pid: 1, startTicks: 1, boot, namespace: 1 };
  let number = 0;
  const machine: Machine = {
    thisProcess: () => self,
    livenessOf: (owner) => (owner.boot === boot ? 'alive' : 'dead'),
    nextNumber: () => number++,
  };
  return Object.defineProperty(fs, MACHINE, { value: machine });
}
