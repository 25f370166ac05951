// What TypeScript makes of every entry in an ES module. Compiled strictly, then run.

import nodeFs from 'node:fs';
import nodePromises from 'node:fs/promises';
import fs, {
  type PathLike,
  type Stats,
  constants,
  createWriteStream,
  promises,
  readFileSync,
  writeFileSync,
} from 'fs-intact';
import {
  type Counts,
  type Durability,
  type Explanation,
  type Options,
  type RuleOptions,
  type SweepReport,
  createFs,
  explain,
  patch,
  stats,
  sweep,
} from 'fs-intact/api';
import intactPromises, { type FileHandle, open } from 'fs-intact/promises';
import 'fs-intact/register';

const likeNode: typeof nodeFs = fs;
const likeNodePromises: typeof nodePromises = intactPromises;

const path: PathLike = new URL('types.txt', import.meta.url);
writeFileSync(path, 'types', { mode: constants.S_IRUSR | constants.S_IWUSR });
const text: string = readFileSync(path, 'utf8');
const found: Stats = await promises.stat(path);
const handle: FileHandle = await open('handle.txt', 'w');
await handle.close();

const rule: RuleOptions = { match: ['*.db', '**/cache/**'], plan: 'in-place', durability: 'consistent' };
const durability: Durability = 'durable';
const options: Options = {
  durability,
  rules: [rule],
  onExit: 'publish',
  append: 'copy',
  warn: ({ code }) => void code,
};
// Whatever has the shape of fs comes back in its own type.
const extended = createFs({ ...nodeFs, extra: 1 }, options);
extended.writeFileSync('extended.txt', extended.extra.toFixed());

const unpatch: () => void = patch();
const explanation: Explanation = explain('types.txt', 'open');
const report: SweepReport = await sweep('.', { olderThanMs: 1000, dryRun: true, recursive: true });
const counts: Counts = stats();
unpatch();

void [likeNode, likeNodePromises, found.size, explanation.plan, report.removed, counts.replaced];
createWriteStream('stream.txt').end(() => console.log(text));

/** Never called: each line is a mistake that the compiler must see. */
export function mistakes(): void {
  // @ts-expect-error There is no such durability.
  patch({ durability: 'forever' });
  // @ts-expect-error There is no such option.
  patch({ durabilty: 'process' });
  // @ts-expect-error A plan is 'replace', 'in-place' or 'native'.
  patch({ rules: [{ match: '*.db', plan: 'atomic' }] });
  // @ts-expect-error A rule needs a match.
  patch({ rules: [{ plan: 'native' }] });
  // @ts-expect-error Milliseconds are a number.
  patch({ rules: [{ match: '*.db', publishIdleMs: '1s' }] });
  // @ts-expect-error Files left open are published or discarded.
  patch({ onExit: 'keep' });
  // @ts-expect-error An age is a number of milliseconds.
  void sweep('.', { olderThanMs: '7d' });
  // @ts-expect-error There are two kinds of call.
  explain('types.txt', 'append');
  // @ts-expect-error An explanation is not to be changed.
  explain('types.txt').plan = 'native';
}
