// Compiles the C program, where there is a compiler.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** The source stays beside the sources of this file: nothing copies it. */
const SOURCE = join(__dirname, '../../benchmarks/floor.c');

/** @returns The program, or why there is none. */
export function compileFloor(directory: string): { program: string } | { reason: string } {
  const program = join(directory, 'floor');
  for (const compiler of [process.env['CC'], 'cc', 'gcc', 'clang']) {
    if (compiler === undefined) continue;
    try {
      execFileSync(compiler, ['-O2', '-pthread', '-o', program, SOURCE], { stdio: ['ignore', 'ignore', 'pipe'] });
      return { program };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue;
      return { reason: `${compiler} failed: ${(error as { stderr?: Buffer }).stderr?.toString().trim()}` };
    }
  }
  return { reason: 'there is no C compiler (tried $CC, cc, gcc, clang)' };
}
