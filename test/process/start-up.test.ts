// What the hook costs a program that does not use it, in modules loaded; and that what it loads later it has by then.

import { expect } from 'chai';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { API, type ChildOptions, PACKAGE, runNode, runProgram } from '../support/child';
import { useTemporaryDirectory } from '../support/temporary-directory';

describe('the hook, in a program that only reads', function () {
  this.timeout(30_000);
  const at = useTemporaryDirectory();
  const program = `
    const fs = require('node:fs');
    fs.existsSync('main.js'); fs.statSync('main.js'); fs.readFileSync('main.js'); fs.readdirSync('.');
    fs.closeSync(fs.openSync('main.js'));
    fs.writeSync(1, JSON.stringify([process.moduleLoadList, Object.keys(require.cache)]));`;

  async function loaded(options: ChildOptions, source = program): Promise<[builtin: string[], files: string[]]> {
    writeFileSync(at('main.js'), source);
    const { stdout, stderr } = await runNode([at('main.js')], { cwd: at(), ...options });
    expect(stderr).to.equal('');
    return JSON.parse(stdout) as [string[], string[]];
  }

  /** Newer nodes load all for ES modules before any program, and so never tell whether one has imported fs already: then
   * node:module is asked to update what it has imported. */
  const NEEDED_AT_START = `
    require('node:fs').promises;
    if (process.moduleLoadList.includes('NativeModule internal/modules/esm/loader')) require('node:module');`;

  async function loadedMore(thanBy: string, source?: string): Promise<string[]> {
    writeFileSync(at('needed.js'), thanBy);
    const [without] = await loaded({ hook: false, nodeArguments: ['-r', at('needed.js')] }, source);
    const [withHook] = await loaded({}, source);
    return withHook.filter((name) => !without.includes(name));
  }

  it("loads none of node's modules but fs/promises, which an ES module could get at unnoticed", async () => {
    expect(await loadedMore(NEEDED_AT_START)).to.deep.equal([]);
  });

  it('loads no other when it writes a file, but the one to compile with', async () => {
    const source = program.replace('fs.writeSync', "fs.writeFileSync('target', 'x'); fs.writeSync");
    expect(await loadedMore(`${NEEDED_AT_START} require('node:vm');`, source)).to.deep.equal([]);
  });

  it('loads one file', async () => {
    const [, files] = await loaded({});
    expect(files.filter((file) => file.startsWith(PACKAGE)).map((file) => file.slice(PACKAGE.length))).to.deep.equal([
      '/dist/register.js',
      // The same module, for those who ask for the engine.
      '/dist/engine.js',
    ]);
  });
});

/** Programs that make it hard to load anything at their first `write()`. */
const HARD: Readonly<Record<string, string>> = {
  'has removed the package': 'fs.rmSync(process.env.COPY, { recursive: true }); write();',
  'has replaced the functions that modules are read with': `
    const { readFileSync, statSync } = fs;
    fs.readFileSync = fs.statSync = fs.realpathSync = () => { throw new Error('mocked'); };
    write();
    Object.assign(fs, { readFileSync, statSync });`,
  'cannot open another file': `
    const { execSync } = require('node:child_process');
    const fds = [];
    // One descriptor is left for the staged file, one for its directory.
    try { for (;;) fds.push(fs.openSync('.')); } catch {}
    for (const fd of fds.splice(0, 2)) fs.closeSync(fd);
    write();
    for (const fd of fds) fs.closeSync(fd);`,
};

/** What is loaded for the second of them is more. */
const WAYS_TO_WRITE: Readonly<Record<string, string>> = {
  'as a whole': "fs.writeFileSync('target', 'x');",
  'through a descriptor': "const fd = fs.openSync('target', 'w'); fs.writeSync(fd, 'x'); fs.closeSync(fd);",
};

describe('the hook, at the first write of a program that', function () {
  this.timeout(30_000);
  const at = useTemporaryDirectory();

  for (const [title, program] of Object.entries(HARD)) {
    for (const [way, write] of Object.entries(WAYS_TO_WRITE)) {
      it(`${title}: replaces the file, written ${way}`, async () => {
        const copy = at('copy');
        mkdirSync(copy);
        cpSync(join(PACKAGE, 'dist'), join(copy, 'dist'), { recursive: true });
        const source = `
        const fs = require('node:fs');
        fs.writeFileSync = fs.writeFileSync;
        function write() { ${write} }
        ${program}
        const { stats } = globalThis[Symbol.for('fs-intact.engine.0')];
        console.log(stats().replaced);`;
        const options = { hook: false, cwd: at(), nodeArguments: ['-r', join(copy, 'dist', 'register.js')] };
        const { stdout, stderr } = await runNode(['-e', source], {
          ...options,
          under: ['sh', '-c', 'ulimit -n 64; exec "$@"', 'sh'],
          env: { COPY: copy },
        });
        expect({ stdout, stderr }).to.deep.equal({ stdout: '1\n', stderr: '' });
        expect(readFileSync(at('target'), 'utf8')).to.equal('x');
      });
    }
  }
});

/** Ways to a stream, each a program that has `fs` and ends by calling `opened(stream)`. */
const WAYS_TO_A_STREAM: Readonly<Record<string, string>> = {
  'fs.createWriteStream': "opened(fs.createWriteStream('target'));",
  'fs.WriteStream': "opened(new fs.WriteStream('target'));",
  'fs.FileWriteStream': "opened(new fs.FileWriteStream('target'));",
  'a class that extends fs.WriteStream': "opened(new (class extends fs.WriteStream {})('target'));",
  'a destructured import': "import('node:fs').then(({ createWriteStream }) => opened(createWriteStream('target')));",
  'the imported class': "import('node:fs').then(({ WriteStream }) => opened(new WriteStream('target')));",
  'createWriteStream, taken before the hook by another preloaded file':
    "opened(globalThis.taken.createWriteStream('target'));",
  'a stream class, taken before the hook by another preloaded file':
    "opened(new globalThis.taken.WriteStream('target'));",
};

describe('the hook', function () {
  this.timeout(30_000);
  const at = useTemporaryDirectory();

  for (const [title, program] of Object.entries(WAYS_TO_A_STREAM)) {
    it(`hears of a stream that is opened through ${title}: it is in place at 'finish', not before`, async () => {
      const isTaken = title.includes('before the hook');
      writeFileSync(
        at('before.js'),
        title.includes('class')
          ? "globalThis.taken = { WriteStream: require('node:fs').WriteStream };"
          : "globalThis.taken = { createWriteStream: require('node:fs').createWriteStream };",
      );
      const source = `
        const fs = require('node:fs');
        const { execSync } = require('node:child_process');
        const seen = () => execSync('cat target 2>/dev/null || echo absent', { encoding: 'utf8' }).trim();
        function opened(stream) {
          stream.on('finish', () => console.log(seen()));
          stream.write('new', () => { console.log(seen()); stream.end(); });
        }
        ${program}`;
      const { stdout, stderr } = await runProgram(source, {
        cwd: at(),
        hook: !isTaken,
        nodeArguments: isTaken ? ['-r', at('before.js'), '-r', join(PACKAGE, 'dist', 'register.js')] : [],
      });
      expect({ stdout, stderr }).to.deep.equal({ stdout: 'absent\nnew\n', stderr: '' });
    });
  }

  it('leaves a stream that is destroyed without a trace, also one made by a function taken before the hook', async () => {
    writeFileSync(at('before.js'), "globalThis.taken = require('node:fs').createWriteStream;");
    const source = `
      const stream = globalThis.taken('target');
      stream.write('half', () => stream.destroy());
      stream.on('close', () => console.log(require('node:fs').readdirSync('.').join()));`;
    const { stdout } = await runProgram(source, {
      cwd: at(),
      hook: false,
      nodeArguments: ['-r', at('before.js'), '-r', join(PACKAGE, 'dist', 'register.js')],
    });
    expect(stdout).to.equal('before.js\n');
  });
});

describe('the parts of the package', function () {
  this.timeout(30_000);

  const REGISTER = join(PACKAGE, 'dist', 'register.js');
  for (const [first, second] of [
    [REGISTER, API],
    [API, REGISTER],
  ] as const) {
    it(`have one engine if ${first.slice(PACKAGE.length)} is loaded before ${second.slice(PACKAGE.length)}`, async () => {
      const { stdout, stderr } = await runProgram(
        `const path = require('node:path');
         require(${JSON.stringify(first)}); require(${JSON.stringify(second)});
         const { theEngine } = require(path.join(${JSON.stringify(PACKAGE)}, 'dist', 'engine.js'));
         console.log(theEngine === globalThis[Symbol.for('fs-intact.engine.0')]);
         console.log(Object.keys(require.cache).filter((file) => require.cache[file].exports.theEngine === theEngine).length);`,
        { hook: false },
      );
      expect({ stdout: stdout.split('\n')[0], stderr }).to.deep.equal({ stdout: 'true', stderr: '' });
    });
  }
});
