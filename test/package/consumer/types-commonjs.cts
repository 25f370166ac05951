// What TypeScript makes of every entry in a CommonJS file. Compiled strictly, then run.

import nodeFs = require('node:fs');
import nodePromises = require('node:fs/promises');
import fs = require('fs-intact');
import api = require('fs-intact/api');
import promises = require('fs-intact/promises');
import 'fs-intact/register';

const likeNode: typeof nodeFs = fs;
const likeNodePromises: typeof nodePromises = promises;
const required: typeof import('node:fs') = require('fs-intact');

fs.writeFileSync('types.txt', 'types', { mode: 0o600 });
const text: string = fs.readFileSync('types.txt', 'utf8');
const written: Promise<void> = promises.writeFile('types.txt', Buffer.from(text));
const stream: nodeFs.WriteStream = fs.createWriteStream('stream.txt');

const overNode: typeof nodeFs = api.createFs(nodeFs, { durability: 'process' });
const counts: api.Counts = api.stats();
const replaced: number = counts.replaced;

void [likeNode, likeNodePromises, required, overNode, replaced];
void written.then(() => stream.end(() => console.log(text)));

/** Never called: each line is a mistake that the compiler must see. */
export function mistakes(): void {
  // @ts-expect-error A path and data are needed.
  fs.writeFileSync();
  // @ts-expect-error There is no such function.
  fs.writeFileAtomically('types.txt', text);
  // @ts-expect-error There is no such durability.
  api.patch({ durability: 'forever' });
  // @ts-expect-error A rule needs a match.
  api.patch({ rules: [{ plan: 'native' }] });
}
