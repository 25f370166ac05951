// Choices that look random and are the same each time.

/** @returns Chooses one of so many, from 0: a linear congruential generator (Numerical Recipes). */
export function chooserFrom(seed: number): (count: number) => number {
  let state = seed >>> 0;
  return (count) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * count);
  };
}
