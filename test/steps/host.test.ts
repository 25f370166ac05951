// The primitives, as they are taken from an fs.

import { expect } from 'chai';
import { writeFileSync } from 'node:fs';
import { type NodeFs, nodeFs } from '../../src/ground/node-fs';
import { hostOf } from '../../src/steps/host';
import { runPromise, runSync } from '../../src/steps/run';
import { flush, lstat, native, statfs } from '../../src/steps/step';
import { useTemporaryDirectory } from '../support/temporary-directory';

function without(...names: string[]): NodeFs {
  return Object.fromEntries(Object.entries(nodeFs).filter(([name]) => !names.includes(name))) as unknown as NodeFs;
}

describe('hostOf()', () => {
  const at = useTemporaryDirectory();

  for (const name of ['renameSync', 'fsync', 'ftruncateSync', 'futimes']) {
    it(`names ${name}() where the fs lacks it`, () => {
      expect(() => hostOf(without(name)))
        .to.throw(`The fs given to createFs() has no function ${name}()`)
        .with.property('code', 'ERR_INTACT_BASE');
    });
  }

  it('takes the functions as they are at that moment', () => {
    const base = { ...nodeFs };
    const host = hostOf(base);
    base.readdirSync = () => expect.fail('the later function was called');
    expect(host.sync.readdir(at())).to.deep.equal([]);
  });

  it('calls methods on the fs that they belong to', () => {
    class Fs {
      readonly listed = ['listed'];
      readdirSync(): string[] {
        return this.listed;
      }
    }
    const base = Object.assign(new Fs(), without('readdirSync')) as unknown as NodeFs;
    expect(hostOf(base).sync.readdir('/')).to.deep.equal(['listed']);
  });

  it('does without statfs, in both flavours', async () => {
    const host = hostOf(without('statfs', 'statfsSync'));
    expect(runSync(statfs('/'), host)).to.equal(undefined);
    expect(await runPromise(statfs('/'), host)).to.equal(undefined);
  });

  it('answers lstat of nothing with undefined and fails for every other reason, in both flavours', async () => {
    writeFileSync(at('file'), '');
    const host = hostOf(nodeFs);
    expect(runSync(lstat(at('absent')), host)).to.equal(undefined);
    expect(await runPromise(lstat(at('absent')), host)).to.equal(undefined);
    expect(() => runSync(lstat(at('file', 'below')), host)).to.throw('ENOTDIR');
    const failure = await runPromise(lstat(at('file', 'below')), host).catch((error: unknown) => error);
    expect(failure).to.have.property('code', 'ENOTDIR');
  });

  it("makes the caller's own fsync through the same function as the durability's", () => {
    const flushed: number[] = [];
    const host = hostOf({ ...nodeFs, fsyncSync: (fd) => void flushed.push(fd) });
    runSync(flush(7), host);
    host.sync.fsync(8);
    expect(flushed).to.deep.equal([7, 8]);
  });

  it('makes any other call by its name, and names it where the fs lacks it', async () => {
    writeFileSync(at('file'), 'content');
    const host = hostOf(nodeFs);
    expect(runSync(native('readFile', [at('file'), 'utf8']), host)).to.equal('content');
    expect(await runPromise(native('readFile', [at('file'), 'utf8']), host)).to.equal('content');
    expect(() => runSync(native('frobnicate', []), host)).to.throw('has no function frobnicateSync()');
  });
});
