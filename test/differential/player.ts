// The program of the child processes: plays the scenarios that it is told, one after the other, by the fs that any program
// gets. Whether that is node's own or the hook's is decided by how node was started.

import fs = require('node:fs');
import { turns } from '../support/event-loop';
import { Journal } from '../support/outcome';
import { openFilesIn, pictureOf } from '../support/picture';
import type { Report, Scenario, Scene } from './scenario';
import { scenarioNamed } from './scenarios';
import { ORDINARY_USER } from './tree';
import { type Job, connect } from './wire';

const ask = connect({ writeSync: fs.writeSync, readSync: fs.readSync });
const warnings: string[] = [];

async function main(): Promise<void> {
  process.on('warning', ({ code }: Error & { code?: string }) => {
    if (code?.startsWith('INTACT_')) warnings.push(code);
  });
  if (process.argv.includes('--as-user')) becomeOrdinaryUser();
  for (let job = next(); job.id !== undefined; job = next()) {
    await play(scenarioNamed(job.id), job.directory);
  }
}

function next(): Job {
  return ask({ ask: 'next' }) as Job;
}

function becomeOrdinaryUser(): void {
  process.setgroups!([]);
  process.setgid!(ORDINARY_USER);
  process.setuid!(ORDINARY_USER);
}

async function play(scenario: Scenario, directory: string): Promise<void> {
  process.umask(0o022);
  process.chdir(directory);
  const journal = new Journal();
  const scene = sceneOf(scenario, directory, journal);
  warnings.length = 0;
  await journal.note('', () => scenario.act(scene));
  // Warnings come a turn later.
  await turns(1);
  const report: Report = {
    answer: pictureOf(journal.entries, directory),
    own: pictureOf(ownView(directory), directory),
    // A sweep in the background may have a directory open.
    open: openFilesIn({ directory }).filter((path) => !isDirectory(path.replace('<dir>', directory))),
    warnings: [...warnings],
  };
  ask({ ask: 'report', report });
  process.chdir('/');
}

function sceneOf({ kind, others }: Scenario, directory: string, journal: Journal): Scene {
  const { path = 'target', spell = (plain: string): unknown => plain } = kind;
  const target = spell(`${directory}/${path}`, directory) as string;
  return {
    fs,
    directory,
    target,
    async open(flags, mode) {
      let fd: number | undefined;
      await journal.note('open', () => typeof (fd = fs.openSync(target, flags, mode)));
      return fd;
    },
    at: (...names) => [directory, ...names].join('/'),
    note: (what, call) => journal.note(what, call),
    add: (what, value) => journal.add(what, value),
    look: (when) => void ask({ ask: 'look', when }),
    other(name) {
      if (others?.[name] === undefined) throw new Error(`nobody does '${name}'`);
      return ask({ ask: 'other', name });
    },
  };
}

function isDirectory(path: string): boolean {
  return fs.statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** The directory by the same fs that the scenario was played with. */
function ownView(directory: string): unknown {
  try {
    const names = fs.readdirSync(directory, { recursive: true, encoding: 'latin1' });
    return Object.fromEntries(names.map((name) => [name, names.filter((other) => other === name).length]));
  } catch (error) {
    return error;
  }
}

void main();
