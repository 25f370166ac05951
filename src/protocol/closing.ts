// Calls that change names, made while files are on their way to these names.

import { type Steps, canWait, wait } from '../steps/step';
import { hideOvertaken, withdraw } from './publish';
import { type Stage, isInPlace } from './stage';
import type { AskedPath } from './target';
import type { Shown, View } from './view';
import type { Volume } from './volume';

/** Whether a file is on its way to one of these paths, or below it. */
export function isClosingAt({ view, written }: Volume, paths: readonly AskedPath[]): boolean {
  return [view, written].some((one: View<Shown>) => closingAt(one, paths).length > 0);
}

/**
 * Makes way for such a call. An asynchronous one waits for the files. A synchronous one takes them away from the threads
 * that are about to rename them, which then find them where this call has led them, or find that it has removed them.
 */
export function* settleClosing(volume: Volume, paths: readonly AskedPath[]): Steps<void> {
  for (const view of [volume.view, volume.written] as readonly View<Shown>[]) {
    for (const file of closingAt(view, paths)) {
      if (!canWait()) yield* takeBack(file, view, volume);
      else if (file.committing !== undefined) yield* wait(file.committing);
    }
  }
}

function closingAt(view: View<Shown>, paths: readonly AskedPath[]): Shown[] {
  if (view.isEmpty) return [];
  // Where the inode stays, the names are its own all the time.
  return view.files.filter((file) => file.isClosing && !isInPlace(file.stage.publishBy) && isAt(file, view, paths));
}

function isAt(file: Shown, view: View<Shown>, paths: readonly AskedPath[]): boolean {
  return paths.some((path) => view.findAll(path).some((found) => found.file === file) || liesBelow(file.stage, path));
}

/** Whether a staged file is to appear somewhere below a directory, as far as the paths tell. */
export function liesBelow({ names }: Stage, { absolute }: AskedPath): boolean {
  return names.some(({ directory }) => `${directory}/`.startsWith(`${absolute}/`));
}

function* takeBack(file: Shown, view: View<Shown>, volume: Volume): Steps<void> {
  const { names, turn } = file.stage;
  for (const name of names) {
    if (yield* withdraw(name, volume)) continue;
    // It has come through already, and is an ordinary file.
    view.hide(file);
    if (turn !== undefined) hideOvertaken(volume, name, turn);
  }
}
