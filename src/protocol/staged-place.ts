// Where a staged file is, as long as a program has it open: anybody may rename a directory above it meanwhile, or lead a
// symbolic link that it was reached through elsewhere. Node's own descriptor would not notice.

import { basename, dirname } from 'node:path';
import { type Steps, lstat, readlink } from '../steps/step';
import type { Stage } from './stage';

/** Finds the names of an open staged file again that lie in another place by now. */
export function* followMoves(stage: Stage): Steps<void> {
  const { fd, names } = stage;
  if (fd === undefined) return;
  let directory: string | undefined;
  for (const staged of names) {
    if (yield* isStagedAt(stage, staged.stagedPath)) continue;
    directory ??= yield* directoryBehind(fd);
    if (directory === undefined) return;
    const stagedPath = `${directory}/${basename(staged.stagedPath)}`;
    if (!(yield* isStagedAt(stage, stagedPath))) continue;
    Object.assign(staged, { directory, path: `${directory}/${staged.name}`, stagedPath });
  }
}

/** Whether a path leads to the staged file. Where its identity is not known, its name must do: nobody else has that. */
export function* isStagedAt({ identity }: Stage, path: string): Steps<boolean> {
  try {
    const found = yield* lstat(path);
    if (found === undefined || identity === undefined) return found !== undefined;
    return found.ino === identity.ino && found.dev === identity.dev;
  } catch {
    return false;
  }
}

/** The directory that holds the file of a descriptor: proc_pid_fd(5); undefined where there is no /proc. */
function* directoryBehind(fd: number): Steps<string | undefined> {
  try {
    return dirname(yield* readlink(`/proc/self/fd/${fd}`));
  } catch {
    return undefined;
  }
}
