// replay(): one state again, by the token that a report has printed.

import { IntactError } from '../ground/intact-error';
import { ImageBuilder } from './crash-image';
import { ackedAt, traceOf } from './explore';
import { MODELS } from './models';
import { type History, historyOf } from './micro-ops';
import { crashToken, fingerprintOf, readCrashToken, type ReplayState } from './replay-token';
import { Report, type Violation } from './report';
import { type ExploreOptions, readExploreOptions } from './scenario';
import type { Trace } from './trace';
import { Trials } from './trial';
import { type Crash, violationOf } from './violation';

/**
 * Runs a workload again, and tries the one crash state that a token tells of.
 *
 * @param token As a report prints it. It holds on any machine.
 * @param options Those that the report was made with; the token's model goes before theirs.
 * @returns A report of one state: with its violation, or with none where it is mended.
 * @throws ERR_INTACT_TOKEN where the token is none, or where the workload makes other calls now than it made then. Else as
 * `explore()` does.
 */
export async function replay(token: string, options: ExploreOptions): Promise<Report> {
  const read = readCrashToken(token);
  const plan = { ...readExploreOptions(options), model: MODELS[read.model], crash: read.crash };
  const trace = await traceOf(plan);
  if (fingerprintOf(trace) !== read.fingerprint) throw otherCalls(token);
  const crashes: Crash[] = [];
  let before: Trace | undefined = trace;
  let acked: ReadonlySet<string> = new Set();
  let violations: readonly Violation[] = [];
  for (const state of read.states) {
    if (before === undefined) throw otherCalls(token);
    const history = historyOf(before, plan.model, plan.crash === 'power');
    if (crashes.length === 0) acked = ackedAt(trace)(Math.min(state.point, trace.events.length));
    crashes.push(crashOf(history, state, token));
    const { failure, recovery } = await new Trials(plan).try(
      crashes.at(-1)!.state.image.image,
      acked,
      crashes.length + 1,
    );
    before = recovery;
    violations =
      failure === undefined ? [] : [violationOf(failure.error, crashes, acked, crashToken(trace, plan, crashes))];
  }
  return new Report({
    kind: 'crash',
    subject: `the state ${token}`,
    seed: plan.seed,
    trace,
    violations,
    crashPoints: read.states.length,
    crashStates: 1,
    points: [{ point: read.states[0]!.point, states: 1, statesOfRecovery: read.states.length - 1 }],
    exhaustive: true,
  });
}

function crashOf(history: History, state: ReplayState, token: string): Crash {
  const isKnown = [...state.lost, state.torn?.id ?? 0].every((id) => id === 0 || history.microOps[id] !== undefined);
  if (!isKnown || state.point > history.trace.events.length) throw otherCalls(token);
  return { history, state: { ...state, image: new ImageBuilder(history).build(state, state.fill) } };
}

function otherCalls(token: string): IntactError {
  return new IntactError('ERR_INTACT_TOKEN', `The workload makes other calls now than when '${token}' was printed`);
}
