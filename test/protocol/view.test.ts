// The in-process view: which paths stand for a file that is open for replacing.

import { expect } from 'chai';
import type { View } from '../../src/protocol/view';
import type { OpenFile } from '../../src/protocol/open-file';
import { closeOpenFile } from '../../src/protocol/open-file';
import { runSync } from '../../src/steps/run';
import { type Memory, memoryWith, opening } from '../support/memory';

const IN_PLACE = { rules: [{ match: 'kept', plan: 'in-place' }] } as const;

/** What a path stands for, as the name of the file that it is to have. */
function seen(view: View<OpenFile>, path: string, follow = true): string | undefined {
  return view.find({ asked: path, absolute: path }, follow)?.staged.path;
}

function seenContent(view: View<OpenFile>, path: string): string | undefined {
  return view.findContent({ asked: path, absolute: path }, true)?.staged.path;
}

function pending(files: Readonly<Record<string, string>> = {}): Memory & { close: () => void } {
  const memory = memoryWith(files);
  const { file, fd } = opening(memory.volume, '/d/target');
  return { ...memory, close: () => void runSync(closeOpenFile(file, fd), memory.host) };
}

describe('the view', () => {
  it('is empty until something is open for replacing, and again when that is closed', () => {
    const { view } = memoryWith().volume;
    expect(view.isEmpty).to.equal(true);
    const { volume, close } = pending();
    expect(volume.view.isEmpty).to.equal(false);
    close();
    expect(volume.view.isEmpty).to.equal(true);
    expect(volume.view.files).to.deep.equal([]);
  });

  it('shows a file under its own name in its own directory, and no other', () => {
    const { volume, fs } = pending({ '/d/other': '', '/e/target': '' });
    expect(fs.existsSync('/d/target'), 'it is hidden from others').to.equal(false);
    expect(seen(volume.view, '/d/target')).to.equal('/d/target');
    for (const path of [
      '/d/other',
      '/e/target',
      '/d',
      '/',
      '/d/target/',
      '/d/target/.',
      '/d/Target',
      '/nowhere/target',
    ])
      expect(seen(volume.view, path), path).to.equal(undefined);
  });

  it('knows its directory by every name that this has', () => {
    const { volume, fs } = pending({ '/d/sub/file': '' });
    fs.symlinkSync('/d', '/alias');
    for (const path of ['/d/./target', '/d/sub/../target', '//d/target', '/alias/target', '/alias/sub/../target'])
      expect(seen(volume.view, path), path).to.equal('/d/target');
  });

  it('finds it at the end of symbolic links, made before or after, but not where the link itself is meant', () => {
    const memory = memoryWith();
    memory.fs.symlinkSync('target', '/d/before');
    opening(memory.volume, '/d/before');
    const { view } = memory.volume;
    memory.fs.symlinkSync('/d/target', '/d/after');
    memory.fs.symlinkSync('../d/after', '/d/chain');
    for (const path of ['/d/before', '/d/after', '/d/chain']) {
      expect(seen(view, path), path).to.equal('/d/target');
      expect(seen(view, path, false), path).to.equal(undefined);
    }
  });

  it('does not find it at the end of a link that is gone, or leads elsewhere by now', () => {
    const { fs, volume } = memoryWith({ '/d/other': '' });
    fs.symlinkSync('target', '/d/link');
    opening(volume, '/d/link');
    fs.unlinkSync('/d/link');
    expect(seen(volume.view, '/d/link'), 'gone').to.equal(undefined);
    fs.symlinkSync('other', '/d/link');
    expect(seen(volume.view, '/d/link'), 'elsewhere').to.equal(undefined);
    expect(seen(volume.view, '/d/target')).to.equal('/d/target');
  });

  it('does not go round in a loop of links', () => {
    const { fs, volume } = pending();
    fs.symlinkSync('two', '/d/one');
    fs.symlinkSync('one', '/d/two');
    expect(seen(volume.view, '/d/one')).to.equal(undefined);
  });

  it('tells files of one name in different directories apart', () => {
    const { volume } = memoryWith({ '/e/file': '' });
    for (const directory of ['/d', '/e']) opening(volume, `${directory}/same`);
    expect(seen(volume.view, '/d/same')).to.equal('/d/same');
    expect(seen(volume.view, '/e/same')).to.equal('/e/same');
    volume.view.hide(volume.view.files[0]!);
    expect(seen(volume.view, '/d/same')).to.equal(undefined);
    expect(seen(volume.view, '/e/same')).to.equal('/e/same');
  });

  it('shows a file under every name that it is to have, and under none when it has lost them', () => {
    const { volume } = pending();
    const [file] = volume.view.files;
    const { names } = file!.stage;
    names.push({ ...names[0]!, name: 'second', path: '/d/second' });
    volume.view.show(file!);
    expect(seen(volume.view, '/d/second')).to.equal('/d/second');
    expect(seen(volume.view, '/d/target')).to.equal('/d/target');
    names.length = 0;
    volume.view.show(file!);
    expect(volume.view.isEmpty).to.equal(true);
  });

  it('finds the content of a file whose inode stays by any of its names, and its names nowhere else', () => {
    const { fs, volume } = memoryWith({ '/d/kept': 'old' });
    fs.linkSync('/d/kept', '/d/other');
    fs.symlinkSync('other', '/d/link');
    opening(volume, '/d/kept', IN_PLACE);
    for (const path of ['/d/kept', '/d/other', '/d/link']) {
      expect(seenContent(volume.view, path), path).to.equal('/d/kept');
      expect(seen(volume.view, path), `${path} has its own name`).to.equal(undefined);
    }
    expect(seenContent(volume.view, '/d/absent')).to.equal(undefined);
  });

  it("does not lose a file whose inode stays with another's close that was opened for the same inode", () => {
    const { fs, volume, host } = memoryWith({ '/d/target': 'old' });
    const first = opening(volume, '/d/target');
    fs.linkSync('/d/target', '/d/kept');
    opening(volume, '/d/kept');
    expect(seenContent(volume.view, '/d/kept')).to.equal('/d/kept');
    runSync(closeOpenFile(first.file, first.fd), host);
    expect(seenContent(volume.view, '/d/kept')).to.equal('/d/kept');
  });
});
