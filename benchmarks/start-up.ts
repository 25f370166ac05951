// What a preloaded hook adds to the start of a program that does nothing, or writes one file.

import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Part, commandFor, environmentOf, loadNow } from './bench';
import { clearProgress, showProgress } from './progress';
import { REGISTER } from './runners';
import { median, quantile } from './statistics';
import { now } from './work/work';

/** A start takes some twenty milliseconds, with a few of noise: many are needed to see a tenth of one. */
const STARTS_IN_ROUND = 10;

interface Start {
  readonly name: string;
  readonly preload: 'empty' | 'hook';
  readonly program: 'nothing' | 'write';
  readonly against: string | undefined;
}

const EMPTY = 'an empty file';
const EMPTY_AND_WRITE = 'an empty file, and one write';

const STARTS: readonly Start[] = [
  { name: EMPTY, preload: 'empty', program: 'nothing', against: undefined },
  { name: `${EMPTY}, once more`, preload: 'empty', program: 'nothing', against: EMPTY },
  { name: 'fs-intact/register', preload: 'hook', program: 'nothing', against: EMPTY },
  { name: EMPTY_AND_WRITE, preload: 'empty', program: 'write', against: undefined },
  { name: 'fs-intact/register, and one write', preload: 'hook', program: 'write', against: EMPTY_AND_WRITE },
];

export const startUp: Part = {
  name: 'start-up',
  title: 'Start-up: node -r FILE program.js',
  async run({ options, directory, place }) {
    const loadBefore = loadNow();
    const home = directory();
    mkdirSync(home);
    writeFileSync(join(home, 'empty.js'), '');
    writeFileSync(join(home, 'nothing.js'), '');
    writeFileSync(
      join(home, 'write.js'),
      `require('node:fs').writeFileSync(${JSON.stringify(join(home, 'target'))}, 'x');`,
    );

    const times = new Map<string, number[]>(STARTS.map(({ name }) => [name, []]));
    const starts = options.rounds * (options.quick ? 1 : STARTS_IN_ROUND);
    for (let number = 0; number < starts; number++) {
      showProgress(`${number + 1} of ${starts}`);
      for (const { name, preload, program } of number % 2 === 0 ? STARTS : STARTS.toReversed()) {
        const file = preload === 'hook' ? REGISTER : join(home, 'empty.js');
        times.get(name)!.push(timeOf(['-r', file, join(home, `${program}.js`)]));
      }
    }
    clearProgress();

    return {
      name: 'start-up',
      title: 'Start-up: node -r FILE program.js',
      conditions: `${starts} interleaved starts of each`,
      command: commandFor('start-up', options),
      environment: environmentOf(place, loadBefore),
      columns: [
        { key: 'median', title: 'one start', unit: 'ms', digits: 2 },
        { key: 'p99', title: 'p99', unit: 'ms', digits: 2 },
        { key: 'added', title: 'added', unit: 'ms', digits: 2 },
        { key: 'addedAtBest', title: 'added at the fastest tenth', unit: 'ms', digits: 2 },
      ],
      charted: 'median',
      isGrouped: false,
      rows: STARTS.map(({ name, preload, against }) => {
        const own = times.get(name)!;
        const others = against === undefined ? undefined : times.get(against)!;
        return {
          name,
          family: preload === 'hook' ? 'ours' : name.endsWith('once more') ? 'control' : 'node',
          level: 'nothing',
          figures: {
            median: median(own),
            p99: quantile(own, 0.99),
            ...(others === undefined ? {} : addedTo(own, others)),
          },
        };
      }),
      notes: [
        'Added: the median of the differences within each round; at the fastest tenth, a busy machine counts for less.',
      ],
    };
  },
};

function addedTo(own: readonly number[], others: readonly number[]): Record<string, number> {
  return {
    added: median(own.map((time, index) => time - others[index]!)),
    addedAtBest: quantile(own, 0.1) - quantile(others, 0.1),
  };
}

/** From the call until the process is gone, in milliseconds. */
function timeOf(args: readonly string[]): number {
  const env = { PATH: process.env['PATH'] };
  const begun = now();
  const { status, stderr } = spawnSync(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const time = (now() - begun) / 1e6;
  if (status !== 0) throw new Error(`node ${args.join(' ')}: ${stderr.toString()}`);
  return time;
}
