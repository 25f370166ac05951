// Puts the modules of the package together into a few files, because a preloaded hook is in every program's way:
//
//   engine    all that is needed to patch fs
//   behind    all that is needed once a program writes
//   register  the engine again, and the call that patches: a second file would cost each program half a millisecond
//
// Whichever of `engine` and `register` is loaded first is both, so the state of the process is there once. The other
// entries stay the thin files that they are. The text comes from build/modules/, where the package is compiled to ES modules.

import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { rollup } from 'rollup';

const modules = resolve('build/modules');
const dist = resolve('dist');
const entry = (name) => join(modules, `${name}.js`);

const building = await rollup({
  input: { engine: entry('engine'), behind: entry('behind') },
  external: (id) => !/^[./]/.test(id),
  plugins: [{ name: 'extensions', resolveId: resolveRelative }],
  treeshake: { moduleSideEffects: 'no-external' },
  // `behind` takes from `engine` what both need.
  preserveEntrySignatures: 'allow-extension',
  onwarn({ message }) {
    throw new Error(message);
  },
});
const { output } = await building.generate({
  format: 'cjs',
  strict: false,
  esModule: false,
  externalLiveBindings: false,
  generatedCode: { preset: 'es2015', symbols: false },
  manualChunks: chunkOf,
});
const text = Object.fromEntries(output.map(({ name, code }) => [name, code]));

await write('engine', text.engine);
await write('behind', text.behind);
await write(
  'register',
  `const ENGINE = require('node:path').join(__dirname, 'engine.js');
   const known = require.cache[ENGINE];
   if (known === undefined) {
     require.cache[ENGINE] = module;
     ${text.engine}
   } else {
     module.exports = known.exports;
   }
   module.exports.theEngine.hook();`,
);

function resolveRelative(id, importer) {
  return id.startsWith('.') ? `${join(importer, '..', id).replace(/\.js$/, '')}.js` : null;
}

/** The engine's modules are in it; those that only `behind` needs are there. */
function chunkOf(id, { getModuleInfo }) {
  return ['engine', 'behind'].find((name) => reachedFrom(entry(name), getModuleInfo).has(id));
}

function reachedFrom(id, getModuleInfo, reached = new Set()) {
  if (reached.has(id) || !id.startsWith(modules)) return reached;
  reached.add(id);
  for (const imported of getModuleInfo(id).importedIds) reachedFrom(imported, getModuleInfo, reached);
  return reached;
}

async function write(name, code) {
  const path = join(dist, `${name}.js`);
  const style = { ...(await resolveConfig(path)), filepath: path, useTabs: true };
  writeFileSync(path, await format(`'use strict';\n\n${code}`, style));
}
