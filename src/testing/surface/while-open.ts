// A file that a call opens for itself, and closes whatever happens.

import type { Steps } from '../../steps/step';
import type { Path } from './arguments';
import { ASK_NODE } from './ask-node';
import type { FlavourName } from './flavours';
import { naming } from './naming';
import * as primitive from './primitives';

/**
 * Opens a file, uses it and closes it, also after a failure, which is then what the call ends with. A failure to close is
 * added to it where node does so: in the asynchronous flavours.
 */
export function* whileOpen<R>(
  path: Path,
  flags: number,
  mode: number,
  flavour: FlavourName,
  use: (fd: number) => Steps<R>,
): Steps<R> {
  const fd = yield* naming(path, primitive.open(path.absolute, flags, mode));
  let result: R;
  try {
    result = yield* use(fd);
  } catch (error) {
    try {
      yield* primitive.close(fd);
    } catch (closing) {
      throw flavour === 'sync' || error === ASK_NODE ? error : withBoth(error, closing);
    }
    throw error;
  }
  yield* primitive.close(fd);
  return result;
}

/** Node's way to report a failure and a failure to clean up after it. */
function withBoth(first: unknown, second: unknown): unknown {
  const { message, code } = first as NodeJS.ErrnoException;
  return Object.assign(new AggregateError([first, second], message), { code });
}
