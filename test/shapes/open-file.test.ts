// open and close as a program calls them.

import { expect } from 'chai';
import { readFileSync, writeFileSync } from 'node:fs';
import { createFs } from '../../src/api';
import { nodeFs } from '../../src/ground/node-fs';
import { faultyFs } from '../support/faulty-fs';
import { FLAVOURS } from '../support/flavours';
import { outcomeOf } from '../support/outcome';
import { useTemporaryDirectory } from '../support/temporary-directory';
import { nextUncaught } from '../support/uncaught';

const fs = createFs(undefined, { warn: false });
const [sync, callback] = FLAVOURS;

describe('close()', () => {
  const at = useTemporaryDirectory();

  for (const second of [sync!, callback!]) {
    it(`of a number that is being closed is refused and takes nothing from the file, ${second.name}`, async () => {
      for (let round = 0; round < 20; round++) {
        const fd = fs.openSync(at('target'), 'w');
        fs.writeSync(fd, `round ${round}`);
        const closed = callback!.call(fs, 'close', fd);
        const { result } = await outcomeOf(second, fs, 'close', fd);
        const error = (Array.isArray(result) ? result[0] : result) as NodeJS.ErrnoException;
        expect(error).to.deep.include({
          code: 'EBADF',
          syscall: 'close',
          message: 'EBADF: bad file descriptor, close',
        });
        await closed;
        expect(readFileSync(at('target'), 'utf8')).to.equal(`round ${round}`);
      }
    });
  }

  it('of a number that was closed and is used again closes the file that has it now', async () => {
    const fd = fs.openSync(at('target'), 'w');
    await callback!.call(fs, 'close', fd);
    writeFileSync(at('other'), '');
    expect(fs.openSync(at('other'), 'r')).to.equal(fd);
    fs.closeSync(fd);
    expect(() => fs.fstatSync(fd)).to.throw('EBADF');
  });

  it('without a callback throws what goes wrong, as an exception that nobody has caught', async () => {
    writeFileSync(at('target'), 'old');
    const uncaught = nextUncaught();
    const failing = createFs(faultyFs(nodeFs, ({ name }) => (name === 'rename' ? { error: 'EIO' } : undefined)));
    failing.close(failing.openSync(at('target'), 'w'));
    expect(await uncaught).to.deep.include({ code: 'EIO', path: at('target') });
    expect(readFileSync(at('target'), 'utf8')).to.equal('old');
  });
});
