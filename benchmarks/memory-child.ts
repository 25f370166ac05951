// The process of one contestant whose memory is looked at: a write of 256 MiB, and how far its peak rises above what the
// caller held already.
//
//   node memory-child.js CONTESTANT DATA TARGET MEBIBYTES

import { readFileSync, writeFileSync } from 'node:fs';
import { type Calls, contestantWith } from './contestants';
import { asCallback } from './work/asynchronous';
import { pour } from './work/streams';

const MIB = 1024 * 1024;

async function main(): Promise<void> {
  const [id, data, target, mebibytes] = process.argv.slice(2) as [string, string, string, string];
  const contestant = contestantWith(id);
  const call = await contestant.load();
  const bytes = Number(mebibytes) * MIB;

  async function write(content: Buffer | string): Promise<void> {
    if (contestant.shape === 'sync') (call as Calls['sync'])(target, content);
    else
      await new Promise<void>((resolve, reject) => {
        asCallback(contestant, call)(target, content, (error) => (error ? reject(error) : resolve()));
      });
  }

  const chunk = Buffer.alloc(64 * 1024, 'x');
  // Code, and what is kept for the next time, are not the price of the data.
  if (contestant.shape === 'stream') await pour((call as Calls['stream'])(target, {}), chunk, 16);
  else await write(data === 'buffer' ? chunk : chunk.toString('latin1'));

  const content = data === 'stream' ? chunk : data === 'buffer' ? Buffer.alloc(bytes, 'x') : 'x'.repeat(bytes);
  // Makes one piece of a string that is still a tree of repetitions.
  if (typeof content === 'string') Number(content);
  global.gc!();
  const peakAbove = watchPeak();
  if (contestant.shape === 'stream') await pour((call as Calls['stream'])(target, {}), chunk, bytes / chunk.length);
  else await write(content);
  process.send!({ peak: peakAbove() });
}

/** Resets the peak, and tells later by how many bytes it has risen above what was held at the reset. proc(5). */
function watchPeak(): () => number {
  writeFileSync('/proc/self/clear_refs', '5');
  const before = statusField('VmRSS');
  return () => statusField('VmHWM') - before;
}

function statusField(name: string): number {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(readFileSync('/proc/self/status', 'utf8'));
  return Number(found![1]) * 1024;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
