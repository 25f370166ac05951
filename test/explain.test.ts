// explain(): what it says is what a write then does.

import { expect } from 'chai';
import { chmodSync, linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { nodeFs } from '../src/ground/node-fs';
import { type Explanation, explainPath } from '../src/explain';
import { describeExplanation } from '../src/explanation-text';
import { volumeOn } from '../src/protocol/volume';
import { type Options, completeSettings, switchedOff } from '../src/settings/settings';
import type { CallKind } from '../src/settings/treatment';
import { API, runProgram } from './support/child';
import { needs } from './support/needs';
import { useTemporaryDirectory } from './support/temporary-directory';

const DURABLE = { durability: 'durable' } as const;

function explained(path: unknown, options: Options = {}, call: CallKind = 'whole'): Explanation {
  return explainPath(path, call, completeSettings([{ name: 'test', options }]), volumeOn(nodeFs));
}

describe('explainPath()', () => {
  const at = useTemporaryDirectory();

  it('tells the plan, the file that is meant, and the durability, and leaves everything as it is', () => {
    writeFileSync(at('target'), 'old');
    symlinkSync('target', at('link'));
    const replaced = { plan: 'replace', isProtected: true, target: at('target'), ...DURABLE };
    for (const path of [at('target'), at('link'), Buffer.from(at('target')), pathToFileURL(at('target'))])
      expect(explained(path), String(path)).to.deep.equal(replaced);
    expect(explained(at('absent'))).to.deep.equal({ ...replaced, target: at('absent') });
    expect(nodeFs.readdirSync(at())).to.deep.equal(['link', 'target']);
    expect(readFileSync(at('target'), 'utf8')).to.equal('old');
  });

  it('takes a relative path from the working directory', () => {
    expect(explained('absent.json').target).to.equal(join(process.cwd(), 'absent.json'));
  });

  it('says why a file is written in place, which is safe all the same', () => {
    writeFileSync(at('target'), 'old');
    linkSync(at('target'), at('other'));
    expect(explained(at('target'))).to.deep.equal({
      plan: 'in-place',
      reason: 'hard-links',
      isProtected: true,
      target: at('target'),
      ...DURABLE,
    });
  });

  it('says why a call is left to node', () => {
    mkdirSync(at('directory'));
    for (const [path, reason] of [
      [at('directory'), 'not-a-regular-file'],
      ['/proc/self/comm', 'special-path'],
      [at('missing/file/'), 'native-error'],
    ])
      expect(explained(path)).to.deep.equal({ plan: 'native', reason, isProtected: false, ...DURABLE });
  });

  it('tells the rule that decides, for each kind of call', () => {
    const rules = [{ match: ['*.db', '*.journal'], plan: 'native', durability: 'process' }] as const;
    const byRule = { plan: 'native', reason: 'rule', isProtected: false };
    expect(explained(at('x.db'), { rules })).to.deep.equal({
      ...byRule,
      durability: 'process',
      rule: '*.db, *.journal',
    });
    const log = explained(at('x.log'), {}, 'open');
    expect(log).to.deep.equal({ ...byRule, ...DURABLE, rule: 'built-in: *.log, *.log.*, *.pid' });
    expect(explained(at('x.log')).plan).to.equal('replace');
  });

  it('says that nothing is protected while everything is switched off', () => {
    const settings = switchedOff(completeSettings([]));
    expect(explainPath(at('x'), 'whole', settings, volumeOn(nodeFs))).to.deep.include({
      plan: 'native',
      reason: 'off',
    });
  });

  it('sees that nothing can be created beside the file', async function () {
    needs(this, 'root');
    mkdirSync(at('closed'));
    writeFileSync(at('closed/file'), '');
    chmodSync(at('closed/file'), 0o666);
    for (const path of [at(), at('closed')]) chmodSync(path, 0o755);
    const source = `
      process.setuid(65534);
      const { explain } = api;
      console.log(JSON.stringify([explain(process.argv[1]), explain(process.argv[2])]));`;
    const { stdout, stderr } = await runProgram(`const api = require(${JSON.stringify(API)});${source}`, {
      hook: false,
      programArguments: [at('closed/file'), at('closed/absent')],
    });
    expect(stderr).to.equal('');
    const [file, absent] = JSON.parse(stdout) as [Explanation, Explanation];
    expect(file).to.deep.include({ plan: 'in-place', reason: 'unwritable-directory', isProtected: false });
    expect(absent).to.deep.include({ plan: 'native', reason: 'native-error', isProtected: false });
  });

  it("says under node's permission model that every call is node's", async () => {
    const [major] = process.versions.node.split('.').map(Number);
    const flag = major! >= 23 ? '--permission' : '--experimental-permission';
    const source = `
      const { explain, sweep } = require(${JSON.stringify(API)});
      sweep(process.argv[1]).then((report) => console.log(JSON.stringify([explain(process.argv[1]), report])));`;
    const { stdout } = await runProgram(source, {
      hook: false,
      nodeArguments: [flag, '--allow-fs-read=*', `--allow-fs-write=${at()}`],
      programArguments: [at()],
    });
    const [explanation, report] = JSON.parse(stdout) as unknown[];
    expect(explanation).to.deep.equal({ plan: 'native', reason: 'unsupported', isProtected: false, ...DURABLE });
    expect(report).to.deep.equal({ removed: [], finished: [], kept: [] });
  });

  for (const [path, message] of [
    ['', "path is ''; allowed: a path that node:fs takes, in UTF-8"],
    ['a\0b', "path is 'a\\x00b'; allowed"],
    [7, 'path is 7; allowed'],
    [null, 'path is null; allowed'],
    [Buffer.from([0x2f, 0xff]), 'path is <Buffer 2f ff>; allowed'],
    [new URL('http://host/x'), 'path is URL {'],
    [Symbol('s'), 'path is Symbol(s); allowed'],
  ] as const) {
    it(`refuses what is no path: ${message}`, () => {
      expect(() => explained(path))
        .to.throw(message)
        .with.property('code', 'ERR_INTACT_ARGUMENT');
    });
  }
});

describe('describeExplanation()', () => {
  it('has words for every reason', () => {
    for (const reason of REASONS) {
      const text = describeExplanation('x', { plan: 'native', reason, isProtected: false, durability: 'process' });
      expect(text).to.match(/^NOT crash-safe, written as plain node does; because [^;]{10,}$/);
    }
  });

  it('names the file only where it is another, and the durability only where there is one', () => {
    const replaced: Explanation = { plan: 'replace', isProtected: true, target: '/a/x', durability: 'process' };
    expect(describeExplanation('x', replaced)).to.equal(
      'crash-safe, replaced by a complete new file; file: /a/x; durability: process',
    );
    expect(describeExplanation('/a/x', replaced)).to.not.include('file:');
    const unsafe: Explanation = { plan: 'in-place', reason: 'unwritable-directory', isProtected: false, ...DURABLE };
    expect(describeExplanation('x', unsafe)).to.equal(
      'NOT crash-safe, written in place; because no file can be created in its directory',
    );
  });
});

const REASONS: readonly NonNullable<Explanation['reason']>[] = [
  'hard-links',
  'owner',
  'unwritable-directory',
  'mount-point',
  'cross-device',
  'rename-refused',
  'open-elsewhere',
  'watched',
  'blob',
  'off',
  'rule',
  'not-a-regular-file',
  'special-path',
  'native-error',
  'exiting',
  'unsupported',
];
