// Where every protected write begins: the plan for its target, and a staged file to carry the plan out with.

import { isExclusive } from '../settings/flags';
import type { Settings } from '../settings/settings';
import type { Steps } from '../steps/step';
import { countInPlace, countNative } from './counts';
import type { Turn } from './landing-site';
import { sweepOnFirstVisit } from './leftovers';
import type { Slot } from './slots';
import { type PublishBy, type Stage, type StageRequest, noStage, openStage } from './stage';
import { type Plan, type PlanRequest, type Target, planWrite } from './target';
import type { Volume } from './volume';

export interface WriteRequest extends PlanRequest {
  /** The caller's mode, for a file that does not exist yet. */
  readonly mode: number;
  readonly settings: Settings;
  readonly inherit: StageRequest['inherit'];
  /** Whether the staged file begins with the target's present content, for appending. */
  readonly seed?: boolean;
  /** Whether the staged file can be filled a second time, if what it began with turns out to be old. */
  readonly isRepeatable?: boolean;
}

/**
 * Plans a write and opens its staged file; undefined where node's own call is to be made instead.
 *
 * @param turn Its place in the order of the calls, of an asynchronous write.
 * @param slot Its place among the writes that are under way.
 */
export function* beginStage(volume: Volume, request: WriteRequest, turn?: Turn, slot?: Slot): Steps<Stage | undefined> {
  const plan = yield* planWrite(volume, request);
  const publishBy = publishingOf(plan, request.flags);
  if (plan.kind === 'native' || publishBy === undefined) {
    countNative(plan.kind === 'native' ? plan.reason : 'native-error');
    return undefined;
  }
  const { settings, treatment, flags, mode, inherit, seed, isRepeatable, call } = request;
  // Field by field: each new key in a copy costs as much as a system call.
  const stage = yield* openStage(volume, {
    settings,
    treatment,
    flags,
    mode,
    inherit,
    seed: seed === true,
    isRepeatable: isRepeatable === true,
    turn,
    slot,
    target: plan.target,
    publishBy,
    identify: call === 'open',
  });
  if (stage === noStage) {
    noteUnprotected(volume, plan.target, request.settings);
    return undefined;
  }
  sweepOnFirstVisit(volume, plan.target.directory);
  return stage;
}

function publishingOf(plan: Plan, flags: number): PublishBy | undefined {
  if (plan.kind === 'native') return undefined;
  // Where the file exists, node's own call reports EEXIST.
  if (isExclusive(flags)) return plan.target.existing === undefined ? 'link' : undefined;
  return plan.kind === 'replace' ? 'rename' : plan.reason;
}

/** Nothing can be created beside the target: an existing file is written as node does, and the operator is told once. */
function noteUnprotected(volume: Volume, target: Target, settings: Settings): void {
  if (target.existing === undefined) {
    countNative('native-error');
    return;
  }
  countInPlace('unwritable-directory');
  if (!volume.directories.isFirstUnprotected(target.directory)) return;
  const message = `${target.path} is not protected: no file can be created in ${target.directory}`;
  settings.warn({ code: 'INTACT_UNPROTECTED', message, path: target.path });
}
