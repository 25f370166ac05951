// The forms that the build gives functions for synchronous callers: they do what the functions do.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { replaceFile } from '../../src/protocol/replace-file';
import type { Host } from '../../src/steps/host';
import type * as runModule from '../../src/steps/run';
import { type Steps, noSteps } from '../../src/steps/step';

const STEPS = dirname(require.resolve('../../src/steps/step'));

/** As the compiler writes it. */
const SAMPLE = `"use strict";
const run_1 = require("../steps/run");
const step_1 = require("../steps/step");
const other_1 = require("./other");
const host = globalThis.sampleHost;
exports.begin = (...args) => (0, run_1.callSync)(host, all, ...args);
exports.all = all;
class Method {
    *steps(fd) { return yield* (0, step_1.fstat)(fd); }
}
function* all(fd, shadowing) {
    const results = [yield* (0, step_1.open)(yield* (0, step_1.readlink)('name'), 0), yield* plain(fd), yield* plain(0)];
    results.push(yield* new Method().steps(fd), yield* (0, other_1.foreign)(fd), yield* passing(fd), yield* shadowed(shadowing));
    for (const piece of pieces())
        results.push(yield* (0, step_1.read)(piece));
    const inner = function* () { return yield* (0, step_1.unlink)('inner'); };
    results.push(yield* inner(), yield* trying(fd), yield* caught(fd));
    return results;
}
function plain(fd, flags = [fd].map((one) => { return one + 1; })[0]) {
    if (fd === 0)
        return step_1.noSteps;
    return fd > 5 ? (0, step_1.fsync)(fd, flags) : other_1.foreign(fd);
}
function passing(fd) {
    const later = (n) => { return (0, step_1.close)(n); };
    return later(fd);
}
function* shadowed(plain) {
    return yield* plain('shadow');
}
function* pieces() {
    yield 1;
    yield 2;
}
function trying(fd) {
    try {
        return (0, step_1.stat)('trying' + fd);
    }
    catch {
        return undefined;
    }
}
function* caught(fd) {
    try {
        yield* (0, step_1.rename)('fails', 'fails');
    }
    catch (error) {
        yield* (0, step_1.lstat)(error.message);
    }
    finally {
        yield* (0, step_1.ftruncate)(fd, 0);
    }
    return 'caught';
}
//# sourceMappingURL=sample.js.map`;

const OTHER = `"use strict";
const step_1 = require("../steps/step");
exports.foreign = foreign;
exports.uncalled = uncalled;
function* foreign(fd) {
    return (yield* (0, step_1.fchmod)(fd, 0)) + '!';
}
function* uncalled() { yield* foreign(1); }
`;

interface Sample {
  readonly begin: (...args: unknown[]) => unknown;
  readonly all: (...args: unknown[]) => Steps<unknown>;
}

describe('Synchronous forms', () => {
  let directory: string;
  let calls: string[];

  /** Makes the forms, as the build does. */
  function make(): string {
    execFileSync(process.execPath, ['scripts/synchronous-forms.mjs', directory]);
    return readFileSync(join(directory, 'protocol/sample.js'), 'utf8');
  }

  before(() => {
    // In the project, so that nothing is missing.
    directory = mkdtempSync(join(dirname(STEPS), 'forms-'));
    cpSync(STEPS, join(directory, 'steps'), { recursive: true });
    mkdirSync(join(directory, 'protocol'));
    writeFileSync(join(directory, 'protocol/sample.js'), SAMPLE);
    writeFileSync(join(directory, 'protocol/other.js'), OTHER);
  });

  after(() => rmSync(directory, { recursive: true, force: true }));

  beforeEach(() => {
    calls = [];
  });

  const host = {
    sync: new Proxy(
      {},
      {
        get:
          (_, name) =>
          (...args: unknown[]) => {
            calls.push(`${String(name)}(${args.join()})`);
            if (args[0] === 'fails') throw new Error('failed');
            return `${String(name)}${calls.length}`;
          },
      },
    ),
  } as Host;

  it('make the calls of the generators in their order, with their results', () => {
    (globalThis as { sampleHost?: Host }).sampleHost = host;
    make();
    const { begin, all } = require(join(directory, 'protocol/sample.js')) as Sample;
    const { runSync } = require(join(directory, 'steps/run.js')) as typeof runModule;
    const shadowing = (): Steps<unknown> => all(7, () => noSteps);
    for (const fd of [3, 9]) {
      calls = [];
      const expected = { result: runSync(all(fd, shadowing), host), calls };
      calls = [];
      expect({ result: begin(fd, shadowing), calls }).to.deep.equal(expected);
      expect(calls).to.include.members(['rename(fails,fails)', 'lstat(failed)', `stat(trying${fd})`, 'unlink(inner)']);
    }
  });

  it('are made for what is called by its name, and can be', () => {
    const formed = Array.from(make().matchAll(/^(\w+)\.sync = /gm), ([, name]) => name);
    expect(formed).to.have.members(['all', 'plain', 'passing', 'shadowed', 'caught']);
    const others = readFileSync(join(directory, 'protocol/other.js'), 'utf8').matchAll(/^(\w+)\.sync = /gm);
    expect(Array.from(others, ([, name]) => name)).to.have.members(['foreign']);
  });

  it('are made anew, after a text that stays as it was', () => {
    const text = make();
    expect(make()).to.equal(text);
    expect(text.startsWith(SAMPLE)).to.equal(true);
  });

  it('go where nobody asks for them any more', () => {
    const path = join(directory, 'protocol/sample.js');
    make();
    writeFileSync(path, readFileSync(path, 'utf8').replace('run_1.callSync', 'run_1.runSync'));
    expect(make()).to.equal(SAMPLE.replace('run_1.callSync', 'run_1.runSync'));
    expect(readFileSync(join(directory, 'protocol/other.js'), 'utf8')).to.equal(OTHER);
  });

  it('are there for writes', () => {
    expect(replaceFile).to.have.property('sync').that.is.a('function');
    expect(readFileSync('dist/behind.js', 'utf8')).to.match(/^\s*replaceFile\.sync = function/m);
  });
});
