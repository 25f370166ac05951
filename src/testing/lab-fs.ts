// The fs that code under test is given: a surface whose every primitive call is recorded, and may be made to fail.

import type { NodeFs } from '../ground/node-fs';
import { callSite, withSite } from './call-site';
import type { DiskImage } from './disk-image';
import { type Fault, FaultSet, type FaultyCall } from './faults';
import type { InodeIds } from './inode-ids';
import { bootedOn } from './lab-machine';
import type { PrimitiveCall } from './primitive-call';
import { Recorder } from './recorder';
import { type LabFs, surfaceOver } from './surface';

/** An fs under observation. */
export interface LabBench {
  readonly fs: LabFs;
  readonly recorder: Recorder;
  /** Waits until no asynchronous call is under way any more, for so many milliseconds at most. */
  readonly idle: (ms: number) => Promise<void>;
}

export interface ObserveOptions {
  readonly faults?: readonly Fault[];
  /** How many times the machine was started, this time included. */
  readonly boot?: number;
}

/**
 * Puts a recorder and faults in front of an fs.
 *
 * @param base A memory disk's fs, or any other.
 * @param before What it holds, for the trace.
 */
export function observe(
  base: NodeFs,
  before: DiskImage,
  ids: InodeIds,
  { faults = [], boot = 1 }: ObserveOptions = {},
): LabBench {
  const faultSet = new FaultSet(faults);
  const recorder = new Recorder(base, before, ids, callSite);

  const asked = (call: PrimitiveCall): FaultyCall => {
    return { call: call.name, path: recorder.pathOf(call), args: call.args, index: recorder.trace.calls.length };
  };

  function perform(call: PrimitiveCall): unknown {
    return recorder.perform(call, faultSet.interventionIn(asked(call), recorder));
  }

  let underWay = 0;

  function later(task: () => void, call: PrimitiveCall): void {
    const delayMs = faultSet.delayOf(asked(call));
    const run = (): void => {
      underWay--;
      task();
    };
    underWay++;
    withSite(callSite(), () => void (delayMs > 0 ? setTimeout(run, delayMs) : setImmediate(run)));
  }

  async function idle(ms: number): Promise<void> {
    const end = Date.now() + ms;
    for (let now = 0; now < end; now = underWay > 0 ? Date.now() : end) await turn();
  }

  return { fs: bootedOn(knowingStreams(surfaceOver(base, perform, { later })), boot), recorder, idle };
}

/** A stream opens its file in a later turn, when nobody can tell any more who made it. */
function knowingStreams(fs: LabFs): LabFs {
  const { createReadStream, createWriteStream } = fs;
  fs.createReadStream = (...args) => withSite(callSite(), () => createReadStream(...args));
  fs.createWriteStream = (...args) => withSite(callSite(), () => createWriteStream(...args));
  return fs;
}

/** Once round the event loop: whoever was called back has made his next call by then. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}
