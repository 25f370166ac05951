// What is preloaded into programs that are not ours: the hook, and a count of the writes that went through it, kept at the
// end of each process and thread. Not compiled: a source map would make some programs behave otherwise.

'use strict';

const { closeSync, openSync, writeSync } = require('node:fs');
const { stats } = require('fs-intact/api');
require('fs-intact/register');

const file = process.env.FS_INTACT_COUNTS;

if (file !== undefined) {
  // In the method and not as a listener: some programs count the listeners.
  const { emit } = process;
  process.emit = function (...args) {
    // Not by spreading: a program may have taken away what arrays are iterated with.
    const result = Reflect.apply(emit, this, args);
    if (args[0] === 'exit') keep();
    return result;
  };
}

function keep() {
  try {
    const { replaced, inPlace, discarded } = stats();
    const writes = replaced + discarded + Object.values(inPlace).reduce((sum, count) => sum + count, 0);
    if (writes === 0) return;
    const fd = openSync(file, 'a');
    writeSync(fd, `${writes}\n`);
    closeSync(fd);
  } catch {
    // The program has broken what this needs; then it is not counted.
  }
}
