// What the caller wants explored: his functions, and the bounds of the search.

import { isatty } from 'node:tty';
import { inspect } from 'node:util';
import { IntactError } from '../ground/intact-error';
import type { NodeFs } from '../ground/node-fs';
import { MODELS, type Model, type ModelName } from './models';
import type { Fault } from './faults';

/** What a workload is given beside its fs. */
export interface WorkloadContext {
  /**
   * Says that something is done and must survive from here on. `check` asks for it with `acked(label)`.
   */
  readonly ack: (label: string) => void;
}

/** What a check is given beside its fs. */
export interface CheckContext {
  /** Whether the workload had said `ack(label)` before the crash. */
  readonly acked: (label: string) => boolean;
  /** In a fault sweep: the fault of this run, as `fail()` writes it. */
  readonly fault?: string;
  /** In a fault sweep: what the workload threw or rejected with; undefined where it ended well. */
  readonly error?: unknown;
  /** In a fault sweep: the paths of the descriptors that the workload has left open. */
  readonly leftOpen?: readonly string[];
}

type MaybePromise = void | PromiseLike<void>;

/** The caller's functions. Every one gets an fs-shaped object and no other access to the disk. */
export interface Scenario {
  /** Prepares the disk. All that it leaves is persisted before the workload begins. @default nothing */
  setup?: (fs: NodeFs) => MaybePromise;
  /** The writes that are to be crash-safe. */
  workload: (fs: NodeFs, context: WorkloadContext) => MaybePromise;
  /** Throws where what it reads must not be. It may not change anything. */
  check: (fs: NodeFs, context: CheckContext) => MaybePromise;
}

/** Where setup and workload run. */
export interface Place {
  /** Any fs-shaped object with node's synchronous functions, such as node:fs. */
  readonly fs: NodeFs;
  /** An empty directory of it, absolute and without symbolic links. What happens outside of it is not seen. */
  readonly directory: string;
}

export interface ExploreOptions extends Scenario {
  /**
   * Runs setup and workload there, and only the crash states in memory: for a file system of another behaviour than the
   * memory disk's, or for code that must see real files. The paths are the same in both.
   * @default a memory disk
   */
  on?: Place;
  /**
   * What the program does at its next start, before anything reads the files. Crashes inside it are explored too.
   * @default nothing
   */
  recover?: (fs: NodeFs) => MaybePromise;
  /** What the file system promises beyond POSIX. @default 'posix' */
  model?: ModelName;
  /**
   * What fails: `'power'`, by which everything that was not forced to the device may be lost; or `'process'` (a kill), by
   * which nothing is lost that a call has done.
   * @default 'power'
   */
  crash?: 'power' | 'process';
  /** Faults that are in force while the workload runs. @default none */
  faults?: readonly Fault[];
  /** For the random states beyond the bound. @default 1 */
  seed?: number;
  /** States tried at one crash point before the search is bounded, at least 1. @default 4096 */
  statesPerPoint?: number;
  /** Random states tried at each crash point that is bounded. @default 256 */
  samples?: number;
  /**
   * The smallest piece of a write that is lost or kept: a device's sector (512 bytes) or a page (4096 bytes).
   * @default 512
   */
  grain?: 512 | 4096;
  /** Violations kept in the report, at least 1; the search ends with the last of them. @default 20 */
  violationsMax?: number;
  /** How long setup, workload, recovery and check may take each, in milliseconds. @default 10000 */
  settleMs?: number;
  /** Where progress is shown: `true` for stderr. @default stderr, if it is a terminal */
  progress?: boolean;
}

export interface SweepFaultsOptions extends Scenario {
  /** Short lengths tried for one read or write, at least 1; above it the ends, the sectors and their neighbours. @default 256 */
  lengthsPerCall?: number;
  violationsMax?: number;
  settleMs?: number;
  progress?: boolean;
}

/** The same, complete and checked. */
export type ExplorePlan = Required<Omit<ExploreOptions, 'model' | 'recover' | 'on'>> & {
  readonly model: Model;
  readonly on: Place | undefined;
  readonly recover: ExploreOptions['recover'];
};

const FUNCTIONS = ['setup', 'workload', 'recover', 'check'] as const;

const EXPLORE_KEYS = [
  ...FUNCTIONS,
  'model',
  'crash',
  'faults',
  'on',
  'seed',
  'statesPerPoint',
  'samples',
  'grain',
  'violationsMax',
  'settleMs',
  'progress',
];

/** @throws ERR_INTACT_OPTION naming the key, its value and what is allowed. */
export function readExploreOptions(options: ExploreOptions): ExplorePlan {
  checkKeys('explore', options, EXPLORE_KEYS);
  checkFunctions('explore', options);
  const model = options.model ?? 'posix';
  if (!Object.hasOwn(MODELS, model)) {
    throw bad(
      'explore: model',
      model,
      Object.keys(MODELS)
        .map((name) => `'${name}'`)
        .join(', '),
    );
  }
  const { crash = 'power', grain = 512, faults = [], settleMs, violationsMax, statesPerPoint, samples, seed } = options;
  if (crash !== 'power' && crash !== 'process') throw bad('explore: crash', crash, "'power', 'process'");
  if (grain !== 512 && grain !== 4096) throw bad('explore: grain', grain, '512, 4096');
  return {
    setup: options.setup ?? (() => {}),
    workload: options.workload,
    recover: options.recover,
    check: options.check,
    model: MODELS[model],
    crash,
    faults,
    on: options.on && readPlace(options.on),
    grain,
    seed: whole('explore: seed', seed, 1, 0),
    statesPerPoint: whole('explore: statesPerPoint', statesPerPoint, 4096, 1),
    samples: whole('explore: samples', samples, 256, 0),
    violationsMax: whole('explore: violationsMax', violationsMax, 20, 1),
    settleMs: whole('explore: settleMs', settleMs, 10_000, 1),
    progress: options.progress ?? isatty(2),
  };
}

/** @throws ERR_INTACT_OPTION naming the key, its value and what is allowed. */
export function readSweepFaultsOptions(options: SweepFaultsOptions): Required<SweepFaultsOptions> {
  checkKeys('sweepFaults', options, [
    'setup',
    'workload',
    'check',
    'lengthsPerCall',
    'violationsMax',
    'settleMs',
    'progress',
  ]);
  checkFunctions('sweepFaults', options);
  return {
    setup: options.setup ?? (() => {}),
    workload: options.workload,
    check: options.check,
    lengthsPerCall: whole('sweepFaults: lengthsPerCall', options.lengthsPerCall, 256, 1),
    violationsMax: whole('sweepFaults: violationsMax', options.violationsMax, 20, 1),
    settleMs: whole('sweepFaults: settleMs', options.settleMs, 10_000, 1),
    progress: options.progress ?? isatty(2),
  };
}

function readPlace(place: Place): Place {
  checkKeys('explore: on', place, ['fs', 'directory']);
  const { fs, directory } = place;
  if (typeof fs?.openSync !== 'function') throw bad('explore: on.fs', fs, 'an fs-shaped object');
  const isRealPath = typeof directory === 'string' && fs.realpathSync(directory) === directory;
  if (!isRealPath) throw bad('explore: on.directory', directory, 'an absolute path without symbolic links');
  return place;
}

function checkKeys(where: string, options: object, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null) throw bad(where, options, 'an object');
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) {
      throw new IntactError('ERR_INTACT_OPTION', `${where}: unknown option '${key}'; allowed are ${known.join(', ')}`);
    }
  }
}

function checkFunctions(where: string, options: Partial<Record<(typeof FUNCTIONS)[number], unknown>>): void {
  for (const name of FUNCTIONS) {
    const isNeeded = name === 'workload' || name === 'check';
    const value = options[name];
    if (typeof value === 'function' || (value === undefined && !isNeeded)) continue;
    throw bad(`${where}: ${name}`, value, isNeeded ? 'a function' : 'a function, or left out');
  }
}

function whole(where: string, value: number | undefined, byDefault: number, least: number): number {
  if (value === undefined) return byDefault;
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw bad(where, value, `a whole number from ${least} on`);
}

function bad(where: string, value: unknown, allowed: string): IntactError {
  return new IntactError('ERR_INTACT_OPTION', `${where} is ${inspect(value)}; allowed: ${allowed}`);
}
