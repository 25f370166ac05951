// Removes the folders named on the command line: compiled files whose source is gone must not stay behind.

import { rmSync } from 'node:fs';

for (const folder of process.argv.slice(2)) rmSync(folder, { recursive: true, force: true });
