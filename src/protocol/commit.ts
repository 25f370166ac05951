// From a complete staged file to the target: flush, close, publish, sync directory.

import { asPublished, codeOf } from '../ground/errors';
import type { Steps } from '../steps/step';
import { publish } from './publish';
import { type Stage, closeStage, flushStage } from './stage';
import { syncDirectory } from './sync-directory';

/**
 * Makes a staged file the target's content, for good.
 *
 * Whatever fails before publishing leaves the target alone, and the caller discards the stage. What fails after it is
 * marked `published: true`: the new content is in place and complete, but might not survive a power cut.
 *
 * @param flush Whether the caller asked for an fsync on top of what the durability says (node's `flush: true`).
 */
export function commitStage(stage: Stage, flush = false): Steps<void> {
  return commit(stage, flush, true);
}

/** Commits a stage whose descriptor the caller still uses; from here on it is an ordinary descriptor of the target. */
export function commitOpenStage(stage: Stage, flush = false): Steps<void> {
  return commit(stage, flush, false);
}

function* commit(stage: Stage, flush: boolean, isClosing: boolean): Steps<void> {
  yield* flushStage(stage, flush);
  // Before the rename: Windows refuses to rename a file that is open, and close(2) may still report a lost write.
  if (isClosing) yield* closeStage(stage);
  try {
    yield* publish(stage);
    yield* notePublished(stage);
  } catch (error) {
    throw stage.state === 'published' ? asPublished(error) : error;
  }
}

/** Notes that a stage has its names, and makes these durable where that is wanted. */
export function* notePublished(stage: Stage): Steps<void> {
  stage.state = 'published';
  stage.onPublished?.();
  // From here on it occupies no thread of its own.
  stage.slot?.leave();
  if (stage.treatment.durability === 'durable') yield* makeNamesDurable(stage);
}

function* makeNamesDurable(stage: Stage): Steps<void> {
  const { volume, names, settings } = stage;
  const { directories } = volume;
  for (const directory of directories.toSyncFor(names)) {
    try {
      if ((yield* syncDirectory(volume, directory)) || !directories.isFirstUnsyncable(directory)) continue;
    } catch (error) {
      if (!isGone(error)) throw error;
      // Removed meanwhile, and the names with it; or the program has renamed it, and the names are where it is now.
      if (names.some((name) => name.directory === directory)) continue;
      yield* makeNamesDurable(stage);
      return;
    }
    const message = `${directory} cannot be synced: writes in it are complete or absent after a power cut, but may be lost`;
    settings.warn({ code: 'INTACT_CANNOT_SYNC_DIRECTORY', message, path: directory });
  }
  directories.synced(names);
}

function isGone(error: unknown): boolean {
  return codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR';
}
