// Removes from dist/ the modules and the declarations that no entry of the package leads to, nor the crash lab, which loads
// some of its modules by themselves.

import { existsSync, readFileSync, readdirSync, rmSync, rmdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const { main, types, bin, exports } = JSON.parse(readFileSync('package.json', 'utf8'));
const reached = new Set();
for (const target of stringsIn([main, types, bin, exports])) reach(resolve(target));
for (const file of readdirSync('dist/testing', { recursive: true })) reach(resolve('dist/testing', file));
prune(resolve('dist'));

function stringsIn(value) {
  return typeof value === 'string' ? [value] : Object.values(value).flatMap(stringsIn);
}

function reach(file) {
  if (reached.has(file) || !/\.[cm]?[jt]s$/.test(file)) return;
  reached.add(file);
  const text = readFileSync(file, 'utf8');
  for (const [, id] of text.matchAll(/\b(?:from|require\(|import\(|__dirname, )\s*["'](\.{0,2}\/?[^"']+)["']/g)) {
    const found = candidates(file, join(dirname(file), id)).find((path) => existsSync(path));
    if (found !== undefined) reach(found);
  }
}

/** What a relative import may mean: a declaration imports declarations, by the names of their modules. */
function candidates(importer, path) {
  const stem = path.replace(/\.(m?)js$/, '');
  const extension = path.endsWith('.mjs') ? 'm' : '';
  return /\.d\.m?ts$/.test(importer) ? [`${stem}.d.${extension}ts`] : [`${stem}.${extension}js`];
}

function prune(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) prune(path);
    else if (!reached.has(path)) rmSync(path);
  }
  if (readdirSync(folder).length === 0) rmdirSync(folder);
}
