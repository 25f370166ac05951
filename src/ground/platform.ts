// What differs between platforms and file systems, as named questions with their sources.

/**
 * Whether replacing by rename is supported here at all. On Windows a file that anybody has open cannot be replaced and
 * virus scanners hold new files open, so it needs a retry protocol of its own; until that exists every call is native.
 */
export const canReplace: boolean = process.platform !== 'win32';

/**
 * Whether cpSync walks a tree natively if it is given no filter (node 22.15, lib/internal/fs/cp/cp-sync.js). Natively it
 * writes over existing files where its JavaScript removes them first, and it treats links to links otherwise.
 */
export const walksTreesNatively: boolean = Number(process.versions.node.split('.')[0]) >= 22;

/**
 * Whether fs.writeFile is one job of a thread where it is not to flush, and calls no public function: 26.9 (measured, and
 * 26.8.2 calls them).
 */
export const writesInOneJob: boolean = isAtLeast(process.versions.node, 26, 9);

/** Whether cpSync, walking natively, gives the directories that it makes the modes of their sources: measured, 24.21 and 26.10. */
export const copiesDirectoryModes: boolean = Number(process.versions.node.split('.')[0]) >= 26;

/**
 * Whether copyFile gives the copy its source's owner and group where that is allowed, whatever it is copied onto (libuv
 * 1.49, https://github.com/libuv/libuv/pull/4396).
 */
export const copiesOwner: boolean = isAtLeast(process.versions.uv, 1, 49);

/** Compared as numbers: a collator that could do it with strings takes five milliseconds to make. */
function isAtLeast(version: string, major: number, minor: number): boolean {
  const [ours, oursWithin] = version.split('.').map(Number) as [number, number];
  return ours > major || (ours === major && oursWithin >= minor);
}

/** `process.permission` exists only under node's permission model, whose checks belong to node's own entry points. */
export const hasPermissionModel: boolean = 'permission' in process && process.permission !== undefined;

/**
 * Errors that mean "directories cannot be synced here", as opposed to "syncing failed".
 * EINVAL and ENOTSUP: file systems without it (fsync(2)); EPERM and EISDIR: FUSE and Windows through libuv;
 * EACCES: the directory may be written but not read, so it cannot even be opened; EBADF: AIX.
 */
const CANNOT_SYNC_DIRECTORY = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'EPERM', 'EISDIR', 'EACCES', 'EBADF']);

export function cannotSyncDirectory(code: string): boolean {
  return CANNOT_SYNC_DIRECTORY.has(code);
}

/** Errors of link(2) that mean "no hard links here": FAT, some FUSE and network file systems, Android's storage. */
const CANNOT_LINK = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

export function cannotLink(code: string): boolean {
  return CANNOT_LINK.has(code);
}

/**
 * Errors after which a write keeps failing or has lost bytes: what was staged is no longer what the caller wrote.
 * write(2), fsync(2), ftruncate(2).
 */
const LOSES_BYTES = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'EFBIG']);

export function losesBytes(code: string): boolean {
  return LOSES_BYTES.has(code);
}

/**
 * File systems that only one running kernel can have mounted, so that a leftover from another boot is certainly dead:
 * ext2/3/4, XFS, Btrfs, F2FS, tmpfs. The numbers are statfs(2)'s.
 */
const LOCAL_FILE_SYSTEMS = new Set([0xef53, 0x58465342, 0x9123683e, 0xf2f52010, 0x01021994]);

export function isLocalFileSystem(type: number): boolean {
  return LOCAL_FILE_SYSTEMS.has(type);
}

/** Further file systems that no server and no process has a part in: overlayfs, ZFS, bcachefs, ramfs. */
const OTHERS_OF_THE_KERNEL = new Set([0x794c7630, 0x2fc12fc1, 0xca451a4e, 0x858458f6]);

/** Whether the kernel answers for this file system alone, so that no call waits for anything but a disk. */
export function isAnsweredByKernel(type: number): boolean {
  return isLocalFileSystem(type) || OTHERS_OF_THE_KERNEL.has(type);
}

/**
 * Errors that say something about the path, or about who may use it: open(2). Node's own call meets the same, so it is
 * left to report them. All others (EIO, EMFILE, ENOSPC, ...) are about the moment: node's own call, made a little later,
 * might get further and empty the file.
 */
const ABOUT_THE_PATH = new Set([
  'EACCES',
  'EEXIST',
  'EINVAL',
  'EISDIR',
  'ELOOP',
  'ENAMETOOLONG',
  'ENOENT',
  'ENOTDIR',
  'EPERM',
  'EROFS',
  'ETXTBSY',
]);

export function isAboutThePath(code: string): boolean {
  return ABOUT_THE_PATH.has(code);
}
