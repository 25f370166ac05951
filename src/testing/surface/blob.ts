// openAsBlob. The file is read when it is opened, so that a Blob makes no calls that nobody asked for; yet like node's it can
// be read no more once the file has changed.

import type { BigIntStats } from 'node:fs';
import { nodeFs } from '../../ground/node-fs';
import { dressedAs } from '../../shapes/context';
import { runPromise, runSync } from '../../steps/run';
import type { Steps } from '../../steps/step';
import { type Path, readObject, readPath } from './arguments';
import { ASK_NODE, askNode } from './ask-node';
import { codedError } from './coded-error';
import type { Lab } from './lab';
import * as primitive from './primitives';
import { readFileStory } from './read-file';

type AnyFunction = (...args: never[]) => unknown;

type Parts = ConstructorParameters<typeof Blob>[0];

/** Rejects if the file is no longer what it was. */
type Check = () => Promise<void>;

class FileBlob extends Blob {
  readonly #check: Check;

  constructor(parts: Parts, options: { type: string }, check: Check) {
    super(parts, options);
    this.#check = check;
  }

  override async arrayBuffer(): Promise<ArrayBuffer> {
    await this.#check();
    return super.arrayBuffer();
  }

  override async text(): Promise<string> {
    await this.#check();
    return super.text();
  }

  override slice(start?: number, end?: number, type?: string): Blob {
    return new FileBlob([super.slice(start, end)], { type: type ?? '' }, this.#check);
  }

  override stream(): ReturnType<Blob['stream']> {
    const bytes = (): ReturnType<Blob['stream']> => super.stream();
    const check = this.#check;
    async function* checked(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
      await check();
      yield* bytes();
    }
    return ReadableStream.from(checked()) as ReturnType<Blob['stream']>;
  }
}

/** https://nodejs.org/api/fs.html#fsopenasblobpath-options */
export function openAsBlobCall(lab: Lab): AnyFunction {
  return blobCall(lab, nodeFs.openAsBlob, (blob) => Promise.resolve(blob));
}

/** The same at once, where node has it. */
export function openAsBlobSyncCall(lab: Lab): AnyFunction | undefined {
  const { openAsBlobSync } = nodeFs as { openAsBlobSync?: AnyFunction };
  return openAsBlobSync && blobCall(lab, openAsBlobSync, (blob) => blob);
}

function blobCall(lab: Lab, native: AnyFunction, answer: (blob: Blob) => unknown): AnyFunction {
  function openAsBlob(path: unknown, options?: unknown): unknown {
    try {
      return answer(blobOf(lab, path, options));
    } catch (error) {
      if (error === ASK_NODE) return native(path as never, options as never);
      throw codedError('ERR_INVALID_ARG_VALUE', 'Unable to open file as blob', TypeError);
    }
  }
  return dressedAs(native, openAsBlob);
}

function blobOf(lab: Lab, path: unknown, options: unknown): Blob {
  const { type = '' } = readObject(options);
  if (typeof type !== 'string') askNode();
  const opened = readPath(lab, path);
  const bytes = runSync(readFileStory(lab, [path], 'sync'), lab.host) as Buffer<ArrayBuffer>;
  const before = runSync(stateOf(opened), lab.host);
  const check = async (): Promise<void> => {
    if ((await runPromise(stateOf(opened), lab.host)) === before) return;
    throw new DOMException('The blob could not be read', 'NotReadableError');
  };
  return new FileBlob([bytes], { type }, check);
}

/** What a change of the file would change; undefined where it is gone. */
function* stateOf({ absolute }: Path): Steps<string | undefined> {
  const found = yield* primitive.stat(absolute, { bigint: true, throwIfNoEntry: false });
  const { dev, ino, size, mtimeNs } = (found ?? {}) as BigIntStats;
  return found && [dev, ino, size, mtimeNs].join();
}
