// sweepFaults(): every call of a workload fails once, in every way it can.

import { inspect } from 'node:util';
import { codeOf } from '../ground/errors';
import { IntactError } from '../ground/intact-error';
import { hash } from '../ground/hash';
import { SECTOR_BYTES } from './crash-states';
import { FAULT_CODES } from './fault-codes';
import { type Fault, fail } from './faults';
import { Progress } from './progress';
import { type Prepared, type Rehearsal, prepare, rehearse } from './rehearsal';
import { Report, type Violation } from './report';
import { type SweepFaultsOptions, readSweepFaultsOptions } from './scenario';
import type { CallShape, Trace } from './trace';
import { Trials } from './trial';
import { storyOfRun } from './story';
import { messageOf } from './violation';

/**
 * Runs a workload once for each way in which one of its calls can fail, and checks what it leaves.
 *
 * Each call gets, once: every error code that its man page knows (without an effect; for some, EIO after the effect too); each short
 * length of a read or write; an fsync that fails and loses the data; the death of the process before it. What the
 * workload throws then is for `check` to judge: it finds it in `context.error`.
 *
 * @returns What was tried, and what did not hold.
 * @throws ERR_INTACT_WORKLOAD where the workload fails without any fault. Else as `explore()` does.
 */
export async function sweepFaults(options: SweepFaultsOptions): Promise<Report> {
  const plan = readSweepFaultsOptions(options);
  const prepared = await prepare(plan);
  const faultless = await rehearseFaultless(plan, prepared);
  const faults = faultless.trace.calls.flatMap((call, index) => faultsOf(call, index, plan.lengthsPerCall));
  const violations: Violation[] = [];
  const runsAt = new Map<number, number>();
  let runs = 0;
  const progress = new Progress(
    plan.progress,
    () => `${runs} of ${faults.length} runs, ${violations.length} violations`,
  );
  for (const fault of faults) {
    if (violations.length >= plan.violationsMax) break;
    const violation = await tryFault(plan, prepared, faultless, fault);
    if (violation !== undefined) violations.push(violation);
    runsAt.set(fault.plan.index!, (runsAt.get(fault.plan.index!) ?? 0) + 1);
    if (++runs % RUNS_PER_TURN === 0) progress.show();
  }
  progress.done();
  const isWhole = faultless.trace.calls.every(({ bytes }) => bytes === undefined || bytes <= plan.lengthsPerCall);
  return reportOf('every call fails once', faultless.trace, violations, runsAt, isWhole && runs === faults.length);
}

const RUNS_PER_TURN = 50;

/**
 * Runs a workload with the one fault that a token tells of.
 *
 * @throws ERR_INTACT_TOKEN where the token is none, or the workload makes other calls now than it made then.
 */
export async function replayFault(token: string, options: SweepFaultsOptions): Promise<Report> {
  const plan = readSweepFaultsOptions(options);
  const prepared = await prepare(plan);
  const faultless = await rehearseFaultless(plan, prepared);
  const all = faultless.trace.calls.flatMap((call, index) => faultsOf(call, index, Infinity));
  const fault = all.find((one) => tokenOf(faultless.trace, one) === token);
  if (fault === undefined) {
    throw new IntactError('ERR_INTACT_TOKEN', `The workload makes other calls now than when '${token}' was printed`);
  }
  const violation = await tryFault(plan, prepared, faultless, fault);
  const runsAt = new Map([[fault.plan.index!, 1]]);
  return reportOf(
    `the fault ${String(fault)}`,
    faultless.trace,
    violation === undefined ? [] : [violation],
    runsAt,
    true,
  );
}

async function rehearseFaultless(plan: Required<SweepFaultsOptions>, prepared: Prepared): Promise<Rehearsal> {
  const run = await rehearse(plan, prepared);
  if (run.error === undefined) return run;
  if (codeOf(run.error) === 'ERR_INTACT_UNSETTLED') throw run.error as Error;
  const message = `workload failed without any fault: ${inspect(run.error)}`;
  throw Object.assign(new IntactError('ERR_INTACT_WORKLOAD', message), { cause: run.error });
}

async function tryFault(
  plan: Required<SweepFaultsOptions>,
  prepared: Prepared,
  faultless: Rehearsal,
  fault: Fault,
): Promise<Violation | undefined> {
  const { trace, disk, error } = await rehearse(plan, prepared, [fault]);
  const acked = new Set(trace.events.flatMap((event) => (event.kind === 'ack' ? [event.label] : [])));
  const leftOpen = disk!.openDescriptors().map(({ path }) => path);
  const { failure } = await new Trials({ ...plan, recover: undefined }).check(disk!.fs, acked, undefined, {
    error,
    leftOpen,
    fault: String(fault),
  });
  const unsettled = codeOf(error) === 'ERR_INTACT_UNSETTLED' ? { error } : undefined;
  const found = unsettled ?? failure;
  if (found === undefined) return undefined;
  if (codeOf(found.error) === 'ERR_INTACT_CHECK_MUTATES') throw found.error as Error;
  const story = storyOfRun(trace);
  return {
    error: found.error,
    message: messageOf(found.error),
    fault: { text: String(fault), outcome: error === undefined ? 'ended well' : `failed: ${messageOf(error)}` },
    point: fault.plan.index!,
    story: [story],
    acked: [...acked],
    image: disk!.image(),
    expected: faultless.disk!.image(),
    site: (story.find((line) => line.fault !== undefined) ?? story.findLast(({ site }) => site !== undefined))?.site,
    token: tokenOf(faultless.trace, fault),
  };
}

/** Calls that a network file system, losing the answer, may have done all the same; close(2) always has. */
const FAILS_AFTER: ReadonlySet<string> = new Set([
  'close',
  'fsync',
  'fdatasync',
  'write',
  'writev',
  'rename',
  'link',
  'symlink',
  'unlink',
  'mkdir',
  'rmdir',
]);

/** Every way in which one call can fail. */
function faultsOf({ name, bytes }: CallShape, index: number, lengthsMax: number): Fault[] {
  const here = fail(name).at(index).once();
  const codes = FAULT_CODES[name] ?? ['EIO'];
  return [
    ...codes.map((code) => here.with(code)),
    ...(FAILS_AFTER.has(name) ? [here.after()] : []),
    ...(name === 'fsync' || name === 'fdatasync' ? [here.losing()] : []),
    ...shortLengths(name, bytes, lengthsMax).map((length) => here.short(length)),
    here.crash(),
  ];
}

/** Up to one byte less than all. A write may accept nothing, but a read that gives nothing is at the end (read(2)). */
function shortLengths(name: string, bytes: number | undefined, lengthsMax: number): number[] {
  if (bytes === undefined) return [];
  const least = name === 'read' || name === 'readv' ? 1 : 0;
  const all = Array.from({ length: Math.min(bytes, lengthsMax) }, (_, length) => length);
  return (bytes <= lengthsMax ? all : fewLengths(bytes, lengthsMax)).filter((length) => length >= least);
}

/** The ends, and the boundaries of sectors with their neighbours. */
function fewLengths(bytes: number, lengthsMax: number): number[] {
  const few = new Set([0, 1, 2, bytes - 2, bytes - 1]);
  const step = Math.ceil(bytes / SECTOR_BYTES / lengthsMax) * SECTOR_BYTES;
  for (let sector = step; sector < bytes; sector += step) {
    for (const length of [sector - 1, sector, sector + 1]) if (length < bytes) few.add(length);
  }
  return [...few].toSorted((a, b) => a - b);
}

function tokenOf(trace: Trace, fault: Fault): string {
  const calls = hash(trace.calls.map(({ name, bytes }) => `${name} ${bytes ?? ''}`).join('\n'));
  return `fault:${calls.toString(36)}:${hash(String(fault)).toString(36)}`;
}

function reportOf(
  subject: string,
  trace: Trace,
  violations: readonly Violation[],
  runsAt: ReadonlyMap<number, number>,
  exhaustive: boolean,
): Report {
  const points = [...runsAt].map(([point, states]) => ({ point, states, statesOfRecovery: 0 }));
  return new Report({
    kind: 'fault',
    subject,
    seed: 0,
    trace,
    violations,
    crashPoints: trace.calls.length,
    crashStates: points.reduce((sum, { states }) => sum + states, 0),
    points,
    exhaustive,
  });
}
