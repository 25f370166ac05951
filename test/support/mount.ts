// Real mounts, taken away again whatever happens.

import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';

/** Runs `use` while a tmpfs of this size is mounted on a new directory. */
export async function withTmpfs<T>(directory: string, size: string, use: () => Promise<T>): Promise<T> {
  mkdirSync(directory);
  return whileMounted(['-t', 'tmpfs', '-o', `size=${size}`, 'none', directory], directory, use);
}

/** The same with a file system that nothing is known about: whether it is local, above all. */
export async function withRamfs<T>(directory: string, use: () => Promise<T>): Promise<T> {
  mkdirSync(directory);
  return whileMounted(['-t', 'ramfs', 'none', directory], directory, use);
}

/** Runs `use` while `path`, a file or directory, stands for another. */
export function withBindMount<T>(from: string, path: string, use: () => Promise<T>): Promise<T> {
  return whileMounted(['--bind', from, path], path, use);
}

/** Runs `use` while a directory is mounted on itself read-only. */
export function whileReadOnly<T>(directory: string, use: () => Promise<T>): Promise<T> {
  return whileMounted(['--bind', directory, directory], directory, () => {
    execFileSync('mount', ['-o', 'remount,bind,ro', directory]);
    return use();
  });
}

async function whileMounted<T>(args: readonly string[], on: string, use: () => Promise<T>): Promise<T> {
  execFileSync('mount', args);
  try {
    return await use();
  } finally {
    // Lazily, because a child that was killed may not be gone yet.
    execFileSync('umount', ['--lazy', on]);
  }
}
