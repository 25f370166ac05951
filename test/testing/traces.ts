// Traces made by hand, for tests of the model alone.

import type { DiskImage, FileInode, Inode } from '../../src/testing/disk-image';
import { placesOf } from '../../src/testing/image-diff';
import type { Effect, Entry, Event, Trace } from '../../src/testing/trace';

const ATTRIBUTES = { mode: 0o644, uid: 0, gid: 0, atimeMs: 0, mtimeMs: 0 };

export const ROOT = 1;

export function file(content = ''): FileInode {
  return { kind: 'file', ...ATTRIBUTES, bytes: new Uint8Array(Buffer.from(content)) };
}

/** A disk whose root holds these files; the inode numbers count from 2. */
export function diskWith(files: Readonly<Record<string, string>>): DiskImage {
  const inodes = new Map<number, Inode>();
  const entries = new Map<string, number>();
  for (const [name, content] of Object.entries(files)) {
    const ino = entries.size + 2;
    entries.set(name, ino);
    inodes.set(ino, file(content));
  }
  inodes.set(ROOT, { kind: 'directory', ...ATTRIBUTES, entries });
  return { root: ROOT, inodes };
}

export function inRoot(name: string): Entry {
  return { dir: ROOT, name };
}

export const create = (name: string, ino: number): Effect => ({
  kind: 'link',
  entry: inRoot(name),
  ino,
  created: file(),
});
export const makeDirectory = (name: string, ino: number): Effect => ({
  kind: 'link',
  entry: inRoot(name),
  ino,
  created: { kind: 'directory', ...ATTRIBUTES, entries: new Map() },
});
export const link = (name: string, ino: number): Effect => ({ kind: 'link', entry: inRoot(name), ino });
export const unlink = (name: string, ino: number): Effect => ({ kind: 'unlink', entry: inRoot(name), ino });
export const rename = (from: string, to: string, ino: number, replaces = true): Effect => {
  return { kind: 'rename', from: inRoot(from), to: inRoot(to), ino, replaces };
};
export const write = (ino: number, at: number, content: string | Uint8Array): Effect => {
  return {
    kind: 'write',
    ino,
    at,
    bytes: typeof content === 'string' ? new Uint8Array(Buffer.from(content)) : content,
  };
};
export const truncate = (ino: number, size: number): Effect => ({ kind: 'truncate', ino, size });
export const chmod = (ino: number, mode: number): Effect => {
  return { kind: 'attributes', ino, attributes: { ...ATTRIBUTES, mode } };
};
export const fsync = (ino: number): Effect => ({ kind: 'sync', ino, attributes: true });
export const fdatasync = (ino: number): Effect => ({ kind: 'sync', ino, attributes: false });

/** A trace in which each effect is an operation of its own, and each string an ack. */
export function traceOf(before: DiskImage, steps: readonly (Effect | string)[]): Trace {
  const events = steps.map((step, index): Event => {
    if (typeof step === 'string') return { kind: 'ack', label: step };
    return { kind: 'operation', index, call: step.kind, text: `${step.kind}()`, effects: [step] };
  });
  return { before, events, calls: [] };
}

/** A disk as `name: content` of its files. */
export function contentsOf(image: DiskImage): Record<string, string> {
  const contents: Record<string, string> = {};
  for (const [path, { inode }] of placesOf(image)) {
    if (inode.kind === 'file') contents[path.slice(1)] = Buffer.from(inode.bytes).toString('latin1');
  }
  return contents;
}
