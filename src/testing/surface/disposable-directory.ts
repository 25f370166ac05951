// mkdtempDisposable, where node has it: a temporary directory that goes away with its block.

import { resolve } from 'node:path';
import { nodeFs, nodeFsPromises } from '../../ground/node-fs';
import { dressedAs } from '../../shapes/context';
import type { Lab } from './lab';

type AnyFunction = (...args: never[]) => unknown;

const ALL = { recursive: true, force: true };

export function mkdtempDisposableSyncCall({ fs, cwd }: Lab): AnyFunction {
  return likeNode(nodeFs, 'mkdtempDisposableSync', (prefix: string, options?: BufferEncoding) => {
    const path = fs.mkdtempSync(prefix, options);
    // In full, for the program may change its working directory.
    const whole = resolve(cwd(), path);
    const remove = (): void => fs.rmSync(whole, ALL);
    return withSymbol({ path, remove }, 'dispose', remove);
  });
}

export function mkdtempDisposableCall({ fs, cwd }: Lab): AnyFunction {
  return likeNode(nodeFsPromises(), 'mkdtempDisposable', async (prefix: string, options?: BufferEncoding) => {
    const path = await fs.promises.mkdtemp(prefix, options);
    const whole = resolve(cwd(), path);
    const remove = (): Promise<void> => fs.promises.rm(whole, ALL);
    return withSymbol({ path, remove }, 'asyncDispose', remove);
  });
}

/** Node 20 has no Symbol.dispose, and none of these functions either. */
function withSymbol(object: object, name: 'dispose' | 'asyncDispose', remove: () => unknown): object {
  const symbol = (Symbol as unknown as Record<string, symbol | undefined>)[name];
  return symbol === undefined ? object : Object.assign(object, { [symbol]: () => remove() });
}

function likeNode(natives: object, name: string, ours: (...args: never[]) => unknown): AnyFunction {
  const original = (natives as Record<string, unknown>)[name];
  return typeof original === 'function' ? dressedAs(original as AnyFunction, ours) : ours;
}
