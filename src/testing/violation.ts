// A crash state that was found wanting, as the report tells it.

import { type CrashImage, type Fill, ImageBuilder } from './crash-image';
import type { CrashChoice } from './crash-states';
import type { History } from './micro-ops';
import type { Violation } from './report';
import { storyOf } from './story';

/** A state as it was chosen, and the disk that it is. */
export interface CrashState extends CrashChoice {
  readonly fill: Fill;
  readonly image: CrashImage;
}

export interface Crash {
  readonly history: History;
  readonly state: CrashState;
}

/** @param crashes The crash of the workload and, if there was one, that of the recovery. */
export function violationOf(
  error: unknown,
  crashes: readonly Crash[],
  acked: ReadonlySet<string>,
  token: string,
): Violation {
  const story = crashes.map(({ history, state }) => storyOf(history, state));
  const { history, state } = crashes.at(-1)!;
  const nothingLost = new ImageBuilder(history).build({ point: state.point, lost: [] }, 'zeros');
  const lines = story.flat();
  const culprit =
    lines.find(({ lost, site }) => lost.length > 0 && site !== undefined) ??
    lines.findLast(({ fate, site }) => fate !== 'not reached' && site !== undefined);
  return {
    error,
    message: messageOf(error),
    point: crashes[0]!.state.point,
    story,
    acked: [...acked],
    image: state.image.image,
    expected: nothingLost.image,
    site: culprit?.site,
    token,
  };
}

/** What anything thrown says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
