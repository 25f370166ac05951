// What is published: the files that package.json promises, and nothing else.

import { expect } from 'chai';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE } from '../support/child';
import { type Packed, npmPack } from './npm';

interface Manifest {
  main: string;
  types: string;
  bin: Record<string, string>;
  exports: Record<string, unknown>;
  dependencies: Record<string, string>;
}

const manifest = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')) as Manifest;

describe('the package', () => {
  const { main, types, bin, exports } = manifest;
  let packed: Packed;

  before(async function () {
    this.timeout(60_000);
    packed = await npmPack('--dry-run');
  });

  for (const target of new Set([main, types, ...Object.values(bin), ...targetsIn(exports)])) {
    it(`has ${target}, which package.json names`, () => {
      expect(existsSync(join(PACKAGE, target))).to.equal(true);
      expect(packed.files.map(({ path }) => `./${path}`)).to.include(target);
    });
  }

  it('has what a reader looks for: README, LICENSE, CHANGELOG', () => {
    const paths = new Set(packed.files.map(({ path }) => path));
    expect(['README.md', 'LICENSE', 'CHANGELOG.md'].filter((name) => !paths.has(name))).to.deep.equal([]);
  });

  it('has no tests, no sources, no maps, nothing but these and what is built', () => {
    const meant = /^(dist\/.+\.(js|mjs|d\.ts|d\.mts)|README\.md|LICENSE|CHANGELOG\.md|package\.json)$/;
    expect(packed.files.map(({ path }) => path).filter((path) => !meant.test(path))).to.deep.equal([]);
  });

  it('has a declaration for each module that is built, and a module for each declaration', () => {
    const paths = packed.files.map(({ path }) => path).filter((path) => path.startsWith('dist/'));
    const modules = paths.filter((path) => /\.m?js$/.test(path)).map((path) => path.replace(/\.(m?)js$/, '.d.$1ts'));
    expect(paths.filter((path) => path.endsWith('ts')).toSorted()).to.deep.equal(modules.toSorted());
  });

  it('needs picomatch and nothing else', () => {
    expect(Object.keys(manifest.dependencies)).to.deep.equal(['picomatch']);
  });
});

/** Every file named anywhere in the exports. */
function targetsIn(exports: unknown): string[] {
  if (typeof exports === 'string') return [exports];
  return Object.values(exports as Record<string, unknown>).flatMap(targetsIn);
}
