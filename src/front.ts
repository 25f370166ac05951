// What stands in fs itself under a patch: one check, and node's own function behind it unless there is need of ours. What
// is ours is loaded at the first need: a hook is preloaded into every program, and most of them only read.

import { nodeFs, nodeFsPromises } from './ground/node-fs';
import type { OpenFile } from './protocol/open-file';
import { dressedAs } from './shapes/context';
import { type Notes, notedCall } from './shapes/noted-call';
import type { Replacements } from './shapes/replacements';

type AnyFunction = (...args: unknown[]) => unknown;
type WithNative = AnyFunction & { native?: AnyFunction };
type Part = keyof Replacements;

/** What the front needs of what is behind it. */
export interface Behind {
  /** Ours in the place of a native function. */
  replacement(part: Part, name: string): (...args: never[]) => unknown;
  /** Which paths are open for replacing. */
  readonly view: { readonly isEmpty: boolean };
  /** Whether a call that changes names concerns nothing of ours. */
  readonly areNamesFree: () => boolean;
  /** Which descriptors are. */
  readonly openFiles: ReadonlyMap<number, OpenFile>;
  /** How the files of those are told the outcome of a call, by its name. */
  readonly notes: Readonly<Record<string, Notes>>;
}

/** Decides about each call of one function: node's own, or ours. */
type Door = (native: AnyFunction, ours: () => AnyFunction) => AnyFunction;

/** Calls about a path, in three flavours each: ours only while something is open for replacing. */
const VIEWED = [
  'access',
  'chmod',
  'chown',
  'lchmod',
  'lchown',
  'lstat',
  'lutimes',
  'readFile',
  'readlink',
  'realpath',
  'stat',
  'statfs',
  'symlink',
  'truncate',
  'utimes',
];
/** The same, that change names: ours also while a file is written as a whole, or a new directory is not on the device. */
const CHANGING_NAMES = ['link', 'rename', 'rm', 'rmdir', 'unlink'];
/** Calls on a descriptor, sync and callback: ours only where its file is open for replacing. */
const ON_DESCRIPTOR = ['close', 'fchmod', 'fchown', 'fstat', 'futimes'];
/** The same, but the sync ones are native there too: they are made often, and only their outcome is noted. */
const NOTED = ['fdatasync', 'fsync', 'ftruncate', 'write', 'writev'];
/** Calls in three flavours that are always ours. While a listing is made, a write may begin whose names it must not show. */
const ALWAYS_OURS = ['appendFile', 'copyFile', 'cp', 'mkdir', 'mkdtemp', 'opendir', 'writeFile'];

/** Functions that stand in front of native ones, by the names of those. */
export type Front = ReadonlyMap<string, AnyFunction>;

/**
 * Makes a function for every native one that a patch replaces.
 *
 * @param behind What has been loaded so far.
 * @param load Loads it.
 */
export function frontFor(behind: () => Behind | undefined, load: () => Behind): Readonly<Record<Part, Front>> {
  const viewed: Door = (native, ours) => {
    return (...args) =>
      behind()?.view.isEmpty === false
        ? Reflect.apply(ours(), undefined, args)
        : Reflect.apply(native, undefined, args);
  };
  const changingNames: Door = (native, ours) => {
    return (...args) =>
      behind()?.areNamesFree() === false
        ? Reflect.apply(ours(), undefined, args)
        : Reflect.apply(native, undefined, args);
  };
  const onDescriptor: Door = (native, ours) => {
    return (...args) =>
      behind()?.openFiles.has(args[0] as number)
        ? Reflect.apply(ours(), undefined, args)
        : Reflect.apply(native, undefined, args);
  };
  const opening: Door = (native, ours) => {
    return (...args) =>
      isRead(args[1]) && behind()?.view.isEmpty !== false
        ? Reflect.apply(native, undefined, args)
        : Reflect.apply(ours(), undefined, args);
  };
  // Nothing can be written while a synchronous listing is made.
  const listing: Door = (native, ours) => {
    return (...args) => Reflect.apply(behind() === undefined ? native : ours(), undefined, args);
  };

  const natives = { fs: nodeFs, promises: nodeFsPromises() } as unknown as Record<Part, Record<string, WithNative>>;
  const made = { fs: new Map<string, AnyFunction>(), promises: new Map<string, AnyFunction>() };

  /** Puts a door in front of a function, if there is one of that name. */
  function add(part: Part, name: string, door: Door): void {
    const native = natives[part][name];
    if (typeof native !== 'function') return;
    const front = dressedAs(
      native,
      door(native, () => load().replacement(part, name) as AnyFunction),
    );
    made[part].set(name, front);
  }

  /** Puts one in front of its other implementation, which it has under `native`. */
  function addNative(name: string, door: Door): void {
    const { native } = natives.fs[name]!;
    if (native === undefined) return;
    const ours = (): AnyFunction => (load().replacement('fs', name) as WithNative).native!;
    Object.assign(made.fs.get(name)!, { native: dressedAs(native, door(native, ours)) });
  }

  for (const [names, door] of [
    [VIEWED, viewed],
    [CHANGING_NAMES, changingNames],
    [ALWAYS_OURS, always],
    [['open'], opening],
  ] as const) {
    for (const name of names) {
      add('fs', `${name}Sync`, door);
      add('fs', name, door);
      add('promises', name, door);
    }
  }
  for (const name of ON_DESCRIPTOR) {
    add('fs', `${name}Sync`, onDescriptor);
    add('fs', name, onDescriptor);
  }
  for (const name of NOTED) {
    let found: Notes | undefined;
    const notes = (): Notes => (found ??= load().notes[name]!);
    add('fs', `${name}Sync`, (native) => notedCall(native, (fd) => behind()?.openFiles.get(fd), notes));
    add('fs', name, onDescriptor);
  }
  add('fs', 'readdirSync', listing);
  add('fs', 'readdir', always);
  add('promises', 'readdir', always);
  for (const name of ['existsSync', 'exists']) add('fs', name, viewed);
  for (const name of ['watch', 'openAsBlob']) add('fs', name, always);
  add('promises', 'watch', always);
  // `realpath.native` too is a function that tells a path's place.
  for (const name of ['realpathSync', 'realpath']) addNative(name, viewed);
  return made;
}

const always: Door = (_native, ours) => {
  return (...args) => Reflect.apply(ours(), undefined, args);
};

/** Most opens are for reading, and say so in one of these ways: open(path), open(path, callback), open(path, 'r'). */
function isRead(flags: unknown): boolean {
  return flags === 'r' || flags === undefined || flags === 0 || typeof flags === 'function';
}
