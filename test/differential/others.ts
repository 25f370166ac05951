// What another process does while a scenario is played: the one that watches does it.

import { execFileSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { nodeFs as fs } from '../../src/ground/node-fs';
import type { Scenario } from './scenario';
import { type Tree, hideStageNames } from './tree';

/** What a watcher has been told, by tree. */
const seen = new WeakMap<Tree, Set<string>>();
const readers = new WeakMap<Tree, number>();

function watch(tree: Tree, name: string): void {
  const events = new Set<string>();
  const watcher = fs.watch(tree.at(name), (event, file) => events.add(`${event} ${hideStageNames(String(file))}`));
  seen.set(tree, events);
  tree.onLeave(() => watcher.close());
}

export const OTHERS: NonNullable<Scenario['others']> = {
  'watch the directory': (tree) => watch(tree, '.'),
  'watch the file': (tree) => watch(tree, 'target'),
  async 'what was seen'(tree) {
    // The events are there; they only wait for this process to ask for them.
    await pause(20);
    const events = [...seen.get(tree)!].toSorted();
    seen.get(tree)!.clear();
    return events;
  },
  'reads it': (tree) => fs.readFileSync(tree.at('target'), 'utf8'),
  'opens it'(tree) {
    const fd = fs.openSync(tree.at('target'), 'r');
    readers.set(tree, fd);
    tree.onLeave(() => fs.closeSync(fd));
  },
  'has it open and reads it'(tree) {
    const bytes = Buffer.alloc(100);
    return bytes.toString('latin1', 0, fs.readSync(readers.get(tree)!, bytes, 0, 100, 0));
  },
  'replaces it'(tree) {
    fs.writeFileSync(tree.at('theirs'), 'another file');
    fs.renameSync(tree.at('theirs'), tree.at('target'));
  },
  'writes it': (tree) => fs.writeFileSync(tree.at('target'), 'written by another'),
  'appends to it': (tree) => fs.appendFileSync(tree.at('target'), 'appended by another'),
  'removes it': (tree) => fs.unlinkSync(tree.at('target')),
  'changes its mode': (tree) => fs.chmodSync(tree.at('target'), 0o751),
  'renames it': (tree) => fs.renameSync(tree.at('target'), tree.at('moved')),
  'what attributes it has': (tree) =>
    execFileSync('python3', ['-c', 'import os, sys; print(os.listxattr(sys.argv[1]))', tree.at('target')], {
      encoding: 'utf8',
    }),
};
