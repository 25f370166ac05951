// The FileHandle of promises.open. Node's own class works on descriptors of the kernel's only.

import { AsyncResource } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
import { createInterface } from 'node:readline';
import { runPromise } from '../../steps/run';
import type { Steps } from '../../steps/step';
import { bytesOf, readFd, readRange } from './arguments';
import { ASK_NODE, askNode, refusePromise, refuseSync } from './ask-node';
import { codedError } from './coded-error';
import {
  READ_BYTES,
  type Transferred,
  descriptorCalls,
  nothing,
  openStory,
  readInto,
  transferCalls,
} from './descriptor-calls';
import type { Story } from './flavours';
import type { Lab } from './lab';
import { noteHandle } from './open-handles';
import * as primitive from './primitives';
import { readFileStory } from './read-file';
import { writeFileStory } from './write-file';

// By these names whoever wraps node's FileHandles finds the parts that it needs.
export const kFd = Symbol('kFd');
export const kRefs = Symbol('kRefs');
export const kRef = Symbol('kRef');
export const kUnref = Symbol('kUnref');

type Results = Record<string, unknown>;

/** https://nodejs.org/api/fs.html#class-filehandle */
export class FileHandle extends EventEmitter {
  [kFd]: number;
  /** The calls and streams that use it, and one for itself. It closes when there is none any more. */
  [kRefs] = 1;
  readonly #lab: Lab;
  readonly #resource = new AsyncResource('FileHandle');
  #closing: Promise<void> | undefined;
  #settleClosing: ((closed: Promise<void>) => void) | undefined;
  #isLocked = false;

  constructor(lab: Lab, fd: number) {
    super();
    this.#lab = lab;
    this[kFd] = fd;
    noteHandle(this, () => this[kFd]);
  }

  getAsyncId(): number {
    return this.#resource.asyncId();
  }

  get fd(): number {
    return this[kFd];
  }

  appendFile(data: unknown, options?: unknown): Promise<unknown> {
    return this.#useWhole('writeFile', writeFileStory, [data, options]);
  }

  chmod(mode: unknown): Promise<unknown> {
    return this.#use('fchmod', [mode]);
  }

  chown(uid: unknown, gid: unknown): Promise<unknown> {
    return this.#use('fchown', [uid, gid]);
  }

  datasync(): Promise<unknown> {
    return this.#use('fdatasync', []);
  }

  sync(): Promise<unknown> {
    return this.#use('fsync', []);
  }

  async read(buffer?: unknown, offset?: unknown, length?: unknown, position?: unknown): Promise<Results> {
    const { bytes, data } = await this.#transfer('read', readOfHandle, [buffer, offset, length, position]);
    return results({ bytesRead: bytes, buffer: data });
  }

  async readv(buffers: unknown, position?: unknown): Promise<Results> {
    const { bytes, data } = await this.#transfer('readv', transferCalls['readv']!, [buffers, position]);
    return results({ bytesRead: bytes, buffers: data });
  }

  readFile(options?: unknown): Promise<unknown> {
    return this.#useWhole('readFile', readFileStory, [options]);
  }

  readLines(...[options]: readonly [options?: object]): ReturnType<typeof createInterface> {
    return createInterface({ input: this.createReadStream(options) as NodeJS.ReadableStream, crlfDelay: Infinity });
  }

  stat(options?: unknown): Promise<unknown> {
    return this.#use('fstat', [options]);
  }

  truncate(length: unknown = 0): Promise<unknown> {
    return this.#use('ftruncate', [length]);
  }

  utimes(atime: unknown, mtime: unknown): Promise<unknown> {
    return this.#use('futimes', [atime, mtime]);
  }

  async write(buffer: unknown, offset?: unknown, length?: unknown, position?: unknown): Promise<Results> {
    const { bytes, data } = await this.#transfer('write', writeOfHandle, [buffer, offset, length, position]);
    return results({ bytesWritten: bytes, buffer: data });
  }

  async writev(buffers: unknown, position?: unknown): Promise<Results> {
    const { bytes, data } = await this.#transfer('writev', transferCalls['writev']!, [buffers, position]);
    return results({ bytesWritten: bytes, buffers: data });
  }

  writeFile(data: unknown, options?: unknown): Promise<unknown> {
    return this.#useWhole('writeFile', writeFileStory, [data, options]);
  }

  /** An own property of each handle, as in node, where programs replace it. */
  close = (): Promise<void> => {
    if (this[kFd] === -1) return Promise.resolve();
    if (this.#closing !== undefined) return this.#closing;
    this[kRefs]--;
    const closed = this[kRefs] === 0 ? this.#closeNow() : new Promise<void>((settle) => (this.#settleClosing = settle));
    this.#closing = closed.finally(() => (this.#closing = undefined));
    this.emit('close');
    return this.#closing;
  };

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  readableWebStream(): ReadableStream {
    this.#refuseUse();
    this.#isLocked = true;
    const end = (): void => this[kUnref]();
    const stream = new ReadableStream({
      type: 'bytes',
      autoAllocateChunkSize: READ_BYTES,
      pull: async (controller: ReadableByteStreamController) => {
        const request = controller.byobRequest!;
        const { bytesRead } = await this.read(request.view);
        if (bytesRead === 0) {
          end();
          controller.close();
        }
        request.respond(bytesRead as number);
      },
      cancel: end,
    });
    this[kRef]();
    this.once('close', () => void stream.cancel().catch(() => {}));
    return stream;
  }

  createReadStream(...[options]: readonly [options?: object]): unknown {
    return Reflect.construct(this.#lab.fs.ReadStream, [undefined, { ...options, fd: this }]) as unknown;
  }

  createWriteStream(...[options]: readonly [options?: object]): unknown {
    return Reflect.construct(this.#lab.fs.WriteStream, [undefined, { ...options, fd: this }]) as unknown;
  }

  [kRef](): void {
    this[kRefs]++;
  }

  [kUnref](): void {
    this[kRefs]--;
    if (this[kRefs] === 0) this.#settleClosing?.(this.#closeNow());
  }

  #closeNow(): Promise<void> {
    const fd = this[kFd];
    this[kFd] = -1;
    return runPromise(primitive.close(fd), this.#lab.host);
  }

  #refuseUse(): void {
    if (this[kFd] === -1) throw codedError('ERR_INVALID_STATE', 'Invalid state: The FileHandle is closed');
    if (this.#closing) throw codedError('ERR_INVALID_STATE', 'Invalid state: The FileHandle is closing');
    if (this.#isLocked) throw codedError('ERR_INVALID_STATE', 'Invalid state: The FileHandle is locked');
  }

  #use(name: string, args: readonly unknown[]): Promise<unknown> {
    return this.#run(name, descriptorCalls[name]!, [this.fd, ...args], () => refuseSync(name, [this.fd, ...args]));
  }

  #transfer(name: string, story: Story, args: readonly unknown[]): Promise<Transferred> {
    const all = [this.fd, ...args];
    return this.#run(name, story, all, () => refuseSync(name, all)) as Promise<Transferred>;
  }

  /** Calls that take the handle in the place of a path. */
  #useWhole(name: string, story: Story, args: readonly unknown[]): Promise<unknown> {
    return this.#run(name, story, [this, ...args], () => refusePromise(name, [this, ...args]));
  }

  async #run(name: string, story: Story, args: readonly unknown[], refuse: () => unknown): Promise<unknown> {
    // By its public name, which whoever wraps a handle may have given another value.
    if (this.fd === -1) throw Object.assign(new Error('file closed'), { code: 'EBADF', syscall: name });
    this[kRef]();
    try {
      return await runPromise(story(this.#lab, args, 'promise'), this.#lab.host);
    } catch (error) {
      if (error === ASK_NODE) return refuse();
      throw error;
    } finally {
      this[kUnref]();
    }
  }
}

/** https://nodejs.org/api/fs.html#fspromisesopenpath-flags-mode */
export const openHandleStory: Story = (lab, args, flavour) => openHandle(lab, openStory(lab, args, flavour));

function* openHandle(lab: Lab, opening: Steps<unknown>): Steps<FileHandle> {
  return new FileHandle(lab, (yield* opening) as number);
}

/** read(), read(params), read(buffer, options) and read(buffer, offset, length, position). */
const readOfHandle: Story = (_lab, [fd, first, ...rest]) => {
  if (ArrayBuffer.isView(first)) return readPart(readFd(fd), first, rest);
  if (typeof first !== 'object' && first !== undefined) askNode();
  const { buffer = Buffer.alloc(READ_BYTES), ...range } = (first ?? {}) as Results;
  return readPart(readFd(fd), buffer, [range]);
};

function readPart(fd: number, into: unknown, rest: readonly unknown[]): Steps<Transferred> {
  const { byteLength } = bytesOf(into);
  const { offset, length, position } = readRange(rest, byteLength);
  const isPlace = typeof position === 'bigint' || (Number.isSafeInteger(position) && (position as number) >= 0);
  return readInto(fd, [into, offset, length ?? byteLength - offset, isPlace ? position : null]);
}

/** A handle writes nothing without a call. */
const writeOfHandle: Story = (lab, args, flavour) => {
  const [, data] = args;
  const isEmpty = ArrayBuffer.isView(data) && data.byteLength === 0;
  return isEmpty ? nothing(data) : transferCalls['write']!(lab, args, flavour);
};

/** Without a prototype, as node's. */
function results(values: Results): Results {
  return Object.assign(Object.create(null) as Results, values);
}
