// A package that saves a file, and forgets to flush it.

'use strict';

const fs = require('fs');

exports.save = (path, text) => {
  fs.writeFileSync(`${path}.tmp`, text);
  fs.renameSync(`${path}.tmp`, path);
};
