// Where in the caller's code a call comes from. Behind a callback or a stream no frame of his is left on the stack, so the
// place of the call that led there is remembered with the asynchronous context.

import { AsyncLocalStorage } from 'node:async_hooks';
import { dirname, sep } from 'node:path';

const origin = new AsyncLocalStorage<string>();

/** Frames of our own: the layers beneath the caller, in this very copy of the package. */
const OWN = dirname(__dirname) + sep;
const MEMFS = /[/\\]node_modules[/\\](memfs|@jsonjoy\.com)[/\\]/;
const FRAMES_MAX = 40;

/** `file:line:column` of the nearest frame of the caller's, or that of the call that led here. */
export function callSite(): string | undefined {
  return siteOnStack() ?? origin.getStore();
}

/** Runs a task so that calls it leads to are known to come from `site`. */
export function withSite<R>(site: string | undefined, task: () => R): R {
  return site === undefined ? task() : origin.run(site, task);
}

function siteOnStack(): string | undefined {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = FRAMES_MAX;
  const stack = new Error('').stack ?? '';
  Error.stackTraceLimit = stackTraceLimit;
  for (const line of stack.split('\n').slice(1)) {
    const site = /(?:^ *at |async |\()((?:file:\/\/|\/|[A-Za-z]:\\)[^()]*:\d+:\d+)\)?$/.exec(line)?.[1];
    if (site !== undefined && !site.includes(OWN) && !MEMFS.test(site)) return site;
  }
  return undefined;
}
