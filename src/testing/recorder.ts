// The recorder: makes primitive calls on the fs underneath, and writes down what each of them changed, by inode.

import { codeOf } from '../ground/errors';
import type { NodeFs } from '../ground/node-fs';
import type { DiskImage } from './disk-image';
import { OBSERVERS, type Observed } from './effects';
import type { InodeIds } from './inode-ids';
import type { PrimitiveCall } from './primitive-call';
import { showCall, showResult } from './show-call';
import type { CallShape, Effect, Event, Operation } from './trace';

type AnyCall = (...args: unknown[]) => unknown;

/** What becomes of one call that a fault meets. */
export interface Intervention {
  /** The fault as it was written. */
  readonly fault: string;
  /** Makes the call, perhaps with other arguments; or gives a result, or throws, without making it. */
  readonly run: (make: (args: readonly unknown[]) => unknown) => unknown;
}

/** Performs calls and keeps the trace of them. */
export class Recorder {
  readonly trace: { readonly before: DiskImage; readonly events: Event[]; readonly calls: CallShape[] };
  private readonly on: Observed;

  /**
   * @param base The fs that the calls are made on, a memory disk or the real one.
   * @param before What it holds, with the ids that `ids` gives.
   * @param siteOf Where in the caller's code the current call comes from, if that can be told.
   */
  constructor(
    base: NodeFs,
    before: DiskImage,
    ids: InodeIds,
    private readonly siteOf: () => string | undefined = () => undefined,
  ) {
    this.trace = { before, events: [], calls: [] };
    this.on = { base, ids, descriptors: new Map() };
  }

  ack(label: string): void {
    this.trace.events.push({ kind: 'ack', label });
  }

  /** The path that a call is about: its argument, or the one that its descriptor was opened by. */
  pathOf({ args: [first] }: PrimitiveCall): string | undefined {
    return typeof first === 'string' ? first : this.on.descriptors.get(first as number)?.path;
  }

  /** Makes a call, in the way that a fault wants where one meets it, and records what it did. */
  perform(call: PrimitiveCall, intervention?: Intervention): unknown {
    const bytes = bytesOf(call);
    const index = this.trace.calls.push({ name: call.name, bytes }) - 1;
    const path = this.pathOf(call);
    const effects: Effect[] = [];
    const make = (args: readonly unknown[]): unknown => this.make(call.name, args, effects);
    let outcome = '';
    try {
      const result = intervention === undefined ? make(call.args) : intervention.run(make);
      outcome = showResult(result, bytes);
      return result;
    } catch (error) {
      outcome = codeOf(error) || 'an error';
      throw error;
    } finally {
      if (effects.length > 0 || intervention !== undefined) {
        const text = `${showCall(call, path)}${outcome && ` = ${outcome}`}`;
        this.record({ kind: 'operation', index, call: call.name, text, effects }, intervention?.fault);
      }
    }
  }

  /**
   * Zeroes what was written to a descriptor's file since its last sync, as a kernel that drops pages it could not write
   * would. The loss is a part of the trace.
   */
  loseUnsynced(fd: number, fault: string): void {
    const ino = this.on.descriptors.get(fd)?.ino;
    const writable = [...this.on.descriptors].find(([, open]) => open.ino === ino && (open.flags & 3) !== 0)?.[0];
    if (ino === undefined || writable === undefined) return;
    for (const [from, to] of this.unsyncedIn(ino)) {
      const zeros = [writable, new Uint8Array(to - from), 0, to - from, from];
      this.perform({ name: 'write', args: zeros }, { fault, run: (make) => make(zeros) });
    }
  }

  private unsyncedIn(ino: number): (readonly [from: number, to: number])[] {
    const effects = this.trace.events.flatMap((event) => (event.kind === 'operation' ? event.effects : []));
    const own = effects.filter((effect) => 'ino' in effect && effect.ino === ino);
    const sinceSync = own.slice(own.findLastIndex(({ kind }) => kind === 'sync') + 1);
    return sinceSync.flatMap((effect) =>
      effect.kind === 'write' ? [[effect.at, effect.at + effect.bytes.length] as const] : [],
    );
  }

  private make(name: string, args: readonly unknown[], effects: Effect[]): unknown {
    const { base } = this.on;
    const call = (): unknown => (base as unknown as Record<string, AnyCall>)[`${name}Sync`]!(...args);
    const observer = OBSERVERS[name];
    return observer === undefined ? call() : observer(this.on, args, call, effects);
  }

  private record(operation: Operation, fault: string | undefined): void {
    const site = this.siteOf();
    this.trace.events.push({ ...operation, ...(site && { site }), ...(fault && { fault }) });
  }
}

function bytesOf({ name, args }: PrimitiveCall): number | undefined {
  if (name === 'read' || name === 'write') return args[3] as number;
  if (name !== 'readv' && name !== 'writev') return undefined;
  return (args[1] as Uint8Array[]).reduce((sum, { length }) => sum + length, 0);
}
