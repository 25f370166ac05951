// What a write has done by the time that it is acknowledged. Only contestants of one level are compared with one another.

/**
 * - `'nothing'`: the target was written in place; a crash may leave it empty or torn.
 * - `'process'`: a complete file was renamed over the target, and nothing flushed.
 * - `'file'`: the file was flushed before.
 * - `'directory'`: and the directory after.
 */
export type Level = 'nothing' | 'process' | 'file' | 'directory';

export const LEVELS: readonly Level[] = ['nothing', 'process', 'file', 'directory'];

export const TITLES: Readonly<Record<Level, string>> = {
  nothing: 'in place, not crash-safe',
  process: 'renamed, nothing flushed',
  file: 'renamed, file flushed',
  directory: 'renamed, file and directory flushed',
};
