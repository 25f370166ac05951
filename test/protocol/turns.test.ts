// Asynchronous writes of one file: in the order of their calls, and as few of them as the promise needs.

import { expect } from 'chai';
import { AsyncLocalStorage } from 'node:async_hooks';
import * as nodeFs from 'node:fs';
import { type Options, createFs, stats } from '../../src/api';
import { turnUntil } from '../support/event-loop';
import { type ManualCall, ManualFs } from '../support/manual-fs';
import { stagedIn, useTemporaryDirectory } from '../support/temporary-directory';
import { nextUncaught } from '../support/uncaught';

type Fs = typeof nodeFs;
type WriteOptions = Exclude<nodeFs.WriteFileOptions, string | null>;

describe('whole-file writes of one path', () => {
  const at = useTemporaryDirectory();
  let manual: ManualFs;
  let fs: Fs;
  /** What was put in place, one after the other. */
  let landed: string[];
  /** How the writes ended, by what they were to write; in the order in which they did. */
  let ends: Map<string, string>;

  beforeEach(() => begin());

  function begin(options: Options = {}): void {
    landed = [];
    ends = new Map();
    nodeFs.rmSync(at('data'), { recursive: true, force: true });
    nodeFs.mkdirSync(at('data'));
    manual = new ManualFs({
      ...nodeFs,
      renameSync(from, to) {
        landed.push(nodeFs.readFileSync(from, 'utf8'));
        nodeFs.renameSync(from, to);
      },
    });
    fs = createFs(manual.fs, { warn: false, ...options });
  }

  const target = (): string => at('data', 'target');
  const content = (): string => nodeFs.readFileSync(target(), 'utf8');

  function write(text: string, options: WriteOptions & { flush?: boolean } = {}, path = target()): void {
    fs.writeFile(path, text, options, (error) => ends.set(text, endOf(error)));
  }

  function writePromised(text: string): void {
    fs.promises.writeFile(target(), text).then(
      () => ends.set(text, 'done'),
      (error: unknown) => ends.set(text, endOf(error)),
    );
  }

  /** Lets the threads make whatever call was made last, again and again: as unfair as they can be. */
  async function finishNewestFirst(): Promise<void> {
    for (await manual.idle(); manual.calls.length > 0; await manual.idle()) await manual.finish(manual.calls.at(-1)!);
  }

  async function finishFailing(isFailing: (call: ManualCall) => boolean): Promise<void> {
    for (await manual.idle(); manual.calls.length > 0; await manual.idle()) {
      const [next] = manual.calls;
      await manual.finish(next!, isFailing(next!) ? { error: 'EIO' } : undefined);
    }
  }

  it('are coalesced while they wait: the newest is written, and all are settled with it', async () => {
    write('first');
    await manual.idle();
    for (const text of ['second', 'third']) write(text);
    writePromised('fourth');
    await finishNewestFirst();
    expect(landed).to.deep.equal(['first', 'fourth']);
    expect([...ends]).to.deep.equal([
      ['first', 'done'],
      ['second', 'done'],
      ['third', 'done'],
      ['fourth', 'done'],
    ]);
    expect(content()).to.equal('fourth');
  });

  it('do not begin before the end of the tick: only the newest that it calls for is written', async () => {
    for (const text of ['first', 'second']) write(text);
    expect(manual.calls, 'at once').to.deep.equal([]);
    writePromised('third');
    await finishNewestFirst();
    expect(landed).to.deep.equal(['third']);
    expect([...ends]).to.deep.equal([
      ['first', 'done'],
      ['second', 'done'],
      ['third', 'done'],
    ]);
  });

  it('are all told, whatever the callback of one throws', async () => {
    const uncaught = nextUncaught();
    write('first');
    fs.writeFile(target(), 'second', () => {
      throw new Error('of the caller');
    });
    for (const text of ['third', 'fourth']) write(text);
    await finishNewestFirst();
    expect(await uncaught).to.have.property('message', 'of the caller');
    expect([...ends.keys()]).to.deep.equal(['first', 'third', 'fourth']);
    write('fifth');
    await manual.finishAll();
    expect([ends.get('fifth'), landed]).to.deep.equal(['done', ['fourth', 'fifth']]);
  });

  it('are told, made or not, in the async context of their call', async () => {
    // Calls made by hand would come from the context of the test.
    const real = createFs(undefined, { durability: 'process' });
    const storage = new AsyncLocalStorage<string>();
    const texts = ['first', 'second', 'third', 'fourth'];
    const tell = (text: string): Promise<string | undefined> =>
      storage.run(
        text,
        () => new Promise((resolve) => real.writeFile(target(), text, () => resolve(storage.getStore()))),
      );
    const before = stats();
    expect(await Promise.all(texts.map(tell))).to.deep.equal(texts);
    expect(stats().superseded - before.superseded).to.equal(3);
  });

  it('are not settled before the write that stands for them is durable', async () => {
    write('first');
    await manual.idle();
    for (const text of ['second', 'third']) write(text);
    await manual.finishUntil('fsync data');
    expect([...ends.keys()], 'before the directory was synced').to.deep.equal([]);
    for (const step of ['fsync', 'close']) await manual.finish(manual.call(`${step} data`));
    expect([...ends.keys()]).to.deep.equal(['first']);
    await manual.finishUntil('fsync data');
    expect(landed).to.deep.equal(['first', 'third']);
    expect([...ends.keys()], 'before the directory was synced again').to.deep.equal(['first']);
    await manual.finishAll();
    expect([...ends.values()]).to.deep.equal(['done', 'done', 'done']);
  });

  it('count as superseded where another stood for them', async () => {
    const before = stats();
    for (let n = 0; n < 10; n++) write(`${n}`);
    await manual.finishAll();
    expect(stats().superseded - before.superseded).to.equal(9);
    expect(stats().replaced - before.replaced).to.equal(1);
  });

  it('are each written, in the order of their calls, where their options differ', async () => {
    write('first');
    write('second', { mode: 0o600 });
    write('third', { flush: true });
    write('fourth', { flush: true });
    write('fifth');
    await finishNewestFirst();
    expect(landed).to.deep.equal(['first', 'second', 'fourth', 'fifth']);
    expect([...ends.values()]).to.deep.equal(['done', 'done', 'done', 'done', 'done']);
  });

  it('fail exactly where their bytes, or those that stood for them, could not be written', async () => {
    write('first');
    await manual.idle();
    for (const text of ['second', 'third']) write(text);
    let flushes = 0;
    await finishFailing(({ title }) => {
      if (title !== 'fsync stage' || ++flushes !== 2) return false;
      // Called when those are being made already: the next batch.
      write('fourth');
      return true;
    });
    expect([...ends]).to.deep.equal([
      ['first', 'done'],
      ['second', `EIO ${target()}`],
      ['third', `EIO ${target()}`],
      ['fourth', 'done'],
    ]);
    expect(landed).to.deep.equal(['first', 'fourth']);
    expect(stagedIn(at('data'))).to.deep.equal([]);
  });

  it('each fail with an error of their own, which names the path as they wrote it', async () => {
    const errors: NodeJS.ErrnoException[] = [];
    const note = (error: NodeJS.ErrnoException | null): void => void errors.push(error!);
    const asked = [target(), target(), `file://${target()}`];
    for (const path of asked) fs.writeFile(path.startsWith('file:') ? new URL(path) : path, 'text', note);
    await finishFailing(({ title }) => title === 'fsync stage');
    expect(new Set(errors).size).to.equal(3);
    for (const { code, path, message } of errors) {
      expect({ code, path }).to.deep.equal({ code: 'EIO', path: target() });
      expect(message).to.contain(target());
    }
  });

  it('do not stand for others once they are aborted', async () => {
    const { signal, abort } = aborting();
    write('first');
    await manual.idle();
    write('second');
    write('third', { signal });
    abort();
    await finishNewestFirst();
    expect([...ends]).to.deep.equal([
      ['first', 'done'],
      ['third', 'ABORT_ERR undefined'],
      ['second', 'done'],
    ]);
    expect(landed).to.deep.equal(['first', 'second']);
  });

  it('are aborted alone where others are made for them', async () => {
    const { signal, abort } = aborting();
    write('first');
    await manual.idle();
    write('second', { signal });
    write('third');
    abort();
    await finishNewestFirst();
    expect(ends.get('second')).to.equal('ABORT_ERR undefined');
    expect([ends.get('first'), ends.get('third')]).to.deep.equal(['done', 'done']);
    expect(landed).to.deep.equal(['first', 'third']);
  });

  it("are each made where they create the file: with 'wx' all but one find it there", async () => {
    for (const text of ['first', 'second', 'third']) write(text, { flag: 'wx' });
    await finishNewestFirst();
    // Where the file is there, node's own call says so.
    await turnUntil(() => ends.size === 3);
    expect([...ends]).to.deep.equal([
      ['first', 'done'],
      ['second', `EEXIST ${target()}`],
      ['third', `EEXIST ${target()}`],
    ]);
    expect(content()).to.equal('first');
  });

  it('are each made where they append, one to the end of the other', async () => {
    begin({ append: 'copy' });
    for (const text of ['a', 'b', 'c', 'd']) fs.appendFile(target(), text, (error) => ends.set(text, endOf(error)));
    await finishNewestFirst();
    expect(content()).to.equal('abcd');
    expect([...ends.values()]).to.deep.equal(['done', 'done', 'done', 'done']);
  });

  it('wait for no write of another path', async () => {
    write('here');
    write('there', {}, at('data', 'other'));
    await manual.idle();
    for (;;) {
      const call = manual.calls.find((made) => made.isAbout('other') || made.path === at('data'));
      if (call === undefined) break;
      await manual.finish(call);
    }
    expect([...ends.keys()]).to.deep.equal(['there']);
    await manual.finishAll();
    expect([...ends.keys()]).to.deep.equal(['there', 'here']);
  });

  it('are made by node in the order of their calls where they are not to be protected', async () => {
    nodeFs.symlinkSync('/dev/null', target());
    const opened: string[] = [];
    const natives = { ...nodeFs, writeFile: noting };
    function noting(_path: unknown, text: string, _options: unknown, done: nodeFs.NoParamCallback): void {
      opened.push(text);
      done(null);
    }
    fs = createFs(natives as unknown as Fs, { warn: false });
    await Promise.all(
      ['first', 'second', 'third', 'fourth'].map(
        (text) => new Promise((resolve) => fs.writeFile(target(), text, {}, resolve)),
      ),
    );
    expect(opened).to.deep.equal(['first', 'second', 'third', 'fourth']);
  });

  it('a thousand at once, durable: at most three reach the disk, and the newest is there', async () => {
    const before = stats().replaced;
    const threads = createFs(undefined, { durability: 'durable', warn: false });
    await Promise.all(
      Array.from({ length: 1000 }, (_, n) =>
        n % 2 === 0
          ? threads.promises.writeFile(target(), `${n}`)
          : new Promise<void>((resolve, reject) =>
              threads.writeFile(target(), `${n}`, (error) => (error ? reject(error) : resolve())),
            ),
      ),
    );
    expect(content()).to.equal('999');
    expect(stats().replaced - before).to.be.within(1, 3);
  });
});

function endOf(error: unknown): string {
  if (!error) return 'done';
  const { code, path } = error as NodeJS.ErrnoException;
  return `${code} ${path}`;
}

function aborting(): { signal: AbortSignal; abort: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}
