import { expect } from 'chai';
import type { OpenFile } from '../../src/protocol/open-file';
import { notedCall } from '../../src/shapes/noted-call';

const FILE = {} as OpenFile;
const STAGED = 5;
const OTHER = 6;

describe('notedCall()', () => {
  let told: unknown[][];
  beforeEach(() => (told = []));

  const noting = (native: (...args: unknown[]) => unknown): typeof native =>
    notedCall(
      native,
      (fd) => (fd === STAGED ? FILE : undefined),
      () => ({
        returned: (...args) => void told.push(['returned', ...args]),
        failed: (...args) => void told.push(['failed', ...args]),
      }),
    );

  it('makes the native call with just as many arguments, and answers what that does', () => {
    for (const fd of [STAGED, OTHER]) {
      const call = noting((...args) => args);
      for (const args of [[fd], [fd, undefined], [fd, 'data', 1, 2, 3, 4, 5]])
        expect(call(...args)).to.deep.equal(args);
    }
    expect(noting((...args) => args)()).to.deep.equal([]);
  });

  it('tells the file what the call answered, and what followed the descriptor', () => {
    noting(() => 3)(STAGED, 'data', 1, 2, 3);
    expect(told).to.deep.equal([['returned', FILE, 3, 'data', 1, 2]]);
  });

  it('tells it what the call threw, and throws that', () => {
    const error = new Error('of node');
    const call = noting(() => {
      throw error;
    });
    expect(() => call(STAGED, 'data')).to.throw(error);
    expect(told).to.deep.equal([['failed', FILE, error, 'data', undefined, undefined]]);
  });

  it('tells nobody of a call on another descriptor', () => {
    noting(() => 3)(OTHER, 'data');
    expect(told).to.deep.equal([]);
  });
});
