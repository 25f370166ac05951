// What is preloaded into Node's tests: the hook, and a count of what went through it, kept at the end of the process.

import { closeSync, openSync, writeSync } from 'node:fs';
import { stats } from 'fs-intact/api';
import 'fs-intact/register';

const file = process.env['FS_INTACT_SUITE_WRITES'];
// Taken before the test replaces any of them.
const native = { closeSync, openSync, writeSync };

if (file !== undefined) {
  // In the method and not as a listener: some tests count the listeners.
  const emit = process.emit.bind(process) as (...args: never[]) => boolean;
  process.emit = ((...args: never[]) => {
    const result = emit(...args);
    if ((args as unknown[])[0] === 'exit') keep(file);
    return result;
  }) as typeof process.emit;
}

function keep(counts: string): void {
  const { replaced, inPlace, discarded } = stats();
  const writes = replaced + discarded + Object.values(inPlace).reduce((sum, count) => sum + count, 0);
  if (writes === 0) return;
  try {
    const fd = native.openSync(counts, 'a');
    native.writeSync(fd, `${writes}\n`);
    native.closeSync(fd);
  } catch {
    // The test has put something of its own underneath fs; then this one is not counted.
  }
}
