// What a disk holds, as plain data: the common language of the crash model, which makes images, and of the memory disk, which
// mounts them.

/** A whole file system. Two entries with one inode number are hard links to one file. */
export interface DiskImage {
  /** The inode number of the root directory. */
  readonly root: number;
  /** Every inode that a path leads to. */
  readonly inodes: ReadonlyMap<number, Inode>;
}

export type Inode = FileInode | DirectoryInode | SymlinkInode;

export interface Attributes {
  /** The permission bits with set-user-ID, set-group-ID and sticky: `0o7777` at most, without the file type. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly atimeMs: number;
  readonly mtimeMs: number;
}

export interface FileInode extends Attributes {
  readonly kind: 'file';
  /** Never changed by anybody: a disk that writes to the file makes a copy first. */
  readonly bytes: Uint8Array;
}

export interface DirectoryInode extends Attributes {
  readonly kind: 'directory';
  readonly entries: ReadonlyMap<string, number>;
}

export interface SymlinkInode extends Attributes {
  readonly kind: 'symlink';
  readonly target: string;
}
