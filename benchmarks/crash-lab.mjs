// How many crash states the lab tries in a minute, and in how much memory: `npm run bench:lab`.
//
// The workload is a typical save, four times over: a temporary file, written and renamed over the old one, with nothing
// flushed, so that there are many states; and every check reads all four files. On a machine that others use too, the time
// of the processor says more than that of the clock.

import { cpus } from 'node:os';
import { explore } from 'fs-intact/testing';

const NAMES = ['a', 'b', 'c', 'd'];
const MODELS = ['posix', 'ordered', 'ext4', 'btrfs'];

/** The lab's figures for one model. */
async function measure(model) {
  const begun = { clock: performance.now(), processor: process.cpuUsage() };
  const { crashPoints, crashStates } = await explore({
    model,
    statesPerPoint: 20_000,
    violationsMax: Number.MAX_SAFE_INTEGER,
    setup(fs) {
      fs.mkdirSync('/app');
      for (const name of NAMES) fs.writeFileSync(`/app/${name}.json`, 'old');
    },
    workload(fs) {
      for (const name of NAMES) {
        fs.writeFileSync(`/app/${name}.tmp`, name.repeat(3000));
        fs.renameSync(`/app/${name}.tmp`, `/app/${name}.json`);
      }
    },
    check(fs) {
      for (const name of NAMES) fs.readFileSync(`/app/${name}.json`, 'utf8');
    },
  });
  const { user, system } = process.cpuUsage(begun.processor);
  const seconds = { clock: (performance.now() - begun.clock) / 1e3, processor: (user + system) / 1e6 };
  return { crashPoints, crashStates, seconds };
}

console.log(`Node ${process.versions.node}, ${cpus().length} cores, of which the lab uses one`);
for (const model of MODELS) {
  const { crashPoints, crashStates, seconds } = await measure(model);
  const aMinute = (time) => Math.round((crashStates / time) * 60).toLocaleString('en');
  console.log(
    `${model.padEnd(8)} ${crashPoints} crash points, ${crashStates.toLocaleString('en')} distinct states: ` +
      `${aMinute(seconds.clock)} a minute, ${aMinute(seconds.processor)} a minute of processor time`,
  );
}
console.log(`at most ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB of memory`);
