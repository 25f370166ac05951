// Waiting without a clock.

/** Lets the event loop turn, for what may or may not come without telling. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await oneTurn();
}

/** Lets the event loop turn until something is so; the test's own time limit is the bound. */
export async function turnUntil(isSo: () => boolean): Promise<void> {
  while (!isSo()) await oneTurn();
}

/** Lets the event loop turn once; ticks and reactions of promises come before that. */
export function oneTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
