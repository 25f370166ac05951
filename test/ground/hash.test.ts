import { expect } from 'chai';
import { hash } from '../../src/ground/hash';

describe('hash()', () => {
  // The test vectors of its authors: http://www.isthe.com/chongo/tech/comp/fnv/
  for (const [text, expected] of [
    ['', 0x811c9dc5],
    ['a', 0xe40c292c],
    ['foobar', 0xbf9cf968],
  ] as const) {
    it(`is FNV-1a of '${text}', of text and of bytes alike`, () => {
      expect(hash(text)).to.equal(expected);
      expect(hash(Buffer.from(text))).to.equal(expected);
    });
  }
});
