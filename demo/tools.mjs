// The second part of the demo: real tools, run on real files without and with the hook, must write the same trees.
// Prettier writes each file with fs.promises.writeFile; c8's reporters use openSync, writeSync, closeSync, mkdirSync and
// writeFileSync. (tsc is not among them: typescript 7 is a native program, which no hook in node can see.)

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HOOK } from './kills.mjs';
import { PACKAGE, plainEnvironment } from './places.mjs';
import { describeTree, differencesBetween } from './tree.mjs';

const PRETTIER = join(PACKAGE, 'node_modules/prettier/bin/prettier.cjs');
const C8 = join(PACKAGE, 'node_modules/c8/bin/c8.js');
const STOPPED_CLOCK = ['-r', join(PACKAGE, 'demo/preload/stopped-clock.cjs')];
const TALLY = join(PACKAGE, 'demo/preload/tally.cjs');

/** Each tool: how its input is made, and its arguments for node that write an output tree. */
export const TOOLS = [
  {
    name: 'prettier --write',
    input: 'a copy of src and test, formatted otherwise before',
    prepare(folder) {
      for (const part of ['src', 'test']) cpSync(join(PACKAGE, part), join(folder, 'input', part), { recursive: true });
      runNode([
        PRETTIER,
        '--write',
        '--no-config',
        '--use-tabs',
        '--no-semi',
        '--print-width=60',
        join(folder, 'input'),
      ]);
    },
    run(folder, tree, runTool) {
      cpSync(join(folder, 'input'), tree, { recursive: true });
      runTool([PRETTIER, '--write', '--config', join(PACKAGE, '.prettierrc.json'), tree]);
    },
  },
  {
    name: 'c8 report',
    input: 'HTML, lcov, JSON and Cobertura reports on dist',
    prepare(folder) {
      runNode(['dist/cli.js', 'explain', '.'], { NODE_V8_COVERAGE: join(folder, 'coverage') });
    },
    run(folder, tree, runTool) {
      const reporters = ['html', 'lcov', 'json', 'cobertura'].map((name) => `--reporter=${name}`);
      const input = [`--temp-directory=${join(folder, 'coverage')}`, '--all', '--src=dist', '--include=dist/**'];
      runTool([...STOPPED_CLOCK, C8, 'report', ...input, ...reporters, `--reports-dir=${tree}`]);
    },
  },
];

/** Runs a tool twice on the same input. @returns What the two trees are, and how they differ. */
export function compareTrees(tool, folder) {
  mkdirSync(folder);
  const [plain, hooked, tally] = ['without', 'with', 'tally.json'].map((name) => join(folder, name));
  tool.prepare(folder);
  tool.run(folder, plain, (nodeArguments) => runNode(nodeArguments));
  tool.run(folder, hooked, (nodeArguments) => runNode([...HOOK, '-r', TALLY, ...nodeArguments], { DEMO_TALLY: tally }));
  const tree = describeTree(hooked);
  const files = tree.filter(({ sha256 }) => sha256 !== undefined);
  return {
    name: tool.name,
    files: files.length,
    bytes: files.reduce((sum, { size }) => sum + size, 0),
    replaced: JSON.parse(readFileSync(tally, 'utf8')).replaced,
    differences: differencesBetween(describeTree(plain), tree),
  };
}

/** @throws {Error} With what the program wrote to stderr, if it fails. */
function runNode(nodeArguments, environment = {}) {
  execFileSync(process.execPath, nodeArguments, {
    cwd: PACKAGE,
    env: plainEnvironment(environment),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}
