// Programs that make files of files: bundlers, compilers, formatters, generators, a test runner.

import { ALL, type Program } from '../program';

const MODULES: Program['files'] = {
  'src/index.js': `import { add } from './add.js';\nimport { names } from './names.js';\nexport const all = names.map((name, index) => name + add(index, 1));\nexport const later = () => import('./later.js');\nconsole.log(all);\n`,
  'src/add.js': 'export const add = (one, other) => one + other;\nexport const unused = 1;\n',
  'src/names.js': `export const names = ${JSON.stringify(Array.from({ length: 500 }, (_, index) => `name ${index}`))};\n`,
  'src/later.js': "export default class Later { #text = 'é'; get text() { return this.#text; } }\n",
};

const MILLISECONDS = /\b\d+(\.\d+)? ?m?s\b/;

const rollup: Program = {
  name: 'rollup',
  kind: 'bundler',
  packages: { rollup: '4.68.7' },
  isModule: true,
  durability: 'durable',
  files: {
    ...MODULES,
    'rollup.config.mjs': `
      export default {
        input: 'src/index.js',
        output: ['es', 'cjs', 'system'].map((format) => ({ dir: 'dist/' + format, format, sourcemap: true })),
      };`,
    // Old output, longer than what takes its place.
    'dist/es/index.js': 'x'.repeat(100_000),
    'dist/cjs/index.js': '-> ../kept.js',
    'dist/kept.js': 'behind a link',
  },
  steps: [
    ['rollup/dist/bin/rollup', '-c'],
    ['rollup/dist/bin/rollup', '-c'],
  ],
  varies: [{ where: 'stderr', what: MILLISECONDS, why: 'it tells how long it took' }],
};

const webpack: Program = {
  name: 'webpack',
  kind: 'bundler with a cache',
  packages: { webpack: '5.112.2' },
  isModule: false,
  durability: 'process',
  files: {
    ...MODULES,
    'src/package.json': '{"type":"module"}',
    'main.cjs': `
      const webpack = require('webpack');
      webpack(
        {
          mode: 'production', context: __dirname, entry: './src/index.js', devtool: 'source-map',
          output: { path: __dirname + '/dist', clean: true, filename: '[name].[contenthash].js' },
          cache: { type: 'filesystem', cacheDirectory: __dirname + '/cache', compression: 'gzip' },
          infrastructureLogging: { level: 'error' },
        },
        (error, stats) => {
          if (error) throw error;
          console.log(stats.toString({ timings: false, colors: false }));
          stats.compilation.compiler.close((failure) => { if (failure) throw failure; });
        },
      );`,
    'dist/stale.js': 'to be cleaned away',
  },
  steps: [['./main.cjs'], ['./main.cjs']],
  varies: [{ where: /^cache\/.*\.pack\.gz$/, what: ALL, why: 'the cache has times in it' }],
};

const typescript: Program = {
  name: 'typescript',
  kind: 'compiler',
  packages: { typescript: '5.9.3' },
  isModule: false,
  durability: 'process',
  files: {
    'tsconfig.json': JSON.stringify({ files: [], references: [{ path: 'lib' }, { path: 'app' }] }),
    'lib/tsconfig.json': JSON.stringify({
      compilerOptions: { composite: true, outDir: '../dist/lib', rootDir: '.', sourceMap: true, declarationMap: true },
    }),
    'lib/shape.ts': 'export interface Shape { side: number }\nexport const area = ({ side }: Shape) => side ** 2;\n',
    'app/tsconfig.json': JSON.stringify({
      compilerOptions: { composite: true, outDir: '../dist/app', rootDir: '.', emitBOM: true },
      references: [{ path: '../lib' }],
    }),
    'app/main.ts': "import { area } from '../lib/shape';\nconsole.log(area({ side: 2 }));\nenum Colour { Red }\n",
    'dist/app/main.js': 'an older one',
  },
  modes: { 'dist/app/main.js': 0o755 },
  steps: [
    ['typescript/bin/tsc', '--build'],
    ['typescript/bin/tsc', '--build', '--verbose', '--force'],
    ['typescript/bin/tsc', '--build', '--clean'],
    ['typescript/bin/tsc', '-p', 'lib'],
  ],
  varies: [{ where: 'stdout', what: /\d+:\d+:\d+ [AP]M/, why: 'each line has the time' }],
};

const babel: Program = {
  name: '@babel/cli',
  kind: 'compiler of a tree',
  packages: { '@babel/cli': '7.29.7', '@babel/core': '7.29.13', '@babel/preset-env': '7.29.14' },
  isModule: false,
  durability: 'consistent',
  files: {
    ...MODULES,
    'src/data/table.csv': 'a,b\n1,2\n',
    'src/tool.js': "#!/usr/bin/env node\nconsole.log([...'abc'].at(-1) ?? null);\n",
    'babel.config.json': JSON.stringify({ presets: [['@babel/preset-env', { targets: { node: '4' } }]] }),
  },
  modes: { 'src/tool.js': 0o755, 'src/data/table.csv': 0o600 },
  steps: [['@babel/cli/bin/babel.js', 'src', '--out-dir', 'lib', '--copy-files', '--source-maps']],
  varies: [{ where: 'stdout', what: MILLISECONDS, why: 'it tells how long it took' }],
};

const UGLY = "const   a = [ 1,2,\n3 ] ; var b=function ( ) { return 'text' }\nvar c = 1\n";

const prettier: Program = {
  name: 'prettier',
  kind: 'formatter',
  packages: { prettier: '3.10.1' },
  isModule: false,
  durability: 'durable',
  files: {
    'package.json': '{"name":"ugly","private":true}',
    '.prettierignore': 'cache\n',
    'a.js': UGLY,
    'deep/b.ts': UGLY,
    'c.json': '{"a" :1,  "b":[ ]}',
    'd.md': '*  one\n*  two\n',
    'e.css': 'a{color:red;b:c}',
    'good.json': '{ "fine": true }\n',
  },
  modes: { 'a.js': 0o755, 'c.json': 0o600 },
  steps: [
    ['prettier/bin/prettier.cjs', '--write', '.', '--cache', '--cache-location', 'cache/prettier'],
    ['prettier/bin/prettier.cjs', '--write', '.', '--cache', '--cache-location', 'cache/prettier'],
  ],
  varies: [
    { where: 'stdout', what: MILLISECONDS, why: 'it tells how long each file took' },
    { where: /^cache\//, what: /"(timestamp|mtime)":[\d.]+/, why: 'the cache has times in it' },
  ],
};

const eslint: Program = {
  name: 'eslint',
  kind: 'linter that fixes',
  packages: { eslint: '10.15.0' },
  isModule: false,
  durability: 'process',
  files: {
    'eslint.config.mjs': `export default [{ rules: { 'no-var': 'error', 'prefer-const': 'error', 'no-extra-boolean-cast': 'error' } }];`,
    'a.js': UGLY,
    'deep/b.js': 'var x = 1;\nif (!!x) { let y = x; console.log(y); }\n',
    'clean.js': 'export const x = 1;\n',
  },
  modes: { 'a.js': 0o700 },
  steps: [
    [
      'eslint/bin/eslint.js',
      '--fix',
      '--cache',
      '--cache-location',
      'cache/',
      '--format',
      'json',
      '-o',
      'out/report.json',
      '.',
    ],
    ['eslint/bin/eslint.js', '--fix', '--cache', '--cache-location', 'cache/', '--format', 'stylish', '.'],
  ],
  varies: [{ where: /^cache\//, what: /"(mtime|timestamp)":"?[\d.]+/, why: 'the cache has times in it' }],
};

const sass: Program = {
  name: 'sass',
  kind: 'style sheet compiler',
  packages: { sass: '1.108.2' },
  isModule: false,
  durability: 'consistent',
  files: {
    'scss/main.scss': "@use 'part';\n.a { color: part.$red; &:hover { width: calc(1px + 2px); content: 'é'; } }\n",
    'scss/_part.scss': '$red: #f00;\n@mixin m { b: c; }\n',
    'scss/sub/other.scss': '@use "../part";\n.b { @include part.m; }\n',
    'css/main.css': 'x'.repeat(5000),
  },
  steps: [
    ['sass/sass.js', '--style=compressed', 'scss:css'],
    ['sass/sass.js', '--update', 'scss:css'],
  ],
};

const svgo: Program = {
  name: 'svgo',
  kind: 'optimiser in place',
  packages: { svgo: '4.1.0' },
  isModule: true,
  durability: 'durable',
  files: Object.fromEntries(
    Array.from({ length: 8 }, (_, index) => [
      `icons/${index}.svg`,
      `<?xml version="1.0"?>\n<!-- comment -->\n<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><g><g><rect x="${index}" y="0" width="5.000" height="5" fill="#ff0000"/></g></g></svg>\n`,
    ]),
  ),
  steps: [
    ['svgo/bin/svgo.js', '-f', 'icons', '-o', 'smaller', '--pretty', '--quiet'],
    ['svgo/bin/svgo.js', '-f', 'icons', '--quiet'],
  ],
};

const plop: Program = {
  name: 'plop',
  kind: 'code generator',
  packages: { plop: '4.0.5' },
  isModule: true,
  durability: 'durable',
  files: {
    'package.json': '{"name":"generated","private":true}',
    'plopfile.mjs': `
      export default (plop) => plop.setGenerator('module', {
        prompts: [{ type: 'input', name: 'name' }],
        actions: [
          { type: 'add', path: 'src/{{dashCase name}}/index.js', template: 'export class {{pascalCase name}} {}\\n' },
          { type: 'addMany', destination: 'src/{{dashCase name}}', base: 'templates', templateFiles: 'templates/**' },
          { type: 'append', path: 'src/index.js', pattern: '// exports', template: "export * from './{{dashCase name}}/index.js';" },
          { type: 'modify', path: 'README.md', pattern: /modules: (\\d+)/, template: 'modules: {{name}}' },
          { type: 'add', path: 'src/index.js', force: true, template: 'only {{name}}' },
        ],
      });`,
    'templates/{{dashCase name}}.test.js.hbs': "test('{{name}}', () => {});\n",
    'templates/sub/plain.txt': 'as it is\n',
    'src/index.js': '// exports\n',
    'README.md': 'modules: 0\n',
  },
  steps: [['plop/bin/plop.js', 'module', 'red house', '--no-progress']],
};

const metalsmith: Program = {
  name: 'metalsmith',
  kind: 'static site generator',
  packages: { metalsmith: '2.7.0' },
  isModule: false,
  durability: 'process',
  files: {
    'main.cjs': `
      const Metalsmith = require('metalsmith');
      Metalsmith(__dirname).source('src').destination('site').clean(false)
        .use((files) => {
          for (const file of Object.values(files)) file.contents = Buffer.from('<h1>' + file.title + '</h1>' + file.contents);
        })
        .build((error, files) => { if (error) throw error; console.log(Object.keys(files).toSorted()); });`,
    'src/index.html': '---\ntitle: Home\n---\nhello\n',
    'src/deep/page.html': '---\ntitle: Page\nmode: "0600"\n---\npage\n',
    'src/tool.sh': '---\ntitle: Tool\n---\n#!/bin/sh\n',
    'site/index.html': 'an older one',
    'site/old.html': 'stays',
  },
  modes: { 'src/tool.sh': 0o755 },
  steps: [['./main.cjs'], ['./main.cjs']],
};

const gulp: Program = {
  name: 'gulp',
  kind: 'task runner',
  packages: { gulp: '5.0.1' },
  isModule: false,
  durability: 'durable',
  files: {
    'main.cjs': `
      const { src, dest, series, parallel, symlink } = require('gulp');
      const { Transform } = require('node:stream');
      const shout = () => new Transform({
        objectMode: true,
        transform(file, _, done) { file.contents = Buffer.from(String(file.contents).toUpperCase()); done(null, file); },
      });
      const copy = () => src('in/**/*', { encoding: false }).pipe(dest('copied'));
      const stream = () => src('in/**/*.txt', { buffer: false }).pipe(dest('streamed', { mode: 0o640 }));
      const change = () => src('in/**/*.txt').pipe(shout()).pipe(dest('in'));
      const maps = () => src('in/*.js', { sourcemaps: true }).pipe(dest('maps', { sourcemaps: '.' }));
      const links = () => src('in/*.js').pipe(symlink('links'));
      series(parallel(copy, stream), change, maps, links)((error) => { if (error) throw error; console.log('done'); });`,
    'in/a.txt': 'text a',
    'in/deep/b.txt': 'text b'.repeat(50_000),
    'in/tool.js': 'console.log(1);\n',
  },
  modes: { 'in/tool.js': 0o755, 'in/a.txt': 0o600 },
  steps: [['./main.cjs']],
};

const jest: Program = {
  name: 'jest',
  kind: 'test runner with a cache',
  packages: { jest: '30.5.2' },
  isModule: false,
  durability: 'process',
  files: {
    'report/.gitkeep': '',
    'package.json': JSON.stringify({
      name: 'tested',
      jest: { cacheDirectory: 'cache', testEnvironment: 'node', testSequencer: './by-name.cjs' },
    }),
    'by-name.cjs': `
      const Sequencer = require('@jest/test-sequencer').default;
      module.exports = class extends Sequencer { sort(tests) { return tests.toSorted((a, b) => (a.path < b.path ? -1 : 1)); } };`,
    'sum.js': 'exports.sum = (a, b) => (a > 100 ? 0 : a + b);\n',
    'sum.test.js': `
      const fs = require('fs');
      const { sum } = require('./sum');
      test('adds', () => expect(sum(1, 2)).toBe(3));
      test('snapshot', () => expect({ sum: sum(2, 2) }).toMatchSnapshot());
      test('writes', () => {
        fs.writeFileSync('written.txt', 'one');
        jest.resetModules();
        require('fs').writeFileSync('written.txt', 'two');
        expect(fs.readFileSync('written.txt', 'utf8')).toBe('two');
        jest.isolateModules(() => require('fs').promises.writeFile('later.txt', 'three'));
      });`,
    'other.test.js': `
      test('inline', () => expect([1, 2]).toMatchInlineSnapshot(\`
[
  1,
  2,
]
\`));
      test('mocked', () => {
        jest.doMock('fs', () => ({ ...jest.requireActual('fs'), readFileSync: () => 'mocked' }));
        expect(require('fs').readFileSync('nowhere')).toBe('mocked');
        require('fs').writeFileSync('through-the-mock.txt', 'four');
      });`,
  },
  steps: [
    [
      'jest/bin/jest.js',
      '--ci=false',
      '--coverage',
      '--coverageReporters=json',
      '--coverageReporters=lcovonly',
      '-w',
      '2',
    ],
    ['jest/bin/jest.js', '--ci', '--json', '--outputFile=report/result.json', '-i'],
  ],
  varies: [
    { where: 'stderr', what: /PASS .*(\n › 1 snapshot written\.)?/, why: 'which file is through first' },
    { where: 'stderr', what: /\(?\b[\d.]+ m?s\b\)?/, why: 'it tells how long it took' },
    { where: /^report\//, what: /"(startTime|startAt|endTime|duration)":\d+/, why: 'times' },
    { where: /^cache\/(haste-map|.*perf-cache)/, what: ALL, why: 'times' },
  ],
};

export const BUILDERS: readonly Program[] = [
  rollup,
  webpack,
  typescript,
  babel,
  prettier,
  eslint,
  sass,
  svgo,
  plop,
  metalsmith,
  gulp,
  jest,
];
