// Medians, percentiles and ratios.

/** The value that so large a part of them does not exceed; nearest rank. */
export function quantile(values: readonly number[], part: number): number {
  if (values.length === 0) return NaN;
  const sorted = Float64Array.from(values).toSorted();
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)]!;
}

/** The middle value, or the mean of the two in the middle: the lower of them alone would flatter whoever has an even number. */
export function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).toSorted();
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * How many times `one` is as large as `other`, round by round, in the middle. The rounds of both were interleaved, so what
 * disturbed a round disturbed the other one too.
 */
export function medianRatio(one: readonly number[], other: readonly number[]): number {
  return median(one.map((value, round) => value / other[round]!));
}
