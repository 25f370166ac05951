// Runs probes on the machine's own file system, in this process or in one of another user, and on memory disks.

import { execFileSync } from 'node:child_process';
import * as realFs from 'node:fs';
import { join } from 'node:path';
import type { NodeFs } from '../../src/ground/node-fs';
import { createMemoryDisk } from '../../src/testing/memory-disk';
import { PROBES } from './probes';
import { USER } from './probes/attributes';
import { type Probe, type Stage, pictureOfTree, runProgram } from './probes/probe';

/** What was noted in a run, and the tree that it left. */
export interface ProbeRecord {
  readonly noted: unknown[];
  readonly tree: string[];
}

/** The user that is not root. */
export const NOBODY = { uid: USER, gid: USER };

/**
 * Runs probes on the real file system, each in a directory of its own.
 *
 * @param base An empty directory; the probes' own are named by their numbers.
 * @param user Who runs them, if it is not who runs this process; only root can ask for that.
 */
export function runOnRealDisk(probes: readonly Probe[], base: string, user?: Stage['user']): ProbeRecord[] {
  for (const [index, probe] of probes.entries()) prepareDirectory(realFs, probe, join(base, `${index}`), user);
  const noted =
    user === undefined
      ? withoutWarnings(() =>
          probes.map(({ run }, index) => runProgram(run, realFs, join(base, `${index}`), ownUser())),
        )
      : inOtherProcess(probes, base, user);
  return probes.map((_, index) => ({
    noted: plain(noted[index]!),
    tree: pictureOfTree(realFs, join(base, `${index}`)),
  }));
}

/** Runs probes on a memory disk for each, in directories of the same paths, so that messages and links are the same too. */
export function runOnMemoryDisk(probes: readonly Probe[], base: string, user = ownUser()): ProbeRecord[] {
  const umask = process.umask();
  return probes.map((probe, index) => {
    const directory = join(base, `${index}`);
    const asRoot = createMemoryDisk({ uid: 0, gid: 0, umask });
    asRoot.fs.mkdirSync(base, { recursive: true });
    // Relative paths begin there.
    asRoot.fs.mkdirSync(process.cwd(), { recursive: true });
    prepareDirectory(asRoot.fs, probe, directory, user);
    const disk = createMemoryDisk({ ...user, umask, image: asRoot.image() });
    const noted = runProgram(probe.run, disk.fs, directory, user);
    // As with the real one, what differs only in memory would not survive the way to another process.
    const left = createMemoryDisk({ ...ownUser(), image: disk.image() });
    return { noted: plain(noted), tree: pictureOfTree(left.fs, directory) };
  });
}

/** Some probes do what is deprecated, to see it done. */
function withoutWarnings<T>(run: () => T): T {
  // Node's own option makes it read-only.
  if (process.noDeprecation === true) return run();
  process.noDeprecation = true;
  try {
    return run();
  } finally {
    process.noDeprecation = false;
  }
}

/** Removes a tree in which some may not be looked into. */
export function removeTree(fs: NodeFs, path: string): void {
  if (!fs.lstatSync(path).isDirectory()) return fs.unlinkSync(path);
  fs.chmodSync(path, 0o700);
  for (const name of fs.readdirSync(path)) removeTree(fs, join(path, name));
  fs.rmdirSync(path);
}

function ownUser(): Stage['user'] {
  return { uid: process.getuid!(), gid: process.getgid!() };
}

function prepareDirectory(fs: NodeFs, { prepare }: Probe, directory: string, user: Stage['user'] | undefined): void {
  fs.mkdirSync(directory);
  fs.chmodSync(directory, 0o755);
  if (prepare !== undefined) runProgram(prepare, fs, directory, { uid: 0, gid: 0 });
  if (user !== undefined) fs.chownSync(directory, user.uid, user.gid);
}

function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

/** The process starts as root, because nobody else may be allowed to read the programs, and becomes the user by itself. */
function inOtherProcess(probes: readonly Probe[], base: string, user: Stage['user']): unknown[][] {
  const titles = probes.map(({ title }) => title);
  const program = `require(${JSON.stringify(__filename)}).main()`;
  const output = execFileSync(process.execPath, ['--no-deprecation', '-e', program], {
    input: JSON.stringify({ base, titles, user }),
    maxBuffer: 2 ** 28,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  return JSON.parse(output) as unknown[][];
}

/** The other process: titles come in, what was noted goes out. */
export function main(): void {
  const order = JSON.parse(realFs.readFileSync(0, 'utf8')) as { base: string; titles: string[]; user: Stage['user'] };
  process.setgroups!([]);
  process.setgid!(order.user.gid);
  process.setuid!(order.user.uid);
  const noted = order.titles.map((title, index) => {
    const { run } = PROBES.find((probe) => probe.title === title)!;
    return runProgram(run, realFs, join(order.base, `${index}`), order.user);
  });
  process.stdout.write(JSON.stringify(noted));
}
