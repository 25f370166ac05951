// A private graph of CommonJS modules, in which `fs` is another one. It shares nothing with the process's own modules but the
// other builtins.

import { Module, createRequire, isBuiltin } from 'node:module';
import { dirname } from 'node:path';
import { codeOf } from '../../ground/errors';
import { IntactError } from '../../ground/intact-error';
import type { NodeFs } from '../../ground/node-fs';
import { compile } from './compile';

type Loader = (module: LoadedModule, filename: string) => void;
type Loaders = Readonly<Record<string, Loader | undefined>>;

/** The parts of node's Module that loaders and modules use, beside the documented ones. */
interface LoadedModule extends Omit<NodeJS.Module, 'require'> {
  require: NodeJS.Require;
  _compile(text: string, filename: string, format?: string): void;
}

const internals = Module as unknown as { _extensions: Loaders; _nodeModulePaths(directory: string): string[] };

export class ModuleGraph {
  readonly #builtins: ReadonlyMap<string, unknown>;
  /** What `require.cache` is in this graph. */
  readonly #modules: Record<string, LoadedModule | undefined> = Object.create(null) as Record<string, LoadedModule>;

  /** The `module` builtin, whose createRequire stays in this graph. */
  readonly moduleBuiltin = moduleWith((filename) => this.requireFrom(filename));

  constructor(readonly fs: NodeFs) {
    this.#builtins = new Map<string, unknown>([
      ['fs', fs],
      ['fs/promises', fs.promises],
      ['module', this.moduleBuiltin],
    ]);
  }

  /** A `require` function for a file. */
  requireFrom(filename: string | URL, parent?: LoadedModule): NodeJS.Require {
    const native = createRequire(filename);
    const require = (id: string): unknown => {
      const builtin = this.#builtins.get(id.replace(/^node:/, ''));
      if (builtin !== undefined) return builtin;
      return isBuiltin(id) || id.startsWith('node:') ? native(id) : this.load(native.resolve(id), parent);
    };
    const { resolve, main, extensions } = native;
    return Object.assign(require, { resolve, main, extensions, cache: this.#modules }) as NodeJS.Require;
  }

  /** The exports of a file: those of one that is being loaded already are what it has by now, as ever in a cycle. */
  load(filename: string, parent?: LoadedModule): unknown {
    const known = this.#modules[filename];
    if (known !== undefined) return known.exports;
    const module = this.#newModule(filename, parent);
    this.#modules[filename] = module;
    let isLoaded = false;
    try {
      loaderFor(filename)(module, filename);
      isLoaded = module.loaded = true;
    } catch (error) {
      throw codeOf(error) === 'ERR_REQUIRE_ESM' ? esModuleError(filename, error) : error;
    } finally {
      if (!isLoaded) Reflect.deleteProperty(this.#modules, filename);
    }
    return module.exports;
  }

  #newModule(filename: string, parent: LoadedModule | undefined): LoadedModule {
    const module = new Module(filename, parent) as unknown as LoadedModule;
    module.filename = filename;
    module.paths = internals._nodeModulePaths(dirname(filename));
    module.require = this.requireFrom(filename, module);
    // Node's own loaders read the file and tell its format. What they end in is ours.
    module._compile = (text, name, format) => run(module, text, name, format);
    return module;
  }
}

function run(module: LoadedModule, text: string, filename: string, format: string | undefined): void {
  if (format === 'module') throw esModuleError(filename);
  let compiled;
  try {
    compiled = compile(text, filename);
  } catch (error) {
    throw isEsSyntax(error) ? esModuleError(filename, error) : error;
  }
  compiled.call(module.exports, module.exports, module.require, module as never, filename, dirname(filename));
}

/** By the longest extension that there is a loader for, as node chooses. */
function loaderFor(filename: string): Loader {
  const name = filename.slice(filename.lastIndexOf('/') + 1);
  const { _extensions: loaders } = internals;
  for (let dot = name.indexOf('.', 1); dot >= 0; dot = name.indexOf('.', dot + 1)) {
    const loader = loaders[name.slice(dot)];
    if (loader !== undefined) return loader;
  }
  return loaders['.js']!;
}

function isEsSyntax(error: unknown): boolean {
  return (
    error instanceof SyntaxError && /import statement outside a module|Unexpected token 'export'/.test(error.message)
  );
}

function esModuleError(filename: string, cause?: unknown): IntactError {
  const message = `${filename} is an ES module, which require() cannot load into a graph of its own: use importWith()`;
  const error = new IntactError('ERR_INTACT_ES_MODULE', message);
  if (cause !== undefined) error.cause = cause;
  return error;
}

function moduleWith(ourCreateRequire: (filename: string | URL) => NodeJS.Require): typeof Module {
  const overrides: Readonly<Record<string | symbol, unknown>> = { createRequire: ourCreateRequire };
  const proxy: typeof Module = new Proxy(Module, {
    get: (target, name, receiver) =>
      name === 'Module' ? proxy : (overrides[name] ?? (Reflect.get(target, name, receiver) as unknown)),
  });
  return proxy;
}
