// Modules of this package that are read now and compiled when they are needed. Read now, because until then a program may
// have removed node_modules, dropped its rights, run out of descriptors or put a file system of its own in place of fs.

import type * as vm from 'node:vm';
import { nodeFs } from './node-fs';
import { directoryOf, fileIn } from './paths';

type Require = (id: string) => unknown;
type CommonJs = (exports: unknown, require: Require, module: unknown, filename: string, dirname: string) => void;

/**
 * Reads modules.
 *
 * @param parent The module beside them that needs them, and that they need.
 * @param parentId The name by which they ask for it.
 * @param ids Their own names, by which it and they ask for them.
 * @returns Their `require`, which compiles each when it is first asked for; undefined where there are no such files, because
 * somebody has bundled this package.
 */
export function readForLater(parent: NodeJS.Module, parentId: string, ids: readonly string[]): Require | undefined {
  const folder = directoryOf(parent.filename);
  const pathOf = (id: string): string => fileIn(folder, id.slice('./'.length));
  const texts = new Map<string, string>();
  try {
    for (const id of ids) texts.set(id, nodeFs.readFileSync(pathOf(id), 'utf8'));
  } catch {
    return undefined;
  }

  const known = new Map<string, unknown>([[parentId, parent.exports]]);
  const requireRead: Require = (id) => {
    if (!known.has(id)) known.set(id, texts.has(id) ? load(pathOf(id), texts.get(id)!) : parent.require(id));
    return known.get(id);
  };

  function load(path: string, text: string): unknown {
    const there = require.cache[path];
    if (there !== undefined) return there.exports as unknown;
    const { compileFunction } = require('node:vm') as typeof vm;
    const parameters = ['exports', 'require', 'module', '__filename', '__dirname'];
    const run = compileFunction(text, parameters, { filename: path }) as CommonJs;
    const made = moduleLike(parent, path);
    run(made.exports, requireRead, made, path, made.path);
    // For those who require it by themselves.
    require.cache[path] = made;
    return made.exports as unknown;
  }

  return requireRead;
}

function moduleLike(parent: NodeJS.Module, path: string): NodeJS.Module {
  const { paths } = parent;
  const own = { id: path, path: directoryOf(path), filename: path, paths, exports: {}, children: [], loaded: true };
  return Object.assign(Object.create(Object.getPrototypeOf(parent) as object) as NodeJS.Module, own);
}
