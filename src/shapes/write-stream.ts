// Write streams are node's own. They open and close through the fs they are given; what is added here is that `finish`
// means visible and durable, and that a stream given up leaves the target alone.

import type { WriteStream } from 'node:fs';
import { fsOfStream, handleOfStream } from '../ground/node-internals';
import { type OpenFile, closeOpenFile, publishOpenFile } from '../protocol/open-file';
import type { Volume } from '../protocol/volume';
import { runCallback } from '../steps/run';
import { whenOpened } from './stream-opening';

type Done = (error?: unknown) => void;

/** The parts of a stream that stream.Writable calls. */
interface StreamParts {
  _final?: (this: Stream, done: Done) => void;
  _destroy: (this: Stream, error: Error | null, done: Done) => void;
  fd: number | null;
  flush: boolean;
  autoClose: boolean;
}

type Stream = Omit<WriteStream, keyof StreamParts> & StreamParts;

/** Lets a stream that has just been opened settle the staged file that it writes, if it writes one through `ownFs`. */
export function linkStream(stream: object, volume: Volume, ownFs: object, isGiven: boolean): void {
  const parts = stream as Stream;
  const itsFs = fsOfStream(parts);
  if (itsFs !== undefined && itsFs !== ownFs && handleOfStream(parts) === undefined) return;
  // Somebody who keeps the descriptor may go on with it, with another stream even.
  if (isGiven && !parts.autoClose) return;
  const file = parts.fd === null ? undefined : volume.openFiles.get(parts.fd);
  if (file !== undefined) settleStream(parts, file);
}

const settled = new WeakSet<object>();

/** Makes one stream settle the staged file that it writes, when it finishes or is destroyed. */
export function settleStream(stream: object, file: OpenFile): void {
  const parts = stream as Stream;
  if (settled.has(stream) || file.stage.state !== 'open') return;
  settled.add(stream);
  file.streams.add(parts);
  if (parts.closed) abandonUnopened(parts, file);
  else commitOnFinish(parts, file);
}

/** Aborted before it was open: node has closed it already, when there was nothing to close, and leaks the descriptor. */
function abandonUnopened({ fd }: Stream, file: OpenFile): void {
  file.noteAbandoned();
  if (fd !== null) runCallback(closeOpenFile(file, fd), file.volume.host, ignore, ignore);
}

/** Nobody is waiting for the outcome. */
function ignore(): void {}

/**
 * Publishes between the last write and `finish`; the descriptor stays open until the stream closes it, as in node.
 * Discards where the stream is destroyed before it has finished: on an error, an abort, or by hand.
 */
function commitOnFinish(stream: Stream, file: OpenFile): void {
  const final = stream._final;
  const destroy = stream._destroy;
  let isCommitting = false;
  let destroyAfterwards: (() => void) | undefined;

  function commit(done: Done): void {
    const committed: Done = (error) => {
      isCommitting = false;
      done(error);
      destroyAfterwards?.();
    };
    isCommitting = true;
    const steps = publishOpenFile(file, stream.flush, stream.autoClose);
    runCallback(steps, file.volume.host, () => committed(), committed);
  }

  stream._final = (done) => {
    if (final === undefined) commit(done);
    else final.call(stream, (error) => (error ? done(error) : commit(done)));
  };

  stream._destroy = function (error, done) {
    const proceed = (): void => destroy.call(this, error, done);
    if (!this.writableFinished && !isCommitting) file.noteAbandoned();
    // A descriptor must not be closed under an fsync of it.
    if (isCommitting) destroyAfterwards = proceed;
    else proceed();
  };
}

/** A WriteStream class for an fs of ours: node's own, opening and closing through `ownFs`. */
export function writeStreamOver(Native: typeof WriteStream, volume: Volume, ownFs: object): typeof WriteStream {
  function Ours(this: unknown, path: unknown, options: unknown): unknown {
    if (!(this instanceof Ours)) return Reflect.construct(Ours, [path, options]) as unknown;
    return (Native as unknown as (this: unknown, path: unknown, options: unknown) => void).call(
      this,
      path,
      throughFs(options, ownFs),
    );
  }
  Object.defineProperty(Ours, 'name', { value: 'WriteStream' });
  Object.setPrototypeOf(Ours, Native);
  Ours.prototype = Object.create(Native.prototype, {
    constructor: { value: Ours, configurable: true, writable: true },
  }) as object;
  whenOpened(Ours.prototype, (stream, isGiven) => linkStream(stream, volume, ownFs, isGiven));
  return Ours as unknown as typeof WriteStream;
}

/** The caller's options with our fs, except where they name their own, or bring a FileHandle, which works by itself. */
export function throughFs(options: unknown, ownFs: object): unknown {
  if (typeof options === 'string') return { encoding: options, fs: ownFs };
  if (options !== undefined && options !== null && typeof options !== 'object') return options;
  const given = (options ?? {}) as Record<string, unknown>;
  if (given['fs'] || (typeof given['fd'] === 'object' && given['fd'] !== null)) return options;
  const completed: Record<string, unknown> = {};
  // Inherited ones too, as node reads them.
  for (const key in given) completed[key] = given[key];
  return { ...completed, fs: ownFs };
}
