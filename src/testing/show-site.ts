import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { visible } from './visible-text';

/** A place in the caller's code, relative to where the program runs if that is shorter. */
export function showSite(site: string): string {
  const path = site.startsWith('file://') ? pathOf(site) : site;
  const near = relative(process.cwd(), path);
  return visible(near.length < path.length ? near : path);
}

/** A URL with its line and column, as a path with them. */
function pathOf(site: string): string {
  const [, url, place] = /^(.*?)((?::\d+)*)$/.exec(site)!;
  try {
    return `${fileURLToPath(url!)}${place}`;
  } catch {
    return site;
  }
}
