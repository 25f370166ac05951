// Runs setup and workload once, and keeps the trace of what the workload did.

import { IntactError } from '../ground/intact-error';
import type { DiskImage } from './disk-image';
import type { Fault } from './faults';
import { imageOfTree } from './image-of-tree';
import { OWN_NUMBERS, numbersOfOurs } from './inode-ids';
import { type LabBench, observe } from './lab-fs';
import { type MemoryDisk, createMemoryDisk } from './memory-disk';
import type { Place, Scenario, WorkloadContext } from './scenario';
import { settled } from './settle';
import type { Trace } from './trace';

type Given = Required<Pick<Scenario, 'setup' | 'workload'>> & { readonly settleMs: number };

/** What setup left, and a way to begin from there. */
export interface Prepared {
  readonly before: DiskImage;
  readonly begin: (faults: readonly Fault[]) => LabBench & { readonly disk?: MemoryDisk };
}

/** Runs setup on a memory disk. Each beginning is one of its own, on a copy of the disk. */
export async function prepare(plan: Given): Promise<Prepared> {
  const disk = createMemoryDisk({ now: clock() });
  await setUp(plan, observe(disk.fs, disk.image(), OWN_NUMBERS));
  const open = disk.openDescriptors();
  if (open.length > 0) {
    const paths = open.map(({ path }) => path).join(', ');
    throw new IntactError('ERR_INTACT_SETUP', `setup has left descriptors open: ${paths}`);
  }
  const before = disk.image();
  const begin: Prepared['begin'] = (faults) => {
    const copy = createMemoryDisk({ image: before, now: clock() });
    return { ...observe(copy.fs, before, OWN_NUMBERS, { faults }), disk: copy };
  };
  return { before, begin };
}

/** Runs setup in a directory of another fs, where the workload then goes on: it can begin only once. */
export async function prepareIn({ fs, directory }: Place, plan: Given): Promise<Prepared> {
  const ids = numbersOfOurs();
  const empty = imageOfTree(fs, directory, ids);
  await setUp(plan, observe(fs, empty, ids));
  const before = imageOfTree(fs, directory, ids);
  return { before, begin: (faults) => observe(fs, before, ids, { faults }) };
}

async function setUp({ setup, settleMs }: Given, { fs, idle }: LabBench): Promise<void> {
  await settled('setup', setup(fs), settleMs, () => '');
  await idle(settleMs);
}

export interface Rehearsal {
  readonly trace: Trace;
  /** What it ran on, if that was a memory disk. */
  readonly disk: MemoryDisk | undefined;
  /** What the workload threw; undefined where it ended well. */
  readonly error: unknown;
}

/** Runs the workload. What it throws is told, not thrown. */
export async function rehearse(plan: Given, prepared: Prepared, faults: readonly Fault[] = []): Promise<Rehearsal> {
  const { fs, recorder, idle, disk } = prepared.begin(faults);
  const context: WorkloadContext = { ack: (label) => recorder.ack(label) };
  const lastCall = (): string => {
    const last = recorder.trace.events.findLast(({ kind }) => kind === 'operation');
    return last?.kind === 'operation' ? `; the last change it made was ${last.text}` : '; it has changed nothing';
  };
  let error: unknown;
  try {
    await settled('workload', plan.workload(fs, context), plan.settleMs, lastCall);
  } catch (thrown) {
    error = thrown;
  }
  // What it did not wait for may still be cut off by a crash.
  await idle(plan.settleMs);
  const { events, calls } = recorder.trace;
  return { trace: { before: prepared.before, events: [...events], calls: [...calls] }, disk, error };
}

/** A clock that begins at the same moment in every run, and goes on by one millisecond whenever it is read. */
function clock(): () => number {
  let now = Date.UTC(2020, 0, 1);
  return () => now++;
}
