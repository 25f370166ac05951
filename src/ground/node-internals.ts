// The few things that node keeps under private symbols and that no public call tells. Each has a safe answer where a future
// node names it otherwise.

function valueUnder(object: object, description: string): unknown {
  const symbol = symbolNamed(object, description);
  return symbol === undefined ? undefined : (object as Record<symbol, unknown>)[symbol];
}

/** The symbol of this description on an object or its prototypes. */
function symbolNamed(object: object, description: string): symbol | undefined {
  for (let level: object | null = object; level !== null; level = Object.getPrototypeOf(level) as object | null) {
    const found = Object.getOwnPropertySymbols(level).find((symbol) => symbol.description === description);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * What all of node's synchronous child_process functions make their children with, also those that a program has taken out of
 * the module before; undefined where it cannot be had.
 */
export function spawnSyncBinding(): object | undefined {
  const process = globalThis.process as NodeJS.Process & { binding?: (name: string) => object };
  const { noDeprecation } = process;
  try {
    // Deprecated (DEP0111), which is news for whoever writes a program, not for who runs it with us in it.
    process.noDeprecation = true;
    const binding = process.binding?.('spawn_sync');
    return binding !== undefined && 'spawn' in binding ? binding : undefined;
  } catch {
    return undefined;
  } finally {
    if (noDeprecation === undefined) Reflect.deleteProperty(process, 'noDeprecation');
    else process.noDeprecation = noDeprecation;
  }
}

/** The fs that a file stream works through (lib/internal/fs/streams.js); undefined if it cannot be told. */
export function fsOfStream(stream: object): unknown {
  return valueUnder(stream, 'kFs');
}

/** The FileHandle that a file stream was made from, if it was. */
export function handleOfStream(stream: object): unknown {
  return valueUnder(stream, 'kHandle');
}

/**
 * How many others use a FileHandle (lib/internal/fs/promises.js): calls under way and streams made from it. Node defers a
 * close until there are none; 0 where it cannot be told.
 */
export function usersOfHandle(handle: object): number {
  const references = valueUnder(handle, 'kRefs');
  return typeof references === 'number' ? references - 1 : 0;
}

/** The private methods of a FileHandle that end a use of it, with the names that they have had. */
const HANDLE_METHODS = {
  unref: ['kUnref'],
  // Node 20, and later ones.
  transfer: ['messaging_transfer_symbol', 'kTransfer'],
  closeSync: ['kCloseSync'],
} as const;

/** Replaces a private method on one handle; `original` calls the one that was there. Does nothing where there is none. */
export function replaceHandleMethod(
  handle: object,
  method: keyof typeof HANDLE_METHODS,
  replacement: (original: () => unknown) => unknown,
): void {
  const symbols = HANDLE_METHODS[method].map((description) => symbolNamed(handle, description));
  const symbol = symbols.find((found) => found !== undefined);
  if (symbol === undefined) return;
  const original = (handle as Record<symbol, () => unknown>)[symbol]!;
  const value = (): unknown => replacement(() => original.call(handle));
  Object.defineProperty(handle, symbol, { value, configurable: true, writable: true });
}
