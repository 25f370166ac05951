// Inode numbers of the lab's own. A file system gives the number of a deleted file to the next one that is created, and a
// crash model that took the two for one file would see writes to the one in the other.

import type { Stats } from 'node:fs';

type Identity = Pick<Stats, 'dev' | 'ino'>;

export interface InodeIds {
  /** The id of a file; a new one where it was not met before. */
  of(file: Identity): number;
  /** Forgets a file that has neither a name nor a descriptor any more. */
  forget(file: Identity): void;
}

/** For a memory disk, which never gives a number twice. */
export const OWN_NUMBERS: InodeIds = { of: ({ ino }) => ino, forget: () => {} };

/** For any other file system. */
export function numbersOfOurs(): InodeIds {
  const ids = new Map<string, number>();
  let next = 1;
  return {
    of(file) {
      const key = keyOf(file);
      let id = ids.get(key);
      if (id === undefined) ids.set(key, (id = next++));
      return id;
    },
    forget(file) {
      ids.delete(keyOf(file));
    },
  };
}

function keyOf({ dev, ino }: Identity): string {
  return `${dev}:${ino}`;
}
