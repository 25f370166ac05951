// Runs a function of the caller's to its end, however it ends, and names it where it does not.

import { IntactError } from '../ground/intact-error';

export type Part = 'setup' | 'workload' | 'recover' | 'check';

/**
 * Waits for what a function of the caller's returns.
 *
 * @param ms How long it may take.
 * @param where Said where it does not settle: what it was at.
 * @throws What it throws. ERR_INTACT_UNSETTLED where its promise is still pending after `ms`.
 */
export function settled(part: Part, result: unknown, ms: number, where: () => string): Promise<void> | undefined {
  if (!isThenable(result)) return undefined;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new IntactError('ERR_INTACT_UNSETTLED', `${part} did not settle within ${ms} ms${where()}`));
    }, ms);
    result.then(
      () => {
        clearTimeout(timer);
        resolve();
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}
