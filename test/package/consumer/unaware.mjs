// The same with named imports of an ES module.

import { statSync } from 'fs';
import { writeFile } from 'fs/promises';

await writeFile('unaware.txt', 'old');
const before = statSync('unaware.txt').ino;
await writeFile('unaware.txt', 'new');
console.log(statSync('unaware.txt').ino === before ? 'overwritten' : 'replaced');
