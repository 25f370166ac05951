// Unmodified ES modules with another fs.

import { expect } from 'chai';
import nodeFs = require('node:fs');
import path = require('node:path');
import { pathToFileURL } from 'node:url';
import type * as atomically from 'atomically' with { 'resolution-mode': 'import' };
import type * as steno from 'steno' with { 'resolution-mode': 'import' };
import type { LabFs } from '../../src/testing/surface';
import { importWith } from '../../src/testing/import-with';
import { requireWith } from '../../src/testing/require-with';
import { PACKAGE, runNode } from '../support/child';
import { memorySurface } from '../support/memory-surface';
import { rejection } from '../support/rejection';
import { useTemporaryDirectory } from '../support/temporary-directory';

type Names = Record<string, unknown>;
type WriteFile = (file: string, data: string) => Promise<void>;

describe('importWith', () => {
  const at = useTemporaryDirectory();
  let fs: LabFs;
  beforeEach(() => (fs = memorySurface()));

  function modules(texts: Readonly<Record<string, string>>): string {
    for (const [name, text] of Object.entries(texts)) {
      nodeFs.mkdirSync(path.dirname(at(name)), { recursive: true });
      nodeFs.writeFileSync(at(name), text);
    }
    return at(Object.keys(texts)[0]!);
  }

  function load(texts: Readonly<Record<string, string>>): Promise<Names> {
    return importWith(fs, pathToFileURL(modules(texts)).href) as Promise<Names>;
  }

  describe('gives its fs to a package:', () => {
    const target = '/importWith-must-not-make-this';
    afterEach(() => expect(nodeFs.existsSync(target), 'the real file').to.equal(false));

    it('steno', async () => {
      const { Writer } = (await importWith(fs, 'steno')) as typeof steno;
      await new Writer(target).write('saved');
      expect(fs.readFileSync(target, 'utf8')).to.equal('saved');
    });

    it('atomically', async () => {
      const imported = (await importWith(fs, 'atomically')) as typeof atomically;
      const { writeFile, writeFileSync, readFile } = imported;
      await writeFile(target, 'saved');
      expect(fs.readFileSync(target, 'utf8')).to.equal('saved');
      writeFileSync(target, 'saved again');
      expect(await readFile(target, 'utf8')).to.equal('saved again');
    });

    it('write-file-atomic, a CommonJS one', async () => {
      const { default: save } = (await importWith(fs, 'write-file-atomic')) as { default: WriteFile };
      await save(target, 'saved');
      expect(fs.readFileSync(target, 'utf8')).to.equal('saved');
      expect(save).to.equal(requireWith(fs, 'write-file-atomic'));
    });
  });

  it('gives it under all four names, as default, namespace and named exports', async () => {
    const found = await load({
      'main.mjs': `
        import fs, { readFileSync, constants } from 'fs';
        import * as all from 'node:fs';
        import promises, { writeFile } from 'fs/promises';
        import { readFile } from 'node:fs/promises';
        export { fs, readFileSync, constants, all, promises, writeFile, readFile };`,
    });
    expect(found['fs']).to.equal(fs);
    expect(found['readFileSync']).to.equal(fs.readFileSync);
    expect(found['constants']).to.equal(fs.constants);
    expect((found['all'] as Names)['statSync']).to.equal(fs.statSync);
    expect((found['all'] as Names)['default']).to.equal(fs);
    expect(found['promises']).to.equal(fs.promises);
    expect(found['writeFile']).to.equal(fs.promises.writeFile);
    expect(found['readFile']).to.equal(fs.promises.readFile);
  });

  it('gives it to what is imported statically, dynamically, by name, and by createRequire', async () => {
    const found = await load({
      'main.mjs': `
        import { createRequire } from 'node:module';
        export * from './near.mjs';
        export const { own: dynamic } = await import('./dynamic.mjs?query=1');
        export { own as byName } from 'package';
        export const required = createRequire(import.meta.url)('./required.cjs');`,
      'near.mjs': `export { default as near } from 'fs';`,
      'dynamic.mjs': `export { default as own } from 'node:fs';`,
      'required.cjs': `module.exports = require('fs');`,
      'node_modules/package/package.json': `{"exports": {"import": "./index.mjs"}}`,
      'node_modules/package/index.mjs': `import own from 'fs'; export { own };`,
    });
    for (const name of ['near', 'dynamic', 'byName', 'required']) expect(found[name], name).to.equal(fs);
  });

  it('loads CommonJS dependencies into the same graph as requireWith, with their names', async () => {
    const found = await load({
      'main.mjs': `
        import whole, { own, 'odd name' as odd } from './dependency.cjs';
        import text from './text.cjs';
        export { whole, own, odd, text };`,
      'dependency.cjs': `exports.own = require('fs'); exports['odd name'] = 1; exports.default = 2;`,
      'text.cjs': `module.exports = 'text';`,
    });
    expect(found['own']).to.equal(fs);
    expect(found['odd']).to.equal(1);
    expect(found['text']).to.equal('text');
    expect(found['whole']).to.equal(requireWith(fs, at('dependency.cjs')));
  });

  it('shares the other builtins with the program', async () => {
    const found = await load({ 'main.mjs': `export { default as path } from 'node:path';` });
    expect(found['path']).to.equal(path);
  });

  it('leaves import.meta fit for file names', async () => {
    const found = await load({
      'main.mjs': `
        import { fileURLToPath } from 'node:url';
        export const file = fileURLToPath(import.meta.url);
        export const beside = fileURLToPath(new URL('data.txt', import.meta.url));`,
    });
    expect([found['file'], found['beside']]).to.deep.equal([at('main.mjs'), at('data.txt')]);
  });

  it('loads each module once for the same fs, and anew for another', async () => {
    const id = modules({
      'main.mjs': `export { count } from './state.mjs'; import './other.mjs';`,
      'other.mjs': `import { raise } from './state.mjs'; raise();`,
      'state.mjs': `export let count = 0; export const raise = () => count++;`,
    });
    const first = (await importWith(fs, id)) as Names;
    expect(first['count']).to.equal(1);
    expect(await importWith(fs, id)).to.equal(first);
    const other = (await importWith(memorySurface(), id)) as Names;
    expect(other['count']).to.equal(1);
    expect(other).to.not.equal(first);
  });

  it("leaves the process's own imports alone", async () => {
    const id = modules({ 'main.mjs': `export { default as own } from 'fs';` });
    await importWith(fs, id);
    expect(((await import(pathToFileURL(id).href)) as Names)['own']).to.equal(nodeFs);
  });

  it('rejects with what a module throws, naming its file and line', async () => {
    const id = modules({ 'main.mjs': `import './bad.cjs';`, 'bad.cjs': `\nthrow new RangeError('at loading');` });
    const error = (await rejection(importWith(fs, id))) as Error;
    expect(error).to.be.an.instanceof(RangeError);
    expect(error.stack).to.include(`${at('bad.cjs')}:2:7`);
    const own = modules({ 'own.mjs': `\n\nthrow new RangeError('here');` });
    expect(((await rejection(importWith(fs, own))) as Error).stack)
      .to.include('own.mjs?')
      .and.include(':3:7');
  });

  it('rejects as import does where there is no such module or name', async () => {
    expect(await rejection(importWith(fs, 'no-such-package'))).to.have.property('code', 'ERR_MODULE_NOT_FOUND');
    const id = modules({ 'main.mjs': `import { nothing } from 'node:fs';` });
    expect(await rejection(importWith(fs, id))).to.be.an.instanceof(SyntaxError);
  });

  it('lets the process end', async () => {
    const built = JSON.stringify(pathToFileURL(path.join(PACKAGE, 'build/src/testing/import-with.js')));
    modules({
      'main.mjs': `
        import { importWith } from ${built};
        const { own } = await importWith({ promises: {}, mark: 'mine' }, './inner.mjs');
        console.log(own.mark);`,
      'inner.mjs': `import own from 'fs'; import './plain.cjs'; export { own };`,
      'plain.cjs': `exports.a = 1;`,
    });
    const { stdout, stderr, code } = await runNode([at('main.mjs')], { hook: false });
    expect([stdout, stderr, code]).to.deep.equal(['mine\n', '', 0]);
  });
});
