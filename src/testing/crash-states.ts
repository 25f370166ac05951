// Which sets of micro-operations may be on the device after a crash, fewest losses first.
//
// At a crash point, everything done so far may be there but what was forced must be. A state is told by what is lost: a
// set that, with each micro-operation, holds all that need it. The sets are found level by level, one more loss each,
// over all crash points at once, so the first violation that anybody meets has as few losses as there can be.

import type { History, MicroOp } from './micro-ops';
import { randomFrom } from './random';

/** The smallest unit that a device writes whole. */
export const SECTOR_BYTES = 512;

/** A write of which only some sectors reached the device. */
export interface Torn {
  readonly id: number;
  /** The bytes that are there: from `from` up to `to`, counted within the micro-operation's own bytes. */
  readonly from: number;
  readonly to: number;
}

/** One way in which the power may fail. */
export interface CrashChoice {
  /** How many of the trace's events had happened. */
  readonly point: number;
  /** The micro-operations that did not reach the device, ascending. */
  readonly lost: readonly number[];
  readonly torn?: Torn;
}

export interface Bounds {
  /** The most states tried at one crash point before the search is bounded. */
  readonly statesPerPoint: number;
  /** How many random states are tried at each crash point that is bounded. */
  readonly samples: number;
  readonly seed: number;
  /** Whether writes are also torn within a page, at the grain of sectors. */
  readonly tearSectors: boolean;
}

export interface Choices {
  readonly choices: Iterable<CrashChoice>;
  readonly crashPoints: number;
  /** Whether every legal state is among the choices. Known once they have been walked. */
  readonly isExhaustive: () => boolean;
}

/** Every way to crash, in order of losses; beyond the bounds, a part of them. */
export function crashChoices(history: History, bounds: Bounds): Choices {
  const points = crashPointsOf(history);
  const searches = points.map((point) => new Search(history, point, bounds));
  return {
    choices: inOrderOfLosses(searches),
    crashPoints: points.length,
    isExhaustive: () => searches.every((search) => !search.isBounded),
  };
}

function* inOrderOfLosses(searches: readonly Search[]): Generator<CrashChoice> {
  let running = searches;
  while (running.length > 0) {
    for (const search of running) yield* search.level();
    running = running.filter((search) => !search.isDone);
  }
  for (const search of searches) if (search.isBounded) yield* search.beyondTheBound();
}

/** A moment between two events, at which the machine may stop. */
interface CrashPoint {
  readonly point: number;
  /** What may be lost here, ascending. */
  readonly volatile: readonly number[];
  /**
   * At least one of these is on the device in every state that is new at this point; undefined where all states are,
   * because the workload has acknowledged something since.
   */
  readonly fresh: ReadonlySet<number> | undefined;
}

function crashPointsOf({ trace, microOps, forcedBy }: History): CrashPoint[] {
  const points: CrashPoint[] = [{ point: 0, volatile: [], fresh: undefined }];
  let volatile: readonly number[] = [];
  let next = 0;
  for (const [index, event] of trace.events.entries()) {
    const added: number[] = [];
    while (microOps[next]?.event === index) added.push(next++);
    const forced = new Set(forcedBy.get(index));
    volatile = [...volatile, ...added].filter((id) => !forced.has(id));
    const isAck = event.kind === 'ack';
    // After a mere fsync only states are left that were there before it.
    if (isAck || added.length > 0) {
      points.push({ point: index + 1, volatile, fresh: isAck ? undefined : new Set(added) });
    }
  }
  return points;
}

/** The search for the states at one crash point. */
class Search {
  isDone = false;
  isBounded = false;
  private readonly volatile: readonly number[];
  private readonly neededBy = new Map<number, number[]>();
  private frontier: (readonly number[])[] = [[]];
  private states = 0;
  /** Whether a state can be new though all that is fresh is lost, because some of it was torn. */
  private readonly tearsFresh: boolean;

  constructor(
    private readonly history: History,
    private readonly crashPoint: CrashPoint,
    private readonly bounds: Bounds,
  ) {
    this.volatile = crashPoint.volatile;
    this.tearsFresh = bounds.tearSectors && [...(crashPoint.fresh ?? [])].some((id) => this.tearsOf(id).length > 0);
    const volatile = new Set(this.volatile);
    for (const id of volatile) {
      for (const needed of this.op(id).needs) {
        if (!volatile.has(needed)) continue;
        const list = this.neededBy.get(needed);
        if (list === undefined) this.neededBy.set(needed, [id]);
        else list.push(id);
      }
    }
  }

  /** The states with one loss more than those of the level before. */
  *level(): Generator<CrashChoice> {
    const next = new Map<string, readonly number[]>();
    for (const lost of this.frontier) {
      yield* this.statesOf(lost);
      if (this.states >= this.bounds.statesPerPoint) {
        this.isBounded = this.isDone = true;
        return;
      }
      this.addSuccessors(lost, next);
    }
    this.frontier = [...next.values()];
    this.isDone = next.size === 0;
  }

  /** Prefixes; prefixes without one operation; random states. Sources: ALICE (OSDI 2014), section 4.2. */
  *beyondTheBound(): Generator<CrashChoice> {
    const { volatile } = this;
    const stride = Math.max(1, Math.ceil(volatile.length / this.bounds.statesPerPoint));
    for (let end = volatile.length; end >= 0; end -= stride) yield* this.statesOf(volatile.slice(end));
    yield* this.prefixesWithoutOne();
    const random = randomFrom(this.bounds.seed ^ Math.imul(this.crashPoint.point + 1, 0x9e3779b1));
    for (let sample = 0; sample < this.bounds.samples; sample++) {
      // Some samples lose little and some nearly all.
      const share = random();
      yield* this.statesOf(this.withDependents(volatile.filter(() => random() < share)));
    }
  }

  private *prefixesWithoutOne(): Generator<CrashChoice> {
    const events = [...new Set(this.volatile.map((id) => this.op(id).event))];
    let left = this.bounds.statesPerPoint;
    for (const event of events.toReversed()) {
      const dropped = new Set(this.withDependents(this.volatile.filter((id) => this.op(id).event === event)));
      for (const end of events.toReversed()) {
        if (end < event) break;
        if (left-- === 0) return;
        yield* this.statesOf(this.volatile.filter((id) => dropped.has(id) || this.op(id).event > end));
      }
    }
  }

  /** The state that lost these, and those in which one of them was torn instead. */
  private *statesOf(lost: readonly number[]): Generator<CrashChoice> {
    const { point } = this.crashPoint;
    // Having lost all that is new since the crash point before, it was a state of that one.
    const isOld = this.losesAllFresh(lost);
    this.states++;
    if (!isOld) yield { point, lost };
    if (!this.bounds.tearSectors) return;
    const missing = new Set(lost);
    for (const id of lost) {
      // A lost write can be torn if all that it needs is there.
      if (isOld && !this.crashPoint.fresh!.has(id)) continue;
      if (this.op(id).needs.some((needed) => missing.has(needed))) continue;
      for (const torn of this.tearsOf(id)) {
        this.states++;
        yield { point, lost, torn };
      }
    }
  }

  private tearsOf(id: number): Torn[] {
    const { change } = this.op(id);
    if (change.kind !== 'data') return [];
    const { at, bytes } = change;
    const tears: Torn[] = [];
    for (let cut = SECTOR_BYTES - (at % SECTOR_BYTES); cut < bytes.length; cut += SECTOR_BYTES) {
      tears.push({ id, from: 0, to: cut }, { id, from: cut, to: bytes.length });
    }
    return tears;
  }

  private addSuccessors(lost: readonly number[], into: Map<string, readonly number[]>): void {
    const missing = new Set(lost);
    for (const id of this.volatile) {
      // The rest of the level would never be reached.
      if (this.states + into.size > this.bounds.statesPerPoint) return;
      if (missing.has(id) || this.neededBy.get(id)?.some((other) => !missing.has(other))) continue;
      const more = [...lost, id].toSorted((a, b) => a - b);
      if (this.tearsFresh || !this.losesAllFresh(more)) into.set(more.join(), more);
    }
  }

  private losesAllFresh(lost: readonly number[]): boolean {
    const { fresh } = this.crashPoint;
    if (fresh === undefined || fresh.size > lost.length) return false;
    let found = 0;
    for (const id of lost) if (fresh.has(id)) found++;
    return found === fresh.size;
  }

  /** These, and all that need one of them, ascending. */
  private withDependents(ids: readonly number[]): number[] {
    const all = new Set(ids);
    for (const id of all) for (const other of this.neededBy.get(id) ?? []) all.add(other);
    return [...all].toSorted((a, b) => a - b);
  }

  private op(id: number): MicroOp {
    return this.history.microOps[id]!;
  }
}
