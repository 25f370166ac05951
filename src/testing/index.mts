// The names of fs-intact/testing for ES modules.

export {
  explore,
  fail,
  importWith,
  memoryFs,
  replay,
  replayFault,
  requireWith,
  sweepFaults,
  toVolume,
} from './index.js';
export type * from './index.js';
