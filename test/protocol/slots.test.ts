// How many writes are under way at once, and that none waits for one that waits for it.

import { expect } from 'chai';
import * as nodeFs from 'node:fs';
import { createFs } from '../../src/api';
import { ManualFs } from '../support/manual-fs';
import { stagedIn, useTemporaryDirectory } from '../support/temporary-directory';

type Fs = typeof nodeFs;

const SLOTS = 64;
const MANY = 3 * SLOTS;

describe('writes that are called together', () => {
  // Whatever a test leaves would keep its slots. Before the directory is removed, or node would be asked for the rest.
  afterEach(() => manual.finishAll());

  const at = useTemporaryDirectory();
  let manual: ManualFs;
  let fs: Fs;
  /** The files whose writes have ended, with their errors. */
  let ends: Map<string, NodeJS.ErrnoException | null>;

  beforeEach(async () => {
    nodeFs.mkdirSync(at('data'));
    manual = new ManualFs({ ...nodeFs, fsyncSync() {} });
    fs = createFs(manual.fs, { warn: false });
    await manual.acquaint(fs, at('data'));
    ends = new Map();
  });

  const path = (n: number): string => at('data', `${n}`);

  function writeMany(count = MANY): void {
    for (let n = 0; n < count; n++) fs.writeFile(path(n), `${n}`, (error) => ends.set(`${n}`, error));
  }

  /** Makes the call that a write waits for, up to the one of this name. */
  async function advanceTo(name: string): Promise<void> {
    for (let call = manual.calls.find((made) => made.name !== name); call !== undefined;) {
      await manual.finish(call);
      call = manual.calls.find((made) => made.name !== name);
    }
  }

  it(`begin ${SLOTS} at a time, in the order of their calls`, async () => {
    writeMany();
    await manual.idle();
    expect(manual.calls.map(({ title }) => title)).to.deep.equal(Array.from({ length: SLOTS }, (_, n) => `lstat ${n}`));
    await advanceTo('rename');
    expect(manual.calls.length).to.equal(SLOTS);
    await manual.finish(manual.calls[3]!);
    await manual.idle();
    expect(manual.calls.map(({ title }) => title)).to.include(`lstat ${SLOTS}`);
  });

  it('let the next begin as soon as they are in place, and wait for the directory together', async () => {
    writeMany();
    for (;;) {
      await manual.idle();
      const call = manual.calls.find((made) => made.path !== at('data'));
      if (call === undefined) break;
      await manual.finish(call);
    }
    expect(manual.calls.map(({ title }) => title)).to.deep.equal(['fsync data']);
    expect(ends.size).to.equal(0);
    expect(nodeFs.readdirSync(at('data')).length).to.equal(MANY);
    await manual.finishAll();
    expect([...ends.values()].filter((error) => error === null).length).to.equal(MANY);
  });

  it('make room for the next when they fail', async () => {
    writeMany();
    for (await manual.idle(); manual.calls.length > 0; await manual.idle()) {
      const [call] = manual.calls;
      const n = Number(/\.(\d+)\./.exec(call!.path)?.[1]);
      await manual.finish(call!, call!.title === 'fsync stage' && n < 2 * SLOTS ? { error: 'EIO' } : undefined);
    }
    const failed = [...ends].filter(([, error]) => error?.code === 'EIO').map(([n]) => Number(n));
    expect(failed.toSorted((a, b) => a - b)).to.deep.equal(Array.from({ length: 2 * SLOTS }, (_, n) => n));
    expect(ends.size).to.equal(MANY);
    expect(stagedIn(at('data'))).to.deep.equal([]);
  });

  it('make room for the next where node makes the call', async () => {
    for (let n = 0; n < MANY; n++) nodeFs.symlinkSync('/dev/null', path(n));
    const natives = createFs(undefined, { warn: false });
    await Promise.all(Array.from({ length: MANY }, (_, n) => natives.promises.writeFile(path(n), `${n}`)));
  });

  it('do not wait for files that are open, however many', async () => {
    const fds = Array.from({ length: MANY }, (_, n) => fs.openSync(at('data', `open-${n}`), 'w'));
    const streams = fds.map((fd, n) => fs.createWriteStream(at('data', `open-${n}`), { fd, autoClose: false }));
    for (const stream of streams) stream.write('begun');
    writeMany(1);
    await manual.finishAll();
    expect(ends.get('0')).to.equal(null);
    for (const fd of fds) fs.closeSync(fd);
  });

  it('are not kept from ending by any number of files that are being closed', async () => {
    for (let n = 0; n < MANY; n++) {
      const fd = fs.openSync(path(n), 'w');
      fs.close(fd, (error) => ends.set(`${n}`, error ?? null));
    }
    await manual.idle();
    await manual.finishAll();
    expect([...ends.values()]).to.deep.equal(Array.from({ length: MANY }, () => null));
  });

  it('may be asked for by each other: iterables that themselves write files', async () => {
    const real = createFs(undefined, { warn: false });
    async function* words(n: number): AsyncGenerator<string> {
      await real.promises.writeFile(at('data', `inner-${n}`), 'inner');
      yield real.readFileSync(at('data', `inner-${n}`), 'utf8');
    }
    await Promise.all(Array.from({ length: MANY }, (_, n) => real.promises.writeFile(path(n), words(n))));
    expect(nodeFs.readdirSync(at('data')).length).to.equal(2 * MANY);
    expect(nodeFs.readFileSync(path(MANY - 1), 'utf8')).to.equal('inner');
  });

  it('wait for a slot again after they have waited for an iterable', async () => {
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    async function* words(): AsyncGenerator<string> {
      await gate;
      yield 'word';
    }
    const writes = Array.from({ length: MANY }, (_, n) => fs.promises.writeFile(path(n), words()));
    await manual.finishAll();
    expect(stagedIn(at('data')).length, 'staged').to.equal(MANY);
    open();
    await manual.idle();
    expect(manual.calls.map(({ name }) => name)).to.deep.equal(Array.from({ length: SLOTS }, () => 'write'));
    await manual.finishAll();
    await Promise.all(writes);
  });

  it('are not waited for by a synchronous write', async () => {
    writeMany();
    await manual.idle();
    fs.writeFileSync(at('data', 'written'), 'now');
    fs.copyFileSync(at('data', 'written'), at('data', 'copied'));
    const fd = fs.openSync(at('data', 'closed'), 'w');
    fs.writeSync(fd, 'now');
    fs.closeSync(fd);
    for (const name of ['written', 'copied', 'closed'])
      expect(nodeFs.readFileSync(at('data', name), 'utf8'), name).to.equal('now');
    await manual.finishAll();
    expect(ends.size).to.equal(MANY);
  });

  it('count for copies, closes and streams as well', async () => {
    nodeFs.writeFileSync(at('source'), 'content');
    const done = (n: number) => (error: NodeJS.ErrnoException | null) => void ends.set(`${n}`, error);
    for (let n = 0; n < MANY; n++) fs.copyFile(at('source'), path(n), done(n));
    await manual.idle();
    expect(manual.calls.length).to.equal(SLOTS);
    await manual.finishAll();
    expect(ends.size).to.equal(MANY);
    ends.clear();
    const fds = Array.from({ length: MANY }, (_, n) => fs.openSync(path(n), 'w'));
    fds.forEach((fd, n) => fs.close(fd, done(n)));
    await advanceTo('fsync');
    expect(manual.calls.length, 'closes').to.equal(SLOTS);
    await manual.finishAll();
    expect(ends.size).to.equal(MANY);
  });
});
