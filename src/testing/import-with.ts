// import(), but for the fs that the modules get.

import { pathToFileURL } from 'node:url';
import type { NodeFs } from '../ground/node-fs';
import { callerFile } from './modules/caller';
import { graphOf } from './modules/graphs';
import { entryUrl } from './modules/import-hooks';
import { installHooks, numberOf } from './modules/install-hooks';

/**
 * Imports an unmodified ES module, and all that it imports, with another `fs`: `'fs'`, `'node:fs'`, `'fs/promises'` and
 * `'node:fs/promises'` are this one in all of them. CommonJS modules among them are loaded as by `requireWith`. Nothing of it
 * is seen by the process's own `import`; the other builtins are the process's.
 *
 * ```js
 * const { Writer } = await importWith(fs, 'steno');
 * ```
 *
 * A module is loaded once for each fs, and stays in memory as modules do: prefer one fs to many.
 *
 * @param fs An fs-shaped object, such as the lab's. Its named exports are what it has by the time they are imported.
 * @param specifier What `import` takes: the name of a package, a relative path or a URL.
 * @param from The file that the specifier is resolved against, as a path or URL. @default the file of the caller
 */
export async function importWith(fs: NodeFs, specifier: string, from?: string | URL): Promise<unknown> {
  const parent = pathToFileURL(callerFile(from, importWith)).href;
  installHooks();
  return import(entryUrl(numberOf(graphOf(fs)), specifier, parent));
}
