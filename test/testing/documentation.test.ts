// The example of docs/testing.md, as a reader would run it.

import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ROOT = dirname(dirname(dirname(__dirname)));
const MOCHA = require.resolve('mocha/bin/mocha.js');

describe('The example in docs/testing.md', function () {
  this.timeout(60_000);
  let directory: string;
  const files = codeBlocks(readFileSync(join(ROOT, 'docs/testing.md'), 'utf8'));

  beforeEach(() => {
    directory = realpathSync(mkdtempSync(join(tmpdir(), 'fs-intact-docs-')));
    mkdirSync(join(directory, 'node_modules'));
    symlinkSync(ROOT, join(directory, 'node_modules/fs-intact'));
    writeFileSync(join(directory, 'save-config.test.js'), files.get('save-config.test.js')!);
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  function run(source: string): { readonly status: number | null; readonly output: string } {
    writeFileSync(join(directory, 'save-config.js'), files.get(source)!);
    const { status, stdout, stderr } = spawnSync(process.execPath, [MOCHA, 'save-config.test.js'], {
      cwd: directory,
      encoding: 'utf8',
      env: { ...process.env, MOCHA_OPTIONS: '' },
    });
    return { status, output: stdout + stderr };
  }

  it('finds the bug, and names its line', () => {
    const { status, output } = run('save-config.js');
    expect(status, output).to.equal(1);
    expect(output).to.match(/Unexpected end of JSON input|is not valid JSON|lost a configuration/);
    expect(output).to.match(/at save-config\.js:\d+:\d+/);
  });

  it('is cured by one require', () => {
    const { status, output } = run('save-config.fixed.js');
    expect(status, output).to.equal(0);
  });
});

/** Blocks of code that begin with the name of their file. */
function codeBlocks(text: string): Map<string, string> {
  return new Map([...text.matchAll(/```js\n\/\/ (\S+)\n(.*?)```/gs)].map(([, name, code]) => [name!, code!]));
}
