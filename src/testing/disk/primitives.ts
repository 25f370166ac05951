// The disk's calls in the shape of node:fs: its synchronous functions that are one system call each, or nearly.

import type { PathLike } from 'node:fs';
import type { NodeFs } from '../../ground/node-fs';
import * as given from './arguments';
import { changeMode, changeOwner, changeTimes } from './attributes';
import type { Disk, LiveInode } from './disk';
import { unlessAbsent } from './errno';
import { listDirectory, openDirectory } from './listing';
import { sharedSurface } from './memfs';
import { makeDirectories, makeTemporaryDirectory } from './make-directories';
import { makeDirectory, makeLink, makeSymlink, moveName, readSymlink, removeDirectory, removeFile } from './names';
import { type NodeCall, bindCall } from './node-call';
import { isSilentAboutNotDirectory, truncatesDescriptors } from './node-versions';
import { close, descriptorOf, open, read, readVector, truncate, write, writeVector } from './open-files';
import { requirePermission } from './permissions';
import { realPath, realPathByLinks } from './real-path';
import { bigIntStatsOf, statsFsOf, statsOf } from './stats';
import { find } from './walk';

/** The functions that a disk has of its own. They keep no `this` and may be taken off the object. */
export type PrimitiveFs = Pick<NodeFs, PrimitiveName>;

export type PrimitiveName = keyof typeof CALLS | 'truncateSync';

/** Binds every call to one disk. Disks are made by the hundred thousand, so no more than this is done for each. */
export function primitivesOf(disk: Disk): PrimitiveFs {
  const functions = Object.create(sharedSurface) as Record<string, unknown>;
  for (const [name, one] of ENTRIES) functions[name] = bindCall(disk, name, one);
  const fs = functions as unknown as { -readonly [Name in PrimitiveName]: NodeFs[Name] };
  fs.realpathSync.native = bindCall(disk, 'realpathSync', NATIVE_REALPATH) as NodeFs['realpathSync']['native'];
  fs.truncateSync = (path, length) => truncateByDescriptor(fs, path, length);
  return fs;
}

/** Node makes truncate of these three calls, and so its errors are theirs. */
function truncateByDescriptor(fs: PrimitiveFs, path: PathLike, length?: number): void {
  if (typeof path === 'number' && truncatesDescriptors) return fs.ftruncateSync(path, length);
  const fd = fs.openSync(path, 'r+');
  try {
    fs.ftruncateSync(fd, length);
  } finally {
    fs.closeSync(fd);
  }
}

function call(syscall: string, paths: 0 | 1 | 2, run: NodeCall['run']): NodeCall {
  return { syscall, paths, run };
}

const DESCRIPTOR_CALLS = {
  openSync: call('open', 1, (disk, path, flags, mode) =>
    open(disk, given.pathOf(path), given.flagsOf(flags), given.modeOf(mode, 0o666)),
  ),
  closeSync: call('close', 0, (disk, fd) => close(disk, given.descriptorOf(fd))),
  readSync: call('read', 0, (disk, fd, ...args) => {
    const from = given.descriptorOf(fd);
    const { bytes, position } = given.readOf(args);
    // Node asks nobody for no bytes.
    return bytes.length === 0 ? 0 : read(disk, from, bytes, position);
  }),
  readvSync: call('read', 0, (disk, fd, buffers, position) => {
    const { parts, position: at } = given.vectorOf(buffers, position);
    return readVector(disk, given.descriptorOf(fd), parts, at);
  }),
  writeSync: call('write', 0, (disk, fd, ...args) => {
    const { bytes, position } = given.writeOf(args);
    return write(disk, given.descriptorOf(fd), bytes, position);
  }),
  writevSync: call('write', 0, (disk, fd, buffers, position) => {
    const { parts, position: at } = given.vectorOf(buffers, position);
    return parts.length === 0 ? 0 : writeVector(disk, given.descriptorOf(fd), parts, at);
  }),
  ftruncateSync: call('ftruncate', 0, (disk, fd, length) =>
    truncate(disk, given.descriptorOf(fd), given.lengthOf(length)),
  ),
  // The disk is memory: what is written is there. What a crash would have left of it is the crash model's to say.
  fsyncSync: call('fsync', 0, (disk, fd) => void descriptorOf(disk, given.descriptorOf(fd))),
  fdatasyncSync: call('fdatasync', 0, (disk, fd) => void descriptorOf(disk, given.descriptorOf(fd))),
};

const NAME_CALLS = {
  linkSync: call('link', 2, (disk, existing, added) => makeLink(disk, given.pathOf(existing), given.pathOf(added))),
  symlinkSync: call('symlink', 2, (disk, target, path) => makeSymlink(disk, given.pathOf(target), given.pathOf(path))),
  renameSync: call('rename', 2, (disk, from, to) => moveName(disk, given.pathOf(from), given.pathOf(to))),
  unlinkSync: call('unlink', 1, (disk, path) => removeFile(disk, given.pathOf(path))),
  rmdirSync: call('rmdir', 1, (disk, path, options) => {
    given.requireRemovalOptions(path, options);
    removeDirectory(disk, given.pathOf(path));
  }),
  mkdirSync: call('mkdir', 1, (disk, path, options) => {
    const { recursive, mode } = given.makeDirectoryOptionsOf(options);
    return (recursive ? makeDirectories : makeDirectory)(disk, given.pathOf(path), mode);
  }),
  mkdtempSync: call('mkdtemp', 1, (disk, prefix, options) => {
    const encoding = given.encodingOptionOf(options);
    return given.encode(makeTemporaryDirectory(disk, given.pathOf(prefix)), encoding);
  }),
};

/** The three ways in which a call is told which inode it is about. */
type InodeOf = (disk: Disk, which: unknown) => LiveInode;
const at: InodeOf = (disk, path) => find(disk, given.pathOf(path));
const linkAt: InodeOf = (disk, path) => find(disk, given.pathOf(path), 'before a slash');
const behind: InodeOf = (disk, fd) => descriptorOf(disk, given.descriptorOf(fd)).inode;

function modeCall(inodeOf: InodeOf): NodeCall['run'] {
  return (disk, which, mode) => {
    const bits = given.modeOf(mode);
    changeMode(disk, inodeOf(disk, which), bits);
  };
}

function ownerCall(inodeOf: InodeOf): NodeCall['run'] {
  return (disk, which, uid, gid) => {
    const owner = [given.ownerOf(uid), given.ownerOf(gid)] as const;
    changeOwner(disk, inodeOf(disk, which), ...owner);
  };
}

function timesCall(inodeOf: InodeOf): NodeCall['run'] {
  return (disk, which, atime, mtime) => {
    const times = [given.timeOf(atime), given.timeOf(mtime)] as const;
    changeTimes(disk, inodeOf(disk, which), ...times);
  };
}

const ATTRIBUTE_CALLS = {
  chmodSync: call('chmod', 1, modeCall(at)),
  fchmodSync: call('fchmod', 0, modeCall(behind)),
  chownSync: call('chown', 1, ownerCall(at)),
  fchownSync: call('fchown', 0, ownerCall(behind)),
  lchownSync: call('lchown', 1, ownerCall(linkAt)),
  utimesSync: call('utime', 1, timesCall(at)),
  futimesSync: call('futime', 0, timesCall(behind)),
  lutimesSync: call('lutime', 1, timesCall(linkAt)),
};

/** @param isAbsent Which errors mean that nothing is there. */
function statCall(inodeOf: InodeOf, isAbsent: (code: string) => boolean): NodeCall['run'] {
  return (disk, which, options) => {
    const { bigint, throwIfNoEntry } = given.statOptionsOf(options);
    const inode = throwIfNoEntry ? inodeOf(disk, which) : unlessAbsent(() => inodeOf(disk, which), isAbsent);
    return inode && (bigint ? bigIntStatsOf(inode) : statsOf(inode));
  };
}

/** Node's answers false to whatever it does not understand. */
function exists(disk: Disk, path: unknown): boolean {
  try {
    find(disk, given.pathOf(path));
    return true;
  } catch {
    return false;
  }
}

/** Of one path another one, in the encoding that the options ask for. */
function pathCall(answer: (disk: Disk, path: string) => string, pathOf = given.pathOf): NodeCall['run'] {
  return (disk, path, options) => {
    const encoding = given.encodingOptionOf(options);
    return given.encode(answer(disk, pathOf(path)), encoding);
  };
}

const NATIVE_REALPATH = call('realpath', 1, pathCall(realPath));

const LOOKING_CALLS = {
  statSync: call(
    'stat',
    1,
    statCall(at, (code) => code === 'ENOENT' || (code === 'ENOTDIR' && isSilentAboutNotDirectory())),
  ),
  lstatSync: call(
    'lstat',
    1,
    statCall(linkAt, (code) => code === 'ENOENT'),
  ),
  fstatSync: call(
    'fstat',
    0,
    statCall(behind, () => false),
  ),
  statfsSync: call('statfs', 1, (disk, path, options) => {
    const { bigint } = given.statOptionsOf(options);
    find(disk, given.pathOf(path));
    return statsFsOf(disk, bigint);
  }),
  accessSync: call('access', 1, (disk, path, mode) => {
    const wanted = given.accessModeOf(mode);
    requirePermission(disk, find(disk, given.pathOf(path)), wanted);
  }),
  existsSync: call('access', 1, (disk, path) => exists(disk, path)),
  readlinkSync: call('readlink', 1, pathCall(readSymlink)),
  realpathSync: call('realpath', 1, pathCall(realPathByLinks, given.textOf)),
  readdirSync: call('scandir', 1, (disk, path, options) => listDirectory(disk, path, given.listingOptionsOf(options))),
  // Node's error has no path.
  opendirSync: call('opendir', 0, (disk, path, options) =>
    openDirectory(disk, given.pathOf(path), given.openDirectoryOptionsOf(options)),
  ),
};

const CALLS = { ...DESCRIPTOR_CALLS, ...NAME_CALLS, ...ATTRIBUTE_CALLS, ...LOOKING_CALLS };
const ENTRIES: readonly (readonly [string, NodeCall])[] = Object.entries(CALLS);
