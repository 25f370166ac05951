// A write that comes while an asynchronous one of the same file is under way, at every moment of it.

import { expect } from 'chai';
import * as nodeFs from 'node:fs';
import { type Options, createFs } from '../../src/api';
import { isRedoName } from '../../src/protocol/leftover-name';
import { type ManualCall, ManualFs } from '../support/manual-fs';
import { stagedIn, useTemporaryDirectory } from '../support/temporary-directory';

type Fs = typeof nodeFs;
type Done = (error: unknown) => void;
type At = (...names: string[]) => string;

const OLD = 'old content';
const OLD_AND_LONG = 'old content that is longer than all that comes after it, so that its end has to be cut off';
const OLDER = 'of the older, asynchronous write';
const NEWER = 'of the newer one, which is synchronous and longer';

/** What is to be written, and a file that has it already. */
interface Text {
  readonly text: string;
  readonly source: string;
}

const OLDER_TEXT: Text = { text: OLDER, source: 'source' };
const NEWER_TEXT: Text = { text: NEWER, source: 'newer source' };

interface Asynchronous {
  readonly title: string;
  /** Calls the write; every later call of it waits for the test. */
  readonly call: (fs: Fs, target: string, at: At, done: Done, content: Text) => void;
  /** Where it begins to land, if not with its first call. */
  readonly from?: string;
  /** Whether it is tried with every failure of the other; the rest would not find more. */
  readonly withFailures?: true;
}

interface Synchronous {
  readonly title: string;
  readonly call: (fs: Fs, target: string, at: At) => void;
  readonly withFailures?: true;
}

const ASYNCHRONOUS: readonly Asynchronous[] = [
  {
    title: 'writeFile',
    withFailures: true,
    call: (fs, target, _at, done, { text }) => fs.writeFile(target, text, done),
  },
  {
    title: 'promises.writeFile of an iterable',
    call: (fs, target, _at, done, { text }) =>
      void fs.promises
        .writeFile(
          target,
          text.split(' ').map((word, n) => (n > 0 ? ' ' : '') + word),
        )
        .then(() => done(null), done),
  },
  { title: 'copyFile', call: (fs, target, at, done, { source }) => fs.copyFile(at(source), target, done) },
  {
    title: 'close',
    call(fs, target, _at, done, { text }) {
      const fd = fs.openSync(target, 'w');
      fs.writeSync(fd, text);
      fs.close(fd, done);
    },
  },
  {
    title: 'the end of a stream',
    from: 'fstat stage',
    call: (fs, target, _at, done, { text }) => {
      const fd = fs.openSync(target, 'w');
      fs.createWriteStream(target, { fd })
        .on('error', done)
        .on('finish', () => done(null))
        .end(text);
    },
  },
];

const SYNCHRONOUS: readonly Synchronous[] = [
  { title: 'writeFileSync', withFailures: true, call: (fs, target) => fs.writeFileSync(target, NEWER) },
  { title: 'copyFileSync', call: (fs, target, at) => fs.copyFileSync(at('newer source'), target) },
  {
    title: 'closeSync',
    call(fs, target) {
      const fd = fs.openSync(target, 'w');
      try {
        fs.writeSync(fd, NEWER);
      } finally {
        fs.closeSync(fd);
      }
    },
  },
];

/** How a file is met, and how it is reached by the one and by the other. */
interface Setting {
  readonly title: string;
  readonly options?: Options;
  readonly withFailures?: true;
  readonly make: (at: At) => { readonly older: string; readonly newer: string };
}

function existing(at: At, content = OLD): string {
  nodeFs.writeFileSync(at('data', 'target'), content);
  return at('data', 'target');
}

const SETTINGS: readonly Setting[] = [
  {
    title: 'a new file',
    make: (at) => ({ older: at('data', 'target'), newer: at('data', 'target') }),
  },
  {
    title: 'an existing file',
    withFailures: true,
    make: (at) => ({ older: existing(at), newer: existing(at) }),
  },
  {
    title: 'an existing file, without any sync',
    options: { durability: 'process' },
    make: (at) => ({ older: existing(at), newer: existing(at) }),
  },
  {
    title: 'a file and a symbolic link to it',
    make(at) {
      nodeFs.symlinkSync('target', at('data', 'link'));
      return { older: at('data', 'link'), newer: existing(at) };
    },
  },
  {
    title: 'a directory of two names',
    make(at) {
      nodeFs.symlinkSync('data', at('alias'));
      return { older: existing(at), newer: at('alias', 'target') };
    },
  },
  {
    title: 'a file that is written in place',
    withFailures: true,
    options: { rules: [{ match: 'target', plan: 'in-place' }] },
    make: (at) => ({ older: existing(at), newer: existing(at) }),
  },
  {
    title: 'a longer file of several names',
    withFailures: true,
    make(at) {
      const older = existing(at, OLD_AND_LONG);
      for (const name of ['second', 'third']) nodeFs.linkSync(older, at('data', name));
      return { older, newer: at('data', 'second') };
    },
  },
];

for (const isLocal of [true, false]) {
  describe(`a write, where ${isLocal ? 'the kernel alone' : 'somebody else'} answers`, function () {
    this.timeout(60_000);
    const at = useTemporaryDirectory();
    let cases = 0;

    for (const setting of SETTINGS) {
      for (const older of ASYNCHRONOUS) {
        for (const newer of SYNCHRONOUS) {
          // Every pair where it matters how the target is met; elsewhere one of each kind.
          if (!setting.withFailures && (older.title.includes(' ') || newer.title === 'copyFileSync')) continue;

          it(`${newer.title} overtakes ${older.title} at every moment of it: ${setting.title}`, async () => {
            for (let moment = 0; ; moment++) {
              const story = await overtake(setting, older, newer, moment);
              expect(story.content, story.title).to.equal(NEWER);
              expect(story.ends, story.title).to.deep.equal([null]);
              expect(story.left, story.title).to.deep.equal([]);
              if (story.isOver) return;
            }
          });

          if (!setting.withFailures || !older.withFailures || !newer.withFailures) continue;

          it(`${newer.title} that fails leaves ${older.title} as it would have been: ${setting.title}`, async () => {
            for (let failing = 0; ; failing++) {
              let isReached = false;
              for (let moment = 0; ; moment++) {
                const story = await overtake(setting, older, newer, moment, failing);
                isReached ||= story.failed !== undefined;
                checkAfterFailure(story);
                if (story.isOver) break;
              }
              if (!isReached) return;
            }
          });
        }
      }
    }

    const ORDERS: Record<string, (calls: readonly ManualCall[]) => ManualCall> = {
      'those made last come first': (calls) => calls.at(-1)!,
      'those made first come first': (calls) => calls[0]!,
    };

    for (const setting of SETTINGS) {
      for (const older of ASYNCHRONOUS) {
        for (const newer of ASYNCHRONOUS) {
          // The kinds mixed where it matters how the target is met; elsewhere one of each is enough.
          if (
            !(setting.withFailures
              ? older.withFailures || newer.withFailures
              : older.withFailures && newer.withFailures)
          )
            continue;

          it(`${newer.title} comes after ${older.title}, at every moment of it: ${setting.title}`, async () => {
            for (const [order, next] of Object.entries(ORDERS)) {
              for (let moment = 0; ; moment++) {
                const story = await follow(setting, older, newer, moment, next);
                const title = `${story.title}; of the calls, ${order}`;
                expect(story.content, title).to.equal(NEWER);
                expect(story.ends, title).to.deep.equal([null, null]);
                expect(story.left, title).to.deep.equal([]);
                if (story.isOver) break;
              }
            }
          });
        }
      }
    }

    interface Story {
      readonly title: string;
      readonly content: string;
      readonly ends: readonly unknown[];
      readonly left: readonly string[];
      /** Whether the older write had ended before the newer one came. */
      readonly isOver: boolean;
      /** What the newer write failed with, if it did. */
      readonly failed: (Error & { published?: true }) | undefined;
      /** What the record that was left for somebody to finish with says, if one was. */
      readonly recorded: string | undefined;
    }

    interface Encounter {
      readonly title: string;
      readonly manual: ManualFs;
      readonly fs: Fs;
      readonly at: At;
      /** The path by which the newer write reaches the file. */
      readonly target: string;
      readonly ends: unknown[];
      readonly isOver: boolean;
    }

    /** Lets the older write come to a moment: see ManualFs. */
    async function encounter(setting: Setting, older: Asynchronous, moment: number, base: Fs): Promise<Encounter> {
      const directory = at(`${cases++}`);
      const inside: At = (...names) => [directory, ...names].join('/');
      for (const path of [directory, inside('data')]) nodeFs.mkdirSync(path);
      for (const { text, source } of [OLDER_TEXT, NEWER_TEXT]) nodeFs.writeFileSync(inside(source), text);
      const paths = setting.make(inside);
      const manual = new ManualFs(base);
      const fs = createFs(manual.fs, { warn: false, ...setting.options });
      if (isLocal) await manual.acquaint(fs, inside('data'));
      const ends: unknown[] = [];
      older.call(fs, paths.older, inside, (error) => ends.push(error ?? null), OLDER_TEXT);
      if (older.from !== undefined) await finishBefore(manual, older.from);
      const reached = await manual.comeTo(moment);
      return { ...reached, manual, fs, at: inside, target: paths.newer, ends };
    }

    /** The newer write comes at this moment, and fails at a call of it if it is told to. */
    async function overtake(
      setting: Setting,
      older: Asynchronous,
      newer: Synchronous,
      moment: number,
      failing = -1,
    ): Promise<Story> {
      let countdown = Infinity;
      const met = await encounter(
        setting,
        older,
        moment,
        failingSync(() => countdown-- === 0),
      );
      const { title, fs, target } = met;
      countdown = failing < 0 ? Infinity : failing;
      let failed: Story['failed'];
      try {
        newer.call(fs, target, met.at);
      } catch (error) {
        failed = error as Error;
      }
      countdown = Infinity;
      if (failing < 0) {
        expect(nodeFs.readFileSync(target, 'utf8'), `right after it, ${title}`).to.equal(NEWER);
        expect(fs.readFileSync(target, 'utf8'), `seen by the program right after it, ${title}`).to.equal(NEWER);
      }
      await met.manual.finishAll();
      return storyOf(met, failed);
    }

    /** The newer write is asynchronous as well, and the threads make the calls of both in some order. */
    async function follow(
      setting: Setting,
      older: Asynchronous,
      newer: Asynchronous,
      moment: number,
      next: (calls: readonly ManualCall[]) => ManualCall,
    ): Promise<Story> {
      const met = await encounter(
        setting,
        older,
        moment,
        failingSync(() => false),
      );
      const { manual } = met;
      newer.call(met.fs, met.target, met.at, (error) => met.ends.push(error ?? null), NEWER_TEXT);
      for (await manual.idle(); manual.calls.length > 0; await manual.idle()) await manual.finish(next(manual.calls));
      return storyOf(met, undefined);
    }

    function storyOf({ title, at: inside, target, ends, isOver }: Encounter, failed: Story['failed']): Story {
      const left = stagedIn(inside('data'));
      const record = left.find(isRedoName);
      return {
        title: failed ? `${title}, failing with ${failed.message}` : title,
        content: nodeFs.readFileSync(target, 'utf8'),
        ends,
        left,
        isOver,
        failed,
        recorded: record && nodeFs.readFileSync(inside('data', record), 'utf8'),
      };
    }

    function checkAfterFailure({ title, content, ends, left, failed, recorded }: Story): void {
      expect(ends.length, title).to.equal(1);
      if (failed === undefined || failed.published) {
        expect(content, title).to.equal(NEWER);
        expect(ends, title).to.deep.equal([null]);
        // A record that could not be removed is of the same content.
        expect(left.length, title).to.equal(recorded === undefined ? 0 : 1);
        expect(recorded?.slice(0, NEWER.length) ?? NEWER, title).to.equal(NEWER);
      } else if (recorded !== undefined) {
        // In place, and failed half-way: the record is whole, and it is the newer one's.
        expect(left.length, title).to.equal(1);
        expect(recorded.slice(0, NEWER.length), title).to.equal(NEWER);
      } else {
        expect(left, title).to.deep.equal([]);
        if (ends[0] === null) expect(content, title).to.equal(OLDER);
        else expect(content, title).to.be.oneOf([OLD, OLD_AND_LONG]);
      }
    }
  });
}

async function finishBefore(manual: ManualFs, title: string): Promise<void> {
  for (await manual.idle(); manual.calls[0]!.title !== title; await manual.idle())
    await manual.finish(manual.calls[0]!);
}

/** Node's fs, whose synchronous calls fail when they are told to, without effect. No power is cut here: nothing is flushed. */
function failingSync(fails: () => boolean): Fs {
  const failing: Record<string, unknown> = { ...nodeFs, fsyncSync: () => {} };
  for (const name of [
    'open',
    'write',
    'fsync',
    'close',
    'rename',
    'unlink',
    'ftruncate',
    'copyFile',
    'lstat',
    'fstat',
  ]) {
    const original = failing[`${name}Sync`] as (...args: unknown[]) => unknown;
    failing[`${name}Sync`] = (...args: unknown[]) => {
      if (!fails()) return original(...args);
      if (name === 'close') original(...args);
      throw Object.assign(new Error(`EIO: i/o error, ${name}`), { code: 'EIO', errno: -5, syscall: name });
    };
  }
  return failing as unknown as Fs;
}
