// Hears of every write stream that node opens. Its streams are loaded when a program first asks for them, and so this is
// done then.

import { hasModulesOutside, isBuiltinLoaded } from './ground/loaded-modules';
import { liveFs, nodeFs } from './ground/node-fs';
import { dressedAs } from './shapes/context';
import { whenOpened } from './shapes/stream-opening';

/** The names under which fs has the class. */
const CLASS_NAMES = ['WriteStream', 'FileWriteStream'];

export interface StreamPatch {
  /** Patches the class now, if it has not been. For those who have come to a stream all the same. */
  applyIfLoaded(): void;
  undo(): void;
}

/**
 * Patches node's class of write streams when fs is first asked for it.
 *
 * @param opened Gets each stream that has been opened, and whether its descriptor was given to it.
 */
export function patchStreams(opened: (stream: object, isGiven: boolean) => void): StreamPatch {
  let undoPatch: (() => void) | undefined;
  const apply = (): void => {
    undoPatch ??= whenOpened(nodeFs.WriteStream.prototype, opened);
  };
  const undoWaiting = canWait() ? beforeFirstUse(apply) : apply();

  return {
    applyIfLoaded() {
      if (undoPatch === undefined && isBuiltinLoaded(STREAMS)) apply();
    },
    undo() {
      undoWaiting?.();
      undoPatch?.();
    },
  };
}

const STREAMS = 'internal/fs/streams';

/**
 * Whether every way to a stream leads past the functions that a patch has put into fs. Who came before it may have kept
 * `createWriteStream`; in an ES module this loads the streams, or takes `createRequire`, which is in `node:module`.
 */
function canWait(): boolean {
  if (isBuiltinLoaded(STREAMS) || isBuiltinLoaded('module') || hasModulesOutside(__dirname)) return false;
  return CLASS_NAMES.every((name) => getterOf(name) !== undefined);
}

/** The property under which node gives out the class; undefined where somebody has put another there. */
function getterOf(name: string): PropertyDescriptor | undefined {
  const property = Object.getOwnPropertyDescriptor(liveFs, name);
  return property?.get && property.configurable ? property : undefined;
}

/** Makes a call before fs gives out the class or a stream. @returns Takes the change back. */
function beforeFirstUse(call: () => void): () => void {
  const { createWriteStream: native } = nodeFs;
  const create: typeof native = (...args) => {
    call();
    return native(...args);
  };
  const ours = (liveFs.createWriteStream = dressedAs(native, create));
  const undoings = CLASS_NAMES.map((name) => {
    const property = getterOf(name)!;
    const get = (): unknown => {
      call();
      return property.get!.call(liveFs) as unknown;
    };
    Object.defineProperty(liveFs, name, { ...property, get });
    return () => {
      if (getterOf(name)?.get === get) Object.defineProperty(liveFs, name, property);
    };
  });
  return () => {
    if (liveFs.createWriteStream === ours) liveFs.createWriteStream = native;
    for (const undo of undoings) undo();
  };
}
