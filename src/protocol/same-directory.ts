// Whether two paths lead to one directory.

import type { Host } from '../steps/host';
import { runSync } from '../steps/run';
import { type Steps, stat } from '../steps/step';
import { inodeOf } from './stage';

/** What tells directories from all others while they exist, by their paths; undefined where none is. */
export type Identities = ReadonlyMap<string, string | undefined>;

/** What tells a directory from all others while it exists, whichever path leads there; undefined if none does. */
export function* identifyDirectory(directory: string): Steps<string | undefined> {
  try {
    return inodeOf(yield* stat(directory));
  } catch {
    return undefined;
  }
}

/** The same, for whoever must know it now. */
export function identityOfDirectory(host: Host, directory: string): string | undefined {
  return runSync(identifyDirectory(directory), host);
}
