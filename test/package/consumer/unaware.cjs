// A program that knows nothing of fs-intact, and tells whether its write replaced the file or overwrote it.

'use strict';

const fs = require('fs');

fs.writeFileSync('unaware.txt', 'old');
const before = fs.statSync('unaware.txt').ino;
fs.writeFileSync('unaware.txt', 'new');
console.log(fs.statSync('unaware.txt').ino === before ? 'overwritten' : 'replaced');
