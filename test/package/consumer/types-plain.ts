// A plain .ts file beside a package.json without "type" is CommonJS, and its import statements become require().

import fs, { writeFileSync } from 'fs-intact';
import { stats } from 'fs-intact/api';
import * as promises from 'fs-intact/promises';

writeFileSync('types.txt', 'types');
const text: string = fs.readFileSync('types.txt', 'utf8');
void promises.readFile('types.txt', 'utf8').then((same: string) => {
  console.log(same === text && stats().replaced === 1 ? text : 'not the same');
});
