// memfs is an optional peer dependency: most who test with the lab never meet it.

import type * as memfs from 'memfs';
import { codeOf } from '../ground/errors';
import { IntactError } from '../ground/intact-error';

/**
 * @param user What needs it, for the error.
 * @throws ERR_INTACT_MEMFS where it is not installed.
 */
export function loadMemfs(user: string): typeof memfs {
  try {
    return require('memfs') as typeof memfs;
  } catch (error) {
    if (codeOf(error) !== 'MODULE_NOT_FOUND') throw error;
    const message = `${user} needs memfs, which is not installed: npm install --save-dev memfs`;
    throw Object.assign(new IntactError('ERR_INTACT_MEMFS', message), { cause: error });
  }
}
