// The peak of memory above the caller's own data, for 256 MiB as a buffer, a string and a stream.

import { fork } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Bench, type Part, commandFor, environmentOf, loadNow } from './bench';
import { CONTESTANTS, type Contestant, idOf } from './contestants';
import { showProgress } from './progress';
import type { Row } from './result';
import { startOf } from './runners';
import { median } from './statistics';

const MEBIBYTES = 256;
const MEASUREMENTS_MAX = 3;

const KINDS = ['buffer', 'string', 'stream'] as const;

type Kind = (typeof KINDS)[number];

export const memoryParts: readonly Part[] = KINDS.map((kind): Part => {
  const name = `memory-${kind}`;
  const title = `Peak memory above the caller's data, ${MEBIBYTES} MiB as a ${kind}`;
  return {
    name,
    title,
    async run(bench) {
      if (process.platform !== 'linux') {
        console.log(`${name}: skipped, because only /proc tells and resets a peak`);
        return undefined;
      }
      const loadBefore = loadNow();
      const { options, place } = bench;
      const rows: Row[] = [];
      for (const contestant of CONTESTANTS.filter((one) => takesPart(one, kind)))
        rows.push(await rowOf(contestant, kind, bench));
      return {
        name,
        title,
        conditions: `${measurements(bench)} processes each`,
        command: commandFor(name, options),
        environment: environmentOf(place, loadBefore),
        columns: [{ key: 'peak', title: 'peak', unit: 'MB', digits: 1 }],
        charted: 'peak',
        isGrouped: false,
        rows,
        notes: ['The contestants write a small file first, so that their code and their pools are not counted.'],
      };
    },
  };
});

function takesPart({ shape, family, durability, name }: Contestant, kind: Kind): boolean {
  if (family === 'raw' || name.includes('fsync: false')) return false;
  if (family === 'ours' && durability !== 'durable') return false;
  if (kind === 'stream') return shape === 'stream';
  return shape === 'sync' || shape === 'promise' || (shape === 'callback' && family === 'peer');
}

function measurements({ options }: Bench): number {
  return options.quick ? 1 : Math.min(MEASUREMENTS_MAX, options.rounds);
}

async function rowOf(contestant: Contestant, kind: Kind, bench: Bench): Promise<Row> {
  const directory = bench.directory();
  mkdirSync(directory);
  const peaks: number[] = [];
  for (let number = 0; number < measurements(bench); number++) {
    showProgress(idOf(contestant));
    peaks.push(await peakOf(contestant, kind, join(directory, 'target')));
  }
  rmSync(directory, { recursive: true });
  return {
    name: idOf(contestant),
    family: contestant.family,
    level: bench.levelOf(contestant),
    figures: { peak: median(peaks) / 1e6 },
  };
}

function peakOf(contestant: Contestant, kind: Kind, target: string): Promise<number> {
  const { execArgv, env } = startOf(contestant);
  const args = [idOf(contestant), kind, target, String(MEBIBYTES)];
  const child = fork(join(__dirname, 'memory-child.js'), args, { execArgv: [...execArgv, '--expose-gc'], env });
  return new Promise((resolve, reject) => {
    let peak: number | undefined;
    child.once('message', (message) => (peak = (message as { peak: number }).peak));
    child.once('exit', (code) => {
      if (peak !== undefined && code === 0) resolve(peak);
      else reject(new Error(`memory: ${args.join(' ')} ended with ${code}`));
    });
  });
}
