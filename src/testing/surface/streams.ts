// Streams are node's own classes, which open, read, write and close through the fs that they are given.

import { type NodeFs, nodeFs } from '../../ground/node-fs';
import { dressedAs } from '../../shapes/context';
import { throughFs } from '../../shapes/write-stream';
import { codedError } from './coded-error';
import { FileHandle, kRef, kUnref } from './file-handle';

type AnyFunction = (...args: never[]) => unknown;
type Constructor = (this: unknown, ...args: unknown[]) => unknown;
type Callback = (error?: unknown, ...results: unknown[]) => void;

/** By this name node, too, keeps the handle that a stream was made from. */
const kHandle = Symbol('kHandle');

interface Closable {
  close(): void;
}

/** A stream class of node's that works through `ours`, with FileHandles of ours too. Like node's, it needs no `new`. */
export function streamClass<Name extends 'ReadStream' | 'WriteStream'>(name: Name, ours: object): NodeFs[Name] {
  const Native = nodeFs[name] as unknown as Constructor & { prototype: object };
  function Ours(this: unknown, path: unknown, options: unknown): unknown {
    if (!(this instanceof Ours)) return Reflect.construct(Ours, [path, options]) as unknown;
    const { fd } = (options ?? {}) as { fd?: unknown };
    if (!(fd instanceof FileHandle)) return Native.call(this, path, throughFs(options, ours));
    Native.call(this, path, throughHandle(fd, options as object));
    useHandle(fd, this as unknown as Closable);
    return undefined;
  }
  Object.defineProperty(Ours, 'name', { value: name });
  Object.setPrototypeOf(Ours, Native);
  Ours.prototype = Object.create(Native.prototype, {
    constructor: { value: Ours, configurable: true, writable: true },
  }) as object;
  return Ours as unknown as NodeFs[Name];
}

/** createReadStream and createWriteStream, which make streams of the classes that `ours` has at the time. */
export function streamCalls(ours: NodeFs): Record<string, AnyFunction> {
  return {
    createReadStream: dressedAs(nodeFs.createReadStream as never, (path: unknown, options: unknown) =>
      Reflect.construct(ours.ReadStream, [path, options]),
    ),
    createWriteStream: dressedAs(nodeFs.createWriteStream as never, (path: unknown, options: unknown) =>
      Reflect.construct(ours.WriteStream, [path, options]),
    ),
  };
}

/** Node 24's Utf8Stream, which takes an fs as the others do. */
export function utf8StreamClass(ours: object): unknown {
  const { Utf8Stream } = nodeFs as unknown as Record<string, (new (options: object) => object) | undefined>;
  if (Utf8Stream === undefined) return undefined;
  return class extends Utf8Stream {
    static {
      Object.defineProperty(this, 'name', { value: 'Utf8Stream' });
    }
    constructor(...[options]: readonly [options?: unknown]) {
      const isObject = options === undefined || (typeof options === 'object' && options !== null);
      super(isObject ? { fs: ours, ...options } : (options as object));
    }
  };
}

function throughHandle(handle: FileHandle, options: object): object {
  if ('fs' in options && options.fs) {
    throw codedError('ERR_METHOD_NOT_IMPLEMENTED', 'The FileHandle with fs method is not implemented');
  }
  return { ...options, fd: handle.fd, fs: operationsOn(handle) };
}

/** The handle stays open until its streams have ended, and tells them when it is closed. */
function useHandle(handle: FileHandle, stream: Closable): void {
  Object.defineProperty(stream, kHandle, { value: handle });
  handle[kRef]();
  handle.on('close', () => stream.close());
}

function operationsOn(handle: FileHandle): Record<string, (...args: never[]) => void> {
  const transferring =
    (name: 'read' | 'write') =>
    (_fd: number, data: Uint8Array, offset: number, length: number, position: unknown, done: Callback) =>
      void handle[name](data, offset, length, position).then(
        ({ bytesRead, bytesWritten }) => done(null, bytesRead ?? bytesWritten, data),
        (error: unknown) => done(error, 0, data),
      );
  return {
    open: () => {
      throw codedError('ERR_METHOD_NOT_IMPLEMENTED', 'The open() method is not implemented');
    },
    close(_fd: number, done: Callback) {
      handle[kUnref]();
      void handle.close().then(() => done(), done);
    },
    fsync: (_fd: number, done: Callback) => void handle.sync().then(() => done(), done),
    read: transferring('read'),
    write: transferring('write'),
    writev: (_fd: number, views: unknown, position: unknown, done: Callback) =>
      void handle.writev(views, position).then(
        ({ bytesWritten }) => done(null, bytesWritten, views),
        (error: unknown) => done(error, 0, views),
      ),
  };
}
