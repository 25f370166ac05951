import { expect } from 'chai';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createFs, stats } from '../../src/api';
import { useTemporaryDirectory } from '../support/temporary-directory';

describe("A write between a stream's 'finish' and its 'close'", () => {
  const at = useTemporaryDirectory();

  it('replaces the file, though the stream still has it open', async () => {
    const fs = createFs(undefined, { warn: false });
    writeFileSync(at('file'), 'old');
    const before = stats().inPlace['open-elsewhere'];
    const inode = await new Promise<number>((resolve, reject) => {
      const stream = fs.createWriteStream(at('file')).on('error', reject);
      stream.end('by the stream', () => {
        const { ino } = statSync(at('file'));
        fs.writeFileSync(at('file'), 'newer');
        resolve(ino);
      });
    });
    expect(readFileSync(at('file'), 'utf8')).to.equal('newer');
    expect(statSync(at('file')).ino).to.not.equal(inode);
    expect(stats().inPlace['open-elsewhere']).to.equal(before);
  });
});
