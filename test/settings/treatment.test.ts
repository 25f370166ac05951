// Which rule a path meets.

import { expect } from 'chai';
import type { RuleOptions } from '../../src/settings/rules';
import { type Options, completeSettings, switchedOff } from '../../src/settings/settings';
import { treatmentOf } from '../../src/settings/treatment';

function settingsOf(options: Options): ReturnType<typeof completeSettings> {
  return completeSettings([{ name: 'options', options }]);
}

describe('treatmentOf()', () => {
  it('follows the general settings where there are no rules', () => {
    const treatment = treatmentOf(settingsOf({ durability: 'consistent', append: 'copy' }), '/a/b.json', 'open');
    expect(treatment).to.deep.equal({
      plan: 'replace',
      durability: 'consistent',
      append: 'copy',
      publishIdleMs: undefined,
      rule: undefined,
    });
  });

  /** Globs, paths that they match, and paths that they do not. */
  const GLOBS: readonly [string | readonly string[], readonly string[], readonly string[]][] = [
    ['*.db', ['/x.db', '/a/b/x.db', '/a/.x.db', '/.db'], ['/x.dbx', '/x.db/y', '/x.DB']],
    ['target', ['/target', '/a/b/target'], ['/targets', '/target/x']],
    ['/a/*.db', ['/a/x.db'], ['/a/b/x.db', '/b/a/x.db']],
    ['/a/**', ['/a/x', '/a/b/c', '/a/.hidden/x'], ['/b/x']],
    ['**/data/*.json', ['/data/x.json', '/a/b/data/x.json'], ['/data/b/x.json', '/x.json']],
    ['**', ['/x', '/a/.b/c'], []],
    ['*.{a,b}', ['/x.a', '/d/x.b'], ['/x.c']],
    ['!*.db', ['/x.json'], ['/x.db', '/a/x.db']],
    [['*.a', '/only/**'], ['/x/y.a', '/only/z'], ['/x/z']],
    ['*[0-9].db', ['/a/x1.db'], ['/a/x.db']],
  ];

  for (const [match, matching, others] of GLOBS) {
    it(`matches ${JSON.stringify(match)} against names or absolute paths`, () => {
      const settings = settingsOf({ rules: [{ match, durability: 'process' }] });
      for (const path of matching) expect(treatmentOf(settings, path, 'whole').durability, path).to.equal('process');
      for (const path of others) expect(treatmentOf(settings, path, 'whole').durability, path).to.equal('durable');
    });
  }

  it('takes the first rule that matches, whole, and names its globs', () => {
    const rules: readonly RuleOptions[] = [
      { match: '*.json', plan: 'in-place' },
      { match: ['*.db', '/x/**'], durability: 'process', publishIdleMs: 5 },
      { match: '/x/**', plan: 'native', append: 'copy' },
    ];
    const settings = settingsOf({ rules });
    expect(treatmentOf(settings, '/x/a.db', 'whole')).to.deep.equal({
      plan: 'replace',
      durability: 'process',
      append: 'native',
      publishIdleMs: 5,
      rule: '*.db, /x/**',
    });
    expect(treatmentOf(settings, '/x/a.json', 'open').plan).to.equal('in-place');
  });

  const LIVE = ['/var/x.log', '/var/x.log.1', '/var/x.log.2026-11-20', '/run/x.pid', '/.log'];
  const NOT_LIVE = ['/var/xlog', '/var/x.logs', '/var/x.log/y', '/var/x.pid.json', '/var/log/x'];

  it('leaves live files to node, for open and streams only', () => {
    const settings = settingsOf({});
    for (const path of LIVE) {
      expect(treatmentOf(settings, path, 'open'), path).to.deep.include({ plan: 'native' });
      expect(treatmentOf(settings, path, 'open').rule).to.match(/^built-in/);
      expect(treatmentOf(settings, path, 'whole'), path).to.deep.include({ plan: 'replace', rule: undefined });
    }
    for (const path of NOT_LIVE) expect(treatmentOf(settings, path, 'open').plan, path).to.equal('replace');
  });

  it("asks the caller's rules before the built-in ones", () => {
    const settings = settingsOf({ rules: [{ match: '*.log' }] });
    expect(treatmentOf(settings, '/x.log', 'open').plan).to.equal('replace');
    expect(treatmentOf(settings, '/x.pid', 'open').plan).to.equal('native');
  });

  it('is off for every path where everything is off, rules or not', () => {
    const settings = switchedOff(settingsOf({ rules: [{ match: '**' }] }));
    for (const path of ['/x', '/x.log']) expect(treatmentOf(settings, path, 'whole').plan).to.equal('off');
  });
});
