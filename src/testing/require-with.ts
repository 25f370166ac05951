// require(), but for the fs that the modules get.

import type { NodeFs } from '../ground/node-fs';
import { callerFile } from './modules/caller';
import { graphOf } from './modules/graphs';

/**
 * Loads an unmodified CommonJS package, and all that it requires, with another `fs`: `require('fs')`, `'node:fs'`,
 * `'fs/promises'` and `'node:fs/promises'` give this one in all of them. Nothing of it is seen by the process's own `require`,
 * nor the other way round; the other builtins are the process's.
 *
 * ```js
 * const writeFileAtomic = requireWith(fs, 'write-file-atomic');
 * ```
 *
 * A package is loaded once for each fs: a second call with the same one answers with the same exports.
 *
 * @param fs An fs-shaped object, such as the lab's.
 * @param id What `require` takes: the name of a package or a path.
 * @param from The file that the name is looked up from, as a path or URL. @default the file of the caller
 * @throws ERR_INTACT_ES_MODULE for an ES module, which `importWith` loads; whatever `require` throws.
 */
export function requireWith(fs: NodeFs, id: string, from?: string | URL): unknown {
  return graphOf(fs).requireFrom(callerFile(from, requireWith))(id);
}
