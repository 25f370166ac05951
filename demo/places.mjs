// Where things are, and the environment that programs of the demo run in.

import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this package. From here `fs-intact` is this very package, as it was built. */
export const PACKAGE = dirname(dirname(fileURLToPath(import.meta.url)));

/** Our environment, without anything that would bring a hook into a run that is to be without one. */
export function plainEnvironment(more = {}) {
  const entries = Object.entries(process.env).filter(
    ([name]) => name !== 'NODE_OPTIONS' && !name.startsWith('FS_INTACT'),
  );
  return { ...Object.fromEntries(entries), ...more };
}
