import { expect } from 'chai';
import { Volume } from 'memfs';
import { codeOf } from '../../src/ground/errors';
import { explore, fail, memoryFs, toVolume } from '../../src/testing';

describe('memoryFs()', () => {
  it('is an empty file system that means what Linux means', () => {
    const fs = memoryFs({ uid: 0, gid: 0 });
    expect(fs.readdirSync('/')).to.deep.equal([]);
    fs.writeFileSync('/a', 'one');
    fs.linkSync('/a', '/b');
    fs.renameSync('/a', '/b');
    expect(fs.readdirSync('/'), 'two names of one file: rename does nothing').to.deep.equal(['a', 'b']);
    expect(fs.statSync('/a').nlink).to.equal(2);
  });

  it('has only so much room, and says so as Linux does: first a short write, then an error', () => {
    const fs = memoryFs({ capacityBytes: 4 });
    const fd = fs.openSync('/f', 'w');
    expect(fs.writeSync(fd, Buffer.from('123456'))).to.equal(4);
    expect(() => fs.writeSync(fd, Buffer.from('56'))).to.throw('ENOSPC');
  });

  it("asks a file's mode, unless for user 0", () => {
    const fs = memoryFs({ uid: 1000, gid: 1000 });
    fs.writeFileSync('/f', '', { mode: 0o444 });
    expect(() => fs.writeFileSync('/f', 'x')).to.throw('EACCES');
  });

  it('puts faults in front of a memfs volume', async () => {
    const volume = Volume.fromJSON({ '/app/config.json': 'old' });
    const fs = memoryFs({ over: volume, faults: [fail('write').on('*.json').short(2).once(), fail('fsync')] });
    fs.writeFileSync('/app/config.json', 'new content');
    expect(volume.readFileSync('/app/config.json', 'utf8')).to.equal('new content');
    const failed = await fs.promises.writeFile('/app/x', '', { flush: true }).catch((error: unknown) => codeOf(error));
    expect(failed).to.equal('EIO');
  });
});

describe('toVolume()', () => {
  it('shows a crash state in memfs, with links and modes', async () => {
    const { violations } = await explore({
      setup(fs) {
        fs.mkdirSync('/app', { mode: 0o755 });
        fs.writeFileSync('/app/config', 'old', { mode: 0o600 });
        fs.linkSync('/app/config', '/app/same');
        fs.symlinkSync('config', '/app/link');
      },
      workload: (fs) => fs.writeFileSync('/app/config', 'new'),
      check(fs) {
        if (fs.readFileSync('/app/config').length === 0) throw new Error('empty');
      },
    });
    const volume = toVolume(violations[0]!.image);
    expect(volume.readFileSync('/app/same', 'utf8')).to.equal('');
    expect(volume.statSync('/app/config').mode & 0o777).to.equal(0o600);
    expect(volume.statSync('/app/config').ino).to.equal(volume.statSync('/app/same').ino);
    expect(volume.readlinkSync('/app/link')).to.equal('config');
  });
});
