// Rules as callers write them.

import { expect } from 'chai';
import { readRules } from '../../src/settings/rules';

describe('readRules()', () => {
  it('completes a rule', () => {
    expect(readRules([{ match: '*.db' }], 'here')).to.deep.equal([
      { match: ['*.db'], plan: 'replace', durability: undefined, append: undefined, publishIdleMs: undefined },
    ]);
  });

  it('keeps what is said, in the order in which it is said', () => {
    const rules = [
      { match: ['/a/**', 'b'], plan: 'in-place', durability: 'process', append: 'copy', publishIdleMs: 1 },
      { match: ['!**/c'], plan: 'native', durability: 'durable', append: 'native', publishIdleMs: 2 ** 31 - 1 },
    ];
    expect(readRules(rules, 'here')).to.deep.equal(rules);
  });

  for (const glob of [
    '*.db',
    'name',
    '/absolute/*.db',
    '**/*.db',
    '**',
    '!*.db',
    '!/absolute',
    '{a,b}.db',
    '**/a/{b,c}/*',
  ]) {
    it(`takes the glob ${glob}`, () => {
      expect(readRules([{ match: glob }], 'here')[0]?.match).to.deep.equal([glob]);
    });
  }

  /** A rule, the key that is to be named, and what else the complaint says. */
  const BAD: readonly [unknown, string, readonly string[]][] = [
    ['*.db', 'here[0]', ["'*.db'"]],
    [null, 'here[0]', ['null', 'match']],
    [[], 'here[0]', ['[]']],
    [{}, 'here[0].match', ['undefined', 'a glob or an array of globs']],
    [{ match: '' }, 'here[0].match', ["''"]],
    [{ match: [] }, 'here[0].match', ['[]']],
    [{ match: 7 }, 'here[0].match', ['7']],
    [{ match: ['a', 7] }, 'here[0].match', ['["a",7]']],
    [{ match: 'data/*.json' }, 'here[0].match', ["'data/*.json'", "'/' or '**'"]],
    [{ match: './x' }, 'here[0].match', ["'./x'"]],
    [{ match: '*', plan: 'copy' }, 'here[0].plan', ["'copy'", "'replace', 'in-place', 'native'"]],
    [{ match: '*', durability: 'no' }, 'here[0].durability', ["'no'", "'process'"]],
    [{ match: '*', append: true }, 'here[0].append', ['true', "'native', 'copy'"]],
    [{ match: '*', publishIdleMs: 0 }, 'here[0].publishIdleMs', ['0', 'milliseconds from 1']],
    [{ match: '*', publishIdleMs: 1.5 }, 'here[0].publishIdleMs', ['1.5']],
    [{ match: '*', publishIdleMs: 2 ** 31 }, 'here[0].publishIdleMs', ['2147483648', '2147483647']],
    [{ match: '*', publishIdleMs: '5s' }, 'here[0].publishIdleMs', ["'5s'"]],
    [{ match: '*', glob: 'x' }, 'here[0]', ["'glob'", 'match, plan, durability, append, publishIdleMs']],
  ];

  for (const [rule, key, mentions] of BAD) {
    it(`complains of ${JSON.stringify(rule)}`, () => {
      expect(() => readRules([rule], 'here'))
        .to.throw()
        .with.property('code', 'ERR_INTACT_OPTION');
      for (const mention of [key, ...mentions]) expect(() => readRules([rule], 'here')).to.throw(mention);
    });
  }

  it('says which of several rules is wrong', () => {
    expect(() => readRules([{ match: 'a' }, { match: 'b' }, { match: 7 }], 'here')).to.throw('here[2].match is 7');
  });
});
