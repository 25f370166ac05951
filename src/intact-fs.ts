// Assembles the functions that take the place of native ones.

import type { Context } from './shapes/context';
import { copyFileCalls, cpCalls } from './shapes/copy-file';
import { descriptorCalls } from './shapes/descriptor-calls';
import { openFileHandleCall } from './shapes/file-handle';
import { inodeCalls } from './shapes/inode-calls';
import { listingCalls } from './shapes/listing-calls';
import { openFileCalls } from './shapes/open-file';
import { type Replacements, replacementsOf } from './shapes/replacements';
import { existsCalls, realpathCalls, viewedCalls } from './shapes/viewed-calls';
import { openAsBlobCall, watchCall, watchPromiseCall } from './shapes/watch-calls';
import { wholeFileCalls } from './whole-file-calls';

/** Makes every function of ours for one context. */
export function replacementsFor(context: Context): Replacements {
  const { openSync, open, closeSync, close } = openFileCalls(context);
  const exists = existsCalls(context);
  const calls = {
    ...viewedCalls(context),
    ...listingCalls(context),
    ...wholeFileCalls(context),
    open: { sync: openSync, callback: open, promise: openFileHandleCall(context) },
    copyFile: copyFileCalls(context),
    cp: cpCalls(context),
    realpath: realpathCalls(context),
  };
  const fs = {
    closeSync,
    close,
    ...descriptorCalls(context),
    ...inodeCalls(context),
    existsSync: exists.sync,
    exists: exists.callback,
    watch: watchCall(context),
    openAsBlob: openAsBlobCall(context),
  };
  return replacementsOf(context, calls, { fs, promises: { watch: watchPromiseCall(context) } });
}
