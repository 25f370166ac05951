// Modules of this package that are read now and compiled when they are needed. Read now, because until then a program may
// have removed node_modules, dropped its rights, run out of descriptors or put a file system of its own in place of fs.

import { dirname } from 'node:path';
import type * as vm from 'node:vm';
import { nodeFs } from './node-fs';

type CommonJs = (exports: unknown, require: unknown, module: unknown, filename: string, dirname: string) => void;

/**
 * Reads a module.
 *
 * @param parent The module beside it that needs it.
 * @param known Those modules beside it that are loaded already, by the names that it asks for them by.
 * @returns Compiles it at the first call; undefined where there is no such file, because somebody has bundled this package.
 */
export function readForLater(
  parent: NodeJS.Module,
  path: string,
  known: Readonly<Record<string, NodeJS.Module>>,
): (() => unknown) | undefined {
  let text: string;
  try {
    text = nodeFs.readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }

  return () => {
    const there = require.cache[path];
    if (there !== undefined) return there.exports as unknown;
    const { compileFunction } = require('node:vm') as typeof vm;
    const parameters = ['exports', 'require', 'module', '__filename', '__dirname'];
    const run = compileFunction(text, parameters, { filename: path }) as CommonJs;
    const made = moduleLike(parent, path);
    const requireFrom = (id: string): unknown => known[id]?.exports ?? parent.require(id);
    run(made.exports, requireFrom, made, path, made.path);
    // For those who require it by themselves.
    require.cache[path] = made;
    return made.exports as unknown;
  };
}

function moduleLike(parent: NodeJS.Module, path: string): NodeJS.Module {
  const { paths } = parent;
  const own = { id: path, path: dirname(path), filename: path, paths, exports: {}, children: [], loaded: true };
  return Object.assign(Object.create(Object.getPrototypeOf(parent) as object) as NodeJS.Module, own);
}
