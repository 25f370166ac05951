// Which modules there are already. Loading one of node's takes up to two milliseconds, which a hook must not cost a program
// that does not use it.

import { fileIn } from './paths';

/** Whether node has loaded one of its own modules; true where it cannot be told. */
export function isBuiltinLoaded(name: string): boolean {
  const { moduleLoadList: loaded } = process as { moduleLoadList?: unknown };
  return !Array.isArray(loaded) || loaded.includes(`NativeModule ${name}`);
}

/** Whether any CommonJS module outside this folder has been loaded, which may have taken functions out of `fs`. */
export function hasModulesOutside(folder: string): boolean {
  return Object.keys(require.cache).some((path) => !path.startsWith(fileIn(folder, '')));
}
