// Where options come from, and which source wins.

import { expect } from 'chai';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { readSettings } from '../../src/settings/read-settings';
import { useTemporaryDirectory } from '../support/temporary-directory';

function write(path: string, content: unknown): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

describe('readSettings()', () => {
  const at = useTemporaryDirectory();

  /** Writes manifests into folders and reads the settings of a program in `app/lib`. */
  function durabilityOf(manifests: Readonly<Record<string, unknown>>, environment: NodeJS.ProcessEnv = {}): string {
    for (const [folder, manifest] of Object.entries(manifests)) write(at(folder, 'package.json'), manifest);
    return readSettings(undefined, environment, write(at('app/lib/main.js'), '')).durability;
  }

  it('needs no source at all', () => {
    expect(readSettings(undefined, {}, undefined)).to.deep.include({ durability: 'durable', off: false });
  });

  it('orders the sources: package.json, FS_INTACT, FS_INTACT_DURABILITY, the argument', () => {
    const main = write(at('main.js'), '');
    write(at('package.json'), {
      'name': 'x',
      'fs-intact': { durability: 'process', onExit: 'publish', append: 'copy' },
    });
    const environment = { FS_INTACT: '{"durability":"durable","append":"native"}', FS_INTACT_DURABILITY: 'consistent' };
    expect(readSettings({}, {}, main)).to.deep.include({ durability: 'process', onExit: 'publish', append: 'copy' });
    expect(readSettings({}, environment, main)).to.deep.include({
      durability: 'consistent',
      onExit: 'publish',
      append: 'native',
    });
    expect(readSettings({ durability: 'process' }, environment, main).durability).to.equal('process');
  });

  const MANIFESTS: Readonly<Record<string, [Readonly<Record<string, unknown>>, string]>> = {
    'the one beside the program': [{ 'app/lib': { 'fs-intact': { durability: 'process' } } }, 'process'],
    'the nearest one above it': [{ app: { 'name': 'app', 'fs-intact': { durability: 'process' } } }, 'process'],
    'the one above a nameless one': [
      { 'app': { 'name': 'app', 'fs-intact': { durability: 'process' } }, 'app/lib': { type: 'commonjs' } },
      'process',
    ],
    'a nameless one that has the key': [
      {
        'app': { 'name': 'app', 'fs-intact': { durability: 'process' } },
        'app/lib': { 'fs-intact': { durability: 'consistent' } },
      },
      'consistent',
    ],
    "none above the package's own": [
      { '.': { 'name': 'workspace', 'fs-intact': { durability: 'process' } }, 'app': { name: 'app' } },
      'durable',
    ],
    'none that only mentions the name': [{ app: { name: 'app', dependencies: { 'fs-intact': '^1.0.0' } } }, 'durable'],
  };

  for (const [title, [manifests, durability]] of Object.entries(MANIFESTS)) {
    it(`reads of all package.json files ${title}`, () => {
      expect(durabilityOf(manifests)).to.equal(durability);
    });
  }

  it('finds the package behind a symbolic link to the program, a directory and a missing extension', () => {
    write(at('app/package.json'), { 'name': 'app', 'fs-intact': { durability: 'process' } });
    const main = write(at('app/index.js'), '');
    mkdirSync(at('bin'));
    symlinkSync(main, at('bin/app'));
    for (const path of [main, at('bin/app'), at('app'), at('app/index')])
      expect(readSettings(undefined, {}, path).durability, path).to.equal('process');
  });

  it('takes no notice of a byte order mark, as node does not', () => {
    expect(durabilityOf({ app: '\uFEFF{ "name": "app", "fs-intact": { "durability": "process" } }' })).to.equal(
      'process',
    );
  });

  it('does not read a manifest that is none of its business, broken as it may be', () => {
    expect(durabilityOf({ 'app/lib': '{ "name": "broken", ' })).to.equal('durable');
  });

  for (const [value, off] of [
    ['1', true],
    ['0', false],
    ['', false],
    [undefined, false],
  ] as const) {
    it(`takes FS_INTACT_OFF=${value} for ${off ? 'off' : 'on'}, even against the argument`, () => {
      expect(readSettings({ durability: 'durable' }, { FS_INTACT_OFF: value }, undefined).off).to.equal(off);
    });
  }

  const BAD: readonly [NodeJS.ProcessEnv, RegExp][] = [
    [{ FS_INTACT: '{' }, /^FS_INTACT: not valid JSON/],
    [{ FS_INTACT: 'null' }, /^FS_INTACT is null; allowed: an object with the keys/],
    [{ FS_INTACT: '{"a":1}' }, /^FS_INTACT: unknown option 'a' \(with the value 1\); allowed are durability/],
    [{ FS_INTACT: '{"warn":1}' }, /^FS_INTACT: warn is 1; allowed: true, false, a function$/],
    [{ FS_INTACT_DURABILITY: 'x' }, /^FS_INTACT_DURABILITY: durability is 'x'; allowed: 'process'/],
    [{ FS_INTACT_OFF: 'true' }, /^FS_INTACT_OFF is 'true'; allowed: '1'/],
  ];

  for (const [environment, message] of BAD) {
    it(`complains of ${JSON.stringify(environment)}`, () => {
      expect(() => readSettings(undefined, environment, undefined))
        .to.throw(message)
        .with.property('code', 'ERR_INTACT_OPTION');
    });
  }

  it('names the file of a bad key in package.json, and of broken JSON that has ours', () => {
    const main = write(at('main.js'), '');
    write(at('package.json'), { 'name': 'x', 'fs-intact': { sync: 1 } });
    expect(() => readSettings(undefined, {}, main)).to.throw(
      `${at('package.json')} (key "fs-intact"): unknown option 'sync'`,
    );
    write(at('package.json'), '{ "fs-intact": ');
    expect(() => readSettings(undefined, {}, main)).to.throw(`${at('package.json')}: not valid JSON`);
  });
});
