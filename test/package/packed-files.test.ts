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

  it('has a declaration for each entry', () => {
    const modules = targetsIn(exports).filter((target) => /\.m?js$/.test(target));
    const declarations = modules.map((target) => target.replace(/\.(m?)js$/, '.d.$1ts'));
    const paths = new Set(packed.files.map(({ path }) => `./${path}`));
    expect(declarations.filter((target) => !paths.has(target))).to.deep.equal([]);
    expect(modules).to.have.length.greaterThan(5);
  });

  it('has whatever its files import, and no file that none of them imports', () => {
    const paths = packed.files.map(({ path }) => path).filter((path) => path.startsWith('dist/'));
    const imported = new Set(paths.flatMap(importsOf));
    expect([...imported].filter((path) => !paths.includes(path))).to.deep.equal([]);
    const entries = new Set([main, types, ...Object.values(bin), ...targetsIn(exports)].map((path) => path.slice(2)));
    // The hook reads this one itself.
    imported.add('dist/behind.js');
    // Some of the lab's modules are loaded by their paths, some are only types.
    const isLab = (path: string): boolean => path.startsWith('dist/testing/');
    expect(paths.filter((path) => !entries.has(path) && !imported.has(path) && !isLab(path))).to.deep.equal([]);
    expect(imported.size).to.be.greaterThan(10);
  });

  it('has no code twice: where a part takes something from the layers, a file hands it on from the bundles', () => {
    const layered = packed.files
      .map(({ path }) => path)
      .filter((path) => /^dist\/(ground|steps|settings|protocol|shapes)\/.*js$/.test(path));
    const isCode = (path: string): boolean =>
      /\bfunction\b|=>|\bclass\b/.test(readFileSync(join(PACKAGE, path), 'utf8'));
    expect(layered.filter(isCode)).to.deep.equal([]);
    expect(layered).to.include('dist/ground/node-fs.js');
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

/** The files that a built file imports from beside it. */
function importsOf(path: string): string[] {
  const text = readFileSync(join(PACKAGE, path), 'utf8');
  const specifiers = [...text.matchAll(/\b(?:from |require\(|import\()['"](\.[^'"]+)['"]/g)].map(([, found]) => found!);
  const extension = /(\.d)?\.m?[jt]s$/.exec(path)![0];
  return specifiers.map((specifier) => {
    // A declaration names the module that it stands for, and CommonJS may leave the extension out.
    const isModule = specifier.endsWith('.mjs');
    const own = extension.startsWith('.d') ? `.d.${isModule ? 'm' : ''}ts` : `.${isModule ? 'm' : ''}js`;
    return join(path, '..', specifier.replace(/\.m?js$/, '') + own);
  });
}
