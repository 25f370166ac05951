import { expect } from 'chai';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFs } from '../../src/api';
import { codeOf } from '../../src/ground/errors';
import { type NodeFs, nodeFs } from '../../src/ground/node-fs';
import { faultyFs } from '../support/faulty-fs';

const FIRST = 'first piece, ';
const SECOND = 'and the second one';

describe('A program that writes piece by piece to a file opened for replacing', () => {
  let directory: string;
  let path: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'fs-intact-short-'));
    path = join(directory, 'file');
    writeFileSync(path, 'old');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const expectOld = (): void => {
    expect(readFileSync(path, 'utf8')).to.equal('old');
    expect(readdirSync(directory)).to.deep.equal(['file']);
  };

  it('is published where it goes on with the rest of a short write', () => {
    const fs = fsWhoseFirstWrite({ accepts: 4 });
    const fd = fs.openSync(path, 'w');
    const bytes = Buffer.from(FIRST);
    const accepted = fs.writeSync(fd, bytes);
    fs.writeSync(fd, bytes, accepted);
    fs.writeSync(fd, SECOND);
    expect(codeOfClosing(fs, fd)).to.equal(undefined);
    expect(readFileSync(path, 'utf8')).to.equal(FIRST + SECOND);
  });

  it('is published where it goes on with the rest in another buffer, or as a part of more', () => {
    for (const goOn of [
      (bytes: Buffer, accepted: number) => Buffer.from(bytes.subarray(accepted)),
      (bytes: Buffer, accepted: number) => bytes.subarray(accepted, bytes.length - 2),
    ]) {
      const fs = fsWhoseFirstWrite({ accepts: 4 });
      const fd = fs.openSync(path, 'w');
      const bytes = Buffer.from(FIRST);
      const rest = goOn(bytes, fs.writeSync(fd, bytes));
      fs.writeSync(fd, rest);
      fs.writeSync(fd, bytes, 4 + rest.length);
      expect(codeOfClosing(fs, fd)).to.equal(undefined);
      expect(readFileSync(path, 'utf8')).to.equal(FIRST);
    }
  });

  for (const accepts of [0, 4]) {
    it(`is not where it goes on with something else after ${accepts} bytes were accepted`, () => {
      const fs = fsWhoseFirstWrite({ accepts });
      const fd = fs.openSync(path, 'w');
      fs.writeSync(fd, Buffer.from(FIRST));
      fs.writeSync(fd, Buffer.from(SECOND));
      expect(codeOfClosing(fs, fd)).to.equal('ENOSPC');
      expectOld();
    });
  }

  it('is published where it repeats a write that was interrupted', () => {
    const fs = fsWhoseFirstWrite({ error: 'EINTR' });
    const fd = fs.openSync(path, 'w');
    expect(() => fs.writeSync(fd, FIRST)).to.throw('EINTR');
    fs.writeSync(fd, FIRST);
    expect(codeOfClosing(fs, fd)).to.equal(undefined);
    expect(readFileSync(path, 'utf8')).to.equal(FIRST);
  });

  it('is not where it gives up after a write that was interrupted, and closes', () => {
    const fs = fsWhoseFirstWrite({ error: 'EINTR' });
    const fd = fs.openSync(path, 'w');
    expect(() => fs.writeSync(fd, FIRST)).to.throw('EINTR');
    expect(codeOfClosing(fs, fd)).to.equal('EINTR');
    expectOld();
  });

  it('is published where node refused the arguments of a call', () => {
    const fs = createFs(undefined, { warn: false });
    const fd = fs.openSync(path, 'w');
    expect(() => fs.writeSync(fd, {} as never)).to.throw(TypeError);
    fs.writeSync(fd, FIRST);
    expect(codeOfClosing(fs, fd)).to.equal(undefined);
    expect(readFileSync(path, 'utf8')).to.equal(FIRST);
  });

  it('is not where a FileHandle.writeFile was aborted half-way', async () => {
    const fs = createFs(undefined, { warn: false });
    const controller = new AbortController();
    const handle = await fs.promises.open(path, 'w');
    async function* pieces(): AsyncGenerator<string> {
      yield FIRST;
      controller.abort();
      yield SECOND;
    }
    const outcomes = await Promise.allSettled([handle.writeFile(pieces() as never, { signal: controller.signal })]);
    expect(outcomes[0].status).to.equal('rejected');
    const closed = await handle.close().then(
      () => undefined,
      (error: unknown) => codeOf(error),
    );
    expect(closed, 'the program has aborted it, and so knows').to.equal(undefined);
    expectOld();
  });
});

/** An fs of which the first write is met by this. */
function fsWhoseFirstWrite(meets: { accepts: number } | { error: string }): NodeFs {
  let writes = 0;
  const base = faultyFs(nodeFs, ({ name }) => (name === 'write' && writes++ === 0 ? meets : undefined));
  return createFs(base, { warn: false });
}

function codeOfClosing(fs: NodeFs, fd: number): string | undefined {
  try {
    fs.closeSync(fd);
    return undefined;
  } catch (error) {
    return codeOf(error);
  }
}
