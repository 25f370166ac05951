// Watchers hear of files, not of how they are written.

import { expect } from 'chai';
import {
  type FSWatcher,
  type WatchOptions,
  linkSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { createFs } from '../../src/api';
import { nodeFs } from '../../src/ground/node-fs';
import { turnUntil, turns } from '../support/event-loop';
import { deadName } from '../support/leftovers';
import { needs } from '../support/needs';
import { useTemporaryDirectory } from '../support/temporary-directory';

const fs = createFs(undefined, { durability: 'process', warn: false });
/** More than enough for an event that the kernel has queued already. */
const TURNS = 50;

describe('fs.watch()', () => {
  const at = useTemporaryDirectory();
  const watchers: FSWatcher[] = [];
  let events: string[] = [];

  before(function () {
    needs(this, 'Linux');
  });

  beforeEach(() => {
    events = [];
  });

  afterEach(() => {
    for (const watcher of watchers.splice(0)) watcher.close();
  });

  function watch(path: string, options: WatchOptions = {}): FSWatcher {
    const watcher = fs.watch(path, options, (event, filename: string | Buffer | null) => {
      events.push(`${event} ${Buffer.isBuffer(filename) ? 'buffer ' : ''}${String(filename)}`);
    });
    watchers.push(watcher);
    return watcher;
  }

  /** What is heard of something, without repetitions. */
  async function heardOf(change: () => unknown): Promise<string[]> {
    events.length = 0;
    await change();
    await turns(TURNS);
    return [...new Set(events)].toSorted((one, other) => (one < other ? -1 : 1));
  }

  it('of a directory hears of a replaced file as changed, of a new one as new, and of no staged one', async () => {
    writeFileSync(at('old'), 'old');
    watch(at());
    expect(await heardOf(() => fs.writeFileSync(at('old'), 'new'))).to.deep.equal(['change old']);
    expect(await heardOf(() => fs.promises.writeFile(at('old'), 'newer'))).to.deep.equal(['change old']);
    expect(await heardOf(() => fs.writeFileSync(at('new'), 'new'))).to.deep.equal(['rename new']);
    expect(await heardOf(() => fs.copyFileSync(at('new'), at('old')))).to.deep.equal(['change old']);
  });

  it('of a directory hears of an open file when it is complete', async () => {
    writeFileSync(at('old'), 'old');
    watch(at());
    const fd = fs.openSync(at('old'), 'w');
    expect(await heardOf(() => fs.writeSync(fd, 'new'))).to.deep.equal([]);
    expect(await heardOf(() => fs.closeSync(fd))).to.deep.equal(['change old']);
  });

  it('of a directory hears of everything else as it happens', async () => {
    writeFileSync(at('old'), 'old');
    watch(at());
    expect(await heardOf(() => renameSync(at('old'), at('new')))).to.deep.equal(['rename new', 'rename old']);
    expect(await heardOf(() => unlinkSync(at('new')))).to.deep.equal(['rename new']);
    expect(await heardOf(() => writeFileSync(at(deadName()), '')), "another process's").to.deep.equal([]);
  });

  it('of a directory does not take a later rename by somebody else for one of ours', async () => {
    writeFileSync(at('old'), 'old');
    watch(at());
    await heardOf(() => fs.writeFileSync(at('old'), 'new'));
    writeFileSync(at('other'), 'other');
    expect(await heardOf(() => renameSync(at('other'), at('old')))).to.include('rename old');
  });

  it('gives names in the encoding that was asked for', async () => {
    writeFileSync(at('old'), 'old');
    watch(at(), { encoding: 'buffer' as BufferEncoding });
    expect(await heardOf(() => fs.writeFileSync(at('old'), 'new'))).to.deep.equal(['change buffer old']);
    expect(await heardOf(() => writeFileSync(at(deadName()), ''))).to.deep.equal([]);
  });

  it('of a tree hears of the files below', async () => {
    fs.mkdirSync(at('sub'));
    writeFileSync(at('sub/old'), 'old');
    watch(at(), { recursive: true });
    await turns(TURNS);
    const heard = await heardOf(() => fs.writeFileSync(at('sub/old'), 'new'));
    expect(heard.join(), 'no staged name').to.not.include('.intact');
    expect(heard).to.include('change sub/old');
  });

  it('of a file hears of every write, because it keeps its inode; after the watch it is replaced again', async () => {
    writeFileSync(at('file'), 'old');
    const { ino } = statSync(at('file'));
    const watcher = watch(at('file'));
    for (const text of ['one', 'two'])
      expect(await heardOf(() => fs.writeFileSync(at('file'), text)), text).to.deep.equal(['change file']);
    expect(statSync(at('file')).ino).to.equal(ino);
    watcher.close();
    await turns(TURNS);
    fs.writeFileSync(at('file'), 'three');
    expect(statSync(at('file')).ino).to.not.equal(ino);
  });

  it('of a file that is open for replacing hears of it under its own name, and of no move to it', async () => {
    const fd = fs.openSync(at('file'), 'w');
    watch(at('file'));
    expect(await heardOf(() => fs.writeSync(fd, 'new'))).to.deep.equal(['change file']);
    expect((await heardOf(() => fs.closeSync(fd))).join()).to.not.match(/rename|\.intact/);
    expect(readFileSync(at('file'), 'utf8')).to.equal('new');
  });

  it('of what is not there fails as plain node does, and keeps no inode', async () => {
    expect(() => watch(at('absent'))).to.throw(`ENOENT: no such file or directory, watch '${at('absent')}'`);
    expect(() => watch('')).to.throw();
    writeFileSync(at('file'), 'old');
    const { ino } = statSync(at('file'));
    fs.writeFileSync(at('file'), 'new');
    expect(statSync(at('file')).ino).to.not.equal(ino);
  });

  describe('as an async iterator', () => {
    it('tells the same, and ends with its signal', async () => {
      writeFileSync(at('old'), 'old');
      const controller = new AbortController();
      const heard: string[] = [];
      const listening = (async () => {
        for await (const { eventType, filename } of fs.promises.watch(at(), { signal: controller.signal }))
          heard.push(`${eventType} ${filename}`);
      })().catch((error: unknown) => error);
      await turns(TURNS);
      fs.writeFileSync(at('old'), 'new');
      await turnUntil(() => heard.length > 0);
      await turns(TURNS);
      controller.abort();
      expect(await listening).to.have.property('name', 'AbortError');
      expect([...new Set(heard)]).to.deep.equal(['change old']);
    });

    it('keeps the inode of a file for as long as it is listened to', async () => {
      writeFileSync(at('file'), 'old');
      const { ino } = statSync(at('file'));
      for await (const { eventType } of writingMeanwhile(at('file'))) {
        expect(eventType).to.equal('change');
        break;
      }
      expect(statSync(at('file')).ino, 'while listening').to.equal(ino);
      fs.writeFileSync(at('file'), 'newer');
      expect(statSync(at('file')).ino, 'afterwards').to.not.equal(ino);
    });
  });
});

/** Events of a file that is written to as soon as somebody listens. */
async function* writingMeanwhile(path: string): AsyncGenerator<{ eventType: string }> {
  const events = fs.promises.watch(path);
  setImmediate(() => fs.writeFileSync(path, 'new'));
  yield* events;
}

describe('openAsBlob()', () => {
  const at = useTemporaryDirectory();

  it('keeps the inode of its file for good, because nobody tells when the last slice is gone', async () => {
    writeFileSync(at('file'), 'old');
    const { ino } = statSync(at('file'));
    const blob = await fs.openAsBlob(at('file'));
    expect(await blob.text()).to.equal('old');
    fs.writeFileSync(at('file'), 'new');
    expect(statSync(at('file')).ino).to.equal(ino);
  });

  it('does not keep the inode of any other file', async () => {
    for (const name of ['file', 'other']) writeFileSync(at(name), 'old');
    linkSync(at('file'), at('second-name'));
    await fs.openAsBlob(at('second-name'));
    const { ino } = statSync(at('other'));
    fs.writeFileSync(at('other'), 'new');
    expect(statSync(at('other')).ino).to.not.equal(ino);
  });

  it('fails as plain node does where there is no file', async () => {
    const [ours, plain] = await Promise.all([fs, nodeFs].map((any) => failureToOpen(any, at('absent'))));
    expect(ours).to.be.a('string').and.to.equal(plain);
  });
});

/** Some versions throw where others reject. */
async function failureToOpen(any: typeof fs, path: string): Promise<string> {
  try {
    await any.openAsBlob(path);
    return 'no failure';
  } catch (error) {
    return (error as Error).message;
  }
}
