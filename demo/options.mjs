// The command line of the demo.

import { randomInt } from 'node:crypto';
import { statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

export const USAGE = `usage: npm run demo -- [--kills N] [--seed N] [--dir DIRECTORY]

  --kills N        how often the program is killed, without and again with fs-intact; default 80
  --seed N         chooses the moments of the kills; default: another one each time, and printed
  --dir DIRECTORY  where the demo makes its temporary folder, to try another file system; default ${tmpdir()}
`;

/** @throws {Error} Saying which argument is wrong, and what is allowed. */
export function readOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      kills: { type: 'string', default: '80' },
      seed: { type: 'string', default: String(randomInt(1_000_000)) },
      dir: { type: 'string', default: tmpdir() },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  return {
    kills: wholeNumber('--kills', values.kills, 1),
    seed: wholeNumber('--seed', values.seed, 0),
    dir: directory('--dir', values.dir),
    help: values.help,
  };
}

function wholeNumber(name, text, least) {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least && number < 2 ** 32) return number;
  throw new Error(`${name} is '${text}'; allowed: a whole number from ${least} to ${2 ** 32 - 1}`);
}

function directory(name, path) {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return resolve(path);
  throw new Error(`${name} is '${path}'; allowed: a directory`);
}
