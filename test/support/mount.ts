// Real mounts, taken away again whatever happens.

import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';

/** Mounts an empty tmpfs of this size on a new directory. @returns Takes it away. */
export function mountTmpfs(directory: string, size: string): () => void {
  mkdirSync(directory);
  return mount(['-t', 'tmpfs', '-o', `size=${size}`, 'none', directory], directory);
}

/** Makes `path`, a file or directory, stand for another. @returns Takes that back. */
export function mountBind(from: string, path: string): () => void {
  return mount(['--bind', from, path], path);
}

/** Mounts a directory on itself read-only. @returns Takes that back. */
export function mountReadOnly(directory: string): () => void {
  const unmount = mountBind(directory, directory);
  execFileSync('mount', ['-o', 'remount,bind,ro', directory]);
  return unmount;
}

/** Runs `use` while a tmpfs of this size is mounted on a new directory. */
export function withTmpfs<T>(directory: string, size: string, use: () => Promise<T>): Promise<T> {
  return whileMounted(mountTmpfs(directory, size), use);
}

/** The same with a file system that nothing is known about: whether it is local, above all. */
export function withRamfs<T>(directory: string, use: () => Promise<T>): Promise<T> {
  mkdirSync(directory);
  return whileMounted(mount(['-t', 'ramfs', 'none', directory], directory), use);
}

/** Runs `use` while `path`, a file or directory, stands for another. */
export function withBindMount<T>(from: string, path: string, use: () => Promise<T>): Promise<T> {
  return whileMounted(mountBind(from, path), use);
}

/** Runs `use` while a directory is mounted on itself read-only. */
export function whileReadOnly<T>(directory: string, use: () => Promise<T>): Promise<T> {
  return whileMounted(mountReadOnly(directory), use);
}

function mount(args: readonly string[], on: string): () => void {
  execFileSync('mount', args);
  // Lazily, because a child that was killed may not be gone yet.
  return () => void execFileSync('umount', ['--lazy', on]);
}

async function whileMounted<T>(unmount: () => void, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } finally {
    unmount();
  }
}
