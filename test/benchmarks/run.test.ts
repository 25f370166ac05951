// npm run bench: whether a run works, and what it refuses.

import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONTESTANTS, idOf } from '../../benchmarks/contestants';
import type { Result } from '../../benchmarks/result';
import { PARTS } from '../../benchmarks/parts';
import { PACKAGE, runNode } from '../support/child';
import { useTemporaryDirectory } from '../support/temporary-directory';

describe('npm run bench', function () {
  this.timeout(120_000);
  const at = useTemporaryDirectory();

  const RUN = join(PACKAGE, 'build/benchmarks/run.js');

  function bench(...args: string[]): ReturnType<typeof runNode> {
    return runNode([RUN, ...args], { hook: false });
  }

  it('names each contestant and each part once', () => {
    for (const names of [CONTESTANTS.map(idOf), PARTS.map(({ name }) => name)])
      expect(new Set(names).size).to.equal(names.length);
  });

  it('measures in the directory that it is given, leaves nothing there, and writes figures, a picture and a page', async () => {
    const what = ['--quick', '--rounds', '1', '--only', 'overhead-read-fd'];
    const { code, stdout, stderr } = await bench(...what, '--directory', at(), '--results', at('results'));
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '[1/1] overhead-read-fd\n' });
    expect(stdout).to.match(/^ +node:fs \(fs\), once more +[\d.,]+ /m);
    expect(stdout).to.match(/^untouched call under the hook .* (NOT )?reached$/m);
    expect(readdirSync(at())).to.deep.equal(['results']);

    expect(readdirSync(at('results')).toSorted()).to.deep.equal([
      'README.md',
      'overhead-read-fd.json',
      'overhead-read-fd.svg',
    ]);
    const { rows, environment } = JSON.parse(readFileSync(at('results/overhead-read-fd.json'), 'utf8')) as Result;
    expect(rows.map(({ name }) => name)).to.deep.equal([
      'node:fs (fs)',
      'node:fs (fs), once more',
      'fs-intact hook, durable (fs)',
    ]);
    expect(rows.every(({ figures }) => figures['each']! > 0 && figures['ratio']! > 0)).to.equal(true);
    expect(environment.node).to.equal(process.version);
    expect(readFileSync(at('results/README.md'), 'utf8')).to.include('](./overhead-read-fd.svg)');
  });

  for (const [signal, expected] of [
    ['SIGHUP', 129],
    ['SIGTERM', 143],
  ] as const) {
    it(`takes away what it has made when it is ended by ${signal}, and says so`, async () => {
      const child = spawn(process.execPath, [RUN, '--only', 'latency', '--directory', at()]);
      child.stderr.setEncoding('utf8');
      let stderr = '';
      child.stderr.on('data', (text: string) => {
        // A child of its own is at work by then, or soon.
        if (text.startsWith('[1/1]')) child.kill(signal);
        stderr += text;
      });
      const [code] = (await once(child, 'exit')) as [number];
      expect({ code, stderr }).to.deep.equal({ code: expected, stderr: `[1/1] latency\nbench: ended by ${signal}\n` });
      expect(readdirSync(at())).to.deep.equal([]);
    });
  }

  it('takes away what it has made when nobody reads on', async () => {
    const child = spawn(process.execPath, [RUN, '--quick', '--only', 'overhead-*', '--directory', at()]);
    child.stdout.destroy();
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).to.not.equal(0);
    expect(readdirSync(at())).to.deep.equal([]);
  });

  it('measures nothing where the results could not be written', async () => {
    writeFileSync(at('file'), '');
    const { code, stdout, stderr } = await bench('--only', 'overhead-read-fd', '--results', at('file'));
    expect({ code, stdout }).to.deep.equal({ code: 2, stdout: '' });
    expect(stderr)
      .to.include(`--results is '${at('file')}', EEXIST`)
      .and.to.include('allowed: a directory to write to');
  });

  it('exits with 1 for what is not shown, if it is to be strict', async () => {
    const verdict = ['--verdict', '--results', at()];
    expect((await bench(...verdict)).code).to.equal(0);
    expect((await bench(...verdict, '--strict')).code).to.equal(1);
  });

  for (const [args, message] of [
    [['--only', 'nothing-of-this-name'], "--only has 'nothing-of-this-name'; allowed: sync-1k, "],
    [['--rounds', '0'], "--rounds is '0'; allowed: a whole number from 1"],
    [['--rounds', 'many'], "--rounds is 'many'"],
    [['--round', '3'], "Unknown option '--round'"],
    [['--directory', '/dev/null'], "--directory is '/dev/null'; allowed: a directory that exists"],
    [['--verdict', '--rounds', '3'], '--rounds does not go with --verdict'],
  ] as const) {
    it(`refuses ${args.join(' ')}`, async () => {
      const { code, stderr } = await bench(...args);
      expect(code).to.equal(2);
      expect(stderr).to.include(message).and.to.include('--help');
    });
  }
});
