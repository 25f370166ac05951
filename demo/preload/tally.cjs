// Leaves what fs-intact counted in the file named by DEMO_TALLY, as proof that the tool's writes went through it.

'use strict';

const fs = require('node:fs');
const { stats } = require('fs-intact/api');

process.on('exit', () => fs.writeFileSync(process.env.DEMO_TALLY, JSON.stringify(stats())));
