// Descriptors that this process has opened natively for writing: appending logs, files updated in place. They write to an
// inode. A rename over its name would leave them writing to a file that nobody can find any more.

import type { Host } from '../steps/host';
import { type FileIdentity, inodeOf } from './stage';

export class NativeWriters {
  readonly #host: Host;
  readonly #inodeByFd = new Map<number, string>();
  readonly #fdsByInode = new Map<string, Set<number>>();

  constructor(host: Host) {
    this.#host = host;
  }

  /** Notes a descriptor that was just opened. Closing it need not be told: a number is looked at before it is believed. */
  note(fd: number): void {
    this.#forget(fd);
    const inode = this.#inodeBehind(fd);
    if (inode === undefined) return;
    this.#inodeByFd.set(fd, inode);
    const fds = this.#fdsByInode.get(inode);
    if (fds === undefined) this.#fdsByInode.set(inode, new Set([fd]));
    else fds.add(fd);
  }

  /** Whether one of the descriptors is of this file. */
  hold(file: FileIdentity): boolean {
    if (this.#fdsByInode.size === 0) return false;
    const inode = inodeOf(file);
    for (const fd of this.#fdsByInode.get(inode) ?? []) {
      if (this.#inodeBehind(fd) === inode) return true;
      this.#forget(fd);
    }
    return false;
  }

  #forget(fd: number): void {
    const inode = this.#inodeByFd.get(fd);
    if (inode === undefined) return;
    this.#inodeByFd.delete(fd);
    const fds = this.#fdsByInode.get(inode);
    if (fds?.delete(fd) && fds.size === 0) this.#fdsByInode.delete(inode);
  }

  #inodeBehind(fd: number): string | undefined {
    try {
      const found = this.#host.sync.fstat(fd);
      return found.isFile() ? inodeOf(found) : undefined;
    } catch {
      return undefined;
    }
  }
}
