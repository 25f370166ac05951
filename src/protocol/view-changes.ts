// Calls that change names, made on names that are being replaced. To the program they do what they do to any open file;
// to everybody else a path shows its old file, or none, until the new one is complete.

import { codeOf, namingBoth, namingTarget, systemError } from '../ground/errors';
import { type Steps, link, lstat, rename, unlink } from '../steps/step';
import { nextStageName } from './leftover-name';
import type { StagedName } from './stage';
import { followMoves, isStagedAt } from './staged-place';
import { type AskedPath, split } from './target';
import { type Shown, type Sighting, newestFirst } from './view';
import type { Volume } from './volume';

/** unlink(2): the name goes, to everybody; the descriptors live on, and closing them publishes nothing under it. */
export function* unlinkStaged({ file, staged }: Sighting<Shown>, path: AskedPath): Steps<void> {
  try {
    // First, because it may be refused, and then nothing has happened.
    yield* unlinkIfThere(staged.path);
    yield* unlinkIfThere(staged.stagedPath);
  } catch (error) {
    throw namingTarget(error, path.asked);
  }
  forget(file, staged);
}

/** rename(2) of a name that is open for replacing: the file will appear under the other one. */
export function* renameStaged(volume: Volume, from: Sighting<Shown>, asked: AskedPath, to: AskedPath): Steps<void> {
  const { file, staged } = from;
  try {
    const destination = yield* destinationOf(to, staged.stagedPath);
    const replaced = sightingsAt(volume, to);
    // Two names of one file: rename(2) does nothing.
    if (replaced.some((other) => other.file === file)) return;
    const stagedPath = `${destination.directory}/${nextStageName(destination.name, volume.machine)}`;
    yield* rename(staged.stagedPath, stagedPath);
    staged.stagedPath = stagedPath;
    yield* unlinkIfThere(staged.path);
    for (const other of replaced) yield* dropReplaced(other);
    Object.assign(staged, destination, { path: to.absolute });
    file.show();
  } catch (error) {
    throw namingBoth(error, asked.asked, to.asked, 'rename');
  }
}

/** rename(2) of any other file onto a name that is open for replacing: the open file loses that name. */
export function* renameOver(volume: Volume, from: AskedPath, to: Sighting<Shown>, asked: AskedPath): Steps<void> {
  try {
    const moved = yield* lstat(from.absolute);
    // What node's call sees there is a file, whatever lies beneath.
    if (moved?.isDirectory()) throw systemError('ENOTDIR', 'rename', asked.asked);
    yield* rename(from.absolute, to.staged.path);
    for (const replaced of sightingsAt(volume, asked)) yield* dropReplaced(replaced);
  } catch (error) {
    throw namingBoth(error, from.asked, asked.asked, 'rename');
  }
}

/** link(2) of a name that is open for replacing: the file will appear under both. */
export function* linkStaged(volume: Volume, from: Sighting<Shown>, asked: AskedPath, to: AskedPath): Steps<void> {
  const { file, staged } = from;
  try {
    // `.`, `..` and `x/` are no names that a link could have: this fails, with the right error.
    if (split(to.absolute) === undefined) yield* link(staged.stagedPath, to.absolute);
    const isTaken = volume.view.find(to, false) !== undefined || (yield* lstat(to.absolute)) !== undefined;
    if (isTaken) throw systemError('EEXIST', 'link', to.asked);
    const destination = yield* destinationOf(to, staged.stagedPath);
    // Its names are being published already: this one it has at once.
    if (file.isClosing) {
      yield* link(staged.stagedPath, to.absolute);
      return;
    }
    const stagedPath = `${destination.directory}/${nextStageName(destination.name, volume.machine)}`;
    yield* link(staged.stagedPath, stagedPath);
    file.stage.names.push({ ...destination, path: to.absolute, stagedPath });
    file.show();
  } catch (error) {
    throw namingBoth(error, asked.asked, to.asked, 'link');
  }
}

/** Finds the staged files again after something above them, a directory or a symbolic link, was renamed. */
export function* followRename(volume: Volume, from: AskedPath, to: AskedPath): Steps<void> {
  volume.landingOrder.moved(from.absolute, to.absolute);
  // Also those that are not shown any more: they must find what has overtaken them, or make durable the names they have.
  for (const stage of volume.pending.stages) {
    for (const name of stage.names) {
      const moved = movedName(name, from.absolute, to.absolute);
      if (moved && (stage.state === 'published' || (yield* isStagedAt(stage, moved.stagedPath))))
        Object.assign(name, moved);
    }
    if (stage.state !== 'published') yield* followMoves(stage);
  }
  for (const file of shownIn(volume)) file.show();
}

/** Lets go of the names whose staged files were removed with their directory. */
export function* forgetRemoved(volume: Volume): Steps<void> {
  for (const file of shownIn(volume)) {
    for (const staged of file.stage.names.toReversed()) {
      if (!(yield* lstat(staged.stagedPath))) forget(file, staged);
    }
  }
}

function movedName(staged: StagedName, from: string, to: string): StagedName | undefined {
  if (!`${staged.directory}/`.startsWith(`${from}/`)) return undefined;
  const move = (path: string): string => to + path.slice(from.length);
  const { directory, name, path, stagedPath } = staged;
  return { directory: move(directory), name, path: move(path), stagedPath: move(stagedPath) };
}

/** The directory entry that a rename or link makes; where it cannot be one, the call itself says why. */
function* destinationOf(to: AskedPath, stagedPath: string): Steps<{ directory: string; name: string }> {
  const found = yield* lstat(to.absolute);
  const entry = split(to.absolute);
  // A file cannot take a directory's name: this fails, with the right error.
  if (entry === undefined || found?.isDirectory()) yield* rename(stagedPath, to.absolute);
  return entry!;
}

/** What happens to an open file when something else takes its name. */
export function* dropReplaced({ file, staged }: Sighting<Shown>): Steps<void> {
  yield* unlinkIfThere(staged.stagedPath);
  forget(file, staged);
}

function forget(file: Shown, staged: StagedName): void {
  const index = file.stage.names.indexOf(staged);
  if (index >= 0) file.stage.names.splice(index, 1);
  file.show();
}

/** Everything that is to have this name, the newest first: whole-file writes, files being closed, one that is open. */
export function sightingsAt({ view, written }: Volume, path: AskedPath): Sighting<Shown>[] {
  return [...view.findAll(path), ...written.findAll(path)].toSorted(newestFirst);
}

/** All that is shown, open or written as a whole. */
function shownIn({ view, written }: Volume): Shown[] {
  return [...view.files, ...written.files];
}

function* unlinkIfThere(path: string): Steps<void> {
  try {
    yield* unlink(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}
