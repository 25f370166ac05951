// A trace as micro-operations: the smallest changes that reach the device whole or not at all, and what each needs to be
// there before it. A crash state is any set of them that holds all that they need and all that was forced.

import type { Attributes, DiskImage, Inode } from './disk-image';
import type { Model } from './models';
import type { Effect, Entry, Event, Trace } from './trace';

/** The page cache writes back in pages of this many bytes. */
export const PAGE_BYTES = 4096;

export type Change =
  | { readonly kind: 'link'; readonly entry: Entry; readonly ino: number; readonly created?: Inode }
  | { readonly kind: 'unlink'; readonly entry: Entry; readonly ino: number }
  | { readonly kind: 'rename'; readonly from: Entry; readonly to: Entry; readonly ino: number }
  /** Bytes within one page. */
  | { readonly kind: 'data'; readonly ino: number; readonly at: number; readonly bytes: Uint8Array }
  /** A larger size. The range from `zeroFrom` to the write that caused it reads as zeros by right. */
  | { readonly kind: 'grow'; readonly ino: number; readonly size: number; readonly zeroTo: number }
  | { readonly kind: 'truncate'; readonly ino: number; readonly size: number }
  | { readonly kind: 'attributes'; readonly ino: number; readonly attributes: Attributes };

export interface MicroOp {
  /** Its place in the list. */
  readonly id: number;
  /** The place of its operation among the trace's events. */
  readonly event: number;
  readonly change: Change;
  /** Those that must be on the device if this one is, ascending. */
  readonly needs: readonly number[];
}

export interface History {
  readonly trace: Trace;
  readonly model: Model;
  readonly microOps: readonly MicroOp[];
  /** By event: the micro-operations that it is the first to force to the device, with all that they need. */
  readonly forcedBy: ReadonlyMap<number, readonly number[]>;
}

/**
 * Splits a trace into micro-operations under a model.
 *
 * @param power False where the process is killed and the machine goes on: then every change survives as it was made.
 */
export function historyOf(trace: Trace, model: Model, power = true): History {
  const splitter = new Splitter(trace.before, model);
  const forcedBy = new Map<number, readonly number[]>();
  for (const [index, event] of trace.events.entries()) {
    const forced = splitter.take(event, index);
    if (power && forced.length > 0) forcedBy.set(index, forced);
  }
  const { microOps } = splitter;
  if (!power) for (const { event, id } of microOps) forcedBy.set(event, [...(forcedBy.get(event) ?? []), id]);
  return { trace, model, microOps, forcedBy };
}

/** What was done to one inode, as far as it may still be volatile. */
interface Last {
  size: number;
  /** The newest change of each page. */
  readonly pages: Map<number, number>;
  sizeChange: number | undefined;
  truncate: number | undefined;
  attributes: number | undefined;
  readonly content: number[];
  readonly attributeChanges: number[];
  readonly names: number[];
}

class Splitter {
  readonly microOps: MicroOp[] = [];
  private event = 0;
  private readonly inodes = new Map<number, Last>();
  private readonly entries = new Map<string, number>();
  private readonly entriesIn = new Map<number, number[]>();
  private lastMetadata: number | undefined;
  private readonly forced = new Set<number>();

  constructor(
    private readonly before: DiskImage,
    private readonly model: Model,
  ) {}

  /** Adds an event's micro-operations and returns those that it forces. */
  take(event: Event, index: number): number[] {
    this.event = index;
    if (event.kind === 'ack') return [];
    return event.effects.flatMap((effect) => this.takeEffect(effect));
  }

  /** Marks micro-operations and all that they need as forced, and returns those that were not yet. */
  private force(ids: readonly number[]): number[] {
    const added = new Set(ids.filter((id) => !this.forced.has(id)));
    // A set also yields what is added while it is walked.
    for (const id of added) {
      this.forced.add(id);
      for (const needed of this.microOps[id]!.needs) if (!this.forced.has(needed)) added.add(needed);
    }
    return [...added].toSorted((a, b) => a - b);
  }

  private takeEffect(effect: Effect): number[] {
    switch (effect.kind) {
      case 'link':
        this.name([effect.entry], effect.ino, effect, []);
        if (effect.created?.kind === 'file') this.last(effect.ino).size = effect.created.bytes.length;
        return [];
      case 'unlink':
        this.name([effect.entry], effect.ino, effect, []);
        return [];
      case 'rename': {
        const { from, to, ino, replaces } = effect;
        const data = replaces && this.model.dataBeforeReplacingRename ? this.last(ino).content : [];
        this.name([from, to], ino, { kind: 'rename', from, to, ino }, data);
        return [];
      }
      case 'write':
        this.write(effect.ino, effect.at, effect.bytes);
        return [];
      case 'truncate':
        this.truncate(effect.ino, effect.size);
        return [];
      case 'attributes': {
        const last = this.last(effect.ino);
        const id = this.addMetadata(effect, [last.attributes]);
        last.attributes = id;
        last.attributeChanges.push(id);
        return [];
      }
      case 'sync':
      default:
        return this.sync(effect.ino, effect.attributes);
    }
  }

  private name(entries: readonly Entry[], ino: number, change: Change, needs: readonly number[]): void {
    const keys = entries.map(({ dir, name }) => `${dir}/${name}`);
    const id = this.addMetadata(change, [...keys.map((key) => this.entries.get(key)), ...needs]);
    for (const key of keys) this.entries.set(key, id);
    for (const { dir } of entries) listIn(this.entriesIn, dir).push(id);
    this.last(ino).names.push(id);
  }

  private write(ino: number, at: number, bytes: Uint8Array): void {
    const last = this.last(ino);
    const end = at + bytes.length;
    const growing: number[] = [];
    for (let start = at; start < end;) {
      const page = Math.floor(start / PAGE_BYTES);
      const stop = Math.min(end, (page + 1) * PAGE_BYTES);
      const part = bytes.subarray(start - at, stop - at);
      const id = this.add({ kind: 'data', ino, at: start, bytes: part }, [last.pages.get(page), last.truncate]);
      last.pages.set(page, id);
      last.content.push(id);
      if (stop > last.size) growing.push(id);
      start = stop;
    }
    if (end <= last.size) return;
    this.grow(ino, end, at, this.model.dataBeforeGrowth ? growing : []);
  }

  private grow(ino: number, size: number, zeroTo: number, data: readonly number[]): void {
    const last = this.last(ino);
    const id = this.add({ kind: 'grow', ino, size, zeroTo }, [last.sizeChange, ...data]);
    last.size = size;
    last.sizeChange = id;
    last.content.push(id);
  }

  private truncate(ino: number, size: number): void {
    const last = this.last(ino);
    if (size > last.size) return this.grow(ino, size, size, []);
    // What a file loses by becoming empty need not have reached the device before.
    const id = this.addMetadata({ kind: 'truncate', ino, size }, [size === 0 ? last.truncate : last.sizeChange]);
    last.size = size;
    last.sizeChange = id;
    last.truncate = id;
    last.content.push(id);
  }

  private sync(ino: number, attributes: boolean): number[] {
    const { model } = this;
    const last = this.last(ino);
    // What is forced once stays forced, so each list begins anew.
    return this.force([
      ...last.content.splice(0),
      ...(attributes ? last.attributeChanges.splice(0) : []),
      ...listIn(this.entriesIn, ino).splice(0),
      ...(model.syncForcesNames ? last.names.splice(0) : []),
      ...(model.syncForcesMetadata && this.lastMetadata !== undefined ? [this.lastMetadata] : []),
    ]);
  }

  private addMetadata(change: Change, needs: readonly (number | undefined)[]): number {
    const id = this.add(change, this.model.metadataInOrder ? [...needs, this.lastMetadata] : needs);
    this.lastMetadata = id;
    return id;
  }

  private add(change: Change, needs: readonly (number | undefined)[]): number {
    const id = this.microOps.length;
    const known = [...new Set(needs.filter((needed) => needed !== undefined))].toSorted((a, b) => a - b);
    this.microOps.push({ id, event: this.event, change, needs: known });
    return id;
  }

  private last(ino: number): Last {
    let last = this.inodes.get(ino);
    if (last === undefined) {
      const inode = this.before.inodes.get(ino);
      last = {
        size: inode?.kind === 'file' ? inode.bytes.length : 0,
        pages: new Map(),
        sizeChange: undefined,
        truncate: undefined,
        attributes: undefined,
        content: [],
        attributeChanges: [],
        names: [],
      };
      this.inodes.set(ino, last);
    }
    return last;
  }
}

function listIn(map: Map<number, number[]>, key: number): number[] {
  let list = map.get(key);
  if (list === undefined) map.set(key, (list = []));
  return list;
}
