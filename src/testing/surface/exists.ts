// exists, which answers in a way of its own and never fails.

import type { Steps } from '../../steps/step';
import { constants } from '../../ground/node-fs';
import { type Path, readPath } from './arguments';
import { ASK_NODE } from './ask-node';
import type { Answer, Story } from './flavours';
import type { Lab } from './lab';
import * as primitive from './primitives';

/** https://nodejs.org/api/fs.html#fsexistssyncpath and its kin. */
export const existsStory: Story = (lab, [path]) => isThere(pathIfAny(lab, path));

/** Its callback has no error. */
export const EXISTS_ANSWER: Answer = {
  success: (found: boolean) => [found],
  failure: () => [false],
  isImmediate: true,
  promisified: (call) => (path: unknown) =>
    new Promise((resolve) => (call as (path: unknown, done: unknown) => void)(path, resolve)),
};

function* isThere(path: Path | undefined): Steps<boolean> {
  if (path === undefined) return false;
  try {
    yield* primitive.access(path.absolute, constants.F_OK);
    return true;
  } catch {
    return false;
  }
}

function pathIfAny(lab: Lab, path: unknown): Path | undefined {
  try {
    return readPath(lab, path);
  } catch (error) {
    if (error === ASK_NODE) return undefined;
    throw error;
  }
}
