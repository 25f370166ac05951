// Runs unaware.cjs in a worker thread, with the node arguments that this program was given for it.

'use strict';

const { Worker } = require('node:worker_threads');

const own = process.argv.slice(2);
const worker = new Worker('./unaware.cjs', own.length > 0 ? { execArgv: own } : {});
worker.on('exit', (code) => (process.exitCode = code));
