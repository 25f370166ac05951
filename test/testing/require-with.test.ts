// Unmodified CommonJS packages with another fs.

import { expect } from 'chai';
import nodeFs = require('node:fs');
import path = require('node:path');
import { pathToFileURL } from 'node:url';
import type * as fsExtra from 'fs-extra';
import type { LabFs } from '../../src/testing/surface';
import { requireWith } from '../../src/testing/require-with';
import { PACKAGE, runNode, runProgram } from '../support/child';
import { memorySurface } from '../support/memory-surface';
import { useTemporaryDirectory } from '../support/temporary-directory';

type Names = Record<string, unknown>;

/** write-file-atomic. */
interface WriteFile {
  (file: string, data: string): Promise<void>;
  sync(file: string, data: string): void;
}

/** fast-write-atomic. */
type WriteFast = (file: string, data: string, done: (error: Error | null) => void) => void;

const BUILT = JSON.stringify(path.join(PACKAGE, 'build/src/testing/require-with.js'));

describe('requireWith', () => {
  const at = useTemporaryDirectory();
  let fs: LabFs;
  beforeEach(() => (fs = memorySurface()));

  /** Writes modules by their names; the first is the one that is asked for. */
  function modules(texts: Readonly<Record<string, string>>): string {
    for (const [name, text] of Object.entries(texts)) {
      nodeFs.mkdirSync(path.dirname(at(name)), { recursive: true });
      nodeFs.writeFileSync(at(name), text);
    }
    return at(Object.keys(texts)[0]!);
  }

  function load(texts: Readonly<Record<string, string>>): unknown {
    return requireWith(fs, modules(texts));
  }

  describe('gives its fs to a package:', () => {
    const target = '/requireWith-must-not-make-this';
    afterEach(() => expect(nodeFs.existsSync(target), 'the real file').to.equal(false));

    it('write-file-atomic', async () => {
      const save = requireWith(fs, 'write-file-atomic') as WriteFile;
      await save(target, 'saved');
      expect(fs.readFileSync(target, 'utf8')).to.equal('saved');
      save.sync(target, 'saved again');
      expect(fs.readFileSync(target, 'utf8')).to.equal('saved again');
    });

    it('fs-extra, which has it through graceful-fs', async () => {
      const extra = requireWith(fs, 'fs-extra') as typeof fsExtra;
      await extra.outputFile(`${target}/deep/file`, 'text');
      extra.outputJsonSync(`${target}/data.json`, { answer: 42 });
      await extra.copy(target, '/copy');
      expect(await extra.readJson('/copy/data.json')).to.deep.equal({ answer: 42 });
      expect(fs.readFileSync('/copy/deep/file', 'utf8')).to.equal('text');
      await extra.remove('/copy');
      expect(fs.readdirSync('/')).to.have.members(['tmp', target.slice(1)]);
    });

    it('fast-write-atomic', async () => {
      const save = requireWith(fs, 'fast-write-atomic') as WriteFast;
      await new Promise<void>((resolve, reject) => {
        save(target, 'saved', (error) => (error ? reject(error) : resolve()));
      });
      expect(fs.readFileSync(target, 'utf8')).to.equal('saved');
    });
  });

  it('gives it under all four names, in dependencies too', () => {
    const found = load({
      'main.js': `module.exports = [require('fs'), require('node:fs'), ...require('dependency')];`,
      'node_modules/dependency/index.js': `module.exports = [require('fs/promises'), require('node:fs/promises')];`,
    });
    expect(found).to.be.an('array').with.lengthOf(4);
    for (const [index, given] of [fs, fs, fs.promises, fs.promises].entries()) {
      expect((found as unknown[])[index], `name ${index}`).to.equal(given);
    }
  });

  it('shares the other builtins with the program', () => {
    const found = load({ 'main.js': `exports.path = require('path'); exports.sub = require('node:path/posix');` });
    expect((found as Names)['path']).to.equal(path);
    expect((found as Names)['sub']).to.equal(path.posix);
  });

  it('keeps what createRequire makes in the graph', () => {
    const found = load({
      'main.js': `
        const { createRequire, Module } = require('node:module');
        exports.fs = createRequire(__filename)('fs');
        exports.same = createRequire(__filename)('./other') === require('./other');
        exports.isModule = module instanceof Module && module.constructor === require('module');`,
      'other.js': `module.exports = {};`,
    });
    expect(found).to.deep.equal({ fs, same: true, isModule: false });
  });

  it("leaves the process's modules alone", () => {
    const before = Object.keys(require.cache);
    const id = modules({ 'main.js': `exports.isLoaded = true;` });
    const found = requireWith(fs, id);
    requireWith(fs, 'fs-extra');
    expect(Object.keys(require.cache)).to.deep.equal(before);
    expect(require(id)).to.not.equal(found);
  });

  it('answers with the same exports for the same fs, and with others for another', () => {
    const id = modules({ 'main.js': `let count = 0; exports.count = () => ++count;` });
    const first = requireWith(fs, id) as { count: () => number };
    expect(first.count()).to.equal(1);
    expect(requireWith(fs, id)).to.equal(first);
    const other = requireWith(memorySurface(), id) as typeof first;
    expect(other.count()).to.equal(1);
  });

  it('sees a module that has been changed, in a new graph', () => {
    const id = modules({ 'main.js': `exports.version = 1;` });
    expect(requireWith(fs, id)).to.deep.equal({ version: 1 });
    modules({ 'main.js': `exports.version = 2;` });
    expect(requireWith(memorySurface(), id)).to.deep.equal({ version: 2 });
  });

  it('loads modules that require each other', () => {
    const found = load({
      'main.js': `exports.early = 'early'; exports.other = require('./other'); exports.late = 'late';`,
      'other.js': `const main = require('./main'); exports.saw = Object.keys(main);`,
    });
    expect(found).to.deep.equal({ early: 'early', other: { saw: ['early'] }, late: 'late' });
  });

  it('loads JSON, and names the file where it is none', () => {
    expect(load({ 'data.json': '\ufeff{"a": [1]}' })).to.deep.equal({ a: [1] });
    expect(() => load({ 'bad.json': '{' })).to.throw(SyntaxError, at('bad.json'));
  });

  it('loads native addons with dlopen', () => {
    const id = modules({ 'addon.node': 'no addon' });
    expect(() => requireWith(fs, id))
      .to.throw(Error, at('addon.node'))
      .with.property('code', 'ERR_DLOPEN_FAILED');
  });

  it('chooses what `exports` has for require', () => {
    const found = load({
      'main.js': `module.exports = require('dual');`,
      'node_modules/dual/package.json': `{"exports": {"import": "./esm.mjs", "require": "./cjs.js"}}`,
      'node_modules/dual/cjs.js': `exports.format = 'commonjs';`,
      'node_modules/dual/esm.mjs': `export const format = 'module';`,
    });
    expect(found).to.deep.equal({ format: 'commonjs' });
  });

  it('has modules know themselves, their parents and their children', () => {
    const found = load({
      'main.js': `
        exports.child = require('./child');
        exports.self = [module.id, module.filename, module.path, module.exports === exports, this === exports];
        exports.children = module.children.map(({ id, loaded }) => [id, loaded]);
        exports.paths = module.paths[0];
        exports.names = [__filename, __dirname];
        exports.again = module.require('./child') === exports.child;`,
      'child.js': `exports.parent = module.parent.id; exports.isLoaded = module.loaded; exports.isMain = require.main === module;`,
    });
    expect(found).to.deep.equal({
      child: { parent: at('main.js'), isLoaded: false, isMain: false },
      self: [at('main.js'), at('main.js'), at(), true, true],
      children: [[at('child.js'), true]],
      paths: at('node_modules'),
      names: [at('main.js'), at()],
      again: true,
    });
  });

  it('has a require.resolve, and a require.cache of its own that can be emptied', () => {
    const found = load({
      'main.js': `
        const first = require('./other');
        exports.resolved = [require.resolve('./other'), require.resolve('fs'), ...require.resolve.paths('x').slice(0, 1)];
        exports.cached = Object.keys(require.cache);
        delete require.cache[require.resolve('./other')];
        exports.anew = require('./other') !== first;`,
      'other.js': `module.exports = {};`,
    });
    expect(found).to.deep.equal({
      resolved: [at('other.js'), 'fs', at('node_modules')],
      cached: [at('main.js'), at('other.js')],
      anew: true,
    });
  });

  it('fails with the line of the module that failed, and tries again when asked again', () => {
    const id = modules({ 'main.js': `\n\nif (!globalThis.mayLoad) throw new Error('not yet');\nexports.ok = true;` });
    expect(() => requireWith(fs, id))
      .to.throw('not yet')
      .with.property('stack')
      .that.includes(`${id}:3:32`);
    try {
      Object.assign(globalThis, { mayLoad: true });
      expect(requireWith(fs, id)).to.deep.equal({ ok: true });
    } finally {
      Reflect.deleteProperty(globalThis, 'mayLoad');
    }
  });

  it('names the file and the line of a syntax error', () => {
    const id = modules({ 'main.js': `#!/usr/bin/env node\nconst a = ;` });
    expect(() => requireWith(fs, id))
      .to.throw(SyntaxError)
      .with.property('stack')
      .that.includes(`${id}:2`);
  });

  it('fails as require does where there is no such module', () => {
    expect(() => requireWith(fs, 'no-such-package'))
      .to.throw(/Cannot find module/)
      .with.property('code', 'MODULE_NOT_FOUND');
    expect(() => requireWith(fs, 'node:nothing'))
      .to.throw()
      .with.property('code', 'ERR_UNKNOWN_BUILTIN_MODULE');
  });

  const ES_MODULES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    'by its extension': { 'main.mjs': `export const a = 1;` },
    'by its package': { 'main.js': `export const a = 1;`, 'package.json': `{"type": "module"}` },
    'by its text': { 'main.js': `export const a = 1;` },
  };
  for (const [title, texts] of Object.entries(ES_MODULES)) {
    it(`says to use importWith for an ES module, known ${title}`, () => {
      const id = modules(texts);
      expect(() => requireWith(fs, id))
        .to.throw(`${id} is an ES module`)
        .with.property('code', 'ERR_INTACT_ES_MODULE');
    });
  }

  it('says so for a package of ES modules', () => {
    expect(() => requireWith(fs, 'steno'))
      .to.throw(/steno.*importWith/)
      .with.property('code', 'ERR_INTACT_ES_MODULE');
  });

  describe('looks names up', () => {
    it("from the caller's file, as require does", () => {
      const beside = requireWith(fs, '../support/rejection') as Names;
      expect(beside['rejection']).to.be.a('function');
      expect(requireWith(fs, './rejection', path.join(__dirname, '../support/any.js'))).to.equal(beside);
    });

    it('from a file that is given, as a path or URL', () => {
      modules({ 'node_modules/near/index.js': `module.exports = 'near';` });
      expect(requireWith(fs, 'near', at('any.js'))).to.equal('near');
      expect(requireWith(fs, 'near', pathToFileURL(at('any.js')))).to.equal('near');
      expect(requireWith(fs, 'near', pathToFileURL(at('any.js')).href)).to.equal('near');
    });

    it('from an ES module that calls it', async () => {
      modules({
        'a b/main.mjs': `
          import module from ${BUILT};
          console.log(module.requireWith({ promises: {} }, 'near'));`,
        'a b/node_modules/near/index.js': `module.exports = 'near';`,
      });
      const { stdout } = await runNode([at('a b/main.mjs')], { hook: false });
      expect(stdout).to.equal('near\n');
    });

    it('nowhere, with an error, where no file called it', async () => {
      const program = `
        const { requireWith } = require(${BUILT});
        try { requireWith({ promises: {} }, 'x') } catch ({ code }) { console.log(code) }`;
      const { stdout } = await runProgram(program, { hook: false });
      expect(stdout).to.equal('ERR_INTACT_CALLER\n');
    });
  });

  it('leaves source maps in force', async () => {
    // The first line of the text comes from line 40 of its source.
    const map = { version: 3, sources: ['original.ts'], names: [], mappings: 'AAuCA' };
    const encoded = Buffer.from(JSON.stringify(map)).toString('base64');
    modules({
      'main.js': `
        try {
          require(${BUILT}).requireWith({ promises: {} }, './mapped');
        } catch (error) {
          console.log(error.stack);
        }`,
      'mapped.js': `throw new Error('mapped');\n//# sourceMappingURL=data:application/json;base64,${encoded}\n`,
    });
    const options = { hook: false, nodeArguments: ['--enable-source-maps'] };
    const { stdout } = await runNode([at('main.js')], options);
    expect(stdout).to.include(`${at('original.ts')}:40:`);
  });
});
