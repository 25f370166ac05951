// Staged files that outlive the call that opened them, and what becomes of them when the process exits.

import { codeOf } from '../ground/errors';
import { runSync } from '../steps/run';
import { commitStage } from './commit';
import { type Stage, discardStage } from './stage';

export interface Pending {
  readonly stage: Stage;
  /** Whether the staged bytes are all that the program has handed over so far, and none was lost. */
  isComplete(): boolean;
  /** The program has closed the file and the rest is on its way. */
  readonly isClosing?: boolean;
}

export class PendingStages {
  readonly #pending = new Map<Stage, Pending>();

  get size(): number {
    return this.#pending.size;
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
      if (stage.state !== 'open') continue;
      const wanted = stage.settings.onExit ?? (exitCode === 0 ? 'publish' : 'discard');
      if ((wanted === 'publish' || pending.isClosing) && pending.isComplete()) publish(pending);
      else runSync(discardStage(stage), stage.volume.host);
    }
  };
}

function publish({ stage, isClosing = false }: Pending): void {
  const { asked, path } = stage.target;
  const warn = (outcome: string): void => {
    stage.settings.warn({ code: 'INTACT_OPEN_AT_EXIT', message: `${asked} was still open at exit: ${outcome}`, path });
  };
  try {
    runSync(commitStage(stage), stage.volume.host);
    if (!isClosing) warn('what was written to it so far is in place');
  } catch (error) {
    runSync(discardStage(stage), stage.volume.host);
    // A close that was under way has renamed it meanwhile, on another thread.
    if (!isClosing || codeOf(error) !== 'ENOENT') warn(`it is unchanged, because of ${(error as Error).message}`);
  }
}
