// An fs whose asynchronous calls wait for the test: each is carried out, and each is answered, when the test says so, as a
// pool of threads might do it in any order. The synchronous calls are those of the fs underneath.

import type * as nodeFs from 'node:fs';
import { basename } from 'node:path';
import { isStageName } from '../../src/protocol/leftover-name';
import { oneTurn, turns } from './event-loop';
import { CALL_NAMES, type Fault, errorOf, shortened } from './faulty-fs';

type Fs = typeof nodeFs;
type AnyFunction = (...args: unknown[]) => unknown;

/** An asynchronous call that the program has made. */
export class ManualCall {
  #answer: (() => void) | undefined;

  constructor(
    readonly name: string,
    readonly args: readonly unknown[],
    readonly sync: AnyFunction,
    readonly callback: AnyFunction,
    readonly path: string,
  ) {}

  /** Whether it is a call on the target of this name, or on its staged file. */
  isAbout(name: string): boolean {
    return basename(this.path) === name || this.path.includes(`/.${name}.`);
  }

  get isCarriedOut(): boolean {
    return this.#answer !== undefined;
  }

  /** As a test would name it: `rename stage target`. */
  get title(): string {
    const paths = [this.path, ...this.args.filter((arg) => typeof arg === 'string' && arg !== this.path)];
    return [this.name, ...paths.map((path) => titleOf(String(path)))].join(' ');
  }

  /** What a thread of the pool does; the event loop has not heard of it yet. */
  carryOut(fault?: Fault): void {
    if (this.isCarriedOut) return;
    const { callback } = this;
    try {
      if (fault !== undefined && 'error' in fault) {
        // The descriptor is gone whatever close(2) answers.
        if (this.name === 'close') this.sync(...this.args);
        throw errorOf(fault.error, this.name);
      }
      const result = this.sync(...(fault === undefined ? this.args : shortened(this.args, fault.accepts)));
      this.#answer = () => void callback(null, result);
    } catch (error) {
      this.#answer = () => void callback(error);
    }
  }

  answer(): void {
    this.#answer!();
  }
}

function titleOf(path: string): string {
  return isStageName(basename(path)) ? 'stage' : basename(path);
}

/** statfs(2)'s numbers. */
const NFS = 0x6969;
const TMPFS = 0x01021994;

export class ManualFs {
  readonly fs: Fs;
  /** What all is said to lie on: something that answers late, so that every call of a write can be held up. */
  #fileSystem = NFS;
  readonly #calls: ManualCall[] = [];
  readonly #pathOf = new Map<number, string>();

  constructor(base: Fs) {
    const manual: Record<string, unknown> = { ...base };
    for (const name of CALL_NAMES) {
      const original = (base as unknown as Record<string, AnyFunction>)[`${name}Sync`]!;
      const sync: AnyFunction = (...args) => {
        const result = original(...args);
        if (name === 'open') this.#pathOf.set(result as number, args[0] as string);
        return result;
      };
      manual[`${name}Sync`] = sync;
      manual[name] = (...args: unknown[]) => {
        const path = typeof args[0] === 'number' ? (this.#pathOf.get(args[0]) ?? '') : String(args[0]);
        const call = new ManualCall(name, args.slice(0, -1), sync, args.at(-1) as AnyFunction, path);
        if (name === 'readdir') this.#answerSoon(call);
        else this.#calls.push(call);
      };
    }
    manual['statfs'] = (_path: string, done: AnyFunction) =>
      setImmediate(() => void done(null, { type: this.#fileSystem }));
    manual['promises'] = {
      ...base.promises,
      open: promised(manual['open'] as AnyFunction, manual['close'] as AnyFunction),
    };
    this.fs = manual as unknown as Fs;
  }

  /** Makes a directory known as one for which the kernel alone answers. Some calls are made at once there. */
  async acquaint(fs: Fs, directory: string): Promise<void> {
    this.#fileSystem = TMPFS;
    fs.writeFile(`${directory}/first`, 'first', () => {});
    await this.finishAll();
    fs.rmSync(`${directory}/first`);
  }

  /** The background sweep lists the directory, and that is no part of any write. */
  #answerSoon(call: ManualCall): void {
    call.carryOut();
    setImmediate(() => call.answer());
  }

  /** The calls that are not answered yet, in the order in which they were made. */
  get calls(): readonly ManualCall[] {
    return this.#calls;
  }

  /** The first call that is called so; fails if there is none. */
  call(title: string): ManualCall {
    const found = this.#calls.find((call) => call.title === title);
    if (found === undefined) throw new Error(`no ${title} among: ${this.#calls.map((call) => call.title).join(', ')}`);
    return found;
  }

  /** Carries a call out, answers it, and lets the program go on to its next calls. */
  async finish(call: ManualCall, fault?: Fault): Promise<void> {
    this.#calls.splice(this.#calls.indexOf(call), 1);
    call.carryOut(fault);
    call.answer();
    await oneTurn();
  }

  /** Finishes the oldest call again and again, until one is called so or none is left. @returns That call. */
  async finishUntil(title: string): Promise<ManualCall | undefined> {
    for (;;) {
      await this.idle();
      const [next] = this.#calls;
      const found = this.#calls.find((call) => call.title === title);
      if (found !== undefined || next === undefined) return found;
      await this.finish(next);
    }
  }

  /** Finishes every call, and those that they lead to. */
  async finishAll(): Promise<void> {
    for (await this.idle(); this.#calls.length > 0; await this.idle()) await this.finish(this.#calls[0]!);
  }

  /**
   * Lets the program come so far with its oldest calls: an even moment is between two of them, an odd one after a call that
   * a thread has carried out and the program has not heard of.
   *
   * @returns What comes next, and whether nothing does.
   */
  async comeTo(moment: number): Promise<{ title: string; isOver: boolean }> {
    let next: ManualCall | undefined;
    for (let half = 0; half <= moment; half++) {
      await this.idle();
      [next] = this.#calls;
      if (next === undefined || half === moment) break;
      if (half % 2 === 0) next.carryOut();
      else await this.finish(next);
    }
    const title = `before ${next?.title ?? 'nothing'} is ${moment % 2 === 0 ? 'carried out' : 'answered'}`;
    return { title, isOver: next === undefined };
  }

  /** Lets everything that does not wait for the test come to its end: streams, promises, the background sweep. */
  async idle(): Promise<void> {
    let seen: readonly ManualCall[] | undefined;
    while (
      seen === undefined ||
      seen.length !== this.#calls.length ||
      seen.some((call, n) => call !== this.#calls[n])
    ) {
      seen = [...this.#calls];
      await turns(IDLE_TURNS);
    }
  }
}

/** No stream or promise of node's needs more to get from one call to the next. */
const IDLE_TURNS = 4;

/** fs.promises.open, whose handles are closed by a call of the same kind. */
function promised(open: AnyFunction, close: AnyFunction): AnyFunction {
  return (...args) =>
    new Promise((resolve, reject) => {
      open(...args, (error: unknown, fd: number) => {
        if (error) reject(error);
        else resolve({ fd, close: () => closing(close, fd) });
      });
    });
}

function closing(close: AnyFunction, fd: number): Promise<void> {
  return new Promise((resolve, reject) => {
    close(fd, (error: unknown) => (error ? reject(error) : resolve()));
  });
}
