// The books of a small savings bank, kept the way programs have always kept their files: with require('fs'), no library,
// no precaution. It posts a round of transactions, saves settings and books, exports the books for the spreadsheet, and
// begins again, until somebody stops it.
//
//   node main.js FOLDER

'use strict';

const fs = require('fs');
const path = require('path');
const books = require('./books');
const settings = require('./settings');
const spreadsheet = require('./spreadsheet');

async function main(folder) {
  fs.mkdirSync(folder, { recursive: true });
  const bookFile = path.join(folder, 'accounts.json');
  const settingsFile = path.join(folder, 'settings.json');
  const ledger = books.load(bookFile);
  const preferences = settings.load(settingsFile);

  for (;;) {
    books.postTransactions(ledger);
    // Nobody wants to wait for the settings, so they are saved while the books are.
    const settingsSaved = settings.save(settingsFile, settings.remember(preferences, ledger.round));
    books.save(bookFile, ledger);
    await spreadsheet.save(path.join(folder, 'accounts.csv'), ledger);
    await settingsSaved;
    console.log(`round ${ledger.round} saved`);
  }
}

if (process.argv.length !== 3) {
  console.error('usage: node main.js FOLDER');
  process.exit(2);
}
main(process.argv[2]).catch((error) => {
  console.error(error);
  process.exit(1);
});
