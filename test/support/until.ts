// Waiting for what another process does.

import { setTimeout as pause } from 'node:timers/promises';

const LOOK_EVERY_MS = 5;

/**
 * Looks again and again until there is something to see.
 *
 * @returns The first answer that is neither false nor undefined.
 * @throws What was waited for, if it has not come within `withinMs` milliseconds.
 */
export async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  withinMs = 15_000,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    if (Date.now() > deadline) throw new Error(`waited ${withinMs} ms in vain: ${what}`);
    await pause(LOOK_EVERY_MS);
  }
}
