// Globs over paths, as rules and faults take them.

import type picomatch from 'picomatch';

/**
 * Whether a path matches one of some globs (picomatch's syntax). A glob without a slash is matched against the file's
 * name, any other against the whole path.
 */
export function matcherOf(globs: readonly string[]): (path: string) => boolean {
  // Loaded here and not above: most programs have no globs, and a preload hook is loaded into every one.
  const compileGlob = require('picomatch') as typeof picomatch;
  const matchers = globs.map((glob) => compileGlob(glob, { basename: !glob.includes('/'), dot: true }));
  return (path) => matchers.some((matches) => matches(path));
}
