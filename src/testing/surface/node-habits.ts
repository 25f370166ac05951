// What node does in one version and not in another, or what nobody would guess, as named answers with their sources.

const major = Number(process.versions.node.split('.')[0]);

/**
 * writeFileSync of a string whose encoding is named `'utf8'` is one call of C++, which knows nothing of `flush`: the file
 * is NOT synced (lib/fs.js, src/node_file.cc WriteFileUtf8; seen with strace on 20.20).
 */
export const nativeWriteFlushes = false;

/** A recursive readdir with a callback was not asynchronous at all before node 22 (lib/fs.js). */
export const listsTreesAtOnce: boolean = major < 22;

/** A recursive readdir with types enters links to directories since node 22 (lib/fs.js). */
export const listingFollowsLinks: boolean = major >= 22;

/**
 * copyFile gives the copy the times and, where it may, the owner and group of its source since libuv 1.49
 * (https://github.com/libuv/libuv/pull/4396; seen with strace on node 22.23).
 */
export const copiesTimesAndOwner: boolean = isAtLeast(process.versions['uv'] ?? '', 1, 49);

/** A type of symlink that is no text was not looked at before node 24, where there is no use for it (lib/fs.js). */
export const checksSymlinkTypes: boolean = major >= 24;

/** readFile with a buffer to read into came with node 24. */
export const readsIntoBuffers: boolean = major >= 24;

/** The asynchronous stat, too, has `throwIfNoEntry`, and a `signal`, since node 24; no other has. */
export const statHasOptions: boolean = major >= 24;

/** The asynchronous lstat and fstat have a `signal` as well since node 26, and the promise flavours take nothing but an object. */
export const allStatsHaveSignals: boolean = major >= 26;

/**
 * readFile of up to one piece and writeFile with a callback are one job of the thread pool since node 26 (lib/fs.js
 * ReadFileJob, WriteFileJob): a read that fails names the path, nothing is written where there is nothing to write, and an
 * abort counts only before and after it.
 */
export const worksInOneJob: boolean = major >= 26;

/** A recursive readdir goes by the types that the directories tell, level by level in every flavour, since node 26. */
export const listsTreesByTypes: boolean = major >= 26;

/** mkdtemp without a prefix failed before node 24. */
export const makesNamesWithoutPrefix: boolean = major >= 24;

/**
 * Since node 22 cp takes `errorOnExist` to be about directories as well, and looks where a link leads before it refuses to
 * copy it into itself (lib/internal/fs/cp/cp.js).
 */
export const cpLooksCloser: boolean = major >= 22;

/** truncate() of a descriptor went away with node 24 (DEP0081). */
export const truncateTakesDescriptors: boolean = major < 24;

function isAtLeast(version: string, wantedMajor: number, wantedMinor: number): boolean {
  const [actualMajor = 0, actualMinor = 0] = version.split('.').map(Number);
  return actualMajor > wantedMajor || (actualMajor === wantedMajor && actualMinor >= wantedMinor);
}
