// The process of one contestant that is looked at from outside: writes to one path, all at once, between two calls that
// stand out in a trace.
//
//   node traced.js CONTESTANT DIRECTORY BEGIN END WRITES

import { accessSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Calls, type Contestant, contestantWith } from './contestants';
import { asCallback } from './work/asynchronous';
import { pour } from './work/streams';

async function main(): Promise<void> {
  const [id, directory, begin, end, writes] = process.argv.slice(2) as [string, string, string, string, string];
  const contestant = contestantWith(id);
  const call = await contestant.load();
  const target = join(directory, 'target');
  // Once for what is done only once, such as a first look into the directory.
  await doOnce(contestant, call, target);
  mark(begin);
  await Promise.all(Array.from({ length: Number(writes) }, () => doOnce(contestant, call, target)));
  mark(end);
}

/** A path that is not there. */
function mark(path: string): void {
  try {
    accessSync(path);
  } catch {
    // As it should be.
  }
}

async function doOnce(contestant: Contestant, call: unknown, target: string): Promise<void> {
  const data = Buffer.alloc(4096, 'x');
  switch (contestant.shape) {
    case 'sync':
      return (call as Calls['sync'])(target, data);
    case 'callback':
    case 'promise':
      return new Promise((resolve, reject) => {
        asCallback(contestant, call)(target, data, (error) => (error ? reject(error) : resolve()));
      });
    case 'stream':
      return pour((call as Calls['stream'])(target, {}), data, 4);
    case 'copySync':
      return (call as Calls['copySync'])(`${target}-source`, target);
    case 'copy':
      return (call as Calls['copy'])(`${target}-source`, target);
    case 'fs':
      throw new Error('nothing to be traced');
  }
}

const [, directory] = process.argv.slice(2);
writeFileSync(join(directory!, 'target-source'), Buffer.alloc(4096, 'y'));
writeFileSync(join(directory!, 'target'), 'old');
main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
