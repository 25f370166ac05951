// The entries that look like a module of node's get that module's own types: its functions, and the types beside them
// (`fs.Stats`, `type PathLike`), which a declaration made from our source would lose.

import { writeFileSync } from 'node:fs';

for (const [entry, native] of [
  ['index', 'node:fs'],
  ['promises', 'node:fs/promises'],
]) {
  writeFileSync(`dist/${entry}.d.ts`, `import native = require('${native}');\nexport = native;\n`);
  writeFileSync(`dist/${entry}.d.mts`, `export * from '${native}';\nexport { default } from '${native}';\n`);
}
