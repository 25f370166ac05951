// accounts.csv: the accounts for the spreadsheet, one a line. The last line says how many there are and what they add up
// to, so that the reader can tell a whole file from half of one.

'use strict';

const fs = require('fs');
const books = require('./books');

exports.save = function save(file, ledger) {
  return new Promise((resolve, reject) => {
    const { round, accounts } = ledger;
    const out = fs.createWriteStream(file);
    let next = 0;

    function writeLines() {
      while (next < accounts.length) {
        if (!out.write(lineOf(accounts[next++]))) {
          out.once('drain', writeLines);
          return;
        }
      }
      out.end(`END,${round},${accounts.length},${books.total(accounts)}\n`);
    }

    out.on('error', reject);
    out.on('finish', resolve);
    out.write('account,owner,branch,balance,last transaction\n');
    writeLines();
  });
};

function lineOf({ id, owner, branch, balance, last }) {
  return `${id},${owner},${branch},${(balance / 100).toFixed(2)},${last.text}\n`;
}
