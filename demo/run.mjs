// npm run demo: shows on a program and two tools that know nothing of fs-intact what it does, and what it does not do.

import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { HOOK, KILL_DELAY_MS_MAX, PROGRAM, killAgainAndAgain } from './kills.mjs';
import { USAGE, readOptions } from './options.mjs';
import { bytes, heading, progress, say, table } from './print.mjs';
import { randomFrom } from './random.mjs';
import { TOOLS, compareTrees } from './tools.mjs';
import { FILES } from './whole.mjs';

const VARIANTS = [
  { label: 'without fs-intact', nodeArguments: [] },
  { label: 'with fs-intact', nodeArguments: HOOK },
];

async function main() {
  const options = optionsOrUsage();
  if (options === undefined) return;
  const started = Date.now();
  const folder = mkdtempSync(join(options.dir, 'fs-intact-demo-'));
  try {
    const [without, hooked] = await showKills(folder, options);
    const failures = [...complaintsAboutKills(without, hooked), ...showTools(folder)];
    heading('Verdict');
    say(verdictOn(failures, without));
    say(`\n  (${Math.round((Date.now() - started) / 1000)} s)`);
    process.exitCode = failures.length === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function optionsOrUsage() {
  try {
    const options = readOptions(process.argv.slice(2));
    if (!options.help) return options;
    say(USAGE);
  } catch (error) {
    say(`${error.message}\n\n${USAGE}`);
    process.exitCode = 2;
  }
  return undefined;
}

/** @returns The outcomes without the hook and with it. */
async function showKills(folder, { kills, seed }) {
  heading('1. A program is killed while it writes');
  say(`  ${PROGRAM} uses require('fs') and nothing else. In an endless loop it rewrites three files.
  It is started, left to write each of them once, killed with SIGKILL up to ${KILL_DELAY_MS_MAX} ms later, and started again:
  ${kills} times without fs-intact, and ${kills} times with it. After each kill all three files are read: each must be whole,
  and no older than the last round that the program had reported as saved.

    without   node ${PROGRAM} FOLDER
    with      node ${HOOK.join(' ')} ${PROGRAM} FOLDER
    folder    ${folder}
    seed      ${seed} (with --seed ${seed} the kills come after the same delays)
`);
  const outcomes = [];
  for (const { label, nodeArguments } of VARIANTS) {
    const own = join(folder, label.replaceAll(' ', '-'));
    mkdirSync(own);
    const random = randomFrom(seed);
    const report = ({ runs, damage }) => progress(label.padEnd(17), runs, kills, `damaged files: ${damage.length}`);
    outcomes.push(await killAgainAndAgain({ nodeArguments, folder: own, kills, random, report }));
  }
  sayWhatWasFound(outcomes, join(folder, 'with-fs-intact'));
  return outcomes;
}

function sayWhatWasFound([without, hooked], folder) {
  table(
    ['variant', 'runs', 'files checked', 'torn or empty files', 'leftovers swept'],
    [without, hooked].map(({ runs, filesChecked, damage, left, sweptAtStart, sweptAtEnd }, index) => [
      VARIANTS[index].label,
      runs,
      filesChecked,
      damage.length,
      index === 0 ? '-' : `${sweptAtStart + sweptAtEnd} of ${left}`,
    ]),
  );
  say('\n  Damage without fs-intact, by file:\n');
  for (const { name, writtenWith } of FILES) {
    const size = bytes(statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0).padStart(6);
    const counts = ['torn', 'empty', 'missing', 'stale'].map((state) => [countOf(without, name, state), state]);
    const found = counts.filter(([count]) => count > 0).map(([count, state]) => `${count} ${state}`);
    say(`    ${name.padEnd(13)}  ${size}  ${writtenWith.padEnd(21)}  ${found.join(', ') || 'none'}`);
  }
  say(`
  A leftover is the unfinished new content of a killed write, in a hidden file beside the old content.
  The next start of the program removed ${hooked.sweptAtStart} of them by the way, and sweep() of fs-intact/api the other ${hooked.sweptAtEnd}.
  ${hooked.stillThere} remain.`);
}

function countOf({ damage }, file, asked) {
  return damage.filter(({ name, state }) => name === file && state === asked).length;
}

/** What went otherwise than it must, in sentences. */
function complaintsAboutKills(without, hooked) {
  const complaints = hooked.damage.map(
    ({ run, name, state }) => `With fs-intact, ${name} was ${state} after kill ${run}.`,
  );
  if (hooked.stillThere > 0) complaints.push(`${hooked.stillThere} leftovers could not be swept.`);
  if (without.damage.length === 0) {
    complaints.push('No kill without fs-intact hit a write, so the demo proved nothing: try more --kills.');
  }
  return complaints;
}

/** @returns What went otherwise than it must, in sentences. */
function showTools(folder) {
  heading('2. Real tools write the same files with it');
  say('  Each tool runs twice on the same input, and the two trees are compared: paths, modes, sizes, SHA-256.\n');
  for (const { name, input } of TOOLS) say(`    ${name.padEnd(18)}${input}`);
  const results = TOOLS.map((tool, index) => compareTrees(tool, join(folder, `tool-${index}`)));
  table(
    ['tool', 'files', 'bytes', 'replaced through fs-intact', 'equal'],
    results.map(({ name, files, bytes: size, replaced, differences }) => [
      name,
      files,
      bytes(size),
      replaced,
      differences.length === 0 ? 'yes' : 'NO',
    ]),
  );
  return results.flatMap(complaintsAboutTrees);
}

function complaintsAboutTrees({ name, files, replaced, differences }) {
  const complaints = [];
  if (differences.length > 0) complaints.push(`${name} wrote other files with fs-intact: ${differences.join(', ')}.`);
  if (replaced < files) complaints.push(`${name} wrote ${files} files, but only ${replaced} went through fs-intact.`);
  return complaints;
}

function verdictOn(failures, { runs, damage }) {
  if (failures.length > 0) return failures.map((failure) => `  FAILED: ${failure}`).join('\n');
  return `  Killed ${runs} times in the middle of its work, an unchanged program left ${damage.length} damaged files without fs-intact and
  none with it, and two real tools wrote the same trees, byte for byte, either way.`;
}

await main();
