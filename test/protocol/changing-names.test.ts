// Calls that change names, at every moment of an asynchronous write of the file that has them.

import { expect } from 'chai';
import * as nodeFs from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { createFs } from '../../src/api';
import { type ManualCall, ManualFs } from '../support/manual-fs';
import { useTemporaryDirectory } from '../support/temporary-directory';

type Fs = typeof nodeFs;
type Done = (error?: unknown) => void;

interface Writing {
  readonly title: string;
  /** Lets its staged file come to be; before that, node too would not have opened the file yet. */
  readonly begin?: Beginning;
  readonly isOfOpenFile?: true;
  readonly call: (fs: Fs, target: string, done: Done, manual: ManualFs) => void | Promise<void>;
}

type Beginning = (manual: ManualFs) => Promise<void>;

/** Finishes calls, the first in this order first, until those that are left are all called so. */
function allAt(title: string, inOrder = (calls: readonly ManualCall[]) => calls): Beginning {
  return async (manual) => {
    for (await manual.idle(); ; await manual.idle()) {
      const other = inOrder(manual.calls).find((call) => call.title !== title);
      if (other === undefined) return;
      await manual.finish(other);
    }
  };
}

/** Finishes the call made last until that is called so. */
function newestAt(title: string): Beginning {
  return async (manual) => {
    for (await manual.idle(); manual.calls.at(-1)!.title !== title; await manual.idle())
      await manual.finish(manual.calls.at(-1)!);
  };
}

function whenAll(ends: readonly Promise<void>[], done: Done): void {
  void Promise.all(ends).then(() => done(), done);
}

const writeTwo: Writing['call'] = (fs, target, done) => {
  const writes = ['older', 'new'].map((text) => fs.promises.writeFile(target, [text]));
  whenAll(writes, done);
};

function openAndClose(fs: Fs, target: string, text: string): Promise<void> {
  const fd = fs.openSync(target, 'w');
  fs.writeSync(fd, text);
  return promisify(fs.close)(fd);
}

const WRITINGS: readonly Writing[] = [
  { title: 'writeFile', begin: allAt('write stage'), call: (fs, target, done) => fs.writeFile(target, 'new', done) },
  {
    title: 'promises.writeFile of an iterable',
    begin: allAt('write stage'),
    call: (fs, target, done) => void fs.promises.writeFile(target, ['n', 'ew']).then(() => done(), done),
  },
  { title: 'two at once of iterables', begin: allAt('write stage'), call: writeTwo },
  {
    title: 'two of which the older is the slower',
    begin: allAt('write stage', (calls) => calls.toReversed()),
    call: writeTwo,
  },
  {
    title: 'a close and a write after it',
    begin: newestAt('write stage'),
    call: (fs, target, done) =>
      whenAll([openAndClose(fs, target, 'older'), fs.promises.writeFile(target, ['new'])], done),
  },
  {
    title: 'a write and a close after it',
    async call(fs, target, done, manual) {
      const written = fs.promises.writeFile(target, ['older']);
      await allAt('write stage')(manual);
      whenAll([written, openAndClose(fs, target, 'new')], done);
    },
  },
  {
    title: 'a close and another after it',
    call: (fs, target, done) =>
      whenAll(
        ['older', 'new'].map((text) => openAndClose(fs, target, text)),
        done,
      ),
  },
  {
    title: 'copyFile',
    begin: allAt('fsync stage'),
    call: (fs, target, done) => fs.copyFile(`${dirname(dirname(target))}/source`, target, done),
  },
  {
    title: 'close',
    isOfOpenFile: true,
    call(fs, target, done) {
      const fd = fs.openSync(target, 'w');
      fs.writeSync(fd, 'new');
      fs.close(fd, done);
    },
  },
  {
    title: 'the end of a stream',
    isOfOpenFile: true,
    call(fs, target, done) {
      const fd = fs.openSync(target, 'w');
      fs.writeSync(fd, 'new');
      fs.createWriteStream('', { fd })
        .on('error', done)
        .on('close', () => done())
        .end();
    },
  },
];

interface Change {
  readonly title: string;
  readonly sync: (fs: Fs, target: string) => void;
  /** Missing where it makes other calls than those that the test can hold up. */
  readonly callback?: (fs: Fs, target: string, done: Done) => void;
  /** What is there in the end, whenever it comes after the write was called. */
  readonly expected: Readonly<Record<string, string>>;
}

const CHANGES: readonly Change[] = [
  {
    title: 'rename',
    sync: (fs, target) => fs.renameSync(target, `${target}.1`),
    callback: (fs, target, done) => fs.rename(target, `${target}.1`, done),
    expected: { 'd/target.1': 'new' },
  },
  {
    title: 'rename of another file over it',
    sync: (fs, target) => fs.renameSync(`${dirname(target)}/../other`, target),
    callback: (fs, target, done) => fs.rename(`${dirname(target)}/../other`, target, done),
    expected: { 'd/target': 'other' },
  },
  {
    title: 'rename of its directory',
    sync: (fs, target) => fs.renameSync(dirname(target), `${dirname(target)}.1`),
    callback: (fs, target, done) => fs.rename(dirname(target), `${dirname(target)}.1`, done),
    expected: { 'd.1/target': 'new' },
  },
  {
    title: 'unlink',
    sync: (fs, target) => fs.unlinkSync(target),
    callback: (fs, target, done) => fs.unlink(target, done),
    expected: {},
  },
  {
    title: 'rm',
    sync: (fs, target) => fs.rmSync(target),
    expected: {},
  },
  {
    title: 'link',
    sync: (fs, target) => fs.linkSync(target, `${target}.1`),
    callback: (fs, target, done) => fs.link(target, `${target}.1`, done),
    expected: { 'd/target': 'new', 'd/target.1': 'new' },
  },
];

/** Of a file that the program has closed it takes the new content; of one that is written as a whole, what was there. */
const COPY: Change = {
  title: 'copyFile',
  sync: (fs, target) => fs.copyFileSync(target, `${target}.1`),
  callback: (fs, target, done) => fs.copyFile(target, `${target}.1`, done),
  expected: { 'd/target': 'new', 'd/target.1': 'new' },
};

const ORDERS: Readonly<Record<string, (calls: readonly ManualCall[]) => ManualCall>> = {
  'those made last come first': (calls) => calls.at(-1)!,
  'those made first come first': (calls) => calls[0]!,
};

for (const isLocal of [true, false]) {
  describe(`a call that changes names, where ${isLocal ? 'the kernel alone' : 'somebody else'} answers`, function () {
    this.timeout(60_000);
    const at = useTemporaryDirectory();
    let cases = 0;

    for (const writing of WRITINGS) {
      for (const change of writing.isOfOpenFile ? [...CHANGES, COPY] : CHANGES) {
        const title = `${change.title} comes after ${writing.title}, at every moment of it`;

        it(`${title}, synchronously`, async () => {
          for (let moment = 0; ; moment++) {
            const met = await meet(writing, moment);
            met.note(() => change.sync(met.fs, met.target));
            await met.manual.finishAll();
            check(met, change);
            if (met.isOver) return;
          }
        });

        const { callback } = change;
        if (callback === undefined) continue;
        for (const [order, next] of Object.entries(ORDERS)) {
          it(`${title}, asynchronously, ${order}`, async () => {
            for (let moment = 0; ; moment++) {
              const met = await meet(writing, moment);
              const { fs, target, manual, ends } = met;
              callback(fs, target, (error) => ends.push(error ?? null));
              for (await manual.idle(); manual.calls.length > 0; await manual.idle())
                await manual.finish(next(manual.calls));
              check(met, change);
              if (met.isOver) return;
            }
          });
        }
      }
    }

    it('a copy onto a file that is being closed, or of it, keeps its place before what is called after it', async () => {
      for (const [from, to] of [
        ['source', 'd/target'],
        ['d/target', 'other'],
      ] as const) {
        for (const next of Object.values(ORDERS)) {
          const { manual, fs, directory, ends } = await meet(
            WRITINGS.find(({ title }) => title === 'close')!,
            0,
          );
          fs.copyFile(`${directory}/${from}`, `${directory}/${to}`, (error) => ends.push(error));
          fs.writeFile(`${directory}/${to}`, 'newest', (error) => ends.push(error));
          for (await manual.idle(); manual.calls.length > 0; await manual.idle())
            await manual.finish(next(manual.calls));
          expect(nodeFs.readFileSync(`${directory}/${to}`, 'utf8')).to.equal('newest');
          expect(ends).to.deep.equal([null, null, null]);
        }
      }
    });

    interface Meeting {
      readonly title: string;
      readonly manual: ManualFs;
      readonly fs: Fs;
      readonly directory: string;
      readonly target: string;
      /** What the write and the change ended with. */
      readonly ends: unknown[];
      /** Makes a synchronous call and notes what it ends with. */
      readonly note: (call: () => void) => void;
      /** Whether the write had ended before. */
      readonly isOver: boolean;
    }

    /** Lets a write come to a moment: see ManualFs. */
    async function meet(writing: Writing, moment: number): Promise<Meeting> {
      const directory = at(`${cases++}`);
      const target = `${directory}/d/target`;
      nodeFs.mkdirSync(dirname(target), { recursive: true });
      for (const [name, content] of Object.entries({ 'd/target': 'old', 'source': 'new', 'other': 'other' }))
        nodeFs.writeFileSync(`${directory}/${name}`, content);
      const manual = new ManualFs(nodeFs);
      const fs = createFs(manual.fs, { warn: false });
      if (isLocal) await manual.acquaint(fs, dirname(target));
      const ends: unknown[] = [];
      await writing.call(fs, target, (error) => ends.push(error ?? null), manual);
      await writing.begin?.(manual);
      const reached = await manual.comeTo(moment);
      const note = (call: () => void): void => {
        try {
          call();
          ends.push(null);
        } catch (error) {
          ends.push(error);
        }
      };
      return { ...reached, manual, fs, directory, target, ends, note };
    }

    function check({ title, directory, ends }: Meeting, { expected }: Change): void {
      const found = nodeFs
        .readdirSync(directory, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && !['source', 'other'].includes(entry.name))
        .map(({ parentPath, name }) => `${parentPath}/${name}`);
      const contents = Object.fromEntries(
        found.map((path) => [path.slice(directory.length + 1), nodeFs.readFileSync(path, 'utf8')]),
      );
      expect({ contents, ends }, title).to.deep.equal({ contents: expected, ends: [null, null] });
    }
  });
}
