// Settings from all the places where options come from.

import { badValue } from './check';
import { type Options, type Settings, completeSettings } from './settings';
import { mainProgram, sourcesOf } from './sources';

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
  return completeSettings(sourcesOf(options, environment, main), readSwitch(environment['FS_INTACT_OFF']));
}

/** Whether a value of `FS_INTACT_OFF` says that everything is to be native. */
export function readSwitch(value: string | undefined): boolean {
  if (value === undefined || value === '' || value === '0') return false;
  if (value === '1') return true;
  throw badValue('FS_INTACT_OFF', value, "'1' to switch off, '0' or nothing to leave on");
}
