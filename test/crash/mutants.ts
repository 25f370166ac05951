// fs-intact with its protocol broken on purpose: a copy of the compiled sources, with one line changed.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Options } from '../../src/api';
import type * as createFsModule from '../../src/create-fs';
import type { NodeFs } from '../../src/ground/node-fs';
import type * as readSettingsModule from '../../src/settings/read-settings';

/** A change of one compiled file; `from` must stand in it once. It is made in the synchronous forms as well. */
export interface Edit {
  readonly file: string;
  readonly from: string | RegExp;
  readonly to: string;
}

type CreateFs = (base: NodeFs, options?: Options) => NodeFs;

const SOURCES = dirname(require.resolve('../../src/api'));
const FORMS = /\n\/\/ Synchronous forms [^]*$/;

/** Loads a copy of the package with these edits, and calls `use` with its createFs. */
export async function withMutant(edits: readonly Edit[], use: (createFs: CreateFs) => Promise<void>): Promise<void> {
  // Beside the originals, so that dependencies are found.
  const directory = mkdtempSync(join(dirname(SOURCES), 'mutant-'));
  try {
    cpSync(SOURCES, directory, { recursive: true });
    for (const edit of edits) apply(directory, edit);
    execFileSync(process.execPath, ['scripts/synchronous-forms.mjs', directory]);
    await use(createFsOf(directory));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function apply(directory: string, { file, from, to }: Edit): void {
  const path = join(directory, file);
  const text = readFileSync(path, 'utf8').replace(FORMS, '');
  const pieces = text.split(from);
  if (pieces.length !== 2) throw new Error(`${String(from)} stands ${pieces.length - 1} times in ${file}, not once`);
  writeFileSync(path, pieces.join(to));
}

/** Not that of its api, which would be the engine of the copy that was loaded first. */
function createFsOf(directory: string): CreateFs {
  const { fsOver } = require(join(directory, 'create-fs.js')) as typeof createFsModule;
  const { readSettings } = require(join(directory, 'settings/read-settings.js')) as typeof readSettingsModule;
  return (base, options) => {
    const settings = readSettings(options);
    return fsOver(base, () => settings);
  };
}
