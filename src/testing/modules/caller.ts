// Whose call it is, for functions that look modules up from the caller's file, as `require` does.

import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { IntactError } from '../../ground/intact-error';

/**
 * The file that modules are looked up from.
 *
 * @param from A path or `file:` URL; by default the file that called `below`.
 * @param below The function that was called.
 */
export function callerFile(from: string | URL | undefined, below: (...args: never[]) => unknown): string {
  if (from !== undefined) return asPath(from);
  const file = fileThatCalled(below);
  if (file !== undefined) return asPath(file);
  const message = `${below.name}() cannot tell which file called it; give it the file as its last argument`;
  throw new IntactError('ERR_INTACT_CALLER', message);
}

function asPath(file: string | URL): string {
  const text = String(file);
  return text.startsWith('file:') ? fileURLToPath(text) : text;
}

/** The name of the script, as V8 has it: source maps must not change it. */
function fileThatCalled(below: (...args: never[]) => unknown): string | undefined {
  const names = ['prepareStackTrace', 'stackTraceLimit'];
  const before = names.map((name) => [name, Reflect.get(Error, name) as unknown] as const);
  const holder: { stack?: unknown } = {};
  try {
    Error.prepareStackTrace = (_error, sites) => sites;
    Error.stackTraceLimit = 1;
    Error.captureStackTrace(holder, below);
    // Made when it is first looked at.
    const [site] = holder.stack as NodeJS.CallSite[];
    const name = site?.getFileName() ?? undefined;
    return name !== undefined && isFile(name) ? name : undefined;
  } finally {
    Object.assign(Error, Object.fromEntries(before));
  }
}

/** Not `[eval]`, not `node:internal/...`. */
function isFile(name: string): boolean {
  return name.startsWith('file:') || isAbsolute(name);
}
