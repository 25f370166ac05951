// The same as an ES module.

import { renameSync, writeFileSync } from 'node:fs';

export function save(path, text) {
  writeFileSync(`${path}.tmp`, text);
  renameSync(`${path}.tmp`, path);
}
