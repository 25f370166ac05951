// Data that comes piece by piece and fails, or is aborted, on the way. Only the promise functions take it.

import { Readable } from 'node:stream';
import { callsAlike, expectSame, failureKeepsOldContent } from '../support/compare';
import { FLAVOURS } from '../support/flavours';
import { Journal, outcomeOf } from '../support/outcome';
import { REAL_BACKENDS, type World } from '../support/worlds';

const promise = FLAVOURS.find(({ name }) => name === 'promise')!;

interface FailingSource {
  readonly make: () => unknown;
  readonly fails: string;
  /** Plain node finds the fault before it opens the file. */
  readonly isFoundEarly?: boolean;
}

const FAILING_SOURCES: Readonly<Record<string, FailingSource>> = {
  'an async generator that throws': { make: () => throwingLater(['half']), fails: 'RangeError' },
  'an async generator that throws at once': { make: () => throwingLater([]), fails: 'RangeError' },
  'a generator that throws': { make: () => throwing(), fails: 'RangeError' },
  'a Readable that fails': { make: () => Readable.from(throwingLater(['half'])), fails: 'RangeError' },
  'an array with a number in it': { make: () => ['text', 42], fails: 'ERR_INVALID_ARG_TYPE' },
  'an array with null in it': { make: () => ['text', null], fails: 'ERR_INVALID_ARG_TYPE' },
  'an array with an object in it': { make: () => ['text', {}], fails: 'ERR_INVALID_ARG_TYPE' },
  'an iterable whose iterator is none': { make: () => ({ [Symbol.iterator]: () => 42 }), fails: 'TypeError' },
  'an iterable whose method is none': {
    make: () => ({ [Symbol.iterator]: 42 }),
    fails: 'ERR_INVALID_ARG_TYPE',
    isFoundEarly: true,
  },
  'an iterable whose method throws': { make: () => ({ [Symbol.asyncIterator]: fail }), fails: 'RangeError' },
  'an iterable whose next throws': { make: () => ({ [Symbol.iterator]: () => ({ next: fail }) }), fails: 'RangeError' },
};

function fail(): never {
  throw new RangeError('the source failed');
}

async function* throwingLater(texts: readonly string[]): AsyncGenerator<string> {
  for (const text of texts) yield await Promise.resolve(text);
  fail();
}

function* throwing(): Generator<string> {
  yield 'half';
  fail();
}

/** A source that notes what is taken from it, and whether it is closed. */
async function* noting(
  journal: Journal,
  values: readonly unknown[],
  taken: (value: unknown) => void = () => {},
): AsyncGenerator {
  try {
    for (const value of values) {
      journal.add('taken', value);
      taken(value);
      yield await Promise.resolve(value);
    }
    journal.add('exhausted');
  } finally {
    journal.add('closed');
  }
}

const REASONS: Readonly<Record<string, unknown>> = {
  'no reason': undefined,
  'an Error for a reason': new RangeError('enough'),
  'a string for a reason': 'because',
};

function withOld({ base, at }: World): void {
  base.writeFileSync(at('target'), 'old content, longer than the new');
}

for (const backend of REAL_BACKENDS) {
  describe(`sources that fail, ${backend.name}`, () => {
    for (const [title, { make, fails, isFoundEarly = false }] of Object.entries(FAILING_SOURCES)) {
      const unlike = isFoundEarly ? undefined : failureKeepsOldContent;

      it(`${title} fails as with plain node, and keeps the old content`, () =>
        callsAlike(backend, promise, 'writeFile', ({ at }) => [at('target'), make()], {
          before: withOld,
          fails,
          unlike,
        }));

      it(`${title} fails as with plain node, and makes no file`, () =>
        callsAlike(backend, promise, 'writeFile', ({ at }) => [at('target'), make()], { fails, unlike }));

      it(`${title} fails as with plain node when appended`, () =>
        callsAlike(backend, promise, 'appendFile', ({ at }) => [at('target'), make()], { before: withOld, fails }));
    }

    it('a generator that yields what is no data is closed', () =>
      expectSame(backend, {
        before: withOld,
        fails: 'ERR_INVALID_ARG_TYPE',
        unlike: failureKeepsOldContent,
        act: ({ fs, at }) => writeFrom(['text', 42, 'never reached'], fs, at('target')),
      }));

    it('a stream that yields what is no data is destroyed', () =>
      expectSame(backend, {
        before: withOld,
        fails: 'ERR_INVALID_ARG_TYPE',
        unlike: failureKeepsOldContent,
        act: async ({ fs, at }) => {
          const source = Readable.from(['text', 42, 'more']);
          const outcome = await outcomeOf(promise, fs, 'writeFile', at('target'), source);
          return [outcome, source.destroyed];
        },
      }));

    it('nothing is taken from a source whose file cannot be opened', () =>
      expectSame(backend, {
        fails: 'ENOENT',
        act: ({ fs, at }) => writeFrom(['one', 'two'], fs, at('missing', 'file')),
      }));
  });

  describe(`aborts on the way, ${backend.name}`, () => {
    for (const [title, reason] of Object.entries(REASONS)) {
      it(`a write from a generator stops at an abort with ${title} and keeps the old content`, () =>
        expectSame(backend, {
          before: withOld,
          fails: 'ABORT_ERR',
          unlike: failureKeepsOldContent,
          act: ({ fs, at }) => {
            const controller = new AbortController();
            const taken = (value: unknown): void => (value === 'two' ? controller.abort(reason) : undefined);
            return writeFrom(['one', 'two', 'three'], fs, at('target'), { signal: controller.signal }, taken);
          },
        }));
    }

    it('an abort after the end changes nothing', () =>
      expectSame(backend, {
        before: withOld,
        act: async ({ fs, at }) => {
          const controller = new AbortController();
          const { signal } = controller;
          const outcome = await outcomeOf(promise, fs, 'writeFile', at('target'), ['one'], { signal });
          controller.abort();
          return outcome;
        },
      }));

    for (const flavour of FLAVOURS.filter(({ name }) => name !== 'sync')) {
      it(`a long write, ${flavour.name}, that is aborted at once fails and keeps the old content`, () =>
        expectSame(backend, {
          before: withOld,
          fails: 'ABORT_ERR',
          unlike: failureKeepsOldContent,
          act: ({ fs, at }) => {
            const controller = new AbortController();
            const { signal } = controller;
            const bytes = Buffer.alloc(4 * 1024 * 1024);
            const writing = outcomeOf(flavour, fs, 'writeFile', at('target'), bytes, { signal });
            controller.abort(new RangeError('enough'));
            return writing;
          },
        }));
    }
  });
}

/** Writes from a source that notes what happens to it. */
async function writeFrom(
  values: readonly unknown[],
  fs: World['fs'],
  path: string,
  options?: unknown,
  taken?: (value: unknown) => void,
): Promise<Journal> {
  const journal = new Journal();
  journal.add('outcome', await outcomeOf(promise, fs, 'writeFile', path, noting(journal, values, taken), options));
  return journal;
}
