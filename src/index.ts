// fs-intact: node:fs, with crash-safe writes.

import { theEngine } from './engine';
import type { NodeFs } from './ground/node-fs';

const intactFs: NodeFs = theEngine.createFs(undefined, undefined);

export = intactFs;
