// Calls on a descriptor are native. Only their outcome is noted where the descriptor is of a staged file: one that lost
// bytes must not be published.

import type { OpenFile } from '../protocol/open-file';
import type { Context } from './context';
import { type Handing, buffersHanding, dataHanding } from './handing';
import { type Notes, notedCall } from './noted-call';

type AnyFunction = (...args: unknown[]) => unknown;

const flushing: Notes = {
  returned() {},
  failed(file, error) {
    if (hasBegun(error)) file.noteFailure(error);
  },
};

/** Notes for calls that answer how many bytes were accepted. */
function writing({ bytes, describe }: Handing): Notes {
  return {
    returned(file, accepted, data, second, third) {
      const isWhole = accepted === bytes(data, second, third);
      // Which bytes they were matters only where some are missing.
      if (!isWhole || !file.noteWholeWrite()) file.noteWrite(describe(data, second, third), accepted as number);
    },
    failed(file, error, data, second, third) {
      if (hasBegun(error)) file.noteWrite(describe(data, second, third), 0, error);
    },
  };
}

/** Arguments that node refuses are no failure of the file. */
function hasBegun(error: unknown): boolean {
  return (error as { syscall?: unknown }).syscall !== undefined;
}

/** The calls that put bytes into a file or force them to the device. */
export const NOTES = {
  write: writing(dataHanding),
  writev: writing(buffersHanding),
  ftruncate: flushing,
  fsync: flushing,
  fdatasync: flushing,
};

/** The synchronous and callback forms of each, in front of its native one. */
export function descriptorCalls({ volume, natives }: Context): Record<string, AnyFunction> {
  const { openFiles } = volume;
  const native = natives as unknown as Record<string, AnyFunction>;
  const ours: Record<string, AnyFunction> = {};
  for (const [name, notes] of Object.entries(NOTES)) {
    ours[`${name}Sync`] = notedCall(
      native[`${name}Sync`]!,
      (fd) => openFiles.get(fd),
      () => notes,
    );

    const nativeAsync = native[name]!;
    ours[name] = (...args) => {
      const file = openFiles.get(args[0] as number);
      const callback = args.at(-1);
      if (file === undefined || typeof callback !== 'function') return Reflect.apply(nativeAsync, undefined, args);
      const noting: AnyFunction = (...results) => {
        file.callsUnderWay--;
        if (results[0]) notes.failed(file, results[0], args[1], args[2], args[3]);
        else notes.returned(file, results[1], args[1], args[2], args[3]);
        Reflect.apply(callback, undefined, results);
      };
      const result = Reflect.apply(nativeAsync, undefined, args.with(args.length - 1, noting));
      // Only now: where the arguments are wrong, node has thrown.
      file.callsUnderWay++;
      return result;
    };
  }
  return ours;
}

/** Notes that a call on one of the file's descriptors is under way, and tells `failed` why it failed. */
export async function watchCall<T>(
  file: OpenFile,
  call: Promise<T>,
  failed: (error: unknown) => void = (error) => file.noteFailure(error),
): Promise<T> {
  file.callsUnderWay++;
  try {
    return await call;
  } catch (error) {
    failed(error);
    throw error;
  } finally {
    file.callsUnderWay--;
  }
}

/** The same for a call that writes a whole content. */
export async function watchWriteFile<T>(file: OpenFile, call: Promise<T>): Promise<T> {
  const result = await watchCall(file, call, (error) => file.noteWriteFile(error));
  file.noteWriteFile();
  return result;
}
