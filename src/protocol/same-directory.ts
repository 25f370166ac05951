// Whether two paths lead to one directory.

import type { Host } from '../steps/host';
import { inodeOf } from './stage';

/** What tells a directory from all others while it exists, whichever path leads there; undefined if none does. */
export function identityOfDirectory({ sync }: Host, directory: string): string | undefined {
  try {
    return inodeOf(sync.stat(directory));
  } catch {
    return undefined;
  }
}
