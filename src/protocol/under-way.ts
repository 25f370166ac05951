// Whole-file writes that have begun and not ended. Their staged files lie in directories which the program may list
// meanwhile.

import type { Steps } from '../steps/step';

export class UnderWay {
  #writes = 0;
  #begun = 0;
  /** The names of the redo records that files are just being written over with, and how many writes each stands for. */
  readonly #records = new Map<string, number>();

  begin(): void {
    this.#writes++;
    this.#begun++;
  }

  end(): void {
    this.#writes--;
  }

  /** Carries out a write and counts it meanwhile. */
  *during<R>(write: Steps<R>): Steps<R> {
    this.begin();
    try {
      return yield* write;
    } finally {
      this.end();
    }
  }

  beginRecord(name: string): void {
    this.#records.set(name, (this.#records.get(name) ?? 0) + 1);
  }

  endRecord(name: string): void {
    const count = this.#records.get(name) ?? 0;
    if (count > 1) this.#records.set(name, count - 1);
    else this.#records.delete(name);
  }

  hasRecord(name: string): boolean {
    return this.#records.has(name);
  }

  /** Remembers this moment. @returns Whether no write was under way then or has begun since. */
  watch(): () => boolean {
    const begun = this.#begun;
    const isQuiet = this.#writes === 0;
    return () => isQuiet && this.#begun === begun;
  }

  get isNone(): boolean {
    return this.#writes === 0;
  }
}
