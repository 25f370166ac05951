// Programs that put packages in place. What they install is packed by themselves first: nothing is fetched.

import { ALL, type Program } from '../program';

const WORKSPACE: Program['files'] = {
  'parts/one/package.json': '{"name":"one","version":"1.0.0","bin":{"one":"cli.js"},"dependencies":{}}',
  'parts/one/cli.js': '#!/usr/bin/env node\nconsole.log("one");\n',
  'parts/one/lib/deep/file.txt': 'text '.repeat(20_000),
  'parts/two/package.json': '{"name":"two","version":"2.0.0","scripts":{"postinstall":"node built.js"}}',
  'parts/two/built.js': 'require("fs").writeFileSync("built.txt", "built");\n',
  'app/package.json':
    '{"name":"app","version":"1.0.0","private":true,"scripts":{"make":"one > made.txt && node make.js"}}',
  'app/make.js': 'require("fs").writeFileSync("made.json", JSON.stringify(Object.keys(require("./package.json"))));\n',
};

const npm: Program = {
  name: 'npm',
  kind: 'package installer',
  packages: { npm: '10.9.9' },
  isModule: false,
  durability: 'process',
  files: {
    ...WORKSPACE,
    'home/.npmrc': 'audit=false\nfund=false\nupdate-notifier=false\noffline=true\nlogs-max=0\n',
  },
  modes: { 'parts/one/cli.js': 0o755 },
  steps: [
    ['npm/bin/npm-cli.js', 'pack', './parts/one', './parts/two'],
    ['npm/bin/npm-cli.js', 'install', '--prefix', 'app', './one-1.0.0.tgz', './two-2.0.0.tgz'],
    ['npm/bin/npm-cli.js', 'ci', '--prefix', 'app'],
    ['npm/bin/npm-cli.js', 'pkg', 'set', '--prefix', 'app', 'description=changed'],
    ['npm/bin/npm-cli.js', 'run', '--prefix', 'app', 'make'],
    ['npm/bin/npm-cli.js', 'uninstall', '--prefix', 'app', 'two'],
  ],
  varies: [
    { where: 'stdout', what: /\b\d+m?s\b/, why: 'it tells how long it took' },
    { where: /_cacache\/index-v5\//, what: /^[0-9a-f]+|"time":\d+/m, why: 'each entry has its time, and a checksum' },
  ],
};

const pnpm: Program = {
  name: 'pnpm',
  kind: 'package installer with a store',
  packages: { pnpm: '10.15.0' },
  isModule: false,
  durability: 'process',
  files: {
    ...WORKSPACE,
    'app/package.json': JSON.stringify({
      name: 'app',
      version: '1.0.0',
      private: true,
      dependencies: { one: 'file:../one-1.0.0.tgz', two: 'file:../two-2.0.0.tgz' },
      pnpm: { onlyBuiltDependencies: ['two'] },
    }),
  },
  modes: { 'parts/one/cli.js': 0o755 },
  steps: [
    ['pnpm/bin/pnpm.cjs', '-C', 'parts/one', 'pack', '--pack-destination', '../..'],
    ['pnpm/bin/pnpm.cjs', '-C', 'parts/two', 'pack', '--pack-destination', '../..'],
    [
      'pnpm/bin/pnpm.cjs',
      '-C',
      'app',
      'install',
      '--offline',
      '--no-frozen-lockfile',
      '--reporter=append-only',
      '--store-dir',
      '../store',
    ],
    [
      'pnpm/bin/pnpm.cjs',
      '-C',
      'app',
      'install',
      '--offline',
      '--frozen-lockfile',
      '--reporter=append-only',
      '--store-dir',
      '../store',
    ],
  ],
  varies: [
    { where: 'stdout', what: /[\d.]+m?s using/, why: 'it tells how long it took' },
    { where: /\.modules\.yaml$/, what: /"?prunedAt"?: .*/, why: 'a time' },
    { where: /workspace-state/, what: /"lastValidatedTimestamp": \d+/, why: 'a time' },
    { where: /^store\/.*\.json$/, what: /"checkedAt":\d+/, why: 'a time' },
  ],
};

const yarn: Program = {
  name: 'yarn',
  kind: 'package installer, classic',
  packages: { yarn: '1.22.22' },
  isModule: false,
  durability: 'consistent',
  files: { ...WORKSPACE, 'home/.yarnrc': '--cache-folder "./cache"\n--non-interactive true\n' },
  modes: { 'parts/one/cli.js': 0o755 },
  steps: [
    ['yarn/bin/yarn.js', '--cwd', 'parts/one', 'pack', '--filename', 'one.tgz'],
    ['yarn/bin/yarn.js', '--cwd', 'app', 'add', 'file:../one.tgz', 'file:../parts/two'],
    ['yarn/bin/yarn.js', '--cwd', 'app', 'install', '--frozen-lockfile', '--force'],
  ],
  varies: [
    { where: 'stdout', what: /[\d.]+s\./, why: 'it tells how long it took' },
    { where: 'paths', what: /(?<=two-2\.0\.0-)[0-9a-f-]+|(?<=yarn--)[\d.-]+/, why: 'names of chance' },
    { where: /\.yarn-metadata\.json$/, what: /[0-9a-f]{8}-[0-9a-f-]+/, why: 'the same names' },
    { where: /v8-compile-cache/, what: ALL, why: 'the size of the cache of its own code' },
  ],
};

export const INSTALLERS: readonly Program[] = [npm, pnpm, yarn];
