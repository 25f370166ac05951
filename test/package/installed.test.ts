// The package as a user gets it: packed, installed into an empty folder, and every entry used from CommonJS, from ES
// modules and from TypeScript. The programs are in consumer/.

import { expect } from 'chai';
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChildOptions, PACKAGE, runNode } from '../support/child';
import { skipBecause } from '../support/needs';
import { isUnreachable, npmPack, runNpm } from './npm';

const COMPILER = join(PACKAGE, 'node_modules/typescript/bin/tsc');
const REGISTER = 'fs-intact/register';

describe('the package, installed into an empty folder', function () {
  this.timeout(60_000);
  let folder: string;

  before(async function () {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'fs-intact-installed-')));
    cpSync(join(PACKAGE, 'test/package/consumer'), folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    const { filename } = await npmPack('--pack-destination', folder);
    const needed = ['@types/node', 'chai', '@types/chai'].map((name) => `${name}@${installedVersion(name)}`);
    const quietly = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error', '--fetch-retries=0'];
    try {
      await runNpm('npm', ['install', ...quietly, `./${filename}`, ...needed], folder);
    } catch (error) {
      if (isUnreachable(error))
        skipBecause(this, 'npm cannot reach a registry for picomatch, chai and the types of node and chai');
      throw error;
    }
  });

  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs one of the consumer's programs. @returns What it says. */
  async function run(nodeArguments: readonly string[], options: ChildOptions = {}): Promise<string> {
    const child = await runNode(nodeArguments, { hook: false, cwd: folder, ...options });
    expect(child, nodeArguments.join(' ')).to.include({ code: 0, stderr: '' });
    return child.stdout.trim();
  }

  it('works through every entry from CommonJS', async () => {
    expect(await run(['use-commonjs.cjs'])).to.equal('every entry works');
  });

  it('works through every entry from ES modules', async () => {
    expect(await run(['use-modules.mjs'])).to.equal('every entry works');
  });

  for (const program of ['testing-commonjs.cjs', 'testing-modules.mjs']) {
    it(`has a crash lab, for ${program}`, async () => {
      expect(await run([program])).to.equal('the lab works');
    });
  }

  it('says what to install where memfs is needed and missing', async () => {
    expect(await run(['without-memfs.cjs'])).to.match(/^ERR_INTACT_MEMFS: .*npm install --save-dev memfs/);
  });

  describe('fs-intact/register', () => {
    for (const program of ['unaware.cjs', 'unaware.mjs']) {
      it(`is not needed for ${program} to run, but makes the difference`, async () => {
        expect(await run([program])).to.equal('overwritten');
      });

      for (const option of ['-r', '--import']) {
        it(`protects ${program} with ${option}`, async () => {
          expect(await run([option, REGISTER, program])).to.equal('replaced');
        });

        it(`protects ${program} with ${option} in NODE_OPTIONS`, async () => {
          expect(await run([program], { env: { NODE_OPTIONS: `${option} ${REGISTER}` } })).to.equal('replaced');
        });
      }
    }

    for (const option of ['-r', '--import']) {
      it(`protects the workers of a program that has ${option}`, async () => {
        expect(await run([option, REGISTER, 'in-worker.cjs'])).to.equal('replaced');
      });

      it(`protects a worker that has ${option} for itself`, async () => {
        expect(await run(['in-worker.cjs', option, REGISTER])).to.equal('replaced');
      });
    }

    it('leaves a worker alone that has no hook, in a program that has none', async () => {
      expect(await run(['in-worker.cjs'])).to.equal('overwritten');
    });
  });

  describe('the command', () => {
    it('explains a path', async () => {
      const answer = await runNpm('npx', ['--offline', 'fs-intact', 'explain', 'somewhere.txt'], folder);
      expect(answer).to.match(/^somewhere\.txt: crash-safe, .*durability: durable\n$/);
    });

    it('sweeps a directory', async () => {
      expect(await runNpm('npx', ['--offline', 'fs-intact', 'sweep', '.'], folder)).to.equal('nothing to sweep in .\n');
    });
  });

  describe('for TypeScript, strictly', () => {
    let complaints: readonly string[];

    before(async () => {
      const { stdout } = await runNode([COMPILER, '-p', '.'], { hook: false, cwd: folder });
      complaints = stdout.split('\n').filter((line) => line !== '');
    });

    function complaintsAbout(pattern: RegExp): string[] {
      return complaints.filter((line) => pattern.test(line));
    }

    it('has declarations that hold by themselves', () => {
      expect(complaintsAbout(/^(node_modules|error)/)).to.deep.equal([]);
    });

    for (const [source, compiled] of [
      ['types-commonjs.cts', 'types-commonjs.cjs'],
      ['types-module.mts', 'types-module.mjs'],
      ['types-plain.ts', 'types-plain.js'],
      ['types-testing-module.mts', 'types-testing-module.mjs'],
      ['types-testing-commonjs.cts', 'types-testing-commonjs.cjs'],
    ] as const) {
      it(`makes ${source} compile, sees the mistakes in it, and runs`, async () => {
        expect(complaints.filter((line) => line.startsWith(source))).to.deep.equal([]);
        expect(await run([join('compiled', compiled)])).to.equal('types');
      });
    }

    it('has every type of @types/node in the place where node:fs has it', () => {
      expect(complaintsAbout(/^types-like-node/)).to.deep.equal([]);
    });
  });
});

/** Of what this package is developed with. */
function installedVersion(name: string): string {
  const manifest = readFileSync(join(PACKAGE, 'node_modules', name, 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
