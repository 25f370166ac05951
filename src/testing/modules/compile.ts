// Compiles the text of a CommonJS module once for all the graphs that it is loaded into. Each graph runs it anew, with module
// variables of its own.

import { Module } from 'node:module';
import { compileFunction, constants } from 'node:vm';

export type ModuleFunction = (
  this: unknown,
  exports: unknown,
  require: NodeJS.Require,
  module: NodeJS.Module,
  filename: string,
  dirname: string,
) => void;

interface Compiled {
  readonly text: string;
  readonly run: ModuleFunction;
  /** Node forgets a source map together with the module that it came with. */
  readonly owner: object | undefined;
}

const compiled = new Map<string, Compiled>();
const PARAMETERS = ['exports', 'require', 'module', '__filename', '__dirname'];

export function compile(text: string, filename: string): ModuleFunction {
  const known = compiled.get(filename);
  if (known?.text === text) return known.run;
  const run = compileFunction(text, PARAMETERS, {
    filename,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  }) as ModuleFunction;
  compiled.set(filename, { text, run, owner: noteSourceMap(text, filename) });
  return run;
}

/**
 * Tells node of a module's source map, which it takes note of for modules that it compiles itself: here one of the same
 * name that holds nothing else.
 */
function noteSourceMap(text: string, filename: string): object | undefined {
  if (!process.sourceMapsEnabled) return undefined;
  const [comment] = /\/\/[#@] ?sourceMappingURL=\S+\s*$/.exec(text) ?? [];
  if (comment === undefined) return undefined;
  const owner = new Module(filename) as Module & { _compile(text: string, filename: string): void };
  owner._compile(comment, filename);
  return owner;
}
