// Errors name the path that the caller wrote, and the call that the caller made.

import { namingBoth, namingTarget } from '../../ground/errors';
import type { Steps } from '../../steps/step';
import type { Path } from './arguments';

/** Runs the steps; an error names the path as it was written. */
export function naming<R>(path: Path, steps: Steps<R>): Steps<R> {
  return path.asked === path.absolute ? steps : renaming(steps, (error) => namingTarget(error, path.asked));
}

/** The same for calls with two paths. */
export function namingTwo<R>(from: string, to: string, steps: Steps<R>, syscall?: string): Steps<R> {
  return renaming(steps, (error) => namingBoth(error, from, to, syscall));
}

export function* renaming<R>(steps: Steps<R>, rename: (error: unknown) => unknown): Steps<R> {
  try {
    return yield* steps;
  } catch (error) {
    throw rename(error);
  }
}
