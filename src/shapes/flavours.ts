// One story, three flavours: calls whose paths may be open for replacing. While none is, they are the native calls, after
// one check.

import { codeOf, namingTarget } from '../ground/errors';
import { isClosingAt, settleClosing } from '../protocol/closing';
import type { Sighting } from '../protocol/view';
import type { AskedPath } from '../protocol/target';
import { isNoneShown } from '../protocol/volume';
import type { Host } from '../steps/host';
import { runCallback, runPromise, runSync } from '../steps/run';
import { type Steps, native } from '../steps/step';
import { readPath, readPaths } from './arguments';
import type { Context } from './context';

type AnyFunction = (...args: unknown[]) => unknown;

/** What a call does while something is open for replacing; undefined where it is the native call all the same. */
export type Story = (args: readonly unknown[]) => Steps<unknown> | undefined;

export interface ThreeFlavours {
  readonly sync: AnyFunction;
  readonly callback: AnyFunction;
  readonly promise: AnyFunction;
}

/**
 * The three forms of one call. Forms that the fs underneath lacks are never asked for.
 *
 * @param isQuiet Whether there is nothing that the call could be about.
 */
export function inThreeFlavours(
  context: Context,
  name: string,
  story: Story,
  isQuiet: () => boolean = () => context.volume.view.isEmpty,
): ThreeFlavours {
  const { volume, nativePromises } = context;
  const { host } = volume;
  const natives = context.natives as unknown as Record<string, AnyFunction>;
  const nativeSync = natives[`${name}Sync`]!;
  const nativeCallback = natives[name]!;
  const nativePromise = (): AnyFunction => (nativePromises() as unknown as Record<string, AnyFunction>)[name]!;

  // Arguments are not spread: see descriptorCalls.
  function sync(...args: unknown[]): unknown {
    const steps = isQuiet() ? undefined : story(args);
    return steps === undefined ? Reflect.apply(nativeSync, undefined, args) : runSync(steps, host);
  }

  function callback(...args: unknown[]): unknown {
    const done = args.at(-1);
    const steps = isQuiet() || typeof done !== 'function' ? undefined : story(args.slice(0, -1));
    if (steps === undefined) return Reflect.apply(nativeCallback, undefined, args);
    const settle = neverAtOnce(done as AnyFunction);
    runCallback(
      steps,
      host,
      (result) => settle(...(result === undefined ? [null] : [null, result])),
      (error) => settle(error),
    );
    return undefined;
  }

  async function promise(...args: unknown[]): Promise<unknown> {
    const steps = isQuiet() ? undefined : story(args);
    if (steps === undefined) return Reflect.apply(nativePromise(), undefined, args);
    return runPromise(steps, promiseHost(context));
  }

  return { sync, callback, promise };
}

/** The three forms of a call that does not begin before files which are being closed have the names that it is about. */
export function afterClosings({ volume }: Context, { sync, callback, promise }: ThreeFlavours): ThreeFlavours {
  const { host } = volume;

  /** What is to be done first, if anything. */
  function stepsBefore(args: readonly unknown[]): Steps<void> | undefined {
    const paths = isNoneShown(volume) ? [] : readPaths(args);
    return isClosingAt(volume, paths) ? settleClosing(volume, paths) : undefined;
  }

  return {
    sync(...args) {
      const before = stepsBefore(args);
      if (before !== undefined) runSync(before, host);
      return Reflect.apply(sync, undefined, args);
    },
    callback(...args) {
      const proceed = (): unknown => Reflect.apply(callback, undefined, args);
      const before = typeof args.at(-1) === 'function' ? stepsBefore(args) : undefined;
      if (before === undefined) return proceed();
      runCallback(before, host, proceed, proceed);
      return undefined;
    },
    async promise(...args) {
      const before = stepsBefore(args);
      if (before !== undefined) await runPromise(before, host);
      return Reflect.apply(promise, undefined, args);
    },
  };
}

/** Calls back as node does, never before the call has returned, however little there was to do. */
function neverAtOnce(callback: AnyFunction): AnyFunction {
  let isAtOnce = true;
  process.nextTick(() => (isAtOnce = false));
  return (...results) => {
    const call = (): unknown => Reflect.apply(callback, undefined, results);
    return isAtOnce ? process.nextTick(call) : call();
  };
}

/** The host for promise callers: what they get of node's own comes from its promise functions. */
export function promiseHost({ volume, nativePromises }: Context): Host {
  const promises = nativePromises() as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
  const { sync, callback } = volume.host;
  return {
    sync,
    callback: {
      ...callback,
      native(name, args, done) {
        promises[name]!(...args).then((result) => done(null, result), done);
      },
    },
  };
}

/** A path argument, and what it stands for. */
export interface Seen extends Sighting {
  readonly asked: AskedPath;
}

/** What a path argument stands for, if it is open for replacing. */
export function sight({ volume }: Context, path: unknown, follow: boolean): Seen | undefined {
  const asked = readPath(path);
  const sighting = asked && volume.view.find(asked, follow);
  return sighting && { ...sighting, asked };
}

/** What holds the content of a path argument, if it is open for replacing, also where its inode stays. */
export function sightContent({ volume }: Context, path: unknown, follow: boolean): Seen | undefined {
  const asked = readPath(path);
  const sighting = asked && volume.view.findContent(asked, follow);
  return sighting && { ...sighting, asked };
}

/** Makes the call on the staged file. */
export function* callOnStaged(
  name: string,
  args: readonly unknown[],
  index: number,
  { staged, asked }: Seen,
): Steps<unknown> {
  try {
    const result = yield* native(name, args.with(index, staged.stagedPath));
    // stat with `throwIfNoEntry: false` has no other way to say it.
    if (result !== undefined || !name.endsWith('stat')) return result;
  } catch (error) {
    // Some errors of node's name no path, so neither do these.
    const isNamed = (error as { path?: unknown }).path !== undefined;
    if (codeOf(error) !== 'ENOENT') throw isNamed ? namingTarget(error, asked.asked) : error;
  }
  // Published in this very moment, by a close that runs on another thread.
  return yield* native(name, args);
}
