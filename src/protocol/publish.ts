// Publishing: a staged file takes its target's name, or its content takes the place of the target's own, in the order in
// which the program called for it.

import { asPublished, codeOf, namingTarget, systemError } from '../ground/errors';
import { cannotLink } from '../ground/platform';
import { CREATE_EXCLUSIVELY, READ_ONLY } from '../settings/flags';
import { type Steps, atOnce, close, fstat, fsync, link, lstat, open, rename } from '../steps/step';
import { type InPlaceReason, countInPlace, counts } from './counts';
import { copyOver } from './in-place';
import { type Landed, Landing, type LandingSite, Overtaken, type Turn } from './landing-site';
import { nextStageName } from './leftover-name';
import { type Stage, type StagedName, isInPlace, removeIfSame, removeIfThere, removeStaged } from './stage';
import type { DirectoryEntry } from './target';
import type { Volume } from './volume';

/** Publishes a staged file under each of its names where no newer write has landed already. */
export function publish(stage: Stage): Steps<void> {
  const { 0: first, length } = stage.names;
  return first !== undefined && length === 1 ? publishInOrder(stage, first) : publishAll(stage);
}

function* publishAll(stage: Stage): Steps<void> {
  const [first, ...others] = stage.names;
  if (first !== undefined) yield* publishInOrder(stage, first);
  try {
    for (const name of others) yield* publishInOrder(stage, name);
  } catch (error) {
    throw asPublished(error);
  }
}

/** How often a synchronous write may take a staged file away and then fail before it publishes. */
const WITHDRAWALS_MAX = 1000;

function publishInOrder(stage: Stage, name: StagedName): Steps<void> {
  return stage.volume.landingOrder.isQuiet ? publishAs(stage, name) : publishAmongOthers(stage, name);
}

function* publishAmongOthers(stage: Stage, name: StagedName): Steps<void> {
  for (let attempt = 1; ; attempt++) {
    const { stagedPath } = name;
    try {
      yield* publishUnlessOvertaken(stage, name);
      return;
    } catch (error) {
      const isGone = codeOf(error) === 'ENOENT';
      // Removed by the program meanwhile.
      if (isGone && !stage.names.includes(name)) return;
      const isWithdrawn = isGone && name.stagedPath !== stagedPath;
      if (!isWithdrawn || attempt === WITHDRAWALS_MAX) throw error;
    }
  }
}

function* publishUnlessOvertaken(stage: Stage, name: StagedName): Steps<void> {
  const { landingOrder } = stage.volume;
  const turn = stage.turn ?? landingOrder.now();
  // Whoever creates a file exclusively must find out from the file system whether it is there.
  if (stage.publishBy === 'link' && (yield* create(stage, name))) {
    landingOrder.landed(landingOrder.siteOf(name), turn, stage);
    return;
  }
  const site = yield* landingOrder.whenFree(() => landingOrder.siteOf(name));
  // A rename that a thread is about to make must not come after ours.
  if (site.landing?.isRenaming) yield* withdraw(site.landing.staged, stage.volume);
  const landing = new Landing(turn, name);
  site.begin(landing);
  try {
    site.throwIfLate(turn);
    if (stage.seededAfter !== undefined && stage.seededAfter !== site.landings) throw STALE_SEED;
    yield* publishAs(stage, name, landing);
    noteLanded(stage, name, landing, site);
  } catch (error) {
    // Copied over its target, and only something that comes after it has failed.
    if (stage.state === 'published') noteLanded(stage, name, landing, site);
    if (!(error instanceof Overtaken)) throw error;
    yield* giveWay(stage, name, landing, error.by);
  } finally {
    site.end(landing);
    landing.end();
  }
}

function noteLanded(stage: Stage, name: StagedName, { turn }: Landing, site: LandingSite): void {
  stage.volume.landingOrder.landed(site, turn, stage);
  hideOvertaken(stage.volume, name, turn);
}

/** Hides what was called before a write that has landed: what the program sees is that one. */
export function hideOvertaken({ landingOrder, view, written }: Volume, name: StagedName, turn: Turn): void {
  const site = landingOrder.siteOf(name);
  const isThere = (entry: DirectoryEntry): boolean => landingOrder.siteOf(entry) === site;
  view.hideOvertaken(name, turn, isThere);
  written.hideOvertaken(name, turn, isThere);
}

/** Thrown where something has landed since the staged file was begun with the target's content of then. */
export const STALE_SEED = Symbol('stale seed');

/**
 * Takes a staged file away from a rename that a thread is about to make: without it that fails, and its write then finds
 * that a newer one has landed, or that the name is another, and tries again.
 *
 * @returns False where the rename has come through already.
 */
export function* withdraw(staged: StagedName, { machine }: Volume): Steps<boolean> {
  const { stagedPath, name } = staged;
  const elsewhere = stagedPath.slice(0, stagedPath.lastIndexOf('/') + 1) + nextStageName(name, machine);
  try {
    yield* rename(stagedPath, elsewhere);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    return false;
  }
  staged.stagedPath = elsewhere;
  return true;
}

/** Lets a newer write stand for this one, as if this had landed just before it. */
function* giveWay(stage: Stage, { stagedPath, path }: StagedName, { record }: Landing, newer: Landed): Steps<void> {
  counts.superseded++;
  // A record has gone with what overtook it, and what is there now may be somebody else's.
  const isHere = record !== undefined || (yield* removeIfThere(stagedPath));
  // It has gone with its directory, and what has landed under this path did so in another one.
  if (!isHere) throw systemError('ENOENT', 'rename', stagedPath, path);
  if (!stage.isFlushed || newer.isFlushed) return;
  try {
    yield* flushLanded(path);
  } catch (error) {
    throw asPublished(error);
  }
}

function* flushLanded(path: string): Steps<void> {
  let fd: number;
  try {
    fd = yield* open(path, READ_ONLY, 0);
  } catch (error) {
    // Removed since.
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  try {
    yield* fsync(fd);
  } finally {
    yield* close(fd);
  }
}

function publishAs(stage: Stage, name: StagedName, landing?: Landing): Steps<void> {
  const { publishBy } = stage;
  if (isInPlace(publishBy)) return overwrite(stage, name, publishBy, landing);
  return publishBy === 'link' ? createOrReplace(stage, name, landing) : replace(stage, name, landing);
}

function* createOrReplace(stage: Stage, name: StagedName, landing?: Landing): Steps<void> {
  if (!(yield* create(stage, name))) yield* replace(stage, name, landing);
}

/**
 * Creates the target unless somebody else did so first, which only link(2) can tell without a gap.
 *
 * @returns False where there are no hard links: an empty file claims the name then, until the staged file is renamed over
 * it, and is all that a crash in between leaves.
 */
function* create(stage: Stage, { stagedPath, path }: StagedName): Steps<boolean> {
  try {
    yield* link(stagedPath, path);
  } catch (error) {
    if (!cannotLink(codeOf(error))) throw namingTarget(error, stage.target.asked, 'open');
    const fd = yield* open(path, CREATE_EXCLUSIVELY, 0o600);
    stage.claim = yield* fstat(fd);
    yield* close(fd);
    stage.publishBy = 'rename';
    return false;
  }
  stage.state = 'published';
  counts.replaced++;
  yield* removeStaged(stage);
  return true;
}

/** Renames the staged file over the target, or copies it there if that name cannot change hands. */
function* replace(stage: Stage, name: StagedName, landing?: Landing): Steps<void> {
  const isReplacing = stage.target.existing !== undefined;
  const takeBack = isReplacing ? stage.volume.replacements.note(name.path) : undefined;
  let reason: InPlaceReason | undefined;
  if (landing) landing.isRenaming = true;
  try {
    yield* rename(name.stagedPath, name.path);
    counts.replaced++;
    return;
  } catch (error) {
    if (landing) landing.isRenaming = false;
    takeBack?.();
    // Nobody else is kept from the name by a file that would never be written.
    if (stage.claim) yield* atOnce(removeIfSame(name.path, stage.claim));
    reason = RENAME_REFUSED[codeOf(error)];
    if (reason === undefined || !isReplacing) throw error;
  }
  yield* overwrite(stage, name, reason, landing);
}

/** Refusals of rename(2) that say nothing about the content. EBUSY: a file that something is bind-mounted on. */
const RENAME_REFUSED: Partial<Record<string, InPlaceReason>> = {
  EBUSY: 'mount-point',
  EXDEV: 'cross-device',
  EACCES: 'rename-refused',
  EPERM: 'rename-refused',
};

/** Copies the staged file over the target's inode. */
function* overwrite(stage: Stage, name: StagedName, reason: InPlaceReason, landing?: Landing): Steps<void> {
  if (stage.inodeFd !== undefined || (yield* lstat(name.path)) !== undefined) {
    yield* copyOver(stage, name, landing);
    countInPlace(reason);
  } else {
    // Removed since the write began: there is no inode left to keep. Looking took time, in which others may land.
    if (landing) {
      stage.volume.landingOrder.siteOf(name).throwIfLate(landing.turn);
      landing.isRenaming = true;
    }
    yield* rename(name.stagedPath, name.path);
    counts.replaced++;
  }
}
