// Puts the modules of the package together into a few files, because a preloaded hook is in every program's way:
//
//   engine    all that is needed to patch fs
//   options   all that is needed to check options, and to complete them
//   behind    all that is needed once a program writes a whole file
//   beyond    all that is needed once it does more
//   register  the engine again, and the call that patches: a second file would cost each program half a millisecond
//
// Whichever of `engine` and `register` is loaded first is both, so the state of the process is there once. The other
// entries stay the thin files that they are, and the crash lab the many that it is: for what they take from the rest of the
// package, a file at its old place hands on what is in the bundles. The text comes from build/modules/, where the package is compiled to ES modules.

import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { rollup } from 'rollup';

const modules = resolve('build/modules');
const dist = resolve('dist');
const entry = (name) => join(modules, `${name}.js`);

/** Each stands on those before it. */
const BUNDLES = ['engine', 'options', 'behind', 'beyond'];

const building = await rollup({
  input: Object.fromEntries(BUNDLES.map((name) => [name, entry(name)])),
  external: (id) => !/^[./]/.test(id),
  plugins: [
    { name: 'extensions', resolveId: resolveRelative },
    { name: 'hand-on', buildStart: handOn },
  ],
  treeshake: { moduleSideEffects: 'no-external' },
  // A bundle takes from those before it what both need.
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
  chunkFileNames: '[name].js',
  hoistTransitiveImports: false,
  manualChunks: chunkOf,
});
for (const { name, fileName, code } of output) await write(fileName, code, { isAllCalled: name === 'engine' });
const engine = output.find(({ name }) => name === 'engine').code;
await write(
  'register.js',
  `const ENGINE = __dirname + (process.platform === 'win32' ? '\\\\' : '/') + 'engine.js';
   const known = require.cache[ENGINE];
   if (known === undefined) {
     require.cache[ENGINE] = module;
     ${engine}
   } else {
     module.exports = known.exports;
   }
   module.exports.theEngine.hook();`,
  { isAllCalled: true },
);

function resolveRelative(id, importer) {
  return id.startsWith('.') ? `${join(dirname(importer), id).replace(/\.js$/, '')}.js` : null;
}

/** Makes the files that hand on what is in a bundle. */
function handOn() {
  for (const name of takenByUnbundled()) {
    this.emitFile({ type: 'chunk', id: entry(name), name, preserveSignature: 'strict' });
  }
}

/** Modules that stay as they are. */
function isUnbundled(file) {
  return /^(testing\/.*|api|cli)\.js$/.test(file);
}

/** The names of the modules that one of those imports which stay as they are. */
function takenByUnbundled() {
  const taken = readdirSync(modules, { recursive: true })
    .filter(isUnbundled)
    .flatMap((file) => {
      const path = join(modules, file);
      const imports = readFileSync(path, 'utf8').matchAll(/^(?:import|export)\b[^;]*? from '(\.[^']+)';$/gm);
      return [...imports].map(([, id]) => relative(modules, resolveRelative(id, path)));
    });
  return new Set(
    taken.filter((file) => !isUnbundled(file) && file !== 'engine.js').map((file) => file.replace(/\.js$/, '')),
  );
}

/** A module is in the first bundle that needs it. */
function chunkOf(id, { getModuleInfo }) {
  return BUNDLES.find((name) => reachedFrom(entry(name), getModuleInfo).has(id));
}

function reachedFrom(id, getModuleInfo, reached = new Set()) {
  if (reached.has(id) || !id.startsWith(modules)) return reached;
  reached.add(id);
  for (const imported of getModuleInfo(id).importedIds) reachedFrom(imported, getModuleInfo, reached);
  return reached;
}

async function write(file, code, { isAllCalled }) {
  const path = join(dist, file);
  const style = { ...(await resolveConfig(path)), filepath: path, useTabs: true };
  mkdirSync(dirname(path), { recursive: true });
  const text = await format(`'use strict';\n\n${code}`, style);
  writeFileSync(path, isAllCalled ? compiledAtOnce(text) : text);
}

/**
 * Puts functions in parentheses, which V8 compiles as it reads them. All others it reads twice: to see where they end, and
 * again when they are called. A tenth of what the hook costs a program.
 */
function compiledAtOnce(text) {
  const result = text.replace(/^(\t?)function (\w+)(\(.*\{\n[^]*?\n\1\})$/gm, '$1const $2 = (function $2$3);');
  if (!result.includes('= (function ') || /^function \w+\(/m.test(result))
    throw new Error('the functions of the hook are not written as they were: see compiledAtOnce()');
  return result;
}
