// What stat(2), readdir(3) and statfs(2) answer, in node's own classes.

import type { BigIntStats, Dirent, Stats, StatsFs } from 'node:fs';
import { constants, nodeFs } from '../../ground/node-fs';
import type { Disk, LiveInode } from './disk';
import { timeResolutionNs } from './node-versions';

const TYPE_BITS = { file: constants.S_IFREG, directory: constants.S_IFDIR, symlink: constants.S_IFLNK } as const;

/** UV_DIRENT_FILE, UV_DIRENT_DIR and UV_DIRENT_LINK of libuv, which node's types leave out of its constants. */
const DIRENT_TYPES = { file: 1, directory: 2, symlink: 3 } as const;

/** No device has it: major 0 is for file systems without one. */
const DEVICE = 0x2a;

const BLOCK_BYTES = 4096;
/** st_blocks counts in these, whatever a block is: inode(7). */
const SECTOR_BYTES = 512;

/** The magic number of tmpfs in statfs(2). */
const TMPFS = 0x0102_1994;
/** What a disk without a limit says of itself. */
const BLOCKS_WITHOUT_LIMIT = 2 ** 30;

const TIMES = ['atime', 'mtime', 'ctime', 'birthtime'] as const;

/** Node 20 gives each Stats its dates; later ones make them when somebody asks. */
const DATES_ARE_LAZY = 'mtime' in nodeFs.Stats.prototype;

export function statsOf(inode: LiveInode): Stats {
  // The constructor is deprecated (DEP0180), and says so.
  const stats = Object.create(nodeFs.Stats.prototype) as Stats;
  Object.assign(stats, numbersOf(inode));
  for (const time of TIMES) stats[`${time}Ms`] = inode[`${time}Ms`];
  if (!DATES_ARE_LAZY) for (const time of TIMES) stats[time] = new Date(Math.round(inode[`${time}Ms`]));
  return stats;
}

let bigIntStatsPrototype: object | undefined;

/** The same with bigints, and the times in nanoseconds too. */
export function bigIntStatsOf(inode: LiveInode): BigIntStats {
  bigIntStatsPrototype ??= Object.getPrototypeOf(nodeFs.statSync('/', { bigint: true })) as object;
  const stats = Object.create(bigIntStatsPrototype) as BigIntStats;
  for (const [name, value] of Object.entries(numbersOf(inode))) Object.assign(stats, { [name]: BigInt(value) });
  for (const time of TIMES) {
    const nanoseconds = nanosecondsOf(inode[`${time}Ms`]);
    stats[`${time}Ms`] = nanoseconds / 1_000_000n;
    stats[`${time}Ns`] = nanoseconds;
    if (!DATES_ARE_LAZY) stats[time] = new Date(Number(stats[`${time}Ms`]));
  }
  return stats;
}

function nanosecondsOf(ms: number): bigint {
  const whole = Math.floor(ms);
  const units = Math.round(((ms - whole) * 1e6) / timeResolutionNs);
  return BigInt(whole) * 1_000_000n + BigInt(units * timeResolutionNs);
}

/** In the order of node's own Stats. */
function numbersOf(inode: LiveInode): Record<string, number> {
  const { mode, nlink, uid, gid, ino } = inode;
  const size = sizeOf(inode);
  const stored = inode.kind === 'file' ? inode.storedBytes : 0;
  return {
    dev: DEVICE,
    mode: TYPE_BITS[inode.kind] | mode,
    nlink,
    uid,
    gid,
    rdev: 0,
    blksize: BLOCK_BYTES,
    ino,
    size,
    blocks: (Math.ceil(stored / BLOCK_BYTES) * BLOCK_BYTES) / SECTOR_BYTES,
  };
}

function sizeOf(inode: LiveInode): number {
  if (inode.kind === 'file') return inode.size;
  return inode.kind === 'directory' ? BLOCK_BYTES : Buffer.byteLength(inode.target);
}

/** @param parentPath The directory as the caller wrote it. */
export function direntOf(name: string | Buffer, { kind }: LiveInode, parentPath: string | Buffer): Dirent {
  const construct = nodeFs.Dirent as unknown as new (name: unknown, type: number, path: unknown) => Dirent;
  return new construct(name, DIRENT_TYPES[kind], parentPath);
}

let realStatsFs: StatsFs | undefined;

/** With the fields that this node gives, and 0 in those that mean nothing here. */
export function statsFsOf(disk: Disk, asBigInt: boolean): StatsFs {
  realStatsFs ??= nodeFs.statfsSync('/');
  const free = blocksIn(disk.freeBytes);
  const blocks = blocksIn(disk.capacityBytes);
  const known: Record<string, number> = { type: TMPFS, bsize: BLOCK_BYTES, blocks, bfree: free, bavail: free };
  const stats = Object.create(Object.getPrototypeOf(realStatsFs) as object) as Record<string, number | bigint>;
  for (const name of Object.keys(realStatsFs)) stats[name] = asBigInt ? BigInt(known[name] ?? 0) : (known[name] ?? 0);
  return stats as unknown as StatsFs;
}

function blocksIn(bytes: number): number {
  return bytes === Infinity ? BLOCKS_WITHOUT_LIMIT : Math.max(0, Math.floor(bytes / BLOCK_BYTES));
}
