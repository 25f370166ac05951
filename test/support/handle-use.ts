// A FileHandle in use: opened on a file with an old content, used, and closed.

import type { FileHandle } from 'node:fs/promises';
import { expectSame, failureKeepsOldContent } from './compare';
import { turnUntil } from './event-loop';
import { Journal } from './outcome';
import { openFilesIn } from './picture';
import type { Backend, World } from './worlds';

export interface HandleUse {
  readonly title: string;
  /** @default 'w' */
  readonly flags?: string;
  readonly fails?: string | RegExp;
  /** memfs has no such method, or another idea of it. */
  readonly onlyReal?: boolean;
  /** It is about node's own class, of which the handles of another fs are not. */
  readonly onlyNodes?: boolean;
  /** Plain node has broken the old content by then. */
  readonly keepsOld?: boolean;
  readonly run: (handle: FileHandle, journal: Journal, world: World) => unknown;
}

/** Opens the target, which exists, uses the handle, and closes it unless that has happened. */
export function usesAlike(backend: Backend, { flags = 'w', fails, keepsOld, run }: HandleUse): Promise<void> {
  return expectSame(backend, {
    before: ({ base, at }) => base.writeFileSync(at('target'), 'old content, longer than the new'),
    fails,
    unlike: keepsOld ? failureKeepsOldContent : undefined,
    act: async (world) => {
      const journal = new Journal();
      const handle = await world.fs.promises.open(world.at('target'), flags);
      await run(handle, journal, world);
      await journal.note('close', () => handle.close());
      journal.add('fd', handle.fd);
      // Node answers a second close at once, while the first is still under way.
      await turnUntil(() => openFilesIn(world).length === 0);
      return journal;
    },
  });
}

/** Notes events as they come. */
export function noteEvents(emitter: NodeJS.EventEmitter, journal: Journal, names: readonly string[]): void {
  for (const name of names) emitter.on(name, (value: unknown) => journal.add(name, value));
}

/** A source that gives a text and then fails. */
export async function* failingAfter(text: string): AsyncGenerator<string> {
  yield await Promise.resolve(text);
  throw new Error('the source failed');
}
