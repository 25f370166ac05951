// Where node's versions differ, each with its source. The disk does as the node that it runs on.

import { nodeFs } from '../../ground/node-fs';

const MAJOR = Number(process.versions.node.split('.')[0]);
const [UV_MAJOR = 0, UV_MINOR = 0] = process.versions.uv.split('.').map(Number);

/** readdir with `recursive` and `withFileTypes` looks behind links, as it does without types (nodejs/node issue 52663). */
export const listsBehindLinks: boolean = MAJOR >= 22;

/** A negative bigint other than -1n is no position (validatePosition() in lib/internal/fs/utils.js). */
export const refusesNegativePositions: boolean = MAJOR >= 22;

/** truncateSync takes a descriptor too, until its deprecation came to its end (DEP0081). */
export const truncatesDescriptors: boolean = MAJOR < 24;

/** What uv__fs_utime() of libuv keeps of a time; src/unix/fs.c cut off nanoseconds before 1.52. */
export const timeResolutionNs: number = UV_MAJOR > 1 || UV_MINOR >= 52 ? 1 : 1000;

/** utimes understands Infinity as now and NaN as unchanged: UV_FS_UTIME_NOW and UV_FS_UTIME_OMIT, since libuv 1.51. */
export const hasTimeMarks: boolean = UV_MAJOR > 1 || UV_MINOR >= 51;

let answersForFiles: boolean | undefined;

/** Whether statSync without `throwIfNoEntry` is silent about a file in the place of a directory too (src/node_file.cc). */
export function isSilentAboutNotDirectory(): boolean {
  return (answersForFiles ??= answers(() => nodeFs.statSync('/dev/null/none', { throwIfNoEntry: false })));
}

function answers(look: () => unknown): boolean {
  try {
    look();
    return true;
  } catch {
    return false;
  }
}
