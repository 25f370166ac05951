// What is preloaded into plain runs.

'use strict';

module.exports = undefined;
