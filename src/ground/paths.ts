// The little that the hook needs of node:path, which takes longer to load than all of its work on paths.

const SEPARATOR = process.platform === 'win32' ? '\\' : '/';

/** The directory of an absolute path, without the separator at its end: of a file in the root it is `''`, and so of that. */
export function directoryOf(path: string): string {
  const end = path.lastIndexOf(SEPARATOR);
  return end < 0 ? path : path.slice(0, end);
}

/** A file in a directory. */
export function fileIn(directory: string, name: string): string {
  return directory + SEPARATOR + name;
}
