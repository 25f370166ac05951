// The errors of rm and cp that no system call reports but node itself: its SystemError, which is not to be had otherwise.

import { getSystemErrorMap } from 'node:util';

const TEXTS = {
  ERR_FS_CP_DIR_TO_NON_DIR: 'Cannot overwrite non-directory with directory',
  ERR_FS_CP_EEXIST: 'Target already exists',
  ERR_FS_CP_EINVAL: 'Invalid src or dest',
  ERR_FS_CP_FIFO_PIPE: 'Cannot copy a FIFO pipe',
  ERR_FS_CP_NON_DIR_TO_DIR: 'Cannot overwrite directory with non-directory',
  ERR_FS_CP_SOCKET: 'Cannot copy a socket file',
  ERR_FS_CP_SYMLINK_TO_SUBDIRECTORY: 'Cannot overwrite symlink in subdirectory of self',
  ERR_FS_CP_UNKNOWN: 'Cannot copy an unknown file type',
  ERR_FS_EISDIR: 'Path is a directory',
} as const;

export interface Reported {
  /** A POSIX name such as `'EISDIR'`, and what is said beside it. */
  readonly code: string;
  readonly message: string;
  readonly syscall: 'cp' | 'rm';
  readonly path: string;
  /** Where it is not that of the code. */
  readonly errnoOf?: string;
}

class SystemError extends Error {
  constructor(code: keyof typeof TEXTS, reported: Reported) {
    const { syscall, path } = reported;
    super(`${TEXTS[code]}: ${syscall} returned ${reported.code} (${reported.message}) ${path}`);
    const errno = errnoOf(reported.errnoOf ?? reported.code);
    const info = { code: reported.code, message: reported.message, path, syscall, errno };
    Object.defineProperty(this, 'name', {
      value: 'SystemError',
      writable: true,
      configurable: true,
      enumerable: false,
    });
    Object.assign(this, { code, info, errno, syscall, path });
  }

  override toString(): string {
    return `${this.name} [${(this as { code?: string }).code}]: ${this.message}`;
  }
}

/** What the errors of cp are called. */
class NodeError extends SystemError {}

export function reportedError(code: keyof typeof TEXTS, reported: Reported): Error {
  return new (reported.syscall === 'cp' ? NodeError : SystemError)(code, reported);
}

/** Here, unlike in other errors of fs, a positive number. */
function errnoOf(code: string): number {
  for (const [errno, [name]] of getSystemErrorMap()) if (name === code) return -errno;
  return 0;
}
