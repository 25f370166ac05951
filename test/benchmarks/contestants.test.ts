// The contestants of the benchmarks: whether they do what they are listed for.

import { expect } from 'chai';
import { CONTESTANTS, idOf } from '../../benchmarks/contestants';
import { levelSeen } from '../../benchmarks/verify';
import { needs } from '../support/needs';
import { useTemporaryDirectory } from '../support/temporary-directory';

describe('each contestant of the benchmarks', function () {
  this.timeout(60_000);
  const at = useTemporaryDirectory();
  before(function () {
    needs(this, 'Linux', 'strace');
  });

  // Ours are looked at closely elsewhere.
  const others = CONTESTANTS.filter(({ family, durability }) => family !== 'ours' || durability === 'durable');
  for (const contestant of others.filter(({ shape }) => shape !== 'fs')) {
    it(`has flushed what is said of it when it acknowledges: ${idOf(contestant)}`, () => {
      expect(levelSeen(contestant, at('traced'))).to.equal(contestant.level);
    });
  }
});
