// accounts.json: every account of the bank, with the number of accounts and their total at its head, as bookkeepers do.

'use strict';

const fs = require('fs');

const ACCOUNTS = 20000;
const OWNERS = ['Ada Lovelace', 'Zoë Müller', 'Grace Hopper', 'Søren Ångström', 'Edsger Dijkstra', 'José Núñez'];

exports.load = function load(file) {
  if (!fs.existsSync(file)) return { round: 0, accounts: openAccounts() };
  return JSON.parse(fs.readFileSync(file, 'utf8'));
};

exports.save = function save(file, ledger) {
  const { round, accounts } = ledger;
  fs.writeFileSync(file, JSON.stringify({ round, count: accounts.length, total: exports.total(accounts), accounts }));
};

/** The sum of all balances, in cents. */
exports.total = function total(accounts) {
  return accounts.reduce((sum, account) => sum + account.balance, 0);
};

/** Moves some money about, and adds some interest. */
exports.postTransactions = function postTransactions(ledger) {
  ledger.round++;
  for (const account of ledger.accounts) {
    const amount = ((account.id * 7919 + ledger.round * 104729) % 20001) - 9000;
    account.balance += amount;
    account.last = { round: ledger.round, amount, text: amount < 0 ? 'standing order' : 'payment received' };
  }
};

function openAccounts() {
  return Array.from({ length: ACCOUNTS }, (_, index) => ({
    id: 100000 + index,
    owner: OWNERS[index % OWNERS.length],
    branch: `Branch ${index % 17}`,
    balance: (index * 31) % 500000,
    last: null,
  }));
}
