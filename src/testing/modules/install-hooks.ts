// Puts the hooks of importWith in place, once, when it is first called.

import nodeModule = require('node:module');
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MessageChannel } from 'node:worker_threads';
import type { ModuleGraph } from './graph';
import { GRAPHS, initializeHere, load, resolve } from './import-hooks';

/** The graphs that modules have been imported into; the modules stay for as long as the process does. */
const graphs = new Map<number, ModuleGraph>();
const numbers = new WeakMap<ModuleGraph, number>();

/** The number by which a graph's modules find it. */
export function numberOf(graph: ModuleGraph): number {
  let number = numbers.get(graph);
  if (number === undefined) {
    number = graphs.size;
    graphs.set(number, graph);
    numbers.set(graph, number);
  }
  return number;
}

let isInstalled = false;

export function installHooks(): void {
  if (isInstalled) return;
  isInstalled = true;
  Object.defineProperty(globalThis, GRAPHS, { value: graphs });
  const { registerHooks } = nodeModule as unknown as { registerHooks?: (hooks: object) => void };
  // Node 22.15 has hooks that run in the thread of the program; module.register is deprecated where they are old enough.
  if (registerHooks !== undefined) {
    initializeHere(namesExportedBy);
    registerHooks({ resolve, load });
  } else {
    installInThread();
  }
}

function installInThread(): void {
  const { port1, port2 } = new MessageChannel();
  port1.on('message', ([graph, filename]: [number, string]) => port1.postMessage(namesExportedBy(graph, filename)));
  // No reason to keep the process alive.
  port1.unref();
  const hooks = pathToFileURL(join(__dirname, 'import-hooks.js'));
  nodeModule.register(hooks, { data: { port: port2 }, transferList: [port2] });
}

function namesExportedBy(graph: number, filename: string): string[] {
  try {
    return Object.keys(graphs.get(graph)!.load(filename) ?? {});
  } catch {
    // The module that stands for this one loads it again, and fails in the sight of whoever imports it.
    return [];
  }
}
