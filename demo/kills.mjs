// The first part of the demo: a program is started and killed, again and again, in one folder, and after each kill all of
// its files are read.

import { spawn } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { sweep } from 'fs-intact/api';
import { PACKAGE, plainEnvironment } from './places.mjs';
import { FILES, stateOf } from './whole.mjs';

/** A round takes about 30 ms on an idle machine: a kill may hit any moment of the first few. */
export const KILL_DELAY_MS_MAX = 250;

/** The program writes its files once within this time on any machine that is worth waiting for. */
const READY_MS_MAX = 60_000;

export const PROGRAM = 'examples/legacy-app/main.js';
export const HOOK = ['-r', 'fs-intact/register'];

/**
 * Starts and kills the program.
 *
 * @param nodeArguments What stands between `node` and the program.
 * @param folder Where the program keeps its files.
 * @param random Chooses the moments.
 * @param report Called after each kill with what there is so far.
 */
export async function killAgainAndAgain({ nodeArguments, folder, kills, random, report }) {
  const outcome = { runs: 0, filesChecked: 0, damage: [], left: 0, sweptAtStart: 0, sweptAtEnd: 0, stillThere: 0 };
  let leftBehind = [];
  while (outcome.runs < kills) {
    const roundReported = await runAndKill(nodeArguments, folder, random() * KILL_DELAY_MS_MAX);
    outcome.runs++;
    for (const file of FILES) {
      const state = stateOf(folder, file, roundReported);
      outcome.filesChecked++;
      if (state === 'whole') continue;
      outcome.damage.push({ run: outcome.runs, name: file.name, state });
      // The program could not read it at its next start. Its user would have to do the same.
      rmSync(join(folder, file.name), { force: true });
    }
    const now = leftoversIn(folder);
    outcome.sweptAtStart += leftBehind.filter((name) => !now.includes(name)).length;
    outcome.left += now.filter((name) => !leftBehind.includes(name)).length;
    leftBehind = now;
    report(outcome);
  }
  outcome.sweptAtEnd = (await sweep(folder)).removed.length;
  outcome.stillThere = leftoversIn(folder).length;
  return outcome;
}

/** Everything in the folder that the program did not mean to be there. */
function leftoversIn(folder) {
  return readdirSync(folder).filter((name) => !FILES.some((file) => file.name === name));
}

/**
 * Starts the program, waits until it has written each of its files once, and kills it so many milliseconds later.
 *
 * @returns The last round that it said it had saved.
 */
function runAndKill(nodeArguments, folder, delayMs) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...nodeArguments, PROGRAM, folder], {
      cwd: PACKAGE,
      env: plainEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let killed = false;
    let said = '';
    let complaints = '';
    const giveUp = setTimeout(() => {
      complaints += `It had not written its files after ${READY_MS_MAX / 1000} s.`;
      child.kill('SIGKILL');
    }, READY_MS_MAX);
    child.stderr.setEncoding('utf8').on('data', (text) => (complaints += text));
    child.stdout.setEncoding('utf8').on('data', (text) => (said += text));
    child.stdout.once('data', () => {
      clearTimeout(giveUp);
      setTimeout(() => (killed = child.kill('SIGKILL')), delayMs);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(giveUp);
      if (killed && signal === 'SIGKILL') resolve(lastRoundIn(said));
      else reject(new Error(`the program ended before it was killed: code ${code}, signal ${signal}\n${complaints}`));
    });
  });
}

function lastRoundIn(said) {
  return Math.max(...Array.from(said.matchAll(/^round (\d+) saved$/gm), ([, round]) => Number(round)));
}
