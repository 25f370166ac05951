// A synchronous call on a descriptor: node's own, and where the file is open for replacing, that is told how it ended.

import type { OpenFile } from '../protocol/open-file';

type AnyFunction = (...args: unknown[]) => unknown;

/** Tells a file how calls of one kind ended, which also depends on the arguments that follow the descriptor. */
export interface Notes {
  returned(file: OpenFile, result: unknown, data: unknown, second: unknown, third: unknown): void;
  failed(file: OpenFile, error: unknown, data: unknown, second: unknown, third: unknown): void;
}

/**
 * Arguments are passed on without spreading them: node itself writes through these calls where a program (its REPL among
 * them) has taken away what arrays are iterated with. Their array goes nowhere else, so that none need be made.
 *
 * @param fileOf The open file that a descriptor is of, if it is of one.
 */
export function notedCall(
  native: AnyFunction,
  fileOf: (fd: number) => OpenFile | undefined,
  notes: () => Notes,
): AnyFunction {
  return (...args) => {
    const file = fileOf(args[0] as number);
    if (file === undefined) return Reflect.apply(native, undefined, args);
    let result: unknown;
    try {
      result = Reflect.apply(native, undefined, args);
    } catch (error) {
      notes().failed(file, error, args[1], args[2], args[3]);
      throw error;
    }
    notes().returned(file, result, args[1], args[2], args[3]);
    return result;
  };
}
