// What it means for a file of examples/legacy-app to be whole. Nothing here knows of fs-intact: the files are judged as
// any reader of theirs would judge them.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Each file, the call that writes it, and its reader, which returns the round of the content or throws. */
export const FILES = [
  { name: 'accounts.json', writtenWith: 'fs.writeFileSync', roundOf: roundOfBooks },
  { name: 'accounts.csv', writtenWith: 'fs.createWriteStream', roundOf: roundOfSpreadsheet },
  { name: 'settings.json', writtenWith: 'fs.promises.writeFile', roundOf: roundOfSettings },
];

/**
 * Judges one file.
 *
 * @param roundReported The last round that the program said it had saved.
 * @returns `'whole'`, `'missing'`, `'empty'`, `'torn'`, or `'stale'`: whole, but older than what was reported as saved.
 */
export function stateOf(folder, { name, roundOf }, roundReported) {
  let text;
  try {
    text = readFileSync(join(folder, name), 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return 'missing';
    throw error;
  }
  if (text === '') return 'empty';
  try {
    return roundOf(text) < roundReported ? 'stale' : 'whole';
  } catch {
    return 'torn';
  }
}

/** The number of accounts and their total stand at the head, and both must be right. */
function roundOfBooks(text) {
  const { round, count, total, accounts } = JSON.parse(text);
  const sum = accounts.reduce((cents, { balance }) => cents + balance, 0);
  return checked(round, accounts.length === count && sum === total);
}

/** The last line is `END,round,rows,total`, and nothing before it may be missing. */
function roundOfSpreadsheet(text) {
  const [, ...rows] = text.split('\n');
  const [end, trailer] = [rows.pop(), rows.pop() ?? ''];
  const [mark, round, count, total] = trailer.split(',');
  const cells = rows.map((row) => row.split(','));
  const sum = cells.reduce((cents, row) => cents + Math.round(Number(row[3]) * 100), 0);
  const isWhole = end === '' && mark === 'END' && rows.length === Number(count) && sum === Number(total);
  return checked(Number(round), isWhole && cells.every((row) => row.length === 5));
}

/** An object in JSON cannot lose its end unnoticed; the rounds in it must follow each other. */
function roundOfSettings(text) {
  const { currency, rounds } = JSON.parse(text);
  const isInOrder = rounds.every(({ round }, index) => index === 0 || round > rounds[index - 1].round);
  return checked(rounds.at(-1).round, currency === 'EUR' && isInOrder);
}

function checked(round, isWhole) {
  if (!isWhole || !Number.isInteger(round)) throw new Error('not whole');
  return round;
}
