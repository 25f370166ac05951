import { expect } from 'chai';
import { NativeWriters } from '../../src/protocol/native-writers';
import { memoryWith } from '../support/memory';

describe('NativeWriters', () => {
  it('holds a file as long as one of its descriptors is open, by whatever name it is asked for', () => {
    const { fs, host } = memoryWith({ '/d/file': '', '/d/other': '' });
    fs.linkSync('/d/file', '/d/link');
    const writers = new NativeWriters(host);
    const [one, two] = [fs.openSync('/d/file', 'a'), fs.openSync('/d/link', 'r+')];
    for (const fd of [one, two, one]) writers.note(fd);
    const isHeld = (path: string): boolean => writers.hold(fs.statSync(path));
    expect([isHeld('/d/file'), isHeld('/d/link'), isHeld('/d/other')]).to.deep.equal([true, true, false]);
    fs.closeSync(one);
    expect(isHeld('/d/file'), 'the second one is still open').to.equal(true);
    fs.closeSync(two);
    expect(isHeld('/d/file')).to.equal(false);
  });

  it('believes a number no longer that is of another file by now', () => {
    const { fs, host } = memoryWith({ '/d/file': '', '/d/other': '' });
    const writers = new NativeWriters(host);
    const fd = fs.openSync('/d/file', 'a');
    writers.note(fd);
    fs.closeSync(fd);
    expect(fs.openSync('/d/other', 'r')).to.equal(fd);
    expect(writers.hold(fs.statSync('/d/file'))).to.equal(false);
    expect(writers.hold(fs.statSync('/d/other')), 'nobody has noted that it is written to').to.equal(false);
    writers.note(fd);
    expect(writers.hold(fs.statSync('/d/other'))).to.equal(true);
  });

  it('takes no note of what is no regular file, or is not open', () => {
    const { fs, host } = memoryWith();
    const writers = new NativeWriters(host);
    writers.note(fs.openSync('/d', 'r'));
    writers.note(999_999);
    expect(writers.hold(fs.statSync('/d'))).to.equal(false);
  });
});
