// Node's own test-suite, first plain, then under the hook: `npm run test:node-suite -- [--node 20] [--set core]`.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Environment, type Outcome, execute } from './execute';
import { COUNT_WRITES } from '../support/counts-file';
import { knownReason } from './known';
import { MAJORS, type Major, obtainNode, obtainTests } from './obtain';
import { SETS, type TestSet, selectTests } from './select';

const AT_ONCE = 2;
/** How often a difference must show before it is believed: tests of watchers and timers fail now and then by themselves. */
const CONFIRMATIONS = 2;

async function main(): Promise<number> {
  const { major, set, only } = readArguments();
  const node = obtainNode(major);
  const tree = obtainTests(major);
  const scratch = mkdtempSync(join(tmpdir(), 'fs-intact-node-suite-'));
  const plain: Environment = { node, tree, scratch };
  const hooked: Environment = { ...plain, preload: COUNT_WRITES };
  const tests = selectTests(tree, set).filter((test) => test.includes(only));
  console.log(`Node ${major}, ${set}: ${tests.length} tests, plain and under the hook, ${AT_ONCE} at a time`);
  try {
    const results = await inParallel(tests, async (test, done) => {
      const before = await execute(test, plain);
      const after = await execute(test, hooked);
      const regressed = before.verdict !== 'fail' && after.verdict === 'fail' && (await confirm(test, plain, hooked));
      progress(done, tests.length, test);
      return { test, before, after, regressed };
    });
    return report(results);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Whether the test again passes plain and fails under the hook, each time it is asked. */
async function confirm(test: string, plain: Environment, hooked: Environment): Promise<boolean> {
  for (let time = 1; time <= CONFIRMATIONS; time++) {
    if ((await execute(test, hooked)).verdict !== 'fail') return false;
    if ((await execute(test, plain)).verdict === 'fail') return false;
  }
  return true;
}

interface Result {
  readonly test: string;
  readonly before: Outcome;
  readonly after: Outcome;
  readonly regressed: boolean;
}

function report(results: readonly Result[]): number {
  const regressions = results.filter(({ regressed }) => regressed);
  const unknown = regressions.filter(({ test }) => knownReason(test) === undefined);
  for (const { test, after } of unknown) console.log(`\nREGRESSION ${test}\n${indent(after.output)}`);
  for (const { test } of regressions) {
    const reason = knownReason(test);
    if (reason !== undefined) console.log(`known regression ${test}: ${reason}`);
  }
  const count = (when: 'before' | 'after', verdict: string): number =>
    results.filter((result) => result[when].verdict === verdict).length;
  for (const when of ['before', 'after'] as const) {
    const name = when === 'before' ? 'plain' : 'under the hook';
    console.log(
      `${name.padEnd(15)} ${count(when, 'pass')} pass, ${count(when, 'fail')} fail, ${count(when, 'skip')} skip`,
    );
  }
  const exercised = results.filter(({ after }) => after.writes > 0).length;
  console.log(`${exercised} tests exercised the hook`);
  console.log(`${unknown.length} regressions, ${regressions.length - unknown.length} known ones`);
  if (exercised === 0) console.log('a hook that does nothing shows no regression either: nothing is proven');
  return unknown.length === 0 && exercised > 0 ? 0 : 1;
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '    ');
}

function progress(done: number, total: number, test: string): void {
  if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${done}/${total} ${test}${done === total ? '\n' : ''}`);
  else if (done % 50 === 0 || done === total) console.log(`${done}/${total}`);
}

/** Maps with a bounded number of calls under way. */
async function inParallel<T, R>(items: readonly T[], map: (item: T, done: number) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  let done = 0;
  async function work(): Promise<void> {
    while (next < items.length) {
      const index = next++;
      results[index] = await map(items[index]!, ++done);
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return results;
}

function readArguments(): { major: Major; set: TestSet; only: string } {
  const { values } = parseArgs({
    options: {
      node: { type: 'string', default: process.versions.node.split('.')[0]! },
      set: { type: 'string', default: 'core' },
      only: { type: 'string', default: '' },
    },
  });
  const major = MAJORS.find((known) => String(known) === values.node);
  const set = SETS.find((known) => known === values.set);
  if (major === undefined) throw new Error(`--node is '${values.node}'; allowed: ${MAJORS.join(', ')}`);
  if (set === undefined) throw new Error(`--set is '${values.set}'; allowed: ${SETS.join(', ')}`);
  return { major, set, only: values.only };
}

main().then(
  (code) => (process.exitCode = code),
  (error: Error) => {
    console.error(`test:node-suite: ${error.message}`);
    process.exitCode = 2;
  },
);
