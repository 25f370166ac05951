// What a program calls that writes whole files and does nothing else: most of those that write at all.

import type { Context } from './shapes/context';
import type { ThreeFlavours } from './shapes/flavours';
import { makeDirectoryCalls } from './shapes/make-directory';
import { writeFileCalls } from './shapes/write-file';

export function wholeFileCalls(context: Context): Record<string, ThreeFlavours> {
  return {
    writeFile: writeFileCalls(context, 'writeFile'),
    appendFile: writeFileCalls(context, 'appendFile'),
    mkdir: makeDirectoryCalls(context, 'mkdir'),
    mkdtemp: makeDirectoryCalls(context, 'mkdtemp'),
  };
}
