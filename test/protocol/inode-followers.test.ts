import { expect } from 'chai';
import { InodeFollowers } from '../../src/protocol/inode-followers';

const FILE = { dev: 1, ino: 2 };

describe('InodeFollowers', () => {
  it('tells why a file must keep its inode, until the last follower has let go', () => {
    const followers = new InodeFollowers();
    expect(followers.reasonFor(FILE)).to.equal(undefined);
    const ends = [followers.follow(FILE, 'watched'), followers.follow(FILE, 'blob'), followers.follow(FILE, 'watched')];
    for (const [end, left] of [
      [0, 'blob'],
      [2, 'blob'],
      [1, undefined],
    ] as const) {
      ends[end]!();
      expect(followers.reasonFor(FILE)).to.equal(left);
    }
  });

  it('tells files apart by inode and device', () => {
    const followers = new InodeFollowers();
    followers.follow(FILE, 'watched');
    expect(followers.reasonFor({ dev: 1, ino: 3 })).to.equal(undefined);
    expect(followers.reasonFor({ dev: 2, ino: 2 })).to.equal(undefined);
    expect(followers.reasonFor({ dev: 1, ino: 2 })).to.equal('watched');
  });

  it('lets each follower go only for himself, however often he says so', () => {
    const followers = new InodeFollowers();
    const end = followers.follow(FILE, 'watched');
    followers.follow(FILE, 'watched');
    end();
    end();
    expect(followers.reasonFor(FILE)).to.equal('watched');
  });
});
