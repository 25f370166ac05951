// npm run bench: see USAGE.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Bench, Options, Part } from './bench';
import { compileFloor } from './floor';
import { PARTS } from './parts';
import { type Place, withPlace } from './place';
import { beginPart, clearProgress } from './progress';
import { withSpeed } from './report/readme';
import { resultsIn, writeFormatted } from './report/results';
import { tableOf, verdictOf } from './report/text';
import { findingsIn } from './report/verdict';
import { verifier } from './verify';

const ROUNDS_BY_DEFAULT = 15;

const USAGE = `usage: npm run bench -- [--only PART,...] [--rounds N] [--directory DIRECTORY] [--results DIRECTORY] [--quick] [--strict]
       npm run bench -- --verdict [--strict] [--results DIRECTORY]
       npm run bench -- --readme [--results DIRECTORY]
       npm run bench -- --list

  --only PART,...        only these parts; a trailing * stands for anything
  --rounds N             how often each contestant does its work, in turns, and less often where it takes long;
                         ${ROUNDS_BY_DEFAULT} by default
  --directory DIRECTORY  where the files are written. By default an ext4 with a journal on a loop device in memory, made
                         for the run and removed after it (as root on Linux), or else the directory for temporary files
  --results DIRECTORY    where the figures, the pictures and their page go; benchmarks/results by default
  --quick                fewer operations in a round: to see that all works, not to measure. Writes no results,
                         unless --results is given
  --verdict              sets the results that are there against what they must show, and measures nothing
  --strict               exits with 1 if something that must be shown is not
  --readme               puts the verdict and some pictures into README.md, and measures nothing
  --list                 names all parts

Exits with 2 if it was called wrongly or something broke.
`;

const PACKAGE = join(__dirname, '../..');
const README = join(PACKAGE, 'README.md');
const PART_NAMES = PARTS.map(({ name }) => name);

const OPTIONS = {
  only: { type: 'string' },
  rounds: { type: 'string' },
  directory: { type: 'string' },
  results: { type: 'string' },
  quick: { type: 'boolean' },
  verdict: { type: 'boolean' },
  strict: { type: 'boolean' },
  readme: { type: 'boolean' },
  list: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

async function main(): Promise<void> {
  const { values } = parseArgs({ options: OPTIONS });
  if (values.help === true) {
    process.stdout.write(USAGE);
    return;
  }
  refuseMixture(values);
  if (values.list === true) console.log(PARTS.map(({ name, title }) => `${name.padEnd(28)}${title}`).join('\n'));
  else if (values.verdict === true) judge(values);
  else if (values.readme === true) await showInReadme(values);
  else await measure(values);
}

/** What measures nothing takes no word on how to measure. */
function refuseMixture(values: Values): void {
  const mode = (['verdict', 'readme', 'list'] as const).find((name) => values[name] === true);
  if (mode === undefined) return;
  const allowed = new Set<string>([mode, 'results', ...(mode === 'verdict' ? ['strict'] : [])]);
  const other = Object.keys(values).find((name) => !allowed.has(name));
  if (other !== undefined) throw new Error(`--${other} does not go with --${mode}, which measures nothing`);
}

async function measure(values: Values): Promise<void> {
  const options = optionsOf(values);
  const { quick, directory } = options;
  const parts = chosen(options.only);
  const results = quick && values.results === undefined ? undefined : resultsOf(values);
  results?.open();
  await withPlace(directory, async (place) => {
    console.log(`Node ${process.version}, ${place.description}\n`);
    const bench = prepare(options, place);
    for (const [index, part] of parts.entries()) {
      beginPart(part.name, index + 1, parts.length);
      const result = await part.run(bench);
      clearProgress();
      if (result === undefined) continue;
      console.log(`${tableOf(result)}\n`);
      await results?.write(result);
    }
  });
  if (results === undefined) return;
  await results.writePage(PART_NAMES);
  console.log(`written to ${results.folder}, where other parts are as they were; with them:\n`);
  judge(values);
}

function judge(values: Values): void {
  const findings = findingsIn(resultsOf(values).read);
  console.log(verdictOf(findings));
  if (values.strict === true && findings.some(({ isReached }) => !isReached)) process.exitCode = 1;
}

async function showInReadme(values: Values): Promise<void> {
  const { read } = resultsOf(values);
  await writeFormatted(README, withSpeed(readFileSync(README, 'utf8'), read, findingsIn(read)));
}

function resultsOf({ results }: Values): ReturnType<typeof resultsIn> {
  return resultsIn(results ?? join(PACKAGE, 'benchmarks/results'));
}

function optionsOf({ rounds: wanted, quick = false, directory, only }: Values): Options {
  const rounds = wanted === undefined ? (quick ? 2 : ROUNDS_BY_DEFAULT) : Number(wanted);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new Error(`--rounds is '${wanted}'; allowed: a whole number from 1`);
  return { directory, rounds, quick, only: only?.split(',') ?? [] };
}

function chosen(only: readonly string[]): readonly Part[] {
  if (only.length === 0) return PARTS;
  const found = only.flatMap((wanted) => {
    const parts = PARTS.filter(
      ({ name }) => name === wanted || (wanted.endsWith('*') && name.startsWith(wanted.slice(0, -1))),
    );
    if (parts.length === 0) throw new Error(`--only has '${wanted}'; allowed: ${PART_NAMES.join(', ')}`);
    return parts;
  });
  return [...new Set(found)];
}

function prepare(options: Options, place: Place): Bench {
  let number = 0;
  const directory = (): string => join(place.directory, String(number++));
  return {
    options,
    effort: { quick: options.quick },
    place,
    directory,
    floor: floorProgram(),
    levelOf: verifier(directory),
  };
}

function floorProgram(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'fs-intact-floor-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const floor = compileFloor(folder);
  if ('program' in floor) return floor.program;
  console.log(`without the C floor: ${floor.reason}\n`);
  return undefined;
}

main().catch((error: unknown) => {
  clearProgress();
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}\n--help tells what can be asked for`);
  process.exitCode = 2;
});
