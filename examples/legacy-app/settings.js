// settings.json: what the program remembers from one start to the next.

'use strict';

const fs = require('fs');

const REMEMBERED_ROUNDS = 500;

exports.load = function load(file) {
  if (!fs.existsSync(file)) return { currency: 'EUR', decimals: 2, rounds: [] };
  return JSON.parse(fs.readFileSync(file, 'utf8'));
};

/** Adds a round to the list of the latest ones. */
exports.remember = function remember(settings, round) {
  settings.rounds.push({ round, time: new Date().toISOString() });
  settings.rounds = settings.rounds.slice(-REMEMBERED_ROUNDS);
  return settings;
};

exports.save = function save(file, settings) {
  return fs.promises.writeFile(file, JSON.stringify(settings, null, 2));
};
