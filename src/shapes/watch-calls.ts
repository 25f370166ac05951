// fs.watch reports what the program did: no staged names, and a replaced file as a change.

import type { FSWatcher, WatchOptions } from 'node:fs';
import { basename } from 'node:path';
import { isStageName } from '../protocol/leftover-name';
import type { Watch } from '../protocol/replacements';
import type { Volume } from '../protocol/volume';
import { readPath } from './arguments';
import type { Context } from './context';
import { sight } from './flavours';

type AnyFunction = (...args: unknown[]) => unknown;

interface Event {
  readonly eventType: string;
  readonly filename: string | Buffer | null;
}

/** Translates events; undefined for those that must not be seen. */
type Translate = (event: Event) => Event | undefined;

/** https://nodejs.org/api/fs.html#fswatchfilename-options-listener */
export function watchCall(context: Context): AnyFunction {
  const { volume, natives } = context;
  return (path, ...rest) => {
    const { watchedPath, translateWith } = prepare(context, path);
    const watcher = natives.watch(watchedPath as string, ...(rest as [WatchOptions]));
    // Only now: where watching fails there is nothing to end.
    const { watch, end } = beginWatch(volume, watchedPath);
    watcher.once('close', end);
    translateEvents(watcher, translateWith(watch));
    return watcher;
  };
}

/** https://nodejs.org/api/fs.html#fspromiseswatchfilename-options */
export function watchPromiseCall(context: Context): AnyFunction {
  const { volume, nativePromises } = context;
  return (path, options) => {
    const { watchedPath, translateWith } = prepare(context, path);
    const events = nativePromises().watch(watchedPath as string, options as WatchOptions) as AsyncIterable<Event>;
    return translated(events, translateWith, () => beginWatch(volume, watchedPath));
  };
}

async function* translated(
  events: AsyncIterable<Event>,
  translateWith: (watch: Watch) => Translate,
  begin: () => Begun,
): AsyncGenerator<Event, void> {
  const { watch, end } = begin();
  const translate = translateWith(watch);
  try {
    for await (const event of events) {
      const shown = translate(event);
      if (shown !== undefined) yield shown;
    }
  } finally {
    end();
  }
}

/** What is really watched: for a file that is open for replacing, the staged one, which will be that file. */
function prepare(
  context: Context,
  path: unknown,
): { watchedPath: unknown; translateWith: (watch: Watch) => Translate } {
  const { volume } = context;
  const seen = volume.view.isEmpty ? undefined : sight(context, path, true);
  if (seen !== undefined) {
    const { stagedPath, name } = seen.staged;
    const hidden = basename(stagedPath);
    return {
      watchedPath: stagedPath,
      // It only moves to its place.
      translateWith:
        () =>
        ({ eventType, filename }) =>
          eventType === 'rename' ? undefined : { eventType, filename: String(filename) === hidden ? name : filename },
    };
  }
  return { watchedPath: path, translateWith: (watch) => (event) => translateEvent(watch, event) };
}

function translateEvent(watch: Watch, event: Event): Event | undefined {
  const { eventType, filename } = event;
  if (filename === null) return event;
  const name = String(filename);
  if (isStageName(basename(name))) return undefined;
  return eventType === 'rename' && watch.take(name) ? { eventType: 'change', filename } : event;
}

interface Begun {
  readonly watch: Watch;
  readonly end: () => void;
}

/** Notes what is watched; a file is from now on written in place. */
function beginWatch({ host, inodeFollowers, replacements }: Volume, path: unknown): Begun {
  const asked = readPath(path);
  const watch = replacements.watch(asked?.absolute ?? '');
  const ends = [watch.end];
  try {
    const found = asked && host.sync.stat(asked.absolute);
    if (found?.isFile()) ends.push(inodeFollowers.follow(found, 'watched'));
  } catch {
    // Gone already: no inode to keep.
  }
  const end = (): void => {
    for (const endOne of ends) endOne();
  };
  return { watch, end };
}

function translateEvents(watcher: FSWatcher, translate: Translate): void {
  const emit = watcher.emit.bind(watcher) as AnyFunction;
  const value = (name: unknown, eventType: unknown, filename: unknown, ...rest: unknown[]): unknown => {
    if (name !== 'change') return emit(name, eventType, filename, ...rest);
    const shown = translate({ eventType, filename } as Event);
    return shown === undefined ? false : emit('change', shown.eventType, shown.filename, ...rest);
  };
  Object.defineProperty(watcher, 'emit', { value, configurable: true, writable: true });
}

/** https://nodejs.org/api/fs.html#fsopenasblobpath-options: a Blob reads the file later, by its inode. */
export function openAsBlobCall({ volume, natives }: Context): AnyFunction {
  return (path, ...rest) => {
    const blob = natives.openAsBlob(path as string, ...(rest as []));
    const asked = readPath(path);
    try {
      // For good: nobody tells when the last slice of a Blob is gone.
      if (asked !== undefined) volume.inodeFollowers.follow(volume.host.sync.stat(asked.absolute), 'blob');
    } catch {
      // Gone already: no inode to keep.
    }
    return blob;
  };
}
