// The whole test-suite on every supported Node: `npm run test:matrix -- [--node 22]`.

import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { MAJORS, type Major, obtainNode } from '../node-suite/obtain';

interface Result {
  readonly major: Major;
  readonly version: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

function main(): number {
  const { values } = parseArgs({ options: { node: { type: 'string' } } });
  const majors = MAJORS.filter((major) => values.node === undefined || values.node === String(major));
  if (majors.length === 0) throw new Error(`--node is '${values.node}'; allowed: ${MAJORS.join(', ')}`);
  const results = majors.map((major) => runOn(major));
  console.log('\n  Node        passed  failed  skipped');
  for (const { version, passed, failed, skipped } of results) {
    const cells = [passed, failed, skipped].map((count) => String(count).padStart(8));
    console.log(`  ${version.padEnd(10)}${cells.join('')}`);
  }
  return results.every(({ passed, failed }) => failed === 0 && passed > 0) ? 0 : 1;
}

function runOn(major: Major): Result {
  const folder = mkdtempSync(join(tmpdir(), 'fs-intact-matrix-'));
  // Some tests run it as another user, who may not reach the cache in somebody's home directory.
  chmodSync(folder, 0o755);
  const node = join(folder, 'node');
  copyFileSync(obtainNode(major), node);
  const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim();
  console.log(`\nNode ${version}`);
  const counts = join(folder, 'counts');
  const mocha = join(__dirname, '../../../node_modules/mocha/bin/mocha.js');
  const reporter = join(__dirname, '../../../scripts/ci-reporter.cjs');
  spawnSync(node, [mocha, '--reporter', reporter, 'build/test/**/*.test.js'], {
    env: { ...process.env, TEST_COUNTS: counts },
    stdio: 'inherit',
  });
  try {
    const [passed = 0, failed = 0, skipped = 0] = readFileSync(counts, 'utf8').split(' ').map(Number);
    return { major, version, passed, failed, skipped };
  } catch {
    // Mocha did not get to its end.
    return { major, version, passed: 0, failed: 1, skipped: 0 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

try {
  process.exitCode = main();
} catch (error) {
  console.error(`test:matrix: ${(error as Error).message}`);
  process.exitCode = 2;
}
