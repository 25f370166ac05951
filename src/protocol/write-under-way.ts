// A whole-file write that the event loop runs in the middle of, as others meet it there: calls that change names, and the
// exit of the process.

import type { Pending } from './pending';
import type { Stage } from './stage';
import type { Shown } from './view';

export class WriteUnderWay implements Pending, Shown {
  readonly isHandedOver = true;
  isClosing = false;
  #over: Promise<void> | undefined;
  #settle: (() => void) | undefined;

  constructor(readonly stage: Stage) {
    stage.onPublished = () => stage.volume.written.hide(this);
  }

  /** Only its end makes it that, and nothing of ours runs between that and the exit. */
  isComplete(): boolean {
    return false;
  }

  get committing(): Promise<void> | undefined {
    return this.isClosing ? (this.#over ??= new Promise((resolve) => (this.#settle = resolve))) : undefined;
  }

  readonly show = (): void => this.stage.volume.written.show(this);

  begin(): void {
    this.stage.volume.pending.add(this);
  }

  /** The content is complete. */
  close(): void {
    this.isClosing = true;
  }

  end(): void {
    const { pending, written } = this.stage.volume;
    pending.remove(this.stage);
    written.hide(this);
    this.isClosing = false;
    this.#settle?.();
  }
}
