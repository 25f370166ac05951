// Staged files that outlive the call that opened them, and what becomes of them when the process exits.

import { codeOf } from '../ground/errors';
import { runSync } from '../steps/run';
import type { Steps } from '../steps/step';
import { type Stage, dropStage } from './stage';

/** A whole-file write under way, or, with `publish`, a file that the program has open. */
export interface Pending {
  readonly stage: Stage;
  /** Whether the staged bytes are all that the program has handed over so far, and none was lost. */
  isComplete(): boolean;
  /** The program has closed the file and the rest is on its way. */
  readonly isClosing?: boolean;
  /** Publishes what is there; the program's descriptors stay usable, because its own listeners may come after ours. */
  readonly publish?: () => Steps<void>;
}

export class PendingStages {
  readonly #pending = new Map<Stage, Pending>();

  get size(): number {
    return this.#pending.size;
  }

  get stages(): Iterable<Stage> {
    return this.#pending.keys();
  }

  add(pending: Pending): void {
    // No listener without need: programs count them, and npm's `temp` insists on exactly one.
    if (this.#pending.size === 0) process.on('exit', this.#settle);
    this.#pending.set(pending.stage, pending);
  }

  remove(stage: Stage): void {
    if (this.#pending.delete(stage) && this.#pending.size === 0) process.removeListener('exit', this.#settle);
  }

  /** Publishes what is still open after a success and discards it after a failure. Nothing runs after this. */
  readonly #settle = (exitCode: number): void => {
    for (const pending of this.#pending.values()) {
      const { stage } = pending;
      this.remove(stage);
      if (stage.state === 'open') settle(pending, stage.settings.onExit ?? (exitCode === 0 ? 'publish' : 'discard'));
    }
  };
}

function settle(pending: Pending, wanted: 'publish' | 'discard'): void {
  const { stage, isClosing = false } = pending;
  const steps = wanted === 'publish' || isClosing ? pending.publish : undefined;
  if (steps !== undefined && pending.isComplete()) {
    publishAtExit(stage, isClosing, steps);
  } else {
    drop(stage);
    if (steps !== undefined && !isClosing)
      warn(stage, 'it is unchanged, because not all that was written to it has arrived');
  }
}

function publishAtExit(stage: Stage, isClosing: boolean, publish: () => Steps<void>): void {
  try {
    runSync(publish(), stage.volume.host);
    if (!isClosing) warn(stage, 'what was written to it so far is in place');
  } catch (error) {
    drop(stage);
    // A close that was under way has renamed it meanwhile, on another thread.
    if (!isClosing || codeOf(error) !== 'ENOENT')
      warn(stage, `it is unchanged, because of ${(error as Error).message}`);
  }
}

/** The descriptor stays open: a write that waits for a thread would else go to whatever gets its number next. */
function drop(stage: Stage): void {
  runSync(dropStage(stage), stage.volume.host);
}

function warn({ target: { asked, path }, settings }: Stage, outcome: string): void {
  settings.warn({ code: 'INTACT_OPEN_AT_EXIT', message: `${asked} was still open at exit: ${outcome}`, path });
}
