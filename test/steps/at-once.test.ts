// Steps that are made synchronously even where the others are not.

import { expect } from 'chai';
import type { Host } from '../../src/steps/host';
import { runCallback, runPromise, runSync } from '../../src/steps/run';
import { type Steps, atOnce, canWait, fstat, fsync, unlink, wait } from '../../src/steps/step';
import { oneTurn } from '../support/event-loop';

/** A host that notes its calls; those that are told to fail do so in both flavours. */
function notingHost(failing = ''): { host: Host; calls: string[] } {
  const calls: string[] = [];
  const note = (flavour: string, name: string): void => {
    calls.push(`${flavour} ${name}`);
    if (name === failing) throw new Error(`${name} fails`);
  };
  const inFlavour = (flavour: string, end: (done: () => void, args: unknown[]) => unknown): unknown =>
    new Proxy(
      {},
      {
        get:
          (_, name) =>
          (...args: unknown[]) =>
            end(() => note(flavour, String(name)), args),
      },
    );
  const host = { sync: inFlavour('sync', (make) => make()), callback: inFlavour('callback', answerLater) };
  return { host: host as Host, calls };
}

/** Answers as a callback function does, in a later turn of the event loop. */
function answerLater(make: () => void, args: unknown[]): void {
  const done = args.at(-1) as (error: unknown) => void;
  setImmediate(() => {
    try {
      make();
    } catch (error) {
      return done(error);
    }
    return done(null);
  });
}

function* story(): Steps<string> {
  yield* fsync(1);
  yield* atOnce(pair());
  yield* fsync(1);
  return 'end';
}

function* pair(): Steps<void> {
  yield* fstat(1);
  try {
    yield* unlink('name');
  } catch {
    yield* unlink('other');
  }
}

describe('atOnce', () => {
  it('makes its calls synchronously in the callback runner, one straight after the other, and no others', async () => {
    const { host, calls } = notingHost();
    expect(await runPromise(story(), host)).to.equal('end');
    expect(calls).to.deep.equal(['callback fsync', 'sync fstat', 'sync unlink', 'callback fsync']);
  });

  it('lets nothing else run between its calls', async () => {
    const { host, calls } = notingHost();
    const other = setInterval(() => calls.push('other'), 0);
    const reacting = runPromise(story(), host).finally(() => clearInterval(other));
    void Promise.resolve().then(() => calls.push('reaction'));
    await reacting;
    const index = calls.indexOf('sync fstat');
    expect(calls[index + 1]).to.equal('sync unlink');
  });

  it('throws what fails into its steps', async () => {
    const { host, calls } = notingHost('unlink');
    const error = await runPromise(story(), host).catch((thrown: unknown) => thrown);
    expect(String(error)).to.equal('Error: unlink fails');
    expect(calls).to.deep.equal(['callback fsync', 'sync fstat', 'sync unlink', 'sync unlink']);
  });

  it('changes nothing in the synchronous runner', () => {
    const { host, calls } = notingHost();
    expect(runSync(story(), host)).to.equal('end');
    expect(calls).to.deep.equal(['sync fsync', 'sync fstat', 'sync unlink', 'sync fsync']);
  });
});

function looking(): Steps<unknown> {
  return fstat(1);
}

/** Asks before and after a call. */
function* asking(call: () => Steps<unknown>): Steps<boolean[]> {
  const before = canWait();
  yield* call();
  return [before, canWait()];
}

describe('canWait', () => {
  it('is true where the event loop turns between steps, and false where it does not, and outside of steps', async () => {
    const { host } = notingHost();
    expect(runSync(asking(looking), host)).to.deep.equal([false, false]);
    expect(await runPromise(asking(looking), host)).to.deep.equal([true, true]);
    expect(canWait()).to.equal(false);
  });

  it('is told apart where one kind of steps begins within the other', async () => {
    const { host } = notingHost();
    const inner: Promise<boolean[]>[] = [];
    const withAsynchronous = (): Steps<unknown> => {
      inner.push(runPromise(asking(looking), host));
      return fstat(1);
    };
    expect(runSync(asking(withAsynchronous), host)).to.deep.equal([false, false]);
    const withSynchronous = (): Steps<unknown> => {
      expect(runSync(asking(looking), host)).to.deep.equal([false, false]);
      return atOnce(fstat(1));
    };
    expect(await runPromise(asking(withSynchronous), host)).to.deep.equal([true, true]);
    expect(await Promise.all(inner)).to.deep.equal([[true, true]]);
  });

  it('is restored by steps that fail', async () => {
    const { host } = notingHost('fstat');
    expect(() => runSync(asking(looking), host)).to.throw('fstat fails');
    const within: boolean[] = [];
    const catching = function* (): Steps<void> {
      expect(() => runSync(asking(looking), host)).to.throw('fstat fails');
      within.push(canWait());
      yield* fstat(1);
    };
    const error = await runPromise(asking(catching), host).catch(String);
    expect(error).to.equal('Error: fstat fails');
    expect(within).to.deep.equal([true]);
    expect(canWait()).to.equal(false);
  });
});

function* waiting(promise: Promise<string>): Steps<string> {
  return yield* wait(promise);
}

describe('wait', () => {
  it('goes on with what it waited for, or throws it', async () => {
    const { host } = notingHost();
    expect(await runPromise(waiting(Promise.resolve('value')), host)).to.equal('value');
    const reason = await runPromise(waiting(Promise.reject(new Error('no'))), host).catch(String);
    expect(reason).to.equal('Error: no');
  });

  it('goes on from a tick of its own, where what is thrown is an uncaught exception', async () => {
    const { host } = notingHost();
    const order: string[] = [];
    runCallback(
      waiting(Promise.resolve('')),
      host,
      () => order.push('went on'),
      () => {},
    );
    const reaction = Promise.resolve().then(() => Promise.resolve().then(() => order.push('reactions')));
    await oneTurn();
    await reaction;
    expect(order).to.deep.equal(['reactions', 'went on']);
  });
});
