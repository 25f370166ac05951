// The names of fs-intact/promises for ES modules.

import promises from './promises.js';

export * from 'node:fs/promises';
export const { appendFile, copyFile, cp, mkdir, mkdtemp, open, writeFile } = promises;
export default promises;
