import { expect } from 'chai';
import { codeOf, namingBoth, namingTarget, systemError } from '../../src/ground/errors';

/** As node 20 to 24 reported an EDQUOT of ftruncate(2), which libuv has no name for. */
function quotaExceeded(place: string): Error {
  const code = 'Unknown system error -122';
  return Object.assign(new Error(`${code}: ${code}, ${place}`), { errno: -122, code, syscall: 'ftruncate' });
}

describe('Errors that libuv has no name for', () => {
  before(function () {
    if (process.platform !== 'linux') {
      console.log('      skipped: the numbers are those of Linux');
      this.skip();
    }
  });

  it('are recognised by the name that the system gives them', () => {
    expect(codeOf(quotaExceeded('ftruncate'))).to.equal('EDQUOT');
    expect(codeOf({ code: 'Unknown system error -99999' })).to.equal('Unknown system error -99999');
  });

  it('name the target, and no staged file, in the words that node has for them', () => {
    const error = namingTarget(quotaExceeded("open '/d/.f.1-1.intact'"), '/d/f') as Error & { code: string };
    expect(error.message).to.equal("Unknown system error -122: Unknown system error -122, ftruncate '/d/f'");
    expect(error.code).to.equal('Unknown system error -122');
    const both = namingBoth(quotaExceeded("rename '/d/.f.1-1.intact' -> '/d/f'"), '/a', '/d/f', 'copyfile') as Error;
    expect(both.message).to.equal("Unknown system error -122: Unknown system error -122, copyfile '/a' -> '/d/f'");
  });

  it('are made as node makes them', () => {
    const { message, code, errno } = systemError('EDQUOT', 'ftruncate');
    expect(message).to.equal(quotaExceeded('ftruncate').message);
    expect({ code, errno }).to.deep.equal({ code: 'Unknown system error -122', errno: -122 });
  });
});
