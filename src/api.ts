// fs-intact/api: everything that is not an fs function.

import { type Engine, theEngine } from './engine';
import type { Explanation } from './explain';
import type { NodeFs } from './ground/node-fs';
import type { Counts } from './protocol/counts';
import type { SweepReport } from './protocol/leftovers';
import type { Options } from './settings/settings';
import type { SweepTreeOptions } from './sweep-tree';

export type { Explanation } from './explain';
export type { Counts, InPlaceReason, NativeReason } from './protocol/counts';
export type { SweepReport } from './protocol/leftovers';
export type { Append, Durability } from './settings/durability';
export type { RuleOptions, RulePlan } from './settings/rules';
export type { Options, Warning } from './settings/settings';
export type { SweepTreeOptions as SweepOptions } from './sweep-tree';

const engine: Engine = theEngine;

/**
 * Makes an fs-shaped object whose writes are crash-safe.
 *
 * @param base The fs underneath: any object with node's synchronous, callback and promise functions, such as a memfs
 * volume.
 * @default node:fs as it was before any patch
 * @param options Override those of the main program's package.json and of the environment, key by key.
 * @returns An object with every name of `base`. Functions that replace content go through the write protocol; all others
 * are those of `base`.
 * @throws ERR_INTACT_OPTION for an unknown option or a bad value. ERR_INTACT_BASE if `base` lacks a function that the
 * write protocol needs.
 */
export function createFs(base?: undefined, options?: Options): NodeFs;
export function createFs<Base extends object>(base: Base, options?: Options): Base;
export function createFs(base?: object, options?: Options): object {
  return engine.createFs(base as NodeFs | undefined, options);
}

/**
 * Puts the crash-safe functions in place of node's, for the whole process (in a worker: for that thread).
 *
 * `require('fs')`, `import 'node:fs'`, `fs.promises`, their named imports and every reference to the module taken before
 * see it. A second call changes nothing, unless it brings options, which then apply from there on.
 *
 * @param options Override those of the main program's package.json and of the environment, key by key.
 * @returns Takes the patch back: every function that is still ours is restored, and one that somebody has wrapped since
 * becomes a plain pass-through. Files still open are published as they are.
 * @throws ERR_INTACT_OPTION for an unknown option or a bad value; nothing is patched then.
 */
export function patch(options?: Options): () => void {
  return engine.patch(options);
}

/**
 * Tells what a write to a path would become now, and why. Nothing is written.
 *
 * @param path String, Buffer or file: URL.
 * @param call `'whole'` for writeFile and copyFile, `'open'` for open and streams, which some rules treat otherwise.
 * `'whole'` by default.
 * @throws ERR_INTACT_ARGUMENT for something that is not a path, ERR_INTACT_OPTION for a bad setting of the program's.
 */
export function explain(path: string | Buffer | URL, call: 'whole' | 'open' = 'whole'): Explanation {
  return engine.explain(path, call);
}

/**
 * Removes the leftovers of killed processes, and finishes the copies that they began.
 *
 * A leftover goes if its maker is provably dead: same boot and pid namespace and no such process any more, or another
 * boot on a file system that only one kernel can have mounted. `olderThanMs` extends that to makers that cannot be
 * judged. The first write in a directory does this by itself in the background.
 *
 * @returns What was removed, finished, or kept.
 * @throws ENOENT, ENOTDIR, EACCES as readdir does; with `recursive`, where a directory below cannot be read, only after
 * all others were swept, and with what was done as `error.report`. ERR_INTACT_ARGUMENT for something that is not a path,
 * ERR_INTACT_OPTION for a bad option.
 */
export function sweep(directory: string | Buffer | URL, options: SweepTreeOptions = {}): Promise<SweepReport> {
  return engine.sweep(directory, options);
}

/** Counts what the writes of this process (in a worker: of that thread) became since it started. */
export function stats(): Counts {
  return engine.stats();
}
