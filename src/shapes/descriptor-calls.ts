// Calls on a descriptor are native. Only their outcome is noted where the descriptor is of a staged file: one that lost
// bytes must not be published.

import type { OpenFile } from '../protocol/open-file';
import { type HandedOver, pieceOf } from '../protocol/short-write';
import type { Context } from './context';

type AnyFunction = (...args: unknown[]) => unknown;

/** What a call hands over, for calls that answer how many bytes were accepted. */
export type Handing = (args: readonly unknown[]) => HandedOver;

/** The calls that put bytes into a file or force them to the device. */
const CALLS: Readonly<Record<string, Handing | undefined>> = {
  write: handedByWrite,
  writev: handedByWritev,
  ftruncate: undefined,
  fsync: undefined,
  fdatasync: undefined,
};

/**
 * The synchronous and callback forms of every call in the table, each in front of its native one.
 *
 * They pass arguments on without spreading them: node itself writes through these where a program (its REPL among them) has
 * taken away what arrays are iterated with.
 */
export function descriptorCalls({ volume, natives }: Context): Record<string, AnyFunction> {
  const { openFiles } = volume;
  const native = natives as unknown as Record<string, AnyFunction>;
  const ours: Record<string, AnyFunction> = {};
  for (const [name, handing] of Object.entries(CALLS)) {
    const nativeSync = native[`${name}Sync`]!;
    const nativeAsync = native[name]!;

    ours[`${name}Sync`] = (...args) => {
      const file = openFiles.size === 0 ? undefined : openFiles.get(args[0] as number);
      if (file === undefined) return Reflect.apply(nativeSync, undefined, args);
      try {
        const result = Reflect.apply(nativeSync, undefined, args);
        if (handing) file.noteWrite(handing(args), result as number);
        return result;
      } catch (error) {
        noteFailure(file, error, handing && (() => handing(args)));
        throw error;
      }
    };

    ours[name] = (...args) => {
      const file = openFiles.size === 0 ? undefined : openFiles.get(args[0] as number);
      const callback = args.at(-1);
      if (file === undefined || typeof callback !== 'function') return Reflect.apply(nativeAsync, undefined, args);
      const noting = (error: unknown, ...results: unknown[]): void => {
        file.callsUnderWay--;
        if (error) noteFailure(file, error, handing && (() => handing(args)));
        else if (handing) file.noteWrite(handing(args), results[0] as number);
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

/** Notes that a call failed, and with it what it was to write. Arguments that node refuses are no failure of the file. */
export function noteFailure(file: OpenFile, error: unknown, handed: (() => HandedOver) | undefined): void {
  if ((error as { syscall?: unknown }).syscall === undefined) return;
  if (handed === undefined) file.noteFailure(error);
  else file.noteWrite(handed(), 0, error);
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

/** What a write(fd, data, ...) hands over, in any of its forms. */
export function handedByWrite([, data, second, third]: readonly unknown[]): HandedOver {
  // Decoded, because blanks in base64 and what follows a wrong digit in hex are no bytes.
  if (typeof data === 'string') return { bytes: Buffer.from(data, encodingOf(third)).byteLength, pieces: [] };
  const view = data as ArrayBufferView;
  // (fd, buffer, {offset, length}) or (fd, buffer, offset, length), as node completes them.
  const range = (typeof second === 'object' ? second : { offset: second, length: third }) as Record<
    string,
    unknown
  > | null;
  const offset = typeof range?.['offset'] === 'number' ? range['offset'] : 0;
  const bytes = typeof range?.['length'] === 'number' ? range['length'] : view.byteLength - offset;
  return { bytes, pieces: [pieceOf(view, offset, bytes)] };
}

/** Of write(fd, string, position, encoding). Node takes an unknown one for UTF-8. */
function encodingOf(third: unknown): BufferEncoding {
  return typeof third === 'string' && Buffer.isEncoding(third) ? third : 'utf8';
}

export function handedByWritev([, buffers]: readonly unknown[]): HandedOver {
  const pieces = (buffers as readonly ArrayBufferView[]).map((view) => pieceOf(view, 0, view.byteLength));
  return { bytes: pieces.reduce((sum, { bytes }) => sum + bytes, 0), pieces };
}
