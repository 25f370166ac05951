// Directory syncs are shared by the writes that are under way together, and by no others.

import { expect } from 'chai';
import * as nodeFs from 'node:fs';
import { createFs } from '../../src/api';
import { errorOf } from '../support/faulty-fs';
import { type ManualCall, ManualFs } from '../support/manual-fs';
import { useTemporaryDirectory } from '../support/temporary-directory';

type Failure = NodeJS.ErrnoException & { published?: true };

describe('the sync of a directory', () => {
  const at = useTemporaryDirectory();
  let manual: ManualFs;
  let fs: typeof nodeFs;
  let directoriesSynced: number;
  let isOpenFailing: boolean;
  /** How the writes ended, by the names of their files. */
  let ends: Record<string, string>;

  beforeEach(async () => {
    isOpenFailing = false;
    manual = new ManualFs({
      ...nodeFs,
      openSync(path, ...rest) {
        if (isOpenFailing && path === at('data')) throw errorOf('EIO', 'open');
        return nodeFs.openSync(path, ...rest);
      },
      fsyncSync(fd) {
        if (nodeFs.fstatSync(fd).isDirectory()) directoriesSynced++;
        nodeFs.fsyncSync(fd);
      },
    });
    fs = createFs(manual.fs, { durability: 'durable', warn: false });
    ends = {};
    for (const name of ['data', 'other']) {
      nodeFs.mkdirSync(at(name));
      await manual.acquaint(fs, at(name));
    }
    directoriesSynced = 0;
  });

  function write(name: string, directory = 'data'): void {
    fs.writeFile(at(directory, name), name, (error) => {
      const { code, path, published } = (error ?? {}) as Failure;
      ends[name] = error ? `${code} ${path} ${published}` : 'done';
    });
  }

  /** Takes a write to where its name is in place and only the directory's sync is left. */
  async function publish(...names: string[]): Promise<void> {
    for (const name of names) write(name);
    await manual.idle();
    for (const name of names) {
      for (;;) {
        const own = manual.calls.find((call) => call.isAbout(name));
        if (own === undefined) break;
        await manual.finish(own);
      }
    }
  }

  const directoryCalls = (): ManualCall[] => manual.calls.filter(({ path }) => path === at('data'));
  const titles = (): string[] => manual.calls.map(({ title }) => title);

  it('is one for all whose names were in place when it began, and the next for those who came later', async () => {
    await publish('a');
    expect(titles()).to.deep.equal(['fsync data']);
    await publish('b', 'c', 'd');
    expect(titles(), 'a second sync began beside the first').to.deep.equal(['fsync data']);
    expect(ends).to.deep.equal({});
    await manual.finish(manual.call('fsync data'));
    expect(ends).to.deep.equal({ a: 'done' });
    expect(titles()).to.deep.equal(['fsync data']);
    await publish('e');
    expect(titles(), 'a third sync began beside the second').to.deep.equal(['fsync data']);
    expect(ends, 'acknowledged before the sync was over').to.deep.equal({ a: 'done' });
    await manual.finish(manual.call('fsync data'));
    expect(ends).to.deep.equal({ a: 'done', b: 'done', c: 'done', d: 'done' });
    await manual.finishAll();
    expect(ends['e']).to.equal('done');
  });

  it('never serves a name that was put in place after it began', async () => {
    await publish('a');
    const first = manual.call('fsync data');
    first.carryOut();
    await publish('b');
    await manual.finish(first);
    expect(ends).to.deep.equal({ a: 'done' });
    expect(titles()).to.deep.equal(['fsync data']);
    await manual.finish(manual.call('fsync data'));
    expect(ends).to.deep.equal({ a: 'done', b: 'done' });
  });

  for (const step of ['open', 'fsync']) {
    it(`reports a failing ${step} to those who were in it, each by its own name, and to nobody else`, async () => {
      await publish('a');
      await publish('b', 'c');
      // The second sync opens the directory as soon as the first is over.
      isOpenFailing = step === 'open';
      await manual.finish(manual.call('fsync data'));
      isOpenFailing = false;
      await publish('d');
      if (step === 'fsync') await manual.finish(manual.call('fsync data'), { error: 'EIO' });
      await manual.finishAll();
      expect(ends).to.deep.equal({
        a: 'done',
        b: `EIO ${at('data', 'b')} true`,
        c: `EIO ${at('data', 'c')} true`,
        d: 'done',
      });
      for (const name of Object.keys(ends)) expect(nodeFs.readFileSync(at('data', name), 'utf8')).to.equal(name);
    });
  }

  it('fails a write in place that has not begun to overwrite without calling it published, whoever shares the sync', async () => {
    nodeFs.writeFileSync(at('data', 'linked'), 'old');
    // Two: a file of two names may be one that is just being created.
    for (const name of ['second name', 'third name']) nodeFs.linkSync(at('data', 'linked'), at('data', name));
    await publish('a');
    await publish('linked', 'b');
    await manual.finish(manual.call('fsync data'));
    await manual.finish(manual.call('fsync data'), { error: 'EIO' });
    await manual.finishAll();
    expect(ends).to.deep.equal({
      a: 'done',
      b: `EIO ${at('data', 'b')} true`,
      linked: `EIO ${at('data', 'linked')} undefined`,
    });
    expect(nodeFs.readFileSync(at('data', 'linked'), 'utf8')).to.equal('old');
  });

  it('does not fail with the one before it', async () => {
    await publish('a');
    await publish('b');
    await manual.finish(manual.call('fsync data'), { error: 'EIO' });
    await manual.finishAll();
    expect(ends).to.deep.equal({ a: `EIO ${at('data', 'a')} true`, b: 'done' });
  });

  it('opens the directory anew, because another may have its path by then', async () => {
    await publish('a');
    nodeFs.renameSync(at('data'), at('moved'));
    nodeFs.mkdirSync(at('data'));
    await publish('b');
    const [sync] = await manual.finish(manual.call('fsync data')).then(directoryCalls);
    expect(sync!.title).to.equal('fsync data');
    expect(nodeFs.fstatSync(sync!.args[0] as number).ino).to.equal(nodeFs.statSync(at('data')).ino);
    await manual.finishAll();
    expect(ends).to.deep.equal({ a: 'done', b: 'done' });
  });

  it('of one directory does not wait for that of another', async () => {
    await publish('a');
    write('z', 'other');
    await manual.idle();
    for (let call = manual.calls[1]; call !== undefined; call = manual.calls[1]) await manual.finish(call);
    expect(ends).to.deep.equal({ z: 'done' });
    await manual.finishAll();
  });

  it('is made at once by a synchronous write, whatever is under way', async () => {
    await publish('a');
    const before = directoriesSynced;
    fs.writeFileSync(at('data', 'b'), 'b');
    expect(directoriesSynced - before).to.equal(1);
    expect(titles()).to.deep.equal(['fsync data']);
    await manual.finishAll();
    expect(ends).to.deep.equal({ a: 'done' });
  });

  it('lets what a callback throws be an uncaught exception, and calls the others back', async () => {
    const thrown: unknown[] = [];
    const [theirs] = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', (error) => thrown.push(error));
    try {
      await publish('a');
      fs.writeFile(at('data', 'b'), 'b', () => {
        throw new Error('from the callback');
      });
      write('c');
      await manual.finishAll();
    } finally {
      process.removeAllListeners('uncaughtException');
      if (theirs) process.on('uncaughtException', theirs);
    }
    expect(thrown.map(String)).to.deep.equal(['Error: from the callback']);
    expect(ends).to.deep.equal({ a: 'done', c: 'done' });
  });
});
