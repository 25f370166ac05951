// An open file reaches its place, whatever becomes of the directories and links above it, as node's own descriptor would.

import { expect } from 'chai';
import {
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { createFs } from '../../src/api';
import { FLAVOURS } from '../support/flavours';
import { needs } from '../support/needs';
import { useTemporaryDirectory } from '../support/temporary-directory';

const fs = createFs(undefined, { durability: 'process', warn: false });

async function writeAndClose(opened: unknown): Promise<void> {
  if (typeof opened === 'number') {
    fs.writeSync(opened, 'new');
    fs.closeSync(opened);
  } else {
    const handle = opened as Awaited<ReturnType<typeof fs.promises.open>>;
    await handle.writeFile('new');
    await handle.close();
  }
}

describe('a file that is open for replacing while', () => {
  const at = useTemporaryDirectory();

  before(function () {
    needs(this, 'Linux');
  });

  /** What somebody else does meanwhile, and where the file is to be found then. */
  const CHANGES: Readonly<Record<string, { path: string; change: () => void; directory: string }>> = {
    'its directory is renamed': {
      path: 'first/target',
      change: () => renameSync(at('first'), at('moved')),
      directory: 'moved',
    },
    'its directory is renamed and another takes the name': {
      path: 'first/target',
      change: () => {
        renameSync(at('first'), at('moved'));
        mkdirSync(at('first'));
      },
      directory: 'moved',
    },
    'the link that it was reached through leads elsewhere': {
      path: 'link/target',
      change: () => {
        symlinkSync('second', at('new-link'));
        renameSync(at('new-link'), at('link'));
      },
      directory: 'first',
    },
    'the link that it was reached through is gone': {
      path: 'link/target',
      change: () => unlinkSync(at('link')),
      directory: 'first',
    },
  };

  for (const [title, { path, change, directory }] of Object.entries(CHANGES)) {
    for (const flavour of FLAVOURS) {
      it(`${title} is published where its inode was, ${flavour.name}`, async () => {
        for (const name of ['first', 'second']) mkdirSync(at(name));
        symlinkSync('first', at('link'));
        writeFileSync(at('first/target'), 'old');
        const opened = await flavour.call(fs, 'open', at(path), 'w');
        change();
        await writeAndClose(opened);
        expect(readdirSync(at(directory))).to.deep.equal(['target']);
        expect(readFileSync(at(directory, 'target'), 'utf8')).to.equal('new');
        expect(readdirSync(at('second')), 'where the link leads now').to.deep.equal([]);
      });
    }
  }

  it('its directory is removed is written to no more, and closes without a word', () => {
    mkdirSync(at('first'));
    const fd = fs.openSync(at('first/target'), 'w');
    rmSync(at('first'), { recursive: true });
    mkdirSync(at('first'));
    fs.closeSync(fd);
    expect(readdirSync(at('first'))).to.deep.equal([]);
  });

  it('this process renames a directory above it, spelled in another way, is seen in its new place', () => {
    mkdirSync(at('first'));
    const fd = fs.openSync(`${at()}/first/../first/target`, 'w');
    fs.writeSync(fd, 'new');
    fs.renameSync(at('first'), at('moved'));
    expect(fs.readFileSync(at('moved/target'), 'utf8')).to.equal('new');
    expect(fs.existsSync(at('first/target'))).to.equal(false);
    fs.closeSync(fd);
    expect(readFileSync(at('moved/target'), 'utf8')).to.equal('new');
  });

  it('this process renames the link that it was reached through is seen through the new one', () => {
    mkdirSync(at('first'));
    symlinkSync('first', at('link'));
    const fd = fs.openSync(at('link/target'), 'w');
    fs.writeSync(fd, 'new');
    fs.renameSync(at('link'), at('new-link'));
    expect(fs.readFileSync(at('new-link/target'), 'utf8')).to.equal('new');
    fs.closeSync(fd);
    expect(readFileSync(at('first/target'), 'utf8')).to.equal('new');
  });
});
