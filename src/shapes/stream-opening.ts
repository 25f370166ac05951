// Hears of the write streams that node has opened.

type Done = (error?: unknown) => void;

/** The parts of a stream that stream.Writable and node's file streams have. */
interface Stream {
  _construct: (this: Stream, done: Done) => void;
  readonly fd: number | null;
}

/**
 * Calls back for every stream of a prototype that has been opened, before it knows so itself.
 *
 * @param prototype Node's WriteStream.prototype, or one that inherits from it.
 * @param opened Gets the stream, and whether its descriptor was given to it.
 * @returns Takes the change back, if nobody has put another on top of it.
 */
export function whenOpened(prototype: object, opened: (stream: object, isGiven: boolean) => void): () => void {
  const target = prototype as Stream;
  const native = target._construct;

  function _construct(this: Stream, done: Done): void {
    const isGiven = typeof this.fd === 'number';
    native.call(this, (error) => {
      if (!error) opened(this, isGiven);
      done(error);
    });
  }

  Object.defineProperty(target, '_construct', {
    value: _construct,
    configurable: true,
    writable: true,
    enumerable: true,
  });
  return () => {
    if (target._construct === _construct) target._construct = native;
  };
}
