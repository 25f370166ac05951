// Where options come from when nobody passes them: the main program's package.json and the environment.

import { dirname, join } from 'node:path';
import { IntactError } from '../ground/intact-error';
import { nodeFs } from '../ground/node-fs';
import { thisThread } from '../ground/this-thread';
import { badValue } from './check';
import { type OptionSource, type Options, type Settings, completeSettings } from './settings';

const KEY = 'fs-intact';

/**
 * Settings from, weakest first: the key `fs-intact` in the package.json of the main program's package, `FS_INTACT`
 * (JSON), `FS_INTACT_DURABILITY`, and the options given here. `FS_INTACT_OFF=1` makes everything native whatever they say.
 *
 * @param options The options argument of `createFs()` or `patch()`.
 * @param environment Variables to read.
 * @param main The main program's file, if there is one.
 * @throws ERR_INTACT_OPTION naming the source, the key, the value and what is allowed.
 */
export function readSettings(
  options?: Options,
  environment: NodeJS.ProcessEnv = process.env,
  main: string | undefined = mainProgram(),
): Settings {
  const sources: OptionSource[] = [];
  if (main !== undefined) sources.push(...packageOptions(main));
  const { FS_INTACT: json, FS_INTACT_DURABILITY: durability } = environment;
  if (json !== undefined && json !== '') sources.push({ name: 'FS_INTACT', options: parseJson('FS_INTACT', json) });
  if (durability !== undefined && durability !== '')
    sources.push({ name: 'FS_INTACT_DURABILITY', options: { durability } });
  if (options !== undefined) sources.push({ name: 'options', options });
  return completeSettings(sources, isSwitchedOff(environment));
}

/**
 * Reads settings now, so that a mistake is an error now; or, where the main program is not known yet, when they are first
 * needed: a worker runs its preloads before it knows its file.
 */
export function settingsReader(options?: Options): () => Settings {
  if (process.argv[1] !== undefined || thisThread === 0) {
    const settings = readSettings(options);
    return () => settings;
  }
  let settings: Settings | undefined;
  return () => (settings ??= readSettings(options));
}

/** The main program's file. `node -e` has none, and what would be its place is the first argument. */
function mainProgram(): string | undefined {
  return (process as { _eval?: string })._eval === undefined ? process.argv[1] : undefined;
}

/** Whether `FS_INTACT_OFF` says that everything is to be native. */
export function isSwitchedOff({ FS_INTACT_OFF: value }: NodeJS.ProcessEnv = process.env): boolean {
  if (value === undefined || value === '' || value === '0') return false;
  if (value === '1') return true;
  throw badValue('FS_INTACT_OFF', value, "'1' to switch off, '0' or nothing to leave on");
}

/** The `fs-intact` key of the nearest package.json that has it or a name; a nameless one only marks a module type. */
function packageOptions(main: string): OptionSource[] {
  // `node .` leaves a directory here, so begin with `main` itself.
  let directory = realpathOf(main);
  for (let below = ''; directory !== below; directory = dirname(directory)) {
    below = directory;
    const file = join(directory, 'package.json');
    const text = readText(file);
    if (text === undefined) continue;
    // Parsed only where it may matter: a preload hook should not read every program's manifest twice.
    const options = text.includes(`"${KEY}"`) ? (parseJson(file, text) as Record<string, unknown>)[KEY] : undefined;
    if (options !== undefined) return [{ name: `${file} (key "${KEY}")`, options }];
    if (/"name"\s*:/.test(text)) break;
  }
  return [];
}

function realpathOf(path: string): string {
  try {
    return nodeFs.realpathSync.native(path);
  } catch {
    return path;
  }
}

function readText(file: string): string | undefined {
  try {
    // Asked first, because an error takes longer to make than the question.
    if (!nodeFs.existsSync(file)) return undefined;
    // Node, too, takes no notice of a byte order mark.
    return nodeFs.readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch {
    return undefined;
  }
}

function parseJson(source: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new IntactError('ERR_INTACT_OPTION', `${source}: not valid JSON: ${(error as Error).message}`);
  }
}
