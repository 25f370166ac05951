// Which of the process's threads this is.

import type * as workerThreads from 'node:worker_threads';
import { isBuiltinLoaded } from './loaded-modules';

/**
 * The worker's number within this process, 0 for the main thread. A worker has loaded the module that tells it before it
 * runs anything; the main thread, for which that takes a millisecond, is known by not having it.
 */
export const thisThread: number = isBuiltinLoaded('worker_threads')
  ? (require('node:worker_threads') as typeof workerThreads).threadId
  : 0;
