// realpath. Its native form is one call; the other, which sync and callback callers get, walks by itself.

import type { BigIntStats } from 'node:fs';
import { resolve } from 'node:path';
import { readNameOptions, readPath } from './arguments';
import type { Steps } from '../../steps/step';
import { askNode } from './ask-node';
import type { Story } from './flavours';
import { naming } from './naming';
import * as primitive from './primitives';

export const nativeRealpathStory: Story = (lab, [path, options]) => {
  const { encoding } = readNameOptions(options);
  const asked = readPath(lab, path);
  return naming(asked, primitive.realpath(asked.absolute, { encoding }));
};

/** https://nodejs.org/api/fs.html#fsrealpathpath-options-callback and its kin. */
export const realpathStory: Story = (lab, [path, options]) => {
  const { encoding } = readNameOptions(options);
  // Whatever is no URL, node makes a text of.
  const text = isUrl(path) || typeof path === 'symbol' ? path : String(path);
  return walk(resolve(lab.cwd(), readPath(lab, text).asked), encoding);
};

function isUrl(path: unknown): boolean {
  return typeof path === 'object' && path !== null && 'href' in path && 'protocol' in path;
}

const LINKS_MAX = 10_000;

function* walk(start: string, encoding: BufferEncoding | 'buffer'): Steps<string | Buffer> {
  const links = new Map<string, string>();
  const known = new Set<string>();
  let path = start;
  let done = '';
  let followed = 0;
  for (let end = nextEnd(path, done); end !== undefined; end = nextEnd(path, done)) {
    const part = path.slice(0, end);
    const leadsTo = known.has(part) ? undefined : yield* linkAt(part, links);
    if (leadsTo === undefined) {
      known.add(part);
      done = part;
      continue;
    }
    // The stat of a link that leads in circles has failed before.
    if (++followed > LINKS_MAX) askNode();
    path = resolve(part, '..', leadsTo, `.${path.slice(end)}`);
    done = '';
  }
  return encoding === 'buffer' ? Buffer.from(path) : encoding === 'utf8' ? path : Buffer.from(path).toString(encoding);
}

/** Where the part of a path ends that comes after `done`. */
function nextEnd(path: string, done: string): number | undefined {
  if (done.length >= path.length || path === '/') return undefined;
  const slash = path.indexOf('/', done.length + 1);
  return slash < 0 ? path.length : slash;
}

/** What a link says; undefined for anything else. */
function* linkAt(path: string, links: Map<string, string>): Steps<string | undefined> {
  const stats = (yield* primitive.lstat(path, { bigint: true, throwIfNoEntry: true })) as BigIntStats;
  if (!stats.isSymbolicLink()) return undefined;
  const id = `${stats.dev}:${stats.ino}`;
  let target = links.get(id);
  if (target === undefined) {
    yield* primitive.stat(path, { bigint: false, throwIfNoEntry: true });
    target = (yield* primitive.readlink(path, { encoding: 'utf8' })) as string;
    links.set(id, target);
  }
  return target;
}
