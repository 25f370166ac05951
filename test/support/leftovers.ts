// Leftovers as killed processes leave them, without a process to kill.

import { type ProcessIdentity, thisProcess } from '../../src/ground/process-identity';

/** The name that a staged file of `target` has if this process made it. */
export function nameFor(owner: ProcessIdentity, target = 'target'): string {
  const { pid, startTicks, boot, namespace } = owner;
  const parts = [pid, startTicks, boot, namespace, 0, 7].map((part) => part.toString(36));
  return `.${target}.${parts.join('-')}.intact`;
}

/** The same of a process that had our pid before us. */
export function deadName(target?: string): string {
  return nameFor({ ...thisProcess(), startTicks: 1 }, target);
}
