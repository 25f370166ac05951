// explore(): what is left on the disk if the machine stops here, for every here.

import { inspect } from 'node:util';
import { codeOf } from '../ground/errors';
import { IntactError } from '../ground/intact-error';
import { ImageBuilder } from './crash-image';
import { type CrashChoice, crashChoices } from './crash-states';
import { type History, historyOf } from './micro-ops';
import { Progress } from './progress';
import { prepare, prepareIn, rehearse } from './rehearsal';
import { type PointFindings, Report, type Violation } from './report';
import { type Crash, type CrashState, violationOf } from './violation';
import { type ExploreOptions, type ExplorePlan, readExploreOptions } from './scenario';
import { Trials, type Verdict } from './trial';
import { crashToken } from './replay-token';
import type { Trace } from './trace';

/**
 * Runs a workload once, and then tries every state that its disk may be in after a crash at any point of it.
 *
 * The workload runs on a memory disk, whose fs-shaped object it must use for all it does; `requireWith()` gives it to
 * packages that call `require('fs')`. States are tried in the order of their losses, so the first violation is a minimal
 * one. The same options give the same states in the same order on every machine.
 *
 * @returns What was tried, and what did not hold. Nothing is thrown for a violation: assert `report.violations`, or
 * `expect(report).to.be.crashSafe`.
 * @throws ERR_INTACT_OPTION for an unknown option or model, or a bad value. ERR_INTACT_SETUP where setup leaves a
 * descriptor open. ERR_INTACT_UNSETTLED where one of the functions does not settle within `settleMs`.
 * ERR_INTACT_CHECK_MUTATES where check changes the disk. ERR_INTACT_WORKLOAD where the workload fails (its own error is the
 * `cause`).
 */
export async function explore(options: ExploreOptions): Promise<Report> {
  const plan = readExploreOptions(options);
  return new Exploration(plan, await traceOf(plan)).run();
}

/** The workload's trace; a workload that fails where no fault has met it has nothing to tell. */
export async function traceOf(plan: ExplorePlan): Promise<Trace> {
  const prepared = plan.on === undefined ? await prepare(plan) : await prepareIn(plan.on, plan);
  const { trace, error } = await rehearse(plan, prepared, plan.faults);
  if (error === undefined || (plan.faults.length > 0 && codeOf(error) !== 'ERR_INTACT_UNSETTLED')) return trace;
  if (codeOf(error) === 'ERR_INTACT_UNSETTLED') throw error;
  const message = `workload failed: ${error instanceof Error ? error.message : inspect(error)}`;
  throw Object.assign(new IntactError('ERR_INTACT_WORKLOAD', message), { cause: error });
}

/** A disk is shown to be worked on after this many milliseconds, and others get their turn. */
const TURN_MS = 50;

class Exploration {
  private readonly trials: Trials;
  private readonly progress: Progress;
  private readonly violations: Violation[] = [];
  /** Disks that were recovered and checked, with what was acknowledged by then. */
  private readonly tried = new Set<string>();
  private readonly points = new Map<number, { -readonly [Key in keyof PointFindings]: PointFindings[Key] }>();
  private crashPoints = 0;
  private isExhaustive = true;
  private turnEnds = 0;

  constructor(
    private readonly plan: ExplorePlan,
    private readonly trace: Trace,
  ) {
    this.trials = new Trials(plan);
    this.progress = new Progress(
      plan.progress,
      () => `${this.tried.size} states, ${this.violations.length} violations`,
    );
  }

  async run(): Promise<Report> {
    const history = historyOf(this.trace, this.plan.model, this.plan.crash === 'power');
    await this.exploreHistory(history, ackedAt(this.trace), undefined);
    this.progress.done();
    const { model, crash, seed } = this.plan;
    return new Report({
      kind: 'crash',
      subject: crash === 'power' ? `power loss, model '${model.name}'` : 'the process is killed',
      seed,
      trace: this.trace,
      violations: this.violations,
      crashPoints: this.crashPoints,
      crashStates: this.tried.size,
      exhaustive: this.isExhaustive && !this.isFull,
      points: [...this.points.values()].toSorted((a, b) => a.point - b.point),
    });
  }

  private get isFull(): boolean {
    return this.violations.length >= this.plan.violationsMax;
  }

  /**
   * Tries every state of a history.
   *
   * @param outer The crash before the recovery whose history this is.
   */
  private async exploreHistory(
    history: History,
    acked: (point: number) => ReadonlySet<string>,
    outer: Crash | undefined,
  ): Promise<void> {
    const builder = new ImageBuilder(history);
    const { statesPerPoint, samples, seed, grain } = this.plan;
    const found = crashChoices(history, { statesPerPoint, samples, seed, tearSectors: grain === 512 });
    this.crashPoints += found.crashPoints;
    for (const choice of found.choices) {
      for (const state of statesOf(builder, choice, history)) {
        if (this.isFull) return;
        const key = `${state.image.key} ${[...acked(choice.point)].join()}`;
        const isNew = !this.tried.has(key);
        this.count(choice.point, outer, isNew);
        if (!isNew) continue;
        this.tried.add(key);
        const pending = this.tryState(history, state, acked(choice.point), outer);
        if (pending !== undefined) await pending;
        if (Date.now() > this.turnEnds) await this.endTurn();
      }
    }
    this.isExhaustive &&= found.isExhaustive();
  }

  /** Counts a state, also one that was met before, at the moment of the workload that it comes from. */
  private count(inner: number, outer: Crash | undefined, isNew: boolean): void {
    const point = outer?.state.point ?? inner;
    let counts = this.points.get(point);
    if (counts === undefined) this.points.set(point, (counts = { point, states: 0, statesOfRecovery: 0 }));
    if (!isNew) return;
    counts.states++;
    if (outer !== undefined) counts.statesOfRecovery++;
  }

  private tryState(
    history: History,
    state: CrashState,
    acked: ReadonlySet<string>,
    outer: Crash | undefined,
  ): Promise<void> | undefined {
    const verdict = this.trials.try(state.image.image, acked, outer === undefined ? 2 : 3);
    if (!(verdict instanceof Promise)) return this.judge(history, state, acked, outer, verdict);
    return verdict.then((settledVerdict) => this.judge(history, state, acked, outer, settledVerdict));
  }

  private judge(
    history: History,
    state: CrashState,
    acked: ReadonlySet<string>,
    outer: Crash | undefined,
    { failure, recovery }: Verdict,
  ): Promise<void> | undefined {
    if (failure !== undefined) {
      // A mistake in the check is no finding about the workload.
      if (MISUSES.has(codeOf(failure.error))) throw failure.error as Error;
      const crashes = [...(outer === undefined ? [] : [outer]), { history, state }];
      this.violations.push(violationOf(failure.error, crashes, acked, crashToken(this.trace, this.plan, crashes)));
    }
    // A crash inside a recovery from a crash inside a recovery brings nothing that two do not.
    if (outer !== undefined || recovery === undefined || recovery.events.length === 0) return undefined;
    const inner = historyOf(recovery, this.plan.model, this.plan.crash === 'power');
    return this.exploreHistory(inner, () => acked, { history, state });
  }

  private async endTurn(): Promise<void> {
    this.progress.show();
    await new Promise((resolve) => setImmediate(resolve));
    this.turnEnds = Date.now() + TURN_MS;
  }
}

const MISUSES: ReadonlySet<string> = new Set(['ERR_INTACT_CHECK_MUTATES', 'ERR_INTACT_UNSETTLED']);

function* statesOf(builder: ImageBuilder, choice: CrashChoice, history: History): Generator<CrashState> {
  const image = builder.build(choice, 'zeros');
  yield { ...choice, fill: 'zeros', image };
  if (image.hasHoles && history.model.exposesOldBlocks) {
    yield { ...choice, fill: 'garbage', image: builder.build(choice, 'garbage') };
  }
}

/** What the workload had acknowledged before each event. */
export function ackedAt({ events }: Trace): (point: number) => ReadonlySet<string> {
  const sets: ReadonlySet<string>[] = [new Set()];
  for (const event of events) {
    const before = sets.at(-1)!;
    sets.push(event.kind === 'ack' ? new Set([...before, event.label]) : before);
  }
  return (point) => sets[point]!;
}
