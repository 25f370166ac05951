// Where options come from when nobody passes them: the main program's package.json and the environment.

import { IntactError } from '../ground/intact-error';
import { nodeFs } from '../ground/node-fs';
import { directoryOf, fileIn } from '../ground/paths';
import type { OptionSource, Options } from './settings';

const KEY = 'fs-intact';

/**
 * What says something about options, from weakest to strongest: the key `fs-intact` in the package.json of the main program's
 * package, `FS_INTACT` (JSON), `FS_INTACT_DURABILITY`, and the options given here. Nothing of it is checked yet.
 */
export function sourcesOf(
  options?: Options,
  environment: NodeJS.ProcessEnv = process.env,
  main: string | undefined = mainProgram(),
): OptionSource[] {
  const sources: OptionSource[] = [];
  if (main !== undefined) sources.push(...packageOptions(main));
  const { FS_INTACT: json, FS_INTACT_DURABILITY: durability } = environment;
  if (json !== undefined && json !== '') sources.push({ name: 'FS_INTACT', options: parseJson('FS_INTACT', json) });
  if (durability !== undefined && durability !== '')
    sources.push({ name: 'FS_INTACT_DURABILITY', options: { durability } });
  if (options !== undefined) sources.push({ name: 'options', options });
  return sources;
}

/** The main program's file. `node -e` has none, and what would be its place is the first argument. */
export function mainProgram(): string | undefined {
  return (process as { _eval?: string })._eval === undefined ? process.argv[1] : undefined;
}

/** The `fs-intact` key of the nearest package.json that has it or a name; a nameless one only marks a module type. */
function packageOptions(main: string): OptionSource[] {
  // `node .` leaves a directory here, so begin with `main` itself.
  let directory = realpathOf(main);
  for (let below = ''; directory !== below; directory = directoryOf(directory)) {
    below = directory;
    const file = fileIn(directory, 'package.json');
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
