// fs-intact/promises: node:fs/promises, with crash-safe writes.

import intactFs = require('./index');
import type { NodeFsPromises } from './ground/node-fs';

const promises: NodeFsPromises = intactFs.promises;

export = promises;
