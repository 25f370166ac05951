import { expect } from 'chai';
import { Directories } from '../../src/protocol/directories';
import type { DirectoryEntry } from '../../src/protocol/target';

function entryIn(directory: string): DirectoryEntry {
  return { directory, name: 'file' };
}

function toSync(directories: Directories, directory: string): string[] {
  return [...directories.toSyncFor([entryIn(directory)])];
}

describe('Directories', () => {
  it('needs the sync of one directory alone, where this process has made none', () => {
    expect(toSync(new Directories(), '/a/b')).to.deep.equal(['/a/b']);
  });

  it('needs above each directory that this process made the one that holds its name, until they are synced', () => {
    const directories = new Directories();
    directories.made('/a/b', '/a/b/c/d');
    expect(toSync(directories, '/a/b/c/d')).to.deep.equal(['/a/b/c/d', '/a/b/c', '/a/b', '/a']);
    expect(toSync(directories, '/a/b')).to.deep.equal(['/a/b', '/a']);
    expect(toSync(directories, '/a')).to.deep.equal(['/a']);
    directories.synced([entryIn('/a/b/c')]);
    expect(toSync(directories, '/a/b')).to.deep.equal(['/a/b']);
    expect(toSync(directories, '/a/b/c/d')).to.deep.equal(['/a/b/c/d', '/a/b/c']);
    directories.synced([entryIn('/a/b/c/d')]);
    expect(toSync(directories, '/a/b/c/d')).to.deep.equal(['/a/b/c/d']);
  });

  it('knows a directory by every way to write its path', () => {
    const directories = new Directories();
    directories.made('/a/x/../b/', '/a/b/./c');
    expect(toSync(directories, '/a//b/c')).to.deep.equal(['/a//b/c', '/a/b', '/a']);
  });

  it('knows those again that it made when they, or one above them, are renamed', () => {
    const directories = new Directories();
    directories.made('/a/b', '/a/b/c');
    expect(['/', '/a', '/a/b', '/a/b/c', '/a/b/c/d'].map((path) => directories.isAboveFresh(path))).to.deep.equal([
      true,
      true,
      true,
      true,
      false,
    ]);
    directories.renamed('/a/b', '/x/y');
    expect(toSync(directories, '/x/y/c')).to.deep.equal(['/x/y/c', '/x/y', '/x']);
    expect(toSync(directories, '/a/b/c')).to.deep.equal(['/a/b/c']);
    directories.renamed('/x', '/z');
    expect(toSync(directories, '/z/y/c')).to.deep.equal(['/z/y/c', '/z/y', '/z', '/']);
    directories.synced([entryIn('/z/y/c')]);
    expect(directories.isAboveFresh('/')).to.equal(false);
  });

  it('needs everything above where there were too many to remember, each once', () => {
    const directories = new Directories();
    directories.made('/a', '/a');
    for (let n = 0; n < 100_000; n++) directories.made(`/other/${n}`, `/other/${n}`);
    expect(toSync(directories, '/a/b')).to.deep.equal(['/a/b', '/a', '/']);
    directories.synced([entryIn('/a/b')]);
    expect(toSync(directories, '/a/b')).to.deep.equal(['/a/b']);
    expect(toSync(directories, '/a/c')).to.deep.equal(['/a/c', '/a']);
    directories.made('/a/b', '/a/b');
    expect(toSync(directories, '/a/b')).to.deep.equal(['/a/b', '/a']);
  });

  it('does not take a neighbour for one that was made because their names begin alike', () => {
    const directories = new Directories();
    directories.made('/a/b', '/a/b');
    expect(toSync(directories, '/a/bc')).to.deep.equal(['/a/bc']);
  });

  it('takes nothing for made where the two paths do not belong together', () => {
    const directories = new Directories();
    directories.made('/a/b', '/elsewhere');
    expect(toSync(directories, '/elsewhere')).to.deep.equal(['/elsewhere']);
  });

  it('says of each directory once that it is visited for the first time, and never of one that was made here', () => {
    const directories = new Directories();
    directories.made('/a/b', '/a/b/c');
    const visits = ['/a', '/a', '/a/b', '/a/b/c', '/d'].map((path) => directories.isFirstVisit(path));
    expect(visits).to.deep.equal([true, false, false, false, true]);
  });

  for (const name of ['isFirstUnprotected', 'isFirstUnsyncable'] as const) {
    it(`${name}() is so once for each directory`, () => {
      const directories = new Directories();
      expect(['/a', '/b', '/a'].map((path) => directories[name](path))).to.deep.equal([true, true, false]);
    });
  }

  it('forgets the oldest rather than to remember without a bound', () => {
    const directories = new Directories();
    for (let count = 0; count <= 100_000; count++) directories.isFirstVisit(`/d/${count}`);
    expect(directories.isFirstVisit('/d/100000'), 'the newest').to.equal(false);
    expect(directories.isFirstVisit('/d/0'), 'the oldest').to.equal(true);
  });
});
