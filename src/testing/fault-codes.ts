// Which errors each call may meet on a working machine. Source: the ERRORS sections of Linux's man pages, chapter 2, without
// those that only a wrong argument brings.

const COMMON = ['EIO', 'ENOMEM'] as const;
const NEW_NAME = ['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM'] as const;

/** By call: the codes that a fault sweep tries. */
export const FAULT_CODES: Readonly<Record<string, readonly string[]>> = {
  open: [...COMMON, 'EACCES', 'EMFILE', 'ENFILE', 'ENOSPC', 'EDQUOT', 'EROFS', 'EINTR', 'EPERM'],
  close: ['EIO', 'EINTR', 'ENOSPC', 'EDQUOT'],
  read: ['EIO', 'EINTR', 'EAGAIN'],
  readv: ['EIO', 'EINTR', 'EAGAIN'],
  write: ['EIO', 'ENOSPC', 'EDQUOT', 'EFBIG', 'EINTR', 'EAGAIN'],
  writev: ['EIO', 'ENOSPC', 'EDQUOT', 'EFBIG', 'EINTR', 'EAGAIN'],
  fsync: ['EIO', 'ENOSPC', 'EDQUOT', 'EINTR'],
  fdatasync: ['EIO', 'ENOSPC', 'EDQUOT', 'EINTR'],
  ftruncate: ['EIO', 'EFBIG', 'EINTR', 'EPERM'],
  fstat: COMMON,
  stat: [...COMMON, 'EACCES'],
  lstat: [...COMMON, 'EACCES'],
  statfs: [...COMMON, 'EINTR'],
  access: [...COMMON, 'EACCES', 'EROFS'],
  readlink: [...COMMON, 'EACCES'],
  readdir: [...COMMON, 'EACCES', 'EMFILE'],
  chmod: [...COMMON, 'EPERM', 'EROFS'],
  fchmod: ['EIO', 'EPERM', 'EROFS'],
  chown: [...COMMON, 'EPERM', 'EROFS'],
  lchown: [...COMMON, 'EPERM', 'EROFS'],
  fchown: ['EIO', 'EPERM', 'EROFS'],
  utimes: [...COMMON, 'EACCES', 'EPERM', 'EROFS'],
  lutimes: [...COMMON, 'EACCES', 'EPERM', 'EROFS'],
  futimes: ['EIO', 'EACCES', 'EPERM', 'EROFS'],
  link: [...COMMON, ...NEW_NAME, 'EMLINK', 'EXDEV'],
  symlink: [...COMMON, ...NEW_NAME],
  rename: [...COMMON, ...NEW_NAME, 'EBUSY', 'EXDEV'],
  mkdir: [...COMMON, ...NEW_NAME, 'EMLINK'],
  unlink: [...COMMON, 'EACCES', 'EBUSY', 'EPERM', 'EROFS'],
  rmdir: [...COMMON, 'EACCES', 'EBUSY', 'EPERM', 'EROFS'],
};

/** The calls that may accept or give only a part of what was asked (write(2), read(2)). */
export const PARTIAL_CALLS: ReadonlySet<string> = new Set(['read', 'readv', 'write', 'writev']);
