// The two runners, and what they owe to the steps that they run.

import { expect } from 'chai';
import { type Host, hostOf } from '../../src/steps/host';
import { nodeFs } from '../../src/ground/node-fs';
import { runCallback, runPromise, runSync } from '../../src/steps/run';
import { type Steps, atOnce, readdir, refused, stat, unlink, wait } from '../../src/steps/step';
import { nextUncaught } from '../support/uncaught';

const real = hostOf(nodeFs);

/** A host whose calls answer what they are told to, in both flavours. */
function hostWith(calls: Readonly<Record<string, (...args: unknown[]) => unknown>>): Host {
  const callback = Object.fromEntries(
    Object.entries(calls).map(([name, call]) => [
      name,
      (...args: unknown[]) => {
        const done = args.pop() as (error: unknown, value?: unknown) => void;
        setImmediate(() => {
          try {
            done(null, call(...args));
          } catch (error) {
            done(error);
          }
        });
      },
    ]),
  );
  return { sync: calls, callback } as unknown as Host;
}

/** The runners as one kind of function. */
const RUNNERS: Readonly<Record<string, <R>(steps: Steps<R>, host: Host) => Promise<R>>> = {
  // Async, so that a throw is a rejection here.
  runSync: async (steps, host) => runSync(steps, host),
  runCallback: (steps, host) =>
    new Promise((resolve, reject) => {
      runCallback(steps, host, resolve, reject);
    }),
  runPromise: (steps, host) => runPromise(steps, host),
};

function failureOf(steps: Promise<unknown>): Promise<unknown> {
  return steps.then(
    () => expect.fail('it did not fail'),
    (error: unknown) => error,
  );
}

function* readTwice(): Steps<string> {
  const [first] = yield* readdir('/a');
  const [second] = yield* readdir(`/${first}`);
  return `${first} ${second}`;
}

function* unlinkAndCleanUp(): Steps<string> {
  try {
    yield* unlink('/a');
  } catch (error) {
    return `handled ${(error as Error).message}`;
  } finally {
    yield* readdir('/cleanup');
  }
  return 'not reached';
}

function* refuseThenRead(): Steps<unknown> {
  yield* refused(new Error('refused'));
  return yield* readdir('/');
}

const MANY = 20_000;

function* readManyTimes(): Steps<number> {
  let count = 0;
  for (; count < MANY; count++) yield* atOnce(readdir('/'));
  return count;
}

function* statAndTell(): Steps<string> {
  try {
    yield* stat('/a');
    return 'not reached';
  } catch (error) {
    return (error as Error).message;
  }
}

function* waitTwice(): Steps<string> {
  const kept = yield* wait(Promise.resolve('kept'));
  try {
    yield* wait(Promise.reject(new Error('broken')));
  } catch (error) {
    return `${kept}, ${(error as Error).message}`;
  }
  return 'not reached';
}

for (const [title, run] of Object.entries(RUNNERS)) {
  describe(`${title}()`, () => {
    it('makes each call with its arguments and goes on with its answer', async () => {
      const host = hostWith({ readdir: (path) => [`below ${String(path)}`] });
      expect(await run(readTwice(), host)).to.equal('below /a below /below /a');
    });

    it('throws the failure of a call where the call stands, so that the steps can handle it', async () => {
      const seen: unknown[] = [];
      const host = hostWith({
        unlink: () => {
          throw new Error('EIO');
        },
        readdir: (path) => seen.push(path),
      });
      expect(await run(unlinkAndCleanUp(), host)).to.equal('handled EIO');
      expect(seen).to.deep.equal(['/cleanup']);
    });

    it('ends with what the steps throw, whatever it is', async () => {
      for (const thrown of [new Error('own'), undefined, null, 'text', Symbol('s')])
        expect(await failureOf(run(refused(thrown), real))).to.equal(thrown);
    });

    it('makes no call for steps that fail before the first', async () => {
      const host = hostWith({ readdir: () => expect.fail('a call was made') });
      expect(await failureOf(run(refuseThenRead(), host))).to.have.property('message', 'refused');
    });

    it('runs very many steps without running out of stack', async () => {
      expect(await run(readManyTimes(), hostWith({ readdir: () => [] }))).to.equal(MANY);
    });
  });
}

describe('runSync()', () => {
  it('cannot wait, and says so to the steps, which end', () => {
    let isCleanedUp = false;
    function* steps(): Steps<void> {
      try {
        yield* wait(Promise.resolve());
      } finally {
        isCleanedUp = true;
      }
    }
    expect(() => runSync(steps(), real)).to.throw(TypeError);
    expect(isCleanedUp).to.equal(true);
  });
});

describe('runCallback()', () => {
  it('issues the first call before it returns', () => {
    let isIssued = false;
    const host = { sync: {}, callback: { readdir: () => (isIssued = true) } } as unknown as Host;
    runCallback(
      readdir('/'),
      host,
      () => {},
      () => {},
    );
    expect(isIssued).to.equal(true);
  });

  it('takes a call that throws at once for one that fails', async () => {
    const host = {
      callback: {
        stat: () => {
          throw new Error('bad argument');
        },
      },
    } as unknown as Host;
    expect(await runPromise(statAndTell(), host)).to.equal('bad argument');
  });

  for (const [title, steps, host] of [
    ['a result', readdir('/'), { callback: { readdir: (_: string, done: (error: null) => void) => done(null) } }],
    ['a failure', refused(new Error('refused')), {}],
  ] as const) {
    it(`calls back once with ${title}, also where the host calls back at once and the callback throws`, () => {
      let calls = 0;
      const callback = (): void => {
        calls++;
        throw new Error("the caller's own");
      };
      expect(() => runCallback<unknown>(steps, host as unknown as Host, callback, callback)).to.throw(
        "the caller's own",
      );
      expect(calls).to.equal(1);
    });
  }

  it('leaves what the callback throws to the process, as an exception that nobody has caught', async () => {
    const uncaught = nextUncaught();
    let failures = 0;
    runCallback(
      readdir('/'),
      real,
      () => {
        throw new Error("the caller's own");
      },
      () => failures++,
    );
    expect(await uncaught).to.have.property('message', "the caller's own");
    expect(failures).to.equal(0);
  });

  it('waits for what the caller has promised, kept or broken', async () => {
    expect(await runPromise(waitTwice(), real)).to.equal('kept, broken');
  });
});
