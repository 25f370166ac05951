// Calls on a descriptor are native. Only their outcome is noted where the descriptor is of a staged file: one that lost
// bytes must not be published.

import type { OpenFile } from '../protocol/open-file';
import type { Context } from './context';

type AnyFunction = (...args: unknown[]) => unknown;

/** The number of bytes that a call hands over, for calls that answer how many were accepted. */
type Requested = (args: readonly unknown[]) => number;

/** The calls that put bytes into a file or force them to the device. */
const CALLS: Readonly<Record<string, Requested | undefined>> = {
  write: requestedByWrite,
  writev: requestedByWritev,
  ftruncate: undefined,
  fsync: undefined,
  fdatasync: undefined,
};

/** The synchronous and callback forms of every call in the table, each in front of its native one. */
export function descriptorCalls({ volume, natives }: Context): Record<string, AnyFunction> {
  const { openFiles } = volume;
  const native = natives as unknown as Record<string, AnyFunction>;
  const ours: Record<string, AnyFunction> = {};
  for (const [name, requested] of Object.entries(CALLS)) {
    const nativeSync = native[`${name}Sync`]!;
    const nativeAsync = native[name]!;

    ours[`${name}Sync`] = (...args) => {
      const file = openFiles.size === 0 ? undefined : openFiles.get(args[0] as number);
      if (file === undefined) return nativeSync(...args);
      try {
        const result = nativeSync(...args);
        if (requested) file.noteWrite(requested(args), result as number);
        return result;
      } catch (error) {
        file.noteFailure(error);
        throw error;
      }
    };

    ours[name] = (...args) => {
      const file = openFiles.size === 0 ? undefined : openFiles.get(args[0] as number);
      const callback = args.at(-1);
      if (file === undefined || typeof callback !== 'function') return nativeAsync(...args);
      const noting = (error: unknown, ...results: unknown[]): void => {
        file.callsUnderWay--;
        if (error) file.noteFailure(error);
        else if (requested) file.noteWrite(requested(args), results[0] as number);
        (callback as AnyFunction)(error, ...results);
      };
      const result = nativeAsync(...args.slice(0, -1), noting);
      // Only now: where the arguments are wrong, node has thrown.
      file.callsUnderWay++;
      return result;
    };
  }
  return ours;
}

/** Notes that a call on one of the file's descriptors is under way, and whether it fails. */
export async function watchCall<T>(file: OpenFile, call: Promise<T>): Promise<T> {
  file.callsUnderWay++;
  try {
    return await call;
  } catch (error) {
    file.noteFailure(error);
    throw error;
  } finally {
    file.callsUnderWay--;
  }
}

/** How many bytes a write(fd, data, ...) hands over, in any of its forms. */
export function requestedByWrite([, data, second, third]: readonly unknown[]): number {
  if (typeof data === 'string') return Buffer.byteLength(data, encodingIn([second, third]));
  const { byteLength } = data as ArrayBufferView;
  // (fd, buffer, {offset, length}) or (fd, buffer, offset, length), as node completes them.
  const range = (typeof second === 'object' ? second : { offset: second, length: third }) as Record<
    string,
    unknown
  > | null;
  const offset = typeof range?.['offset'] === 'number' ? range['offset'] : 0;
  return typeof range?.['length'] === 'number' ? range['length'] : byteLength - offset;
}

/** write(fd, string, position, encoding): either may be missing. */
function encodingIn(args: readonly unknown[]): BufferEncoding {
  return (args.find((arg) => typeof arg === 'string') as BufferEncoding | undefined) ?? 'utf8';
}

export function requestedByWritev([, buffers]: readonly unknown[]): number {
  return (buffers as readonly ArrayBufferView[]).reduce((sum, { byteLength }) => sum + byteLength, 0);
}
