// Faults: what goes wrong, where, and how often. They compose, and they print as they are written.

import { inspect } from 'node:util';
import { systemError } from '../ground/errors';
import { IntactError } from '../ground/intact-error';
import { matcherOf } from '../settings/globs';
import { FAULT_CODES, PARTIAL_CALLS } from './fault-codes';
import type { Intervention, Recorder } from './recorder';

/** A call as a predicate of `fail().on()` sees it. */
export interface FaultyCall {
  readonly call: string;
  /** Its path, or the path that its descriptor was opened by. */
  readonly path: string | undefined;
  readonly args: readonly unknown[];
  /** Counts the calls of this fs from 0. */
  readonly index: number;
}

type Where = (call: FaultyCall) => boolean;

/** What happens to a matching call. */
type Outcome =
  | { readonly kind: 'error'; readonly after: boolean }
  | { readonly kind: 'short'; readonly bytes: number }
  | { readonly kind: 'losing' }
  | { readonly kind: 'delayed'; readonly ms: number }
  | { readonly kind: 'crash' };

interface Plan {
  readonly call: string | undefined;
  readonly where: readonly Where[];
  readonly index: number | undefined;
  readonly code: string;
  readonly outcome: Outcome;
  readonly skip: number;
  readonly times: number;
  /** As it was written. */
  readonly text: string;
}

/**
 * A fault. Each method returns a new one; none changes the fault that it is called on.
 *
 * Without `once()` or `times()` it meets every matching call; without another word a matching call fails with EIO and has
 * no effect.
 */
export class Fault {
  /** @internal */
  readonly plan: Plan;

  /** @internal Use `fail()`. */
  constructor(plan: Plan) {
    this.plan = plan;
  }

  /**
   * Only calls on these paths.
   *
   * @param where A glob (picomatch's syntax; one without a slash is matched against the file's name, any other against the
   * absolute path), or a predicate. A call on a descriptor counts for the path that it was opened by; rename and link
   * count for the path that they begin with.
   */
  on(where: string | ((call: FaultyCall) => boolean)): Fault {
    if (typeof where === 'function') return this.but({ where: [...this.plan.where, where] }, `on(${where.toString()})`);
    const isMatch = matcherOf([where]);
    const matchesPath: Where = ({ path }) => path !== undefined && isMatch(path);
    return this.but({ where: [...this.plan.where, matchesPath] }, `on(${inspect(where)})`);
  }

  /** Only the call with this index, counted over all calls of the fs from 0, as traces number them. */
  at(index: number): Fault {
    return this.but({ index: wholeNumber(index, 'at()', 0) }, `at(${index})`);
  }

  /** Lets `count` matching calls through first. */
  skip(count: number): Fault {
    return this.but({ skip: wholeNumber(count, 'skip()', 0) }, `skip(${count})`);
  }

  /** The error's code, a POSIX name such as `'ENOSPC'`. @default 'EIO' */
  with(code: string): Fault {
    if (typeof code !== 'string' || !/^E[A-Z0-9]+$/.test(code)) {
      throw new IntactError('ERR_INTACT_FAULT', `with() takes an error code such as 'EIO', not ${inspect(code)}`);
    }
    return this.but({ code }, `with('${code}')`);
  }

  /** The call has its effect, and fails nevertheless. */
  after(): Fault {
    return this.but({ outcome: { kind: 'error', after: true } }, 'after()');
  }

  /** A read or write accepts only this many bytes, without an error. */
  short(bytes: number): Fault {
    if (this.plan.call !== undefined && !PARTIAL_CALLS.has(this.plan.call)) {
      const allowed = [...PARTIAL_CALLS].join(', ');
      throw new IntactError('ERR_INTACT_FAULT', `${this.plan.call} cannot be short; ${allowed} can`);
    }
    return this.but({ outcome: { kind: 'short', bytes: wholeNumber(bytes, 'short()', 0) } }, `short(${bytes})`);
  }

  /**
   * fsync fails, and what was not on the device is gone: it reads as zeros from now on, and the next fsync succeeds. Linux
   * does so (fsync(2), "Notes"; the kernel forgets a page's error once it was reported).
   */
  losing(): Fault {
    return this.but({ outcome: { kind: 'losing' } }, 'losing()');
  }

  /** An asynchronous call is made only after this many milliseconds. Synchronous calls are not delayed. */
  delayed(ms: number): Fault {
    return this.but({ outcome: { kind: 'delayed', ms: wholeNumber(ms, 'delayed()', 0) } }, `delayed(${ms})`);
  }

  /** The process dies before this call: it and all later ones fail with ERR_INTACT_CRASHED. */
  crash(): Fault {
    return this.but({ outcome: { kind: 'crash' } }, 'crash()');
  }

  /** Meets one call and is gone. */
  once(): Fault {
    return this.but({ times: 1 }, 'once()');
  }

  /** Meets this many calls and is gone. */
  times(count: number): Fault {
    return this.but({ times: wholeNumber(count, 'times()', 1) }, `times(${count})`);
  }

  toString(): string {
    return this.plan.text;
  }

  [inspect.custom](): string {
    return this.plan.text;
  }

  private but(change: Partial<Plan>, text: string): Fault {
    return new Fault({ ...this.plan, ...change, text: `${this.plan.text}.${text}` });
  }
}

/**
 * Begins a fault, as in `fail('fsync').on('*.json').with('EIO').once()`.
 *
 * @param call A primitive call (`'open'`, `'write'`, `'fsync'`, `'rename'`, ...), as node names it without `Sync`. Calls such
 * as `writeFile` are made of these. By default every call.
 * @throws ERR_INTACT_FAULT for a name that is none of them.
 */
export function fail(call?: string): Fault {
  if (call !== undefined && !(call in FAULT_CODES)) {
    const allowed = Object.keys(FAULT_CODES).join(', ');
    throw new IntactError(
      'ERR_INTACT_FAULT',
      `fail() takes a primitive call, not ${inspect(call)}; allowed: ${allowed}`,
    );
  }
  return new Fault({
    call,
    where: [],
    index: undefined,
    code: 'EIO',
    outcome: { kind: 'error', after: false },
    skip: 0,
    times: Infinity,
    text: call === undefined ? 'fail()' : `fail('${call}')`,
  });
}

/** Faults in force on one fs, with what is left of each. */
export class FaultSet {
  private readonly active: { readonly plan: Plan; skip: number; left: number }[];
  private isCrashed = false;

  constructor(faults: readonly Fault[] = []) {
    this.active = faults.map(({ plan }) => ({ plan, skip: plan.skip, left: plan.times }));
  }

  get hasCrashed(): boolean {
    return this.isCrashed;
  }

  /** How long an asynchronous call is to be held back, in milliseconds. */
  delayOf(call: FaultyCall): number {
    const plan = this.take(call, (outcome) => outcome.kind === 'delayed');
    return plan?.outcome.kind === 'delayed' ? plan.outcome.ms : 0;
  }

  /** What becomes of a call, if a fault meets it. */
  interventionIn(call: FaultyCall, recorder: Recorder): Intervention | undefined {
    if (this.isCrashed) throw crashed();
    const plan = this.take(call, (outcome) => outcome.kind !== 'delayed');
    if (plan === undefined) return undefined;
    const run = this.outcomeOf(plan, call, recorder);
    return run && { fault: plan.text, run };
  }

  private outcomeOf(
    { outcome, code, text }: Plan,
    call: FaultyCall,
    recorder: Recorder,
  ): Intervention['run'] | undefined {
    const error = (): Error => systemErrorOf(code, call);
    switch (outcome.kind) {
      case 'error':
        return (make) => {
          if (outcome.after) make(call.args);
          throw error();
        };
      case 'short':
        return (make) => make(shortened(call, outcome.bytes));
      case 'losing':
        return () => {
          recorder.loseUnsynced(call.args[0] as number, text);
          throw error();
        };
      case 'crash':
        this.isCrashed = true;
        return () => {
          throw crashed();
        };
      case 'delayed':
        break;
    }
    return undefined;
  }

  private take(call: FaultyCall, isWanted: (outcome: Outcome) => boolean): Plan | undefined {
    for (const fault of this.active) {
      const { plan } = fault;
      if (fault.left === 0 || !isWanted(plan.outcome) || !matches(plan, call)) continue;
      if (fault.skip > 0) {
        fault.skip--;
        continue;
      }
      fault.left--;
      return plan;
    }
    return undefined;
  }
}

function matches({ call, index, where, outcome }: Plan, asked: FaultyCall): boolean {
  if (call !== undefined && call !== asked.call) return false;
  if (index !== undefined && index !== asked.index) return false;
  if (outcome.kind === 'short' && !PARTIAL_CALLS.has(asked.call)) return false;
  if (outcome.kind === 'losing' && asked.call !== 'fsync' && asked.call !== 'fdatasync') return false;
  return where.every((isMet) => isMet(asked));
}

/** The arguments of a read or write of no more than so many bytes. */
function shortened({ call, args }: FaultyCall, bytes: number): readonly unknown[] {
  if (call === 'write' || call === 'read') return args.with(3, Math.min(args[3] as number, bytes));
  let left = bytes;
  const buffers = (args[1] as Uint8Array[]).map((buffer) => {
    const part = buffer.subarray(0, left);
    left -= part.length;
    return part;
  });
  return args.with(1, buffers);
}

/** As node words it; node's own calls name a path only where they were given one. */
function systemErrorOf(code: string, { call, args }: FaultyCall): Error {
  const [first, second] = args;
  const path = typeof first === 'string' ? first : undefined;
  const dest = ['rename', 'link', 'symlink'].includes(call) && typeof second === 'string' ? second : undefined;
  return systemError(code, SYSCALLS[call] ?? call, path, dest);
}

/** Where node names the system call otherwise than its own function. */
const SYSCALLS: Readonly<Record<string, string>> = {
  readdir: 'scandir',
  utimes: 'utime',
  futimes: 'futime',
  lutimes: 'lutime',
  readv: 'read',
  writev: 'write',
};

function crashed(): IntactError {
  return new IntactError(
    'ERR_INTACT_CRASHED',
    'The process has died by a fault, crash(); this fs makes no call any more',
  );
}

function wholeNumber(value: number, where: string, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new IntactError('ERR_INTACT_FAULT', `${where} takes a whole number from ${least} on, not ${inspect(value)}`);
}
