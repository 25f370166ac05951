// The module hooks behind importWith. A query in the URLs of a graph's modules says which graph they belong to, and hands
// itself on to whatever they import. This file runs in the thread of node's asynchronous hooks, or, where node has
// synchronous ones, in that of the program.

import nodeModule = require('node:module');
import { fileURLToPath } from 'node:url';
import type { MessagePort } from 'node:worker_threads';
import { nodeFs, nodeFsPromises } from '../../ground/node-fs';

type MaybePromise<T> = T | Promise<T>;

export interface ResolveContext {
  readonly parentURL?: string | undefined;
}

export interface Resolved {
  readonly url: string;
  readonly format?: string | null | undefined;
  readonly shortCircuit?: boolean | undefined;
}

export interface Loaded {
  readonly format?: string | null | undefined;
  readonly source?: unknown;
  readonly shortCircuit?: boolean | undefined;
}

type NextResolve = (specifier: string, context: ResolveContext) => MaybePromise<Resolved>;
type NextLoad = (url: string, context: object) => MaybePromise<Loaded>;

const QUERY = 'fs-intact-graph';
const ENTRY = 'fs-intact-import:';
const BUILTIN = 'fs-intact-builtin:';

/** Where the modules of a graph find it, in the thread of the program. */
export const GRAPHS = Symbol.for('fs-intact.testing.graphs.0');

/** What to import to have `specifier` imported into a graph, as if by `parent`. */
export function entryUrl(graph: number, specifier: string, parent: string): string {
  return `${ENTRY}${JSON.stringify([graph, specifier, parent])}`;
}

/** https://nodejs.org/api/module.html#resolvespecifier-context-nextresolve */
export function resolve(specifier: string, context: ResolveContext, next: NextResolve): MaybePromise<Resolved> {
  if (specifier.startsWith(ENTRY)) {
    const [graph, wanted, parentURL] = JSON.parse(specifier.slice(ENTRY.length)) as [number, string, string];
    return resolveInto(graph, wanted, { ...context, parentURL }, next);
  }
  const graph = graphOfUrl(context.parentURL);
  return graph === undefined ? next(specifier, context) : resolveInto(graph, specifier, context, next);
}

function resolveInto(
  graph: number,
  specifier: string,
  context: ResolveContext,
  next: NextResolve,
): MaybePromise<Resolved> {
  const name = specifier.replace(/^node:/, '');
  const isOurs = Object.hasOwn(BUILTINS, name) && nodeModule.isBuiltin(specifier);
  if (isOurs) return { url: `${BUILTIN}${name}?${QUERY}=${graph}`, format: 'module', shortCircuit: true };
  return after(next(specifier, context), (resolved) =>
    resolved.url.startsWith('file:') ? { ...resolved, url: markedUrl(resolved.url, graph) } : resolved,
  );
}

function markedUrl(url: string, graph: number): string {
  const marked = new URL(url);
  marked.search += `${marked.search === '' ? '?' : '&'}${QUERY}=${graph}`;
  return marked.href;
}

function graphOfUrl(url: string | undefined): number | undefined {
  if (url === undefined || !url.includes(QUERY) || url.startsWith(BUILTIN)) return undefined;
  const digits = new URL(url).searchParams.get(QUERY);
  return digits === null ? undefined : Number(digits);
}

/** https://nodejs.org/api/module.html#loadurl-context-nextload */
export function load(url: string, context: object, next: NextLoad): MaybePromise<Loaded> {
  if (url.startsWith(BUILTIN)) return loadBuiltin(new URL(url));
  const graph = graphOfUrl(url);
  if (graph === undefined) return next(url, context);
  return after(next(url, context), (loaded) =>
    loaded.format === 'commonjs' ? loadCommonJs(graph, fileURLToPath(url)) : loaded,
  );
}

/** The builtins that are others in a graph: an expression for each, and node's own, which has the same names. */
const BUILTINS: Readonly<Record<string, readonly [expression: string, native: () => object]>> = {
  'fs': ['graph.fs', () => nodeFs],
  'fs/promises': ['graph.fs.promises', nodeFsPromises],
  'module': ['graph.moduleBuiltin', () => nodeModule],
};

function loadBuiltin({ pathname, searchParams }: URL): Loaded {
  const [expression, native] = BUILTINS[pathname]!;
  const graph = Number(searchParams.get(QUERY));
  return moduleOf(`const graph = ${graphExpression(graph)}; const exported = ${expression};`, Object.keys(native()));
}

/** A CommonJS module is run in the graph's own way; it is run before its names are known. */
function loadCommonJs(graph: number, filename: string): MaybePromise<Loaded> {
  const text = `const exported = ${graphExpression(graph)}.load(${JSON.stringify(filename)});`;
  return after(namesExportedBy(graph, filename), (names) => moduleOf(text, names));
}

function graphExpression(graph: number): string {
  return `globalThis[Symbol.for(${JSON.stringify(GRAPHS.description)})].get(${graph})`;
}

/** The text of a module that exports what `exported` is, and its properties by their names. */
function moduleOf(text: string, names: readonly string[]): Loaded {
  const exports = names
    .filter((name) => name !== 'default')
    .map(
      (name, index) =>
        `const $${index} = exported[${JSON.stringify(name)}]; export { $${index} as ${JSON.stringify(name)} };`,
    );
  const source = [text, 'export default exported;', ...exports].join('\n');
  return { format: 'module', source, shortCircuit: true };
}

type NamesExportedBy = (graph: number, filename: string) => MaybePromise<readonly string[]>;

let namesExportedBy: NamesExportedBy;

/** Called in the thread of the program, where the names are at hand. */
export function initializeHere(names: NamesExportedBy): void {
  namesExportedBy = names;
}

/** Called by node in its hooks thread, from where the program has to be asked. */
export function initialize({ port }: { readonly port: MessagePort }): void {
  const waiting: ((names: readonly string[]) => void)[] = [];
  // They are answered in their order.
  port.on('message', (names: readonly string[]) => waiting.shift()!(names));
  namesExportedBy = (graph, filename) =>
    new Promise((settle) => {
      waiting.push(settle);
      port.postMessage([graph, filename]);
    });
}

/** Goes on with a value, at once where it is there already. */
function after<T, R>(value: MaybePromise<T>, go: (value: T) => MaybePromise<R>): MaybePromise<R> {
  return value instanceof Promise ? value.then(go) : go(value);
}
