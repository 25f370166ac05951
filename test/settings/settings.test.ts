// Options, checked and completed.

import { expect } from 'chai';
import { inspect } from 'node:util';
import { nodeFs } from '../../src/ground/node-fs';
import { type Options, completeSettings, switchedOff } from '../../src/settings/settings';
import { nextUncaught } from '../support/uncaught';

const WARNING = { code: 'INTACT_UNPROTECTED', message: 'a message', path: '/path' };

/** Settings from one source. */
function settingsOf(options: unknown): ReturnType<typeof completeSettings> {
  return completeSettings([{ name: 'options', options }]);
}

function complaintAbout(options: unknown): { code: string; message: string } {
  try {
    settingsOf(options);
  } catch (error) {
    return error as NodeJS.ErrnoException & { code: string };
  }
  throw new Error('nothing was wrong');
}

describe('completeSettings()', () => {
  it('gives every option its default', () => {
    const { warn, ...rest } = completeSettings([]);
    expect(rest).to.deep.equal({ durability: 'durable', rules: [], onExit: undefined, append: 'native', off: false });
    expect(warn).to.be.a('function');
  });

  it('lets a later source win, key by key', () => {
    const settings = completeSettings([
      { name: 'weak', options: { durability: 'process', onExit: 'discard', rules: [{ match: 'a' }] } },
      { name: 'strong', options: { durability: 'consistent', rules: [{ match: 'b' }] } },
    ]);
    expect(settings).to.deep.include({ durability: 'consistent', onExit: 'discard' });
    expect(settings.rules.map(({ match }) => match)).to.deep.equal([['b']]);
  });

  it('takes an undefined value for none', () => {
    const settings = completeSettings([
      { name: 'weak', options: { durability: 'process' } },
      { name: 'strong', options: { durability: undefined } },
    ]);
    expect(settings.durability).to.equal('process');
  });

  it('freezes what it makes and leaves what it was given', () => {
    const options: Options = { rules: [{ match: ['*.a', '*.b'], plan: 'native' }], onExit: 'publish' };
    const copy = structuredClone(options);
    const settings = settingsOf(options);
    expect(options).to.deep.equal(copy);
    for (const part of [settings, settings.rules, settings.rules[0], settings.rules[0]!.match])
      expect(Object.isFrozen(part)).to.equal(true);
  });

  it('can be switched off without another change', () => {
    const settings = settingsOf({ durability: 'process' });
    expect(switchedOff(settings)).to.deep.equal({ ...settings, off: true });
    expect(settings.off).to.equal(false);
  });

  it("calls a function given as 'warn', and says nothing where it is false", () => {
    const seen: unknown[] = [];
    settingsOf({ warn: (given: unknown) => seen.push(given) }).warn(WARNING);
    settingsOf({ warn: false }).warn(WARNING);
    expect(seen).to.deep.equal([WARNING]);
  });

  it('keeps what that function throws away from the write, as an exception that nobody has caught', async () => {
    const { warn } = settingsOf({
      warn: () => {
        throw new Error('from the function');
      },
    });
    const uncaught = nextUncaught();
    warn(WARNING);
    expect(await uncaught).to.have.property('message', 'from the function');
  });

  it('prints the warning during exit, when node has no ticks left, and does not mind that nobody reads it', () => {
    const { warn } = settingsOf({ warn: true });
    const printed: unknown[] = [];
    const { writeSync } = nodeFs;
    Reflect.set(process, '_exiting', true);
    try {
      nodeFs.writeSync = (...args: unknown[]) => printed.push(args);
      warn(WARNING);
      nodeFs.writeSync = () => {
        throw Object.assign(new Error('EPIPE: broken pipe, write'), { code: 'EPIPE' });
      };
      warn(WARNING);
    } finally {
      Reflect.set(process, '_exiting', false);
      nodeFs.writeSync = writeSync;
    }
    const text = `(node:${process.pid}) [INTACT_UNPROTECTED] FsIntactWarning: a message\n`;
    expect(printed).to.deep.equal([[2, text]]);
  });

  it("emits a process warning with its code where 'warn' is true", () => {
    const emitted: unknown[] = [];
    const original = Object.getOwnPropertyDescriptor(process, 'emitWarning')!;
    process.emitWarning = (...args: unknown[]) => void emitted.push(args);
    try {
      settingsOf({ warn: true }).warn(WARNING);
    } finally {
      Object.defineProperty(process, 'emitWarning', original);
    }
    expect(emitted).to.deep.equal([['a message', { type: 'FsIntactWarning', code: 'INTACT_UNPROTECTED' }]]);
  });

  const GOOD: readonly Options[] = [
    {},
    ...(['process', 'consistent', 'durable'] as const).map((durability) => ({ durability })),
    ...(['publish', 'discard'] as const).map((onExit) => ({ onExit })),
    ...(['native', 'copy'] as const).map((append) => ({ append })),
    ...[true, false, () => {}].map((warn) => ({ warn })),
    { rules: [] },
    { rules: [{ match: '*' }] },
  ];

  for (const options of GOOD) {
    it(`takes ${JSON.stringify(options)}`, () => {
      expect(() => settingsOf(options)).to.not.throw();
    });
  }

  /** Options, and what the complaint must name beside its source. */
  const BAD: readonly [unknown, readonly string[]][] = [
    [{ durability: 'eternal' }, ['durability', "'eternal'", "'process', 'consistent', 'durable'"]],
    [{ durability: true }, ['durability', 'true', "'process'"]],
    [{ durability: null }, ['durability', 'null']],
    [{ onExit: 'keep' }, ['onExit', "'keep'", "'publish', 'discard'"]],
    [{ append: {} }, ['append', '{}', "'native', 'copy'"]],
    [{ warn: 'yes' }, ['warn', "'yes'", 'true, false, a function']],
    [{ rules: {} }, ['rules', '{}', 'an array']],
    [{ rules: 'x' }, ['rules', "'x'", 'match, plan, durability, append, publishIdleMs']],
    [{ Durability: 'durable' }, ["'Durability'", "'durable'", 'durability, rules, onExit, append, warn']],
    [{ off: true }, ["'off'", 'true']],
    [{ toString: () => '' }, ["'toString'", 'a function']],
    [null, ['null', 'durability, rules, onExit, append, warn']],
    ['durable', ["'durable'", 'durability, rules']],
    [[], ['[]', 'an object']],
    [7, ['7']],
  ];

  for (const [options, mentions] of BAD) {
    it(`complains of ${inspect(options)}`, () => {
      const { code, message } = complaintAbout(options);
      expect(code).to.equal('ERR_INTACT_OPTION');
      for (const mention of ['options', ...mentions]) expect(message).to.include(mention);
    });
  }

  it('names the source that is to blame', () => {
    const sources = [
      { name: 'the first', options: { durability: 'process' } },
      { name: 'the second', options: { durability: 'x' } },
    ];
    expect(() => completeSettings(sources)).to.throw(/^the second: durability is 'x'; allowed: 'process'/);
  });
});
