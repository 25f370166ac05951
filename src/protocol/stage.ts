// A staged file: the new content of a target, complete or on its way there, under a name of its own beside it.

import type { Stats } from 'node:fs';
import { codeOf, namingTarget } from '../ground/errors';
import { constants } from '../ground/node-fs';
import { isAboutThePath } from '../ground/platform';
import { READ_ONLY, stageFlags } from '../settings/flags';
import type { Settings } from '../settings/settings';
import type { Treatment } from '../settings/treatment';
import {
  type Steps,
  close,
  copyFile,
  fchmod,
  fchown,
  flush,
  fstat,
  fsync,
  ftruncate,
  lstat,
  noSteps,
  open,
  unlink,
} from '../steps/step';
import { type InPlaceReason, counts } from './counts';
import type { Turn } from './landing-site';
import { nextStageName } from './leftover-name';
import type { Slot } from './slots';
import type { Target } from './target';
import type { Volume } from './volume';

export interface Stage {
  readonly volume: Volume;
  readonly settings: Settings;
  readonly treatment: Treatment;
  /** The file that it was opened for, as it was found then. */
  readonly target: Target;
  /** Where it is to appear. One place, unless the program links the file; none once the program has removed it. */
  readonly names: StagedName[];
  /** Undefined once it is closed. */
  fd: number | undefined;
  /** A descriptor of the target, held while a program writes to a file whose inode must stay. */
  inodeFd: number | undefined;
  /** Which file it is, where a program gets its descriptor. */
  identity: FileIdentity | undefined;
  /** How many of its bytes are the content, once more than that is in it: see the redo record. */
  contentBytes: number | undefined;
  /** The mode that it was given, where a program has its descriptor and may give it another. */
  mode: number | undefined;
  /** Whether a target that keeps its inode gets the staged file's mode all the same, as from a copy. */
  handsOnMode: boolean;
  /** Whose it is to be made, where that is allowed, if a target keeps its inode. */
  handsOnOwner: { readonly uid: number; readonly gid: number } | undefined;
  /** Its place in the order of the calls, if it does not land as soon as it is called. */
  turn: Turn | undefined;
  /** Its place among the writes that are under way, while it has one. */
  slot: Slot | undefined;
  /** Whether it is the target's content with something added: it does not stand for an older write. */
  readonly isAddition: boolean;
  /** How many writes had landed at the target when this began with its content, where one may land in between. */
  readonly seededAfter: number | undefined;
  /** Whether its bytes have been forced to the device. */
  isFlushed: boolean;
  /** The empty file that keeps the target's name for a file which must not exist, where there are no hard links. */
  claim: FileIdentity | undefined;
  /** How the content gets to the target. */
  publishBy: PublishBy;
  state: StageState;
  /** Called as soon as it has its names, before these are durable. */
  onPublished: (() => void) | undefined;
}

/** A name that a staged file is to have, and the hidden one that it has until it is published. */
export interface StagedName {
  directory: string;
  name: string;
  /** The directory and the name together. */
  path: string;
  stagedPath: string;
}

/** Which file a descriptor is of. */
export interface FileIdentity {
  readonly dev: number;
  readonly ino: number;
}

/** A file's identity as a key. */
export function inodeOf({ dev, ino }: FileIdentity): string {
  return `${dev}:${ino}`;
}

/**
 * `'recorded'`: a copy over the target failed half-way; the staged file is the only whole one left and must stay, for the
 * sweep to finish with.
 */
export type StageState = 'open' | 'published' | 'discarded' | 'recorded';

/**
 * `'rename'` replaces the target. `'link'` creates it and fails if somebody was faster, for `wx`. Anything else names the
 * reason why the target's inode must stay, so that the content is copied over it.
 */
export type PublishBy = 'rename' | 'link' | InPlaceReason;

export interface StageRequest {
  readonly settings: Settings;
  readonly target: Target;
  readonly treatment: Treatment;
  readonly publishBy: PublishBy;
  /** The caller's open flags. */
  readonly flags: number;
  /** The caller's mode, for a file that does not exist yet; the umask applies to it. */
  readonly mode: number;
  /** What an existing target hands on to its successor. */
  readonly inherit: 'mode-and-owner' | 'owner' | 'nothing';
  /** Whether the staged file begins with the target's present content. */
  readonly seed?: boolean;
  readonly isRepeatable?: boolean;
  /** Whether the staged file's identity is wanted. */
  readonly identify?: boolean;
  /** Of an asynchronous write. */
  readonly turn?: Turn | undefined;
  readonly slot?: Slot | undefined;
}

/** Names are unique but for another thread or a restored snapshot of ours; one retry is already a rarity. */
const NAME_COLLISIONS_MAX = 16;

/** The stage cannot be made where it must be, and node's own call on the target may or may not succeed. */
export const noStage = Symbol('no stage');

/**
 * Creates the staged file, with the mode and owner that the target is to have.
 *
 * They are set before anything is written: no crash can publish the wrong ones, nobody can read what the target would
 * not show, and a caller's own `fchmod` on the descriptor comes after and wins.
 */
export function* openStage(volume: Volume, request: StageRequest): Steps<Stage | typeof noStage> {
  const { target, flags, turn } = request;
  if (turn !== undefined) yield* volume.landingOrder.expect(turn, target);
  for (let attempt = 1; ; attempt++) {
    const path = newPathBeside(target, volume);
    let fd: number;
    try {
      fd = yield* open(path, stageFlags(flags), initialMode(request));
    } catch (error) {
      if (codeOf(error) === 'EEXIST' && attempt < NAME_COLLISIONS_MAX) continue;
      return yield* noStageAfter(error, path, target);
    }
    const stage = stageAt(path, fd, volume, request);
    try {
      // A reflink where the file system has them.
      if (request.seed && target.existing) yield* copyFile(target.path, path, constants.COPYFILE_FICLONE);
      const ancestor = ancestorOf(request);
      if (ancestor || request.identify) {
        const made = yield* volume.localDirectories.atOnceIn(target.directory, fstat(fd));
        stage.identity = { dev: made.dev, ino: made.ino };
        stage.mode = made.mode;
        if (ancestor && !isLike(made, ancestor, request)) yield* makeLike(ancestor, made, stage, fd, request);
      }
      return stage;
    } catch (error) {
      yield* discardStage(stage);
      throw namingTarget(error, target.asked, 'open');
    }
  }
}

function newPathBeside({ directory, name }: Target, { machine }: Volume): string {
  return `${directory === '/' ? '' : directory}/${nextStageName(name, machine)}`;
}

/** What it means that a staged file could not be created. */
function* noStageAfter(error: unknown, path: string, { asked }: Target): Steps<typeof noStage> {
  const code = codeOf(error);
  // memfs makes a file that may not be written, and then refuses to open it.
  if (code === 'EACCES') yield* removeIfThere(path);
  if (isAboutThePath(code)) return noStage;
  throw namingTarget(error, asked, 'open');
}

function stageAt(stagedPath: string, fd: number, volume: Volume, request: StageRequest): Stage {
  const { settings, treatment, target, publishBy, turn, slot, seed, isRepeatable } = request;
  const { directory, name, path } = target;
  return {
    volume,
    settings,
    treatment,
    target,
    names: [{ directory, name, path, stagedPath }],
    fd,
    inodeFd: undefined,
    identity: undefined,
    contentBytes: undefined,
    mode: undefined,
    handsOnMode: false,
    handsOnOwner: undefined,
    turn,
    slot,
    isAddition: seed === true,
    seededAfter: seed && isRepeatable ? turn?.site?.landings : undefined,
    isFlushed: false,
    claim: undefined,
    publishBy,
    state: 'open',
    onPublished: undefined,
  };
}

/** Never more readable than what it stands for: as strict as the target, or ours alone if only the content counts. */
function initialMode(request: StageRequest): number {
  const ancestor = ancestorOf(request);
  if (ancestor && request.inherit === 'mode-and-owner')
    return modeLike(ancestor, request.publishBy) & permissionsOfTheSame(ancestor, request.target);
  return request.target.existing ? 0o600 : request.mode;
}

/** The permissions that are for the same people in a new file as in this one. */
function permissionsOfTheSame({ uid, gid, mode }: Stats, { user }: Target): number {
  if (uid !== user) return 0o700;
  // Which group it is does not matter where its members may do what everybody may.
  const isGroupLikeOthers = ((mode >> 3) & 0o7) === (mode & 0o7);
  return isGroupLikeOthers || gid === process.getegid?.() ? 0o777 : 0o700;
}

/** The target's own mode; one that is only copied from must be readable as well. */
function modeLike({ mode }: Stats, publishBy: PublishBy): number {
  return isInPlace(publishBy) ? mode | constants.S_IRUSR : mode;
}

/** What the staged file inherits from: nothing if it cannot be given the same owner, and is only to be copied from. */
function ancestorOf({ inherit, publishBy, target }: StageRequest): Stats | undefined {
  return inherit === 'nothing' || publishBy === 'owner' ? undefined : target.existing;
}

/** Whether a new file has the owner and mode that it inherits already. */
function isLike(made: Stats, ancestor: Stats, { inherit, publishBy }: StageRequest): boolean {
  if (made.uid !== ancestor.uid || made.gid !== ancestor.gid) return false;
  return inherit !== 'mode-and-owner' || made.mode === modeLike(ancestor, publishBy);
}

function* makeLike(ancestor: Stats, made: Stats, stage: Stage, fd: number, request: StageRequest): Steps<void> {
  if ((made.uid !== ancestor.uid || made.gid !== ancestor.gid) && !(yield* giveTo(fd, ancestor))) {
    // Then the inode that has this owner stays.
    if (!isInPlace(stage.publishBy)) stage.publishBy = 'owner';
    return;
  }
  // After the owner: chown(2) takes the set-id bits away.
  const mode = modeLike(ancestor, stage.publishBy);
  if (request.inherit !== 'mode-and-owner' || made.mode === mode) return;
  yield* fchmod(fd, mode & 0o7777);
  stage.mode = mode;
  // Emptying a file takes its set-id bits away, but not for root: inode(7). So it is left to the kernel.
  if (mode & SET_ID && !request.seed) {
    yield* ftruncate(fd, 0);
    stage.mode = (yield* fstat(fd)).mode;
  }
}

const SET_ID = 0o6000;

/** @returns False where not even root may do it: in a user namespace, on a network file system. */
function* giveTo(fd: number, { uid, gid }: Stats): Steps<boolean> {
  try {
    yield* fchown(fd, uid, gid);
    return true;
  } catch (error) {
    if (OWNER_REFUSED.has(codeOf(error))) return false;
    throw error;
  }
}

const OWNER_REFUSED = new Set(['EPERM', 'EINVAL', 'EACCES', 'ENOTSUP', 'EOPNOTSUPP']);

export function isInPlace(publishBy: PublishBy): publishBy is InPlaceReason {
  return publishBy !== 'rename' && publishBy !== 'link';
}

/**
 * Forces the staged bytes to the device, unless `durability` asks for less.
 *
 * A failure is final. The kernel reports it once and forgets the pages, so a second fsync that "succeeds" says nothing:
 * the caller must discard, never retry and never publish.
 *
 * @param isAsked Whether the caller asked for it (node's `flush: true`), whatever the durability.
 */
export function flushStage(stage: Stage, isAsked = false): Steps<void> {
  const { fd, names, treatment } = stage;
  const isForCaller = isAsked && fd !== undefined;
  // Without a name nobody will find it after a crash.
  if (names.length === 0 || (treatment.durability === 'process' && !isForCaller)) return noSteps;
  // Already now: whoever asks comes after the landing, and so after this.
  stage.isFlushed = true;
  if (isForCaller) return flush(fd);
  return fd === undefined ? fsyncByName(stagedPathOf(stage)) : fsync(fd);
}

/** Where the descriptor was closed behind our back: any other of the same file forces the same bytes. */
function* fsyncByName(path: string): Steps<void> {
  const fd = yield* open(path, READ_ONLY, 0);
  try {
    yield* fsync(fd);
  } finally {
    yield* close(fd);
  }
}

/** Closes the staged file. */
export function closeStage(stage: Stage): Steps<void> {
  const { fd } = stage;
  // Whatever close(2) answers, the descriptor is gone: to close it again could hit a file opened by another thread.
  stage.fd = undefined;
  return fd === undefined ? noSteps : close(fd);
}

/** Throws the staged file away and leaves the target alone. Never fails, and does nothing after publishing. */
export function* discardStage(stage: Stage): Steps<void> {
  if (stage.state !== 'open') return;
  try {
    yield* closeStage(stage);
  } catch {
    // The failure that led here is the one to report.
  }
  yield* dropStage(stage);
}

/** The same, but leaves the descriptor open. */
export function* dropStage(stage: Stage): Steps<void> {
  if (stage.state !== 'open') return;
  stage.state = 'discarded';
  counts.discarded++;
  yield* removeStaged(stage);
}

/** Removes the staged names. */
export function* removeStaged(stage: Stage): Steps<void> {
  for (const { stagedPath } of stage.names) yield* removeIfThere(stagedPath);
}

/**
 * Removes a file that need not be there any more; a second try, then it is left to the sweep.
 *
 * @returns Whether it was there.
 */
export function* removeIfThere(path: string): Steps<boolean> {
  for (let attempt = 1; attempt <= 2; attempt++) {
    try {
      yield* unlink(path);
      return true;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return false;
    }
  }
  return true;
}

/**
 * Removes a name if it still leads to this file. To be done `atOnce`, or another file could get it in between.
 *
 * @returns Whether it did.
 */
export function* removeIfSame(path: string, { ino }: Pick<FileIdentity, 'ino'>): Steps<boolean> {
  if ((yield* lstat(path))?.ino !== ino) return false;
  yield* unlink(path);
  return true;
}

/** Where a staged file can be reached, whichever names it is to have. */
export function stagedPathOf(stage: Stage): string {
  return stage.names[0]?.stagedPath ?? '';
}
