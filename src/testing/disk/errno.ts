// A system call's failure, while it is still inside the disk.

/**
 * The code alone. Many failures are answers, not accidents (`throwIfNoEntry: false`, `existsSync`), so no stack is taken
 * before it is known that the caller will see one.
 */
export class Errno {
  constructor(
    readonly code: string,
    /** Where node names another call than the one that was made: realpath, which is made of several. */
    readonly failed?: { readonly syscall: string; readonly path: string },
  ) {}
}

/** Ends the present system call with this error. */
export function fail(code: string): never {
  throw new Errno(code);
}

/** What a look at the disk finds, or undefined where it fails in a way that means that nothing is there. */
export function unlessAbsent<T>(look: () => T, isAbsent: (code: string) => boolean): T | undefined {
  try {
    return look();
  } catch (thrown) {
    if (thrown instanceof Errno && isAbsent(thrown.code)) return undefined;
    throw thrown;
  }
}
