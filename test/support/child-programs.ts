// Pieces of program text that several children share.

import { API } from './child';

/** Defines `call`, which makes a promise of a function with a callback. */
export const CALL = `
  const call = (fn, ...args) => new Promise((resolve, reject) => {
    fn(...args, (error, result) => error ? reject(error) : resolve(result));
  });
`;

/**
 * Defines `fs`, an fs of ours whose process is killed before a certain synchronous call of the fs underneath, and `step`,
 * the number of calls made.
 *
 * @param killedAt Counts from 0; Infinity for never.
 */
export function fsKilledAt(killedAt: number): string {
  return `
    const nodeFs = require('node:fs');
    const base = { ...nodeFs };
    let step = 0;
    for (const name of Object.keys(nodeFs).filter((key) => key.endsWith('Sync'))) {
      base[name] = (...args) => {
        if (step++ === ${killedAt}) process.kill(process.pid, 'SIGKILL');
        return nodeFs[name](...args);
      };
    }
    const fs = require(${JSON.stringify(API)}).createFs(base);
  `;
}
