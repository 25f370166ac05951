// Callers of both asynchronous shapes, with as little of ours in between as can be.

import type { Calls, Contestant } from '../contestants';
import type { Data } from '../raw';
import { now } from './work';

type Write = Calls['callback'];

/** A contestant's function as one that calls back; a promise is waited for in the way that costs least. */
export function asCallback(contestant: Contestant, call: unknown): Write {
  if (contestant.shape === 'callback') return call as Write;
  const promise = call as Calls['promise'];
  return (path, data, done) => void promise(path, data).then(() => done(), done);
}

/** Where the work takes long: whoever calls back need not promise, too. */
export function isOnceInAnyShape({ shape, family }: Contestant): boolean {
  return shape === 'callback' || family === 'peer';
}

/** Writes each path once, at most so many at a time. @returns How long each took. */
export function writeAll(
  write: Write,
  paths: readonly string[],
  inFlightMax: number,
  dataOf: (index: number) => Data,
): Promise<number[]> {
  const samples: number[] = [];
  let begun = 0;
  return new Promise((resolve, reject) => {
    function next(): void {
      if (begun === paths.length) return;
      const index = begun++;
      const start = now();
      write(paths[index]!, dataOf(index), (error) => {
        if (error) {
          reject(error);
          return;
        }
        samples.push(now() - start);
        if (samples.length === paths.length) resolve(samples);
        else next();
      });
    }
    for (let i = 0; i < Math.min(inFlightMax, paths.length); i++) next();
  });
}
