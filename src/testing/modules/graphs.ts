// One graph for each fs.

import type { NodeFs } from '../../ground/node-fs';
import { ModuleGraph } from './graph';

const graphs = new WeakMap<NodeFs, ModuleGraph>();

export function graphOf(fs: NodeFs): ModuleGraph {
  let graph = graphs.get(fs);
  if (graph === undefined) graphs.set(fs, (graph = new ModuleGraph(fs)));
  return graph;
}
