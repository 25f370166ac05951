// The declared differences as the README prints them: `node build/test/differential/readme.js` writes them there.

import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { PACKAGE } from '../support/child';
import { DECLARED } from './declared';

const README = resolve(PACKAGE, 'README.md');
const BLOCK = /(<!-- differences:begin -->\n)[^]*(<!-- differences:end -->)/;
const COLUMNS = 120;

/** The list in the README. */
export function listInReadme(): string {
  return BLOCK.exec(readFileSync(README, 'utf8'))?.[0] ?? '';
}

/** The list as it should be. */
export function listOfDeclared(): string {
  const items = DECLARED.map(({ what, details }) =>
    wrapped(`- **${what}${/^[A-Z]/.test(details) ? '.' : ''}** ${details}`),
  );
  return `<!-- differences:begin -->\n\n${items.join('\n')}\n\n<!-- differences:end -->`;
}

/** Broken into lines as prettier leaves them. */
function wrapped(item: string): string {
  const lines = [''];
  for (const word of item.split(' ')) {
    const line = lines.at(-1)!;
    if (line === '') lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= COLUMNS) lines[lines.length - 1] += ` ${word}`;
    else lines.push(`  ${word}`);
  }
  return lines.join('\n');
}

if (require.main === module) {
  writeFileSync(
    README,
    readFileSync(README, 'utf8').replace(BLOCK, () => listOfDeclared()),
  );
}
