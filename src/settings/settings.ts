// The caller's options, checked and completed into one frozen Settings. Inside the package settings are never partial.

import { nodeFs } from '../ground/node-fs';
import { type Reader, badValue, entriesOf, oneOf } from './check';
import type { Append, Durability } from './durability';
import { type Rule, type RuleOptions, readAppend, readDurability, readRules } from './rules';

/** A notice for the operator, never an error: the program goes on as it would without fs-intact. */
export interface Warning {
  /** `INTACT_OPEN_AT_EXIT`, `INTACT_UNPROTECTED` or `INTACT_CANNOT_SYNC_DIRECTORY`. */
  readonly code: string;
  readonly message: string;
  /** The file or directory that the notice is about. */
  readonly path: string;
}

export interface Options {
  /**
   * What survives what: see the promise table in the README.
   * @default 'durable'
   */
  durability?: Durability;
  /**
   * Exceptions by path, first match wins. The built-in rules `*.log`, `*.log.*` and `*.pid` (native for `open` and
   * streams) come after these.
   * @default []
   */
  rules?: readonly RuleOptions[];
  /**
   * What becomes of files still open when the process exits. By default an exit code of 0 publishes what was written
   * and any other code discards it.
   * @default by exit code
   */
  onExit?: 'publish' | 'discard';
  /**
   * `'copy'` makes appending crash-safe at the cost of copying the whole file for each `appendFile` or `open('a')`.
   * @default 'native'
   */
  append?: Append;
  /**
   * Where notices go: `true` to `process.emitWarning`, `false` nowhere, or a function.
   * @default true
   */
  warn?: boolean | ((warning: Warning) => void);
}

export interface Settings {
  readonly durability: Durability;
  readonly rules: readonly Rule[];
  readonly onExit: 'publish' | 'discard' | undefined;
  readonly append: Append;
  readonly warn: (warning: Warning) => void;
  /** Everything native: the off switch. */
  readonly off: boolean;
}

/** Options as they came, and a name for where they came from. */
export interface OptionSource {
  readonly name: string;
  readonly options: unknown;
}

const READERS: { readonly [Key in keyof Required<Options>]: Reader<Options[Key] | readonly Rule[]> } = {
  durability: readDurability,
  rules: readRules,
  onExit: oneOf('publish', 'discard'),
  append: readAppend,
  warn: (value, where) => {
    if (typeof value === 'boolean' || typeof value === 'function') return value as Options['warn'];
    throw badValue(where, value, 'true, false, a function');
  },
};

/**
 * Completes options into settings.
 *
 * @param sources From weakest to strongest; a later source replaces a key of an earlier one whole.
 * @throws ERR_INTACT_OPTION for an unknown key or a bad value, naming the source, the key, the value and what is allowed.
 */
export function completeSettings(sources: readonly OptionSource[], off = false): Settings {
  const chosen: Partial<Omit<Settings, 'warn'> & Pick<Options, 'warn'>> = {};
  for (const { name, options } of sources) Object.assign(chosen, readOptions(name, options));
  return Object.freeze({
    durability: chosen.durability ?? 'durable',
    rules: chosen.rules ?? [],
    onExit: chosen.onExit,
    append: chosen.append ?? 'native',
    warn: warnWith(chosen.warn ?? true),
    off,
  });
}

/** The same settings with everything native. */
export function switchedOff(settings: Settings): Settings {
  return Object.freeze({ ...settings, off: true });
}

function readOptions(source: string, options: unknown): Record<string, unknown> {
  const read: Record<string, unknown> = {};
  for (const [key, value] of entriesOf(source, options, Object.keys(READERS))) {
    read[key] = READERS[key as keyof Options](value, `${source}: ${key}`);
  }
  return read;
}

function warnWith(warn: NonNullable<Options['warn']>): Settings['warn'] {
  if (typeof warn === 'function') return (warning) => warnBy(warn, warning);
  return warn ? emitWarning : () => {};
}

/** What the program's function throws is its own affair, and none of the write that it was told about. */
function warnBy(warn: (warning: Warning) => void, warning: Warning): void {
  try {
    warn(warning);
  } catch (error) {
    process.nextTick(() => {
      throw error;
    });
  }
}

/** process.emitWarning, or its effect by hand during 'exit', when nothing that it schedules runs any more. */
function emitWarning({ code, message }: Warning): void {
  const type = 'FsIntactWarning';
  if (!(process as { _exiting?: boolean })._exiting) process.emitWarning(message, { type, code });
  else if (!isSilenced(code, type)) printError(`(node:${process.pid}) [${code}] ${type}: ${message}\n`);
}

function printError(text: string): void {
  try {
    nodeFs.writeSync(2, text);
  } catch {
    // Nobody reads it any more, and there is still work to do.
  }
}

/** https://nodejs.org/api/cli.html#--no-warnings, #--disable-warningcode-or-type and #node_no_warnings1 */
function isSilenced(code: string, type: string): boolean {
  const { NODE_NO_WARNINGS: off, NODE_OPTIONS: options = '' } = process.env;
  const flags = new Set([...process.execArgv, ...options.split(/\s+/)]);
  const silencing = ['--no-warnings', `--disable-warning=${code}`, `--disable-warning=${type}`];
  return off === '1' || silencing.some((flag) => flags.has(flag));
}
