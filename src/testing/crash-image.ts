// What the disk holds after a crash, and a key by which equal disks are recognised.

import { createHash } from 'node:crypto';
import type { CrashChoice } from './crash-states';
import type { Attributes, DirectoryInode, DiskImage, FileInode, Inode } from './disk-image';
import type { Change, History, MicroOp } from './micro-ops';
import type { Entry } from './trace';

/** What a file shows where it grew over blocks that were never written. */
export type Fill = 'zeros' | 'garbage';

export interface CrashImage {
  readonly image: DiskImage;
  /** Equal for disks that no program can tell apart but by inode numbers and times. */
  readonly key: string;
  /** Whether some file shows blocks that were never written. */
  readonly hasHoles: boolean;
}

/** Builds the images of one history. Contents that several states share are built once. */
export class ImageBuilder {
  private readonly contents = new Map<string, Content>();
  private contentBytes = 0;
  private readonly digests = new WeakMap<Uint8Array, string>();
  /** The micro-operations on the device at the crash point asked for last. */
  private done: { point: number; ids: readonly MicroOp[] } = { point: -1, ids: [] };

  /** Inodes that the trace created, as they were then. */
  private readonly created = new Map<number, Inode>();

  constructor(private readonly history: History) {
    for (const { change } of history.microOps) {
      if (change.kind === 'link' && change.created !== undefined) this.created.set(change.ino, change.created);
    }
  }

  build({ point, lost, torn }: CrashChoice, fill: Fill): CrashImage {
    const draft = new Draft(this.history.trace.before, this.created);
    const missing = new Set(lost);
    for (const microOp of this.doneAt(point)) {
      if (!missing.has(microOp.id)) draft.apply(microOp, microOp.change);
      else if (torn?.id === microOp.id) draft.apply(microOp, cut(microOp.change, torn.from, torn.to), torn);
    }
    let hasHoles = false;
    const inodes = draft.inodes((ino, file, history) => {
      const content = this.contentOf(ino, file, history, fill);
      hasHoles ||= content.hasHoles;
      return content.bytes;
    });
    const image = { root: this.history.trace.before.root, inodes };
    return { image, key: this.keyOf(image), hasHoles };
  }

  private doneAt(point: number): readonly MicroOp[] {
    if (this.done.point !== point) {
      this.done = { point, ids: this.history.microOps.filter(({ event }) => event < point) };
    }
    return this.done.ids;
  }

  private contentOf(ino: number, file: FileInode, history: FileHistory, fill: Fill): Content {
    const key = `${ino}${fill}${history.key}`;
    let content = this.contents.get(key);
    if (content === undefined) {
      content = contentAfter(file.bytes, history.changes, fill);
      this.contentBytes += content.bytes.length;
      if (this.contentBytes > CONTENT_BYTES_MAX) {
        this.contents.clear();
        this.contentBytes = content.bytes.length;
      }
      this.contents.set(key, content);
    }
    return content;
  }

  private keyOf(image: DiskImage): string {
    const numbers = new Map<number, number>();
    const describe = (ino: number): string => {
      const known = numbers.get(ino);
      // Another name of a file that was met before.
      if (known !== undefined) return `=${known}`;
      numbers.set(ino, numbers.size);
      const inode = image.inodes.get(ino)!;
      const attributes = `${inode.kind[0]}${inode.mode.toString(8)},${inode.uid},${inode.gid}`;
      if (inode.kind === 'file') return attributes + this.digestOf(inode.bytes);
      if (inode.kind === 'symlink') return `${attributes}${JSON.stringify(inode.target)}`;
      const names = [...inode.entries.keys()].toSorted();
      return `${attributes}{${names.map((name) => JSON.stringify(name) + describe(inode.entries.get(name)!)).join()}}`;
    };
    return createHash('sha1').update(describe(image.root)).digest('base64');
  }

  private digestOf(bytes: Uint8Array): string {
    let digest = this.digests.get(bytes);
    if (digest === undefined) {
      digest = createHash('sha1').update(bytes).digest('base64');
      this.digests.set(bytes, digest);
    }
    return digest;
  }
}

/** Contents kept for other states, at most. */
const CONTENT_BYTES_MAX = 64 * 1024 * 1024;

function cut(change: Change, from: number, to: number): Change {
  return change.kind === 'data' ? { ...change, at: change.at + from, bytes: change.bytes.subarray(from, to) } : change;
}

/** What happened to one file's content, and a name for just that. */
interface FileHistory {
  key: string;
  readonly changes: Change[];
}

/** A disk on which changes are made, beside an image that stays as it is. */
class Draft {
  private readonly directories = new Map<number, Map<string, number>>();
  private readonly attributes = new Map<number, Attributes>();
  private readonly files = new Map<number, FileHistory>();

  /** @param created An inode gets to the device with whichever of its names gets there first. */
  constructor(
    private readonly before: DiskImage,
    private readonly created: ReadonlyMap<number, Inode>,
  ) {}

  apply({ id }: MicroOp, change: Change, torn?: { readonly from: number; readonly to: number }): void {
    switch (change.kind) {
      case 'link':
        this.entriesOf(change.entry).set(change.entry.name, change.ino);
        return;
      case 'unlink':
        this.entriesOf(change.entry).delete(change.entry.name);
        return;
      case 'rename':
        this.entriesOf(change.from).delete(change.from.name);
        this.entriesOf(change.to).set(change.to.name, change.ino);
        return;
      case 'attributes':
        this.attributes.set(change.ino, change.attributes);
        return;
      case 'data':
      case 'grow':
      case 'truncate': {
        let file = this.files.get(change.ino);
        if (file === undefined) this.files.set(change.ino, (file = { key: '', changes: [] }));
        file.key += torn === undefined ? `,${id}` : `,${id}:${torn.from}-${torn.to}`;
        file.changes.push(change);
        return;
      }
    }
  }

  /** All inodes that have a name. */
  inodes(contentOf: (ino: number, file: FileInode, history: FileHistory) => Uint8Array): Map<number, Inode> {
    const inodes = new Map<number, Inode>();
    const visit = (ino: number): void => {
      if (inodes.has(ino)) return;
      const inode = this.inode(ino, contentOf);
      inodes.set(ino, inode);
      if (inode.kind === 'directory') for (const child of inode.entries.values()) visit(child);
    };
    visit(this.before.root);
    return inodes;
  }

  private inode(ino: number, contentOf: (ino: number, file: FileInode, history: FileHistory) => Uint8Array): Inode {
    let inode = (this.before.inodes.get(ino) ?? this.created.get(ino))!;
    const attributes = this.attributes.get(ino);
    if (attributes !== undefined) inode = { ...inode, ...attributes };
    const entries = this.directories.get(ino);
    if (inode.kind === 'directory') return entries === undefined ? inode : { ...inode, entries };
    const history = this.files.get(ino);
    if (inode.kind !== 'file' || history === undefined) return inode;
    return { ...inode, bytes: contentOf(ino, inode, history) };
  }

  private entriesOf({ dir }: Entry): Map<string, number> {
    let entries = this.directories.get(dir);
    if (entries === undefined) {
      const inode = (this.before.inodes.get(dir) ?? this.created.get(dir)) as DirectoryInode | undefined;
      this.directories.set(dir, (entries = new Map(inode?.entries)));
    }
    return entries;
  }
}

interface Content {
  readonly bytes: Uint8Array;
  readonly hasHoles: boolean;
}

type Range = readonly [from: number, to: number];

function contentAfter(before: Uint8Array, changes: readonly Change[], fill: Fill): Content {
  let size = before.length;
  const ends = changes.map((change) => (change.kind === 'data' ? change.at + change.bytes.length : 0));
  const capacity = changes.reduce((most, change) => ('size' in change ? Math.max(most, change.size) : most), size);
  const bytes = new Uint8Array(ends.reduce((most, end) => Math.max(most, end), capacity));
  bytes.set(before);
  let written: Range[] = [[0, size]];
  for (const change of changes) {
    if (change.kind === 'data') {
      bytes.set(change.bytes, change.at);
      written.push([change.at, change.at + change.bytes.length]);
    } else if (change.kind === 'grow') {
      // Between the old end and the place of the write there are zeros by right.
      if (change.zeroTo > size) written.push([size, change.zeroTo]);
      size = change.size;
    } else if (change.kind === 'truncate') {
      size = change.size;
      bytes.fill(0, size);
      written = written.map(([from, to]) => [from, Math.min(to, size)] as const).filter(([from, to]) => from < to);
    }
  }
  const holes = gapsIn(written, size);
  if (fill === 'garbage') for (const [from, to] of holes) for (let i = from; i < to; i++) bytes[i] = garbageAt(i);
  return { bytes: bytes.subarray(0, size), hasHoles: holes.length > 0 };
}

function gapsIn(ranges: readonly Range[], size: number): Range[] {
  const gaps: Range[] = [];
  let end = 0;
  for (const [from, to] of [...ranges].toSorted((a, b) => a[0] - b[0])) {
    if (from > end) gaps.push([end, Math.min(from, size)]);
    end = Math.max(end, to);
    if (end >= size) return gaps;
  }
  return end < size ? [...gaps, [end, size]] : gaps;
}

/** Nothing that any format would take for its own: bytes that UTF-8 never has, and no two neighbours equal. */
function garbageAt(index: number): number {
  return 0xf8 + (index % 7);
}
