// An fs whose calls can be made to fail one at a time. The write protocol sees nothing else of an fs than these calls.

import type * as nodeFs from 'node:fs';
import { getSystemErrorMap } from 'node:util';

type Fs = typeof nodeFs;
type AnyFunction = (...args: unknown[]) => unknown;

/** A call about to be made. `index` counts all of them from 0. */
export interface Operation {
  readonly index: number;
  readonly name: string;
  readonly args: readonly unknown[];
}

/** What is to happen instead: an error, or a write that accepts only so many bytes. */
export type Fault = { readonly error: string } | { readonly accepts: number };

/** The primitive calls, by their callback names. */
export const CALL_NAMES: readonly string[] = (
  'open close read write fsync ftruncate fstat fchmod fchown futimes lstat stat access readlink rename link unlink ' +
  'copyFile mkdir readdir'
).split(' ');

/**
 * Puts `decide` in front of the primitive calls of `base`, synchronous and callback.
 *
 * A failing call has no effect, except close: the descriptor is gone whatever close(2) answers.
 */
export function faultyFs(base: Fs, decide: (operation: Operation) => Fault | undefined): Fs {
  const faulty: Record<string, unknown> = { ...base };
  const source = base as unknown as Record<string, AnyFunction>;
  let index = 0;
  for (const name of CALL_NAMES) {
    const sync = source[`${name}Sync`]!;
    const withCallback = source[name]!;
    faulty[`${name}Sync`] = (...args: unknown[]) => {
      const fault = decide({ index: index++, name, args });
      if (fault === undefined) return sync(...args);
      if ('accepts' in fault) return fault.accepts === 0 ? 0 : sync(...shortened(args, fault.accepts));
      if (name === 'close') sync(...args);
      throw errorOf(fault.error, name);
    };
    faulty[name] = (...args: unknown[]) => {
      const fault = decide({ index: index++, name, args });
      if (fault === undefined) return withCallback(...args);
      const callback = args.at(-1) as AnyFunction;
      if ('accepts' in fault) {
        if (fault.accepts > 0) return withCallback(...shortened(args, fault.accepts));
        return setImmediate(callback, null, 0, args[1]);
      }
      const fail = (): void => void callback(errorOf(fault.error, name));
      return name === 'close' ? withCallback(args[0], fail) : setImmediate(fail);
    };
  }
  return faulty as unknown as Fs;
}

/** write(fd, buffer, offset, length, ...) with another length. */
export function shortened([fd, buffer, offset, , ...rest]: readonly unknown[], length: number): unknown[] {
  return [fd, buffer, offset, length, ...rest];
}

export function errorOf(code: string, syscall: string): Error {
  const [errno, [, text]] = [...getSystemErrorMap()].find(([, [name]]) => name === code)!;
  return Object.assign(new Error(`${code}: ${text}, ${syscall}`), { errno, code, syscall });
}
