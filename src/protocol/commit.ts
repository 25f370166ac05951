// From a complete staged file to the target: flush, close, publish, sync directory.

import { asPublished, codeOf, namingTarget } from '../ground/errors';
import { cannotLink } from '../ground/platform';
import { CREATE_EXCLUSIVELY } from '../settings/flags';
import { type Steps, close, link, lstat, open, rename } from '../steps/step';
import { type InPlaceReason, countInPlace, counts } from './counts';
import { copyOver } from './in-place';
import { type Stage, type StagedName, closeStage, flushStage, isInPlace, removeIfThere, removeStaged } from './stage';
import { syncDirectory } from './sync-directory';

/**
 * Makes a staged file the target's content, for good.
 *
 * Whatever fails before publishing leaves the target alone, and the caller discards the stage. What fails after it is
 * marked `published: true`: the new content is in place and complete, but might not survive a power cut.
 *
 * @param flush Whether the caller asked for an fsync on top of what the durability says (node's `flush: true`).
 */
export function* commitStage(stage: Stage, flush = false): Steps<void> {
  yield* flushStage(stage, flush);
  // Before the rename: Windows refuses to rename a file that is open, and close(2) may still report a lost write.
  yield* closeStage(stage);
  yield* land(stage);
}

/** Commits a stage whose descriptor the caller still uses; from here on it is an ordinary descriptor of the target. */
export function* commitOpenStage(stage: Stage, flush = false): Steps<void> {
  yield* flushStage(stage, flush);
  yield* land(stage);
}

function* land(stage: Stage): Steps<void> {
  yield* publish(stage);
  if (stage.treatment.durability !== 'durable') return;
  try {
    yield* makeNamesDurable(stage);
  } catch (error) {
    throw asPublished(error);
  }
}

function* publish(stage: Stage): Steps<void> {
  const [first, ...others] = stage.names;
  if (first !== undefined) yield* publishAs(stage, first);
  try {
    for (const name of others) yield* publishAs(stage, name);
  } catch (error) {
    throw asPublished(error);
  }
  stage.state = 'published';
}

function* publishAs(stage: Stage, name: StagedName): Steps<void> {
  if (stage.publishBy === 'link') {
    yield* create(stage, name);
    counts.replaced++;
    return;
  }
  const keepInode = isInPlace(stage.publishBy) ? stage.publishBy : yield* replace(stage, name);
  if (keepInode === undefined) counts.replaced++;
  else yield* overwrite(stage, name, keepInode);
}

/** Creates the target unless somebody else did so first, which only link(2) can tell without a gap. */
function* create(stage: Stage, { stagedPath, path }: StagedName): Steps<void> {
  try {
    yield* link(stagedPath, path);
  } catch (error) {
    if (!cannotLink(codeOf(error))) throw namingTarget(error, stage.target.asked, 'open');
    // No hard links here. An empty file claims the name until the rename, and would be all that a crash leaves.
    yield* close(yield* open(path, CREATE_EXCLUSIVELY, 0o600));
    yield* renameOverClaim(stagedPath, path);
    return;
  }
  stage.state = 'published';
  yield* removeStaged(stage);
}

function* renameOverClaim(stagedPath: string, path: string): Steps<void> {
  try {
    yield* rename(stagedPath, path);
  } catch (error) {
    // Nobody else is kept from the name by a file that would never be written.
    yield* removeIfThere(path);
    throw error;
  }
}

/** Renames the staged file over the target. @returns Why this name cannot change hands, if it cannot. */
function* replace(stage: Stage, { stagedPath, path }: StagedName): Steps<InPlaceReason | undefined> {
  const takeBack = stage.target.existing === undefined ? undefined : stage.volume.replacements.note(path);
  try {
    yield* rename(stagedPath, path);
  } catch (error) {
    takeBack?.();
    const reason = RENAME_REFUSED[codeOf(error)];
    if (reason === undefined || stage.target.existing === undefined) throw error;
    return reason;
  }
  return undefined;
}

/** Refusals of rename(2) that say nothing about the content. EBUSY: a file that something is bind-mounted on. */
const RENAME_REFUSED: Partial<Record<string, InPlaceReason>> = {
  EBUSY: 'mount-point',
  EXDEV: 'cross-device',
  EACCES: 'rename-refused',
  EPERM: 'rename-refused',
};

/** Copies the staged file over the target's inode. */
function* overwrite(stage: Stage, name: StagedName, reason: InPlaceReason): Steps<void> {
  if (stage.inodeFd !== undefined || (yield* lstat(name.path)) !== undefined) {
    yield* copyOver(stage, name);
    countInPlace(reason);
  } else {
    // Removed since the write began: there is no inode left to keep.
    yield* rename(name.stagedPath, name.path);
    counts.replaced++;
  }
}

function* makeNamesDurable({ volume, names, settings }: Stage): Steps<void> {
  const { directories } = volume;
  const holders = new Set(names.flatMap(({ directory }) => directories.toSyncFor(directory)));
  for (const directory of holders) {
    if ((yield* syncDirectory(volume, directory)) || !directories.isFirstUnsyncable(directory)) continue;
    const message = `${directory} cannot be synced: writes in it are complete or absent after a power cut, but may be lost`;
    settings.warn({ code: 'INTACT_CANNOT_SYNC_DIRECTORY', message, path: directory });
  }
  for (const { directory } of names) directories.synced(directory);
}
