// Signals and listeners: a program must not be able to tell by them that the hook is there.

import { expect } from 'chai';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type ChildResult, runProgram } from '../support/child';
import { CALL } from '../support/child-programs';
import { inParallel } from '../support/in-parallel';
import { stagedIn, useTemporaryDirectory } from '../support/temporary-directory';

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** What a program has pending when the signal comes; it ends with a call of `ready()`. */
interface State {
  readonly title: string;
  readonly program: string;
}

const STATES: readonly State[] = [
  { title: 'nothing pending', program: 'ready();' },
  { title: 'a file open', program: "fs.writeSync(fs.openSync(target, 'w'), 'new'); ready();" },
  { title: 'a stream open', program: "fs.createWriteStream(target).write('new', ready);" },
  {
    title: 'writes under way',
    program: "const again = () => fs.writeFile(target, 'new'.repeat(100_000), again); again(); setImmediate(ready);",
  },
];

describe('signals', function () {
  this.timeout(30_000);
  const at = useTemporaryDirectory();

  for (const signal of SIGNALS) {
    it(`${signal} ends a process that does not handle it, with and without the hook`, async () => {
      await inParallel(onBothSides(STATES), async ({ program, title, hook }) => {
        const child = await signalled(at(`${title}-${hook}`), signal, program, hook);
        expect(child, title).to.deep.include({ code: null, signal, stderr: '' });
      });
    });

    it(`${signal} is handled exactly once by a process that handles it, with and without the hook`, async () => {
      await inParallel(onBothSides(STATES), async ({ program, title, hook }) => {
        // A second delivery would come before these turns of the event loop are over.
        const handler = `
          process.on('${signal}', () => {
            console.log('handled');
            let turns = 20;
            const leave = () => turns-- > 0 ? setImmediate(leave) : process.exit(7);
            leave();
          });`;
        const child = await signalled(at(`${title}-${hook}`), signal, handler + program, hook);
        expect(child, title).to.deep.include({ code: 7, signal: null, stdout: 'ready\nhandled\n', stderr: '' });
      });
    });
  }

  it('leave the old content and a leftover where nobody handles them, and nothing staged where somebody exits', async () => {
    const open = STATES[1]!.program;
    await signalled(at('killed'), 'SIGTERM', open, true);
    expect(readFileSync(at('killed', 'target'), 'utf8')).to.equal('old');
    expect(stagedIn(at('killed')).length).to.equal(1);
    await signalled(at('handled'), 'SIGTERM', `process.on('SIGTERM', () => process.exit(1)); ${open}`, true);
    expect(readFileSync(at('handled', 'target'), 'utf8')).to.equal('old');
    expect(stagedIn(at('handled'))).to.deep.equal([]);
  });
});

/** Runs a program until it is ready, and sends it a signal. */
function signalled(directory: string, signal: NodeJS.Signals, program: string, hook: boolean): Promise<ChildResult> {
  mkdirSync(directory);
  writeFileSync(`${directory}/target`, 'old');
  let isSent = false;
  return runProgram(
    `const fs = require('node:fs');
     const target = process.argv[1];
     const ready = () => { console.log('ready'); setInterval(() => {}, 1000); };
     ${program}`,
    {
      hook,
      programArguments: [`${directory}/target`],
      printed: (_, pid) => {
        if (!isSent) process.kill(pid, signal);
        isSent = true;
      },
    },
  );
}

function onBothSides(states: readonly State[]): (State & { hook: boolean })[] {
  return states.flatMap(({ title, program }) => [true, false].map((hook) => ({ title, program, hook })));
}

/** Prints how many listeners process has: for each event that it has any for, and for the usual ones. */
const COUNTED = `
  const fs = require('node:fs');
  const target = process.argv[1];
  const EVENTS = ['exit', 'beforeExit', 'uncaughtException', 'uncaughtExceptionMonitor', 'unhandledRejection',
    'rejectionHandled', 'warning', 'message', 'disconnect', 'worker', 'newListener', 'removeListener',
    ...Object.keys(require('node:os').constants.signals)];
  const counts = () => {
    const names = new Set([...EVENTS, ...process.eventNames()]);
    return JSON.stringify([...names].map((name) => [String(name), process.listenerCount(name), process.listeners(name).length]));
  };
  const exits = () => process.listenerCount('exit');
  const print = (value) => console.log(value);
  ${CALL}
`;

describe('listeners on process', function () {
  this.timeout(30_000);
  const at = useTemporaryDirectory();

  it('are the same with and without the hook, before any write and after many', async () => {
    const program = `${COUNTED}
      (async () => {
        print(counts());
        fs.writeFileSync(target, 'a');
        await call(fs.writeFile, target, 'b');
        await fs.promises.writeFile(target, 'c');
        const fd = fs.openSync(target, 'w'); fs.writeSync(fd, 'd'); fs.closeSync(fd);
        const handle = await fs.promises.open(target, 'w'); await handle.write('e'); await handle.close();
        await new Promise((resolve) => fs.createWriteStream(target).end('f').on('close', resolve));
        // Waited for: plain node's copyFile now and then never ends while somebody else empties the file.
        await new Promise((resolve) => fs.createWriteStream(target).on('close', resolve).destroy());
        await call(fs.copyFile, target, target + '-copy');
        await fs.promises.writeFile(target, 'g', { signal: AbortSignal.abort() }).catch(() => {});
        await new Promise((resolve) => setImmediate(resolve));
        print(counts());
      })();`;
    const [hooked, plain] = await Promise.all(
      [true, false].map((hook) => runProgram(program, { hook, programArguments: [at(`target-${hook}`)] })),
    );
    expect(hooked!.stderr).to.equal('');
    expect(hooked!.stdout).to.equal(plain!.stdout);
    const [before, after] = hooked!.stdout.trim().split('\n');
    expect(after).to.equal(before);
  });

  it("are one for 'exit' while anything is pending, however much, and none after", async () => {
    const seen = await printedNumbers(`
      (async () => {
        print(exits());
        const a = fs.openSync(target, 'w'); print(exits());
        const b = fs.openSync(target + '-b', 'w'); print(exits());
        const handle = await fs.promises.open(target + '-c', 'w'); print(exits());
        const stream = fs.createWriteStream(target + '-d');
        await new Promise((resolve) => stream.write('d', resolve)); print(exits());
        fs.closeSync(a); print(exits());
        await call(fs.close, b); print(exits());
        await handle.close(); print(exits());
        await new Promise((resolve) => stream.end(resolve)); print(exits());
      })();`);
    expect(seen).to.deep.equal([0, 1, 1, 1, 1, 1, 1, 1, 0]);
  });

  it("are none for 'exit' after a write that failed, was aborted or was destroyed", async () => {
    const seen = await printedNumbers(`
      (async () => {
        const controller = new AbortController();
        const writing = fs.promises.writeFile(target, (async function* () { yield 'a'; controller.abort(); yield 'b'; })(),
          { signal: controller.signal });
        await writing.catch(() => {}); print(exits());
        await fs.promises.writeFile(target, (async function* () { yield 'a'; throw new Error('mine'); })()).catch(() => {});
        print(exits());
        const stream = fs.createWriteStream(target).on('error', () => {});
        await new Promise((resolve) => stream.write('a', resolve)); print(exits());
        stream.destroy();
        await new Promise((resolve) => stream.on('close', resolve)); print(exits());
        await call(fs.writeFile, target + '/nowhere/file', 'a').catch(() => {}); print(exits());
      })();`);
    expect(seen).to.deep.equal([0, 0, 1, 0, 0]);
  });

  it("are one for 'exit' in the middle of an asynchronous write of a whole file", async () => {
    const seen = await printedNumbers(`
      (async () => {
        let during;
        await fs.promises.writeFile(target, (async function* () { yield 'a'; during = exits(); yield 'b'; })());
        print(during); print(exits());
      })();`);
    expect(seen).to.deep.equal([1, 0]);
  });

  async function printedNumbers(program: string): Promise<number[]> {
    const { stdout, stderr } = await runProgram(COUNTED + program, { programArguments: [at('target')] });
    expect(stderr).to.equal('');
    return stdout.trim().split('\n').map(Number);
  }
});
