// The primitive calls of the lab's surface and the system calls that strace saw, in common words: `write file 4`.

import { relative, resolve } from 'node:path';
import type { PrimitiveCall } from '../../src/testing/surface';
import type { SystemCall } from './strace';

/** Puts the calls of a surface into words. */
export class PrimitiveWords {
  readonly sentences: string[] = [];
  readonly #names = new Map<unknown, string>();

  constructor(readonly directory: string) {}

  note({ name, args }: PrimitiveCall, answer: { readonly result?: unknown; readonly error?: unknown }): void {
    const [first, second] = args;
    const path = (value: unknown): string => relative(this.directory, String(value));
    const { result } = answer;
    if (name === 'open' && typeof result === 'number') this.#names.set(result, path(first));
    let about = typeof first === 'number' ? this.#names.get(first)! : path(first);
    if (name === 'rename' || name === 'link') about += ` ${path(second)}`;
    if (name === 'symlink') about = path(second);
    if (name === 'read' || name === 'write') about += ` ${args[3]}${args[4] === null ? '' : ` at ${args[4]}`}`;
    this.sentences.push(sentence(name, about, answer.error !== undefined));
  }
}

function sentence(name: string, about: string, fails: boolean): string {
  return `${name} ${about}${fails ? ' fails' : ''}`;
}

/** The calls of a trace that are about files of the directory, or lead to it. */
export function systemWords(calls: readonly SystemCall[], directory: string): string[] {
  const words: string[] = [];
  for (let index = 0; index < calls.length; index++) {
    const call = calls[index]!;
    const about = aboutOf(call, directory);
    if (about === undefined) continue;
    if (isListing(call)) {
      words.push(sentence('readdir', about, call.result < 0));
      // What opendir(3) and readdir(3) do with the descriptor.
      while (calls[index]!.name !== 'close' && call.result >= 0) index++;
    } else {
      words.push(...wordsOf(call, about, directory));
    }
  }
  return words;
}

function isListing({ name, args }: SystemCall): boolean {
  return name === 'openat' && args.includes('O_DIRECTORY') && args.includes('O_NONBLOCK');
}

/** The file that a call is about; undefined for what is none of the directory's. */
function aboutOf({ args }: SystemCall, directory: string): string | undefined {
  const [, descriptorPath] = /^\d+<([^>]*)>/.exec(args) ?? [];
  if (descriptorPath !== undefined)
    return descriptorPath.startsWith(directory) ? within(directory, descriptorPath) : undefined;
  const paths = [...args.matchAll(/"([^"]*)"/g)].map(([, path]) => within(directory, path!));
  return paths.length === 0 ? undefined : paths.join(' ');
}

function within(directory: string, path: string): string {
  return relative(directory, resolve(directory, path));
}

const NAMES: Readonly<Record<string, string>> = { openat: 'open', pwritev: 'writev', preadv: 'readv' };

function wordsOf(call: SystemCall, about: string, directory: string): string[] {
  const { name, args, result } = call;
  const fails = result < 0;
  const numbers = args.split(', ').map(Number);
  switch (name) {
    case 'read':
    case 'write':
      return [sentence(name, `${about} ${numbers.at(-1)}`, fails)];
    case 'pread64':
    case 'pwrite64':
      return [sentence(name.slice(1, -2), `${about} ${numbers.at(-2)} at ${numbers.at(-1)}`, fails)];
    case 'copy_file_range':
      return fails
        ? [sentence('read', `${about} ${numbers.at(-2)} at 0`, fails)]
        : copyWords(args, directory, numbers.at(-2)!);
    case 'sendfile':
      return [];
    case 'statx':
    case 'newfstatat':
      return [sentence(statName(args), about, fails)];
    case 'utimensat':
      return [sentence(args.includes('NULL, [') ? 'futimes' : 'utimes', about, fails)];
    // What it answers with is printed among its arguments.
    case 'readlink':
      return [sentence(name, about.split(' ')[0]!, fails)];
    case 'symlink':
      return [sentence(name, about.split(' ')[1]!, fails)];
    default:
      return [sentence(NAMES[name] ?? name, about, fails)];
  }
}

function statName(args: string): string {
  if (args.includes('AT_EMPTY_PATH')) return 'fstat';
  return args.includes('AT_SYMLINK_NOFOLLOW') ? 'lstat' : 'stat';
}

/** The kernel copies what the lab reads and writes. */
function copyWords(args: string, directory: string, length: number): string[] {
  const [from, to] = [...args.matchAll(/\d+<([^>]*)>/g)].map(([, path]) => within(directory, path!));
  return [sentence('read', `${from} ${length} at 0`, false), sentence('write', `${to} ${length}`, false)];
}
