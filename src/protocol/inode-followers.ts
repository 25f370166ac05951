// Files whose inode this process has hold of in a way that a rename over them would break: a watcher or a Blob goes on
// looking at the old inode.

import type { InPlaceReason } from './counts';
import { type FileIdentity, inodeOf } from './stage';

type Reason = Extract<InPlaceReason, 'watched' | 'blob'>;

interface Follower {
  readonly reason: Reason;
}

export class InodeFollowers {
  readonly #followers = new Map<string, readonly Follower[]>();

  /** @returns Lets go of the inode. */
  follow(file: FileIdentity, reason: Reason): () => void {
    const key = inodeOf(file);
    const follower: Follower = { reason };
    this.#followers.set(key, [...(this.#followers.get(key) ?? []), follower]);
    return () => {
      const others = (this.#followers.get(key) ?? []).filter((other) => other !== follower);
      if (others.length > 0) this.#followers.set(key, others);
      else this.#followers.delete(key);
    };
  }

  /** Why a file must keep its inode, if it must. */
  reasonFor(file: FileIdentity): Reason | undefined {
    return this.#followers.size === 0 ? undefined : this.#followers.get(inodeOf(file))?.[0]?.reason;
  }
}
