// What every call of a surface works with.

import type { NodeFs } from '../../ground/node-fs';
import type { Host } from '../../steps/host';

export interface Lab {
  readonly host: Host;
  /** The base underneath, for the little that is passed to it as it is. */
  readonly base: () => NodeFs;
  readonly cwd: () => string;
  /** Six characters that have not been given out before. */
  readonly nextSuffix: () => string;
  /** The surface itself, for node's own streams to work through. */
  readonly fs: NodeFs;
}
