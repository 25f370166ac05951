// All parts of a run, in the order in which they are run and shown.

import type { Part } from './bench';
import { coalescing } from './coalescing';
import { deviceParts } from './device';
import { memoryParts } from './memory';
import { startUp } from './start-up';
import { partFor } from './work-part';
import { WORKS } from './work/works';

export const PARTS: readonly Part[] = [...WORKS.map(partFor), coalescing, ...deviceParts, ...memoryParts, startUp];
