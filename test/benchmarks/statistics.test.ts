// The arithmetic of the benchmarks.

import { expect } from 'chai';
import { median, medianRatio, quantile } from '../../benchmarks/statistics';

describe('the statistics of the benchmarks', () => {
  it('take a quantile by nearest rank, whatever the order', () => {
    const values = [5, 1, 4, 2, 3];
    expect([0, 0.2, 0.5, 0.8, 1].map((part) => quantile(values, part))).to.deep.equal([1, 1, 3, 4, 5]);
    expect(values).to.deep.equal([5, 1, 4, 2, 3]);
  });

  it('take the middle value for the median, or what lies between the two in the middle', () => {
    expect(median([4, 1, 3, 2])).to.equal(2.5);
    expect(median([3, 1, 2])).to.equal(2);
    expect(median([7])).to.equal(7);
  });

  it('have no quantile of nothing', () => {
    expect(Number.isNaN(median([]))).to.equal(true);
  });

  it('compare round by round, so that a slow round of both counts for nothing', () => {
    expect(medianRatio([10, 1000, 10], [5, 500, 5])).to.equal(2);
  });
});
