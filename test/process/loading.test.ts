// Every way to load the hook, what it replaces, and how it is taken back.

import { expect } from 'chai';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { API, type ChildOptions, type ChildResult, PACKAGE, REGISTER, runNode, runProgram } from '../support/child';
import { useTemporaryDirectory } from '../support/temporary-directory';

const REGISTER_URL = pathToFileURL(REGISTER).href;

/** Prints how many writes were replaced so far; a program without the hook loads the api and counts none. */
const REPORT = `console.log(require(${JSON.stringify(API)}).stats().replaced);`;

async function outputOf(running: Promise<ChildResult>): Promise<string> {
  const { stdout, stderr, code } = await running;
  expect({ stderr, code }).to.deep.equal({ stderr: '', code: 0 });
  return stdout.trim();
}

describe('the hook, loaded with', function () {
  this.timeout(30_000);
  const at = useTemporaryDirectory();
  const program = `require('node:fs').writeFileSync('target', 'x'); ${REPORT}`;

  const WAYS: Readonly<Record<string, ChildOptions>> = {
    '-r': { nodeArguments: ['-r', REGISTER] },
    '--require twice': { nodeArguments: ['--require', REGISTER, '--require', REGISTER] },
    '--import': { nodeArguments: ['--import', REGISTER_URL] },
    '-r in NODE_OPTIONS': { env: { NODE_OPTIONS: `-r ${REGISTER}` } },
    '--import in NODE_OPTIONS': { env: { NODE_OPTIONS: `--import ${REGISTER_URL}` } },
    'both at once': { nodeArguments: ['-r', REGISTER], env: { NODE_OPTIONS: `--import ${REGISTER_URL}` } },
  };

  for (const [title, options] of Object.entries(WAYS)) {
    it(`${title}: replaces a file that CommonJS writes`, async () => {
      const output = await outputOf(runProgram(program, { ...options, hook: false, cwd: at() }));
      expect(output).to.equal('1');
    });

    it(`${title}: replaces a file that an ES module writes`, async () => {
      writeFileSync(
        at('main.mjs'),
        `import { createRequire } from 'node:module';
         import { writeFileSync } from 'node:fs';
         const require = createRequire(${JSON.stringify(API)});
         writeFileSync('target', 'x');
         ${REPORT}`,
      );
      expect(await outputOf(runNode([at('main.mjs')], { ...options, hook: false, cwd: at() }))).to.equal('1');
    });

    it(`${title}: is there in worker threads, those in theirs, and child processes if NODE_OPTIONS says so`, async () => {
      writeFileSync(at('count.js'), program);
      writeFileSync(
        at('main.js'),
        `const { Worker, workerData } = require('node:worker_threads');
         const { execFileSync } = require('node:child_process');
         ${program}
         if (workerData === 2) console.log(execFileSync(process.execPath, ['count.js'], { encoding: 'utf8' }).trim());
         else new Worker(__filename, { workerData: (workerData ?? 0) + 1 });`,
      );
      const output = await outputOf(runNode([at('main.js')], { ...options, hook: false, cwd: at() }));
      const inChild = options.env === undefined ? '0' : '1';
      expect(output.split('\n')).to.deep.equal(['1', '1', '1', inChild]);
    });
  }

  it('require() in the program: replaces a file written afterwards', async () => {
    const source = `require(${JSON.stringify(REGISTER)}); ${program}`;
    expect(await outputOf(runProgram(source, { hook: false, cwd: at() }))).to.equal('1');
  });

  it('-r: is there in processes that it forks', async () => {
    writeFileSync(at('count.js'), program);
    const forking = "require('node:child_process').fork('count.js');";
    expect(await outputOf(runProgram(forking, { cwd: at() }))).to.equal('1');
  });

  it("-r under node's permission model: leaves the write to node, whose checks are about the paths it is given", async () => {
    const output = await outputOf(
      runProgram(program, {
        cwd: at(),
        nodeArguments: [
          '--no-warnings',
          process.allowedNodeEnvironmentFlags.has('--permission') ? '--permission' : '--experimental-permission',
          '--allow-fs-read=*',
          `--allow-fs-write=${at('target')}`,
        ],
      }),
    );
    expect(output).to.equal('0');
    expect(readFileSync(at('target'), 'utf8')).to.equal('x');
  });

  it('nothing: replaces none', async () => {
    expect(await outputOf(runProgram(program, { hook: false, cwd: at() }))).to.equal('0');
  });
});

/** How an ES module can get hold of a write, each as a module that writes to `target` once. */
const IMPORTS: Readonly<Record<string, string>> = {
  "import { writeFileSync } from 'node:fs'": "import { writeFileSync } from 'node:fs'; writeFileSync('target', 'x');",
  "import { writeFileSync as write } from 'fs'": "import { writeFileSync as write } from 'fs'; write('target', 'x');",
  "import * as fs from 'node:fs'": "import * as fs from 'node:fs'; fs.writeFileSync('target', 'x');",
  "import fs from 'node:fs'": "import fs from 'node:fs'; fs.writeFileSync('target', 'x');",
  "import { promises } from 'node:fs'": "import { promises } from 'node:fs'; await promises.writeFile('target', 'x');",
  "import { writeFile } from 'node:fs/promises'":
    "import { writeFile } from 'node:fs/promises'; await writeFile('target', 'x');",
  "import { open } from 'fs/promises'":
    "import { open } from 'fs/promises'; const handle = await open('target', 'w'); await handle.close();",
  "import * as promises from 'fs/promises'":
    "import * as promises from 'fs/promises'; await promises.writeFile('target', 'x');",
  "import promises from 'fs/promises'": "import promises from 'fs/promises'; await promises.writeFile('target', 'x');",
  "import { createWriteStream } from 'node:fs'":
    "import { createWriteStream } from 'node:fs'; await new Promise((done) => createWriteStream('target').end('x', done));",
  "import { copyFile } from 'node:fs'":
    "import { copyFile } from 'node:fs'; await new Promise((done) => copyFile('main.mjs', 'target', done));",
  "await import('node:fs')": "const { writeFileSync } = await import('node:fs'); writeFileSync('target', 'x');",
  "await import('fs/promises')": "const { writeFile } = await import('fs/promises'); await writeFile('target', 'x');",
  'process.getBuiltinModule': "process.getBuiltinModule('node:fs').writeFileSync('target', 'x');",
  'createRequire':
    "import { createRequire as make } from 'node:module'; make(import.meta.url)('fs').writeFileSync('target', 'x');",
};

describe('an ES module under the hook', function () {
  this.timeout(30_000);
  const at = useTemporaryDirectory();

  for (const [title, source] of Object.entries(IMPORTS)) {
    it(`replaces a file through ${title}`, async () => {
      writeFileSync(
        at('main.mjs'),
        `${source}\nimport { stats } from ${JSON.stringify(API)};\nconsole.log(stats().replaced);`,
      );
      expect(await outputOf(runNode([at('main.mjs')], { cwd: at() }))).to.equal('1');
    });
  }

  it('has bindings that follow a patch and its end', async () => {
    writeFileSync(
      at('main.mjs'),
      `import { writeFileSync } from 'node:fs';
       import { writeFile } from 'node:fs/promises';
       import api from ${JSON.stringify(API)};
       const count = async () => {
         writeFileSync('target', 'x');
         await writeFile('target', 'y');
         return api.stats().replaced;
       };
       const counts = [await count()];
       const unpatch = api.patch();
       counts.push(await count());
       unpatch();
       counts.push(await count());
       console.log(counts.join());`,
    );
    expect(await outputOf(runNode([at('main.mjs')], { cwd: at(), hook: false }))).to.equal('0,2,2');
  });
});

describe('the functions of a patch', function () {
  this.timeout(30_000);
  const at = useTemporaryDirectory();

  it('keep name, length, and every other property of those they replace', async () => {
    const output = await outputOf(
      runProgram(
        `const fs = require('node:fs');
         const describe = (functions) => Object.fromEntries(Object.keys(functions)
           .filter((name) => typeof Object.getOwnPropertyDescriptor(functions, name).value === 'function')
           .map((name) => {
             const value = functions[name];
             const { prototype, ...own } = Object.getOwnPropertyDescriptors(value);
             const flags = Object.getOwnPropertyDescriptor(functions, name);
             const place = [flags.writable, flags.enumerable, flags.configurable].join();
             const kept = Reflect.ownKeys(own).map((key) => [String(key), own[key].enumerable, own[key].value === value || (own[key].value?.name ?? String(own[key].value))]);
             return [name, JSON.stringify([place, kept])];
           }));
         const listed = (object) => Reflect.ownKeys(object).map(String).join();
         const look = () => ({ fs: describe(fs), promises: describe(fs.promises), names: listed(fs) + listed(fs.promises) });
         // Some are loaded when first asked for, and are other properties from then on.
         const natives = { ...fs };
         const before = look();
         require(${JSON.stringify(API)}).patch();
         const changed = Object.keys(natives).filter((name) => name !== 'promises' && natives[name] !== fs[name]);
         console.log(JSON.stringify({ before, after: look(), changed }));`,
        { hook: false },
      ),
    );
    const { before, after, changed } = JSON.parse(output) as Record<'before' | 'after', unknown> & {
      changed: string[];
    };
    expect(after).to.deep.equal(before);
    expect(changed).to.include.members(['writeFileSync', 'writeFile', 'openSync', 'open', 'close', 'copyFile', 'cp']);
    expect(changed).to.not.include.members(['readSync', 'read', 'fstatSync', 'fchmod']);
  });

  it('are found by util.promisify as the native ones are', async () => {
    const promisified = `
      const fs = require('node:fs');
      const { promisify } = require('node:util');
      (async () => {
        const fd = await promisify(fs.open)('target', 'w');
        const written = await promisify(fs.write)(fd, Buffer.from('abc'));
        const writtenAll = await promisify(fs.writev)(fd, [Buffer.from('d'), Buffer.from('e')]);
        await promisify(fs.close)(fd);
        console.log(JSON.stringify([Object.keys(written), written.bytesWritten, Object.keys(writtenAll), writtenAll.bytesWritten]));
      })();`;
    const [hooked, plain] = await Promise.all(
      [true, false].map((hook) => outputOf(runProgram(promisified, { hook, cwd: at() }))),
    );
    expect(hooked).to.equal(plain);
    expect(readFileSync(at('target'), 'utf8')).to.equal('abcde');
  });

  it('leave functions that were taken out of fs before as they were', async () => {
    const output = await outputOf(
      runProgram(
        `const { writeFileSync, openSync, createWriteStream } = require('node:fs');
         const { writeFile } = require('node:fs/promises');
         const { patch, stats } = require(${JSON.stringify(API)});
         patch();
         writeFileSync('target', 'x');
         require('node:fs').closeSync(openSync('target', 'w'));
         writeFile('target', 'x').then(() => console.log(stats().replaced));`,
        { hook: false, cwd: at() },
      ),
    );
    expect(output).to.equal('0');
  });
});

/** Statements over `fs`, `patch` and `replaced()`, each with what it prints. */
const UNPATCHING: readonly { title: string; program: string; prints: readonly unknown[] }[] = [
  {
    title: 'puts every native function back',
    program: `
      const before = { ...fs }, beforePromises = { ...fs.promises };
      const construct = fs.WriteStream.prototype._construct;
      const unpatch = patch();
      print(Object.keys(before).some((name) => fs[name] !== before[name]));
      unpatch();
      print(Object.keys(before).filter((name) => fs[name] !== before[name]).join());
      print(Object.keys(beforePromises).filter((name) => fs.promises[name] !== beforePromises[name]).join());
      print(fs.WriteStream.prototype._construct === construct);`,
    prints: [true, '', '', true],
  },
  {
    title: 'leaves a function that somebody has wrapped since, which passes through natively from then on',
    program: `
      const unpatch = patch();
      const ours = fs.writeFileSync;
      const theirs = (...args) => { print('theirs'); return ours(...args); };
      fs.writeFileSync = theirs;
      fs.writeFileSync('target', 'a'); print(replaced());
      unpatch();
      print(fs.writeFileSync === theirs);
      fs.writeFileSync('target', 'b'); print(replaced()); print(fs.readFileSync('target', 'utf8'));`,
    prints: ['theirs', 1, true, 'theirs', 1, 'b'],
  },
  {
    title: 'passes through natively in a function that somebody kept',
    program: `
      const unpatch = patch();
      const { writeFileSync, openSync, closeSync, writeSync, copyFileSync } = fs;
      const { writeFile } = fs.promises;
      unpatch();
      writeFileSync('target', 'a');
      const fd = openSync('target', 'w'); writeSync(fd, 'b'); print(fs.readFileSync('target', 'utf8')); closeSync(fd);
      copyFileSync('target', 'copy');
      writeFile('target', 'c').then(() => print(replaced()));`,
    prints: ['b', 0],
  },
  {
    title: 'restores a function that somebody had wrapped before the patch',
    program: `
      const native = fs.writeFileSync;
      const theirs = (...args) => native(...args);
      fs.writeFileSync = theirs;
      const unpatch = patch();
      print(fs.writeFileSync === theirs);
      unpatch();
      print(fs.writeFileSync === theirs);`,
    prints: [false, true],
  },
  {
    title: 'publishes a file that is still open, and lets it be closed by a native close',
    program: `
      const unpatch = patch();
      const fd = fs.openSync('target', 'w'); fs.writeSync(fd, 'a');
      const { execSync } = require('node:child_process');
      const seenByOthers = () => execSync('cat target 2>&1', { encoding: 'utf8' });
      try { seenByOthers(); } catch { print('absent'); }
      unpatch();
      print(seenByOthers());
      fs.writeSync(fd, 'b'); fs.closeSync(fd);
      print(seenByOthers()); print(fs.readdirSync('.').join()); print(process.listenerCount('exit'));`,
    prints: ['absent', 'a', 'ab', 'target', 0],
  },
  {
    title: 'does nothing the second time, not even to a later patch',
    program: `
      const unpatch = patch();
      unpatch(); unpatch();
      const again = patch();
      unpatch();
      fs.writeFileSync('target', 'a'); print(replaced());
      again();
      fs.writeFileSync('target', 'a'); print(replaced());`,
    prints: [1, 1],
  },
  {
    title: 'takes back a patch that was asked for twice, once',
    program: `
      const first = patch(); const { writeFileSync } = fs; const second = patch();
      print(fs.writeFileSync === writeFileSync);
      fs.writeFileSync('target', 'a'); print(replaced());
      second();
      fs.writeFileSync('target', 'a'); print(replaced());
      first();
      fs.writeFileSync('target', 'a'); print(replaced());`,
    prints: [true, 1, 1, 1],
  },
  {
    title: 'is not needed to give a patch other options',
    program: `
      patch();
      patch({ rules: [{ match: 'target', plan: 'native' }] });
      fs.writeFileSync('target', 'a'); print(replaced());
      patch();
      fs.writeFileSync('target', 'a'); print(replaced());
      patch({});
      fs.writeFileSync('target', 'a'); print(replaced());`,
    prints: [0, 0, 1],
  },
  {
    title: 'has nothing to do after a patch with a bad option, which patches nothing',
    program: `
      const { writeFileSync } = fs;
      try { patch({ durability: 'eternal' }); } catch (error) { print(error.code); }
      print(fs.writeFileSync === writeFileSync);`,
    prints: ['ERR_INTACT_OPTION', true],
  },
];

describe('taking a patch back', function () {
  this.timeout(30_000);
  const at = useTemporaryDirectory();

  for (const { title, program, prints } of UNPATCHING) {
    it(title, async () => {
      const source = `
        const fs = require('node:fs');
        const { patch, stats } = require(${JSON.stringify(API)});
        const replaced = () => stats().replaced;
        const print = (value) => console.log(JSON.stringify(value));
        ${program}`;
      const output = await outputOf(runProgram(source, { hook: false, cwd: at() }));
      expect(output.split('\n').map((line) => JSON.parse(line) as unknown)).to.deep.equal(prints);
    });
  }
});

describe('two copies of the package in one process', function () {
  this.timeout(30_000);
  const at = useTemporaryDirectory();

  beforeEach(() => {
    for (const copy of ['first', 'second']) copyPackageTo(at('copies', copy));
  });

  function run(program: string, options: ChildOptions = {}): Promise<string> {
    const source = `
      const fs = require('node:fs');
      const print = (value) => console.log(JSON.stringify(value));
      const first = (entry) => require(${JSON.stringify(at('copies', 'first', 'dist'))} + '/' + entry);
      const second = (entry) => require(${JSON.stringify(at('copies', 'second', 'dist'))} + '/' + entry);
      ${program}`;
    return outputOf(runProgram(source, { hook: false, cwd: at(), ...options }));
  }

  it('make one patch with one state', async () => {
    const output = await run(`
      const unpatch = first('api').patch();
      const { writeFileSync } = fs;
      const native = fs.readFileSync;
      second('register'); const unpatchSecond = second('api').patch();
      print(fs.writeFileSync === writeFileSync);
      fs.writeFileSync('target', 'a');
      print([first('api').stats().replaced, second('api').stats().replaced]);
      unpatchSecond();
      fs.writeFileSync('target', 'b');
      print([first('api').stats().replaced, fs.writeFileSync === writeFileSync]);`);
    expect(output.split('\n')).to.deep.equal(['true', '[1,1]', '[1,false]']);
  });

  for (const [opener, closer] of [
    ["first('index')", "second('index')"],
    ["second('index')", "first('index')"],
    ["first('index')", '(first("register"), fs)'],
    ['(second("register"), fs)', "first('index')"],
    ["second('api').createFs()", "first('api').createFs()"],
  ] as const) {
    it(`commit through ${closer} what was opened through ${opener}`, async () => {
      const output = await run(`
        second('api'); first('api');
        fs.writeFileSync('target', 'old');
        const fd = (${opener}).openSync('target', 'w');
        fs.writeSync(fd, 'new');
        const closing = ${closer};
        print(require('node:child_process').execFileSync('cat', ['target'], { encoding: 'utf8' }));
        closing.closeSync(fd);
        print(fs.readFileSync('target', 'utf8'));
        print(fs.readdirSync('.').join());`);
      expect(output.split('\n')).to.deep.equal(['"old"', '"new"', '"copies,target"']);
    });
  }

  it('preloaded and required by the program: make one patch', async () => {
    const output = await run(
      `second('register'); fs.writeFileSync('target', 'a'); print(second('api').stats().replaced);`,
      {
        nodeArguments: ['-r', at('copies', 'first', 'dist', 'register.js')],
      },
    );
    expect(output).to.equal('1');
  });
});

function copyPackageTo(folder: string): void {
  mkdirSync(dirname(folder), { recursive: true });
  cpSync(join(PACKAGE, 'dist'), join(folder, 'dist'), { recursive: true });
  cpSync(join(PACKAGE, 'package.json'), join(folder, 'package.json'));
}

/** A package.json with these options in it. */
function named(options: object): unknown {
  return { 'name': 'app', 'fs-intact': options };
}

describe('options for the hook', function () {
  this.timeout(30_000);
  const at = useTemporaryDirectory();

  /** Runs a main program in a package of its own and tells which durability its writes get. */
  async function explained(options: ChildOptions & { manifest?: unknown; main?: string; program?: string }) {
    const folder = at('app');
    const main = join(folder, options.main ?? 'main.js');
    mkdirSync(dirname(main), { recursive: true });
    if (options.manifest !== undefined) writeFileSync(join(folder, 'package.json'), JSON.stringify(options.manifest));
    const program = `
      const { explain, patch } = require(${JSON.stringify(API)});
      ${options.program ?? ''}
      const { plan, reason, durability, rule } = explain(${JSON.stringify(at('target.db'))});
      console.log(JSON.stringify({ plan, reason, durability, rule }));`;
    writeFileSync(main, program);
    return runNode([main], options);
  }

  async function durabilityWith(options: Parameters<typeof explained>[0]): Promise<string> {
    return (JSON.parse(await outputOf(explained(options))) as { durability: string }).durability;
  }

  const ALL_SOURCES = {
    manifest: named({ durability: 'consistent' }),
    env: { FS_INTACT: '{"durability":"process"}', FS_INTACT_DURABILITY: 'consistent' },
  };

  const PRECEDENCE: Readonly<Record<string, [Parameters<typeof explained>[0], string]>> = {
    'nothing says anything': [{}, 'durable'],
    "package.json's key": [{ manifest: named({ durability: 'process' }) }, 'process'],
    'the package.json above a folder of a package': [
      { manifest: named({ durability: 'process' }), main: 'lib/deep/main.js' },
      'process',
    ],
    'FS_INTACT': [{ env: { FS_INTACT: '{"durability":"consistent"}' } }, 'consistent'],
    'FS_INTACT_DURABILITY': [{ env: { FS_INTACT_DURABILITY: 'process' } }, 'process'],
    "FS_INTACT before package.json's key": [
      { manifest: named({ durability: 'consistent' }), env: { FS_INTACT: '{"durability":"process"}' } },
      'process',
    ],
    'FS_INTACT_DURABILITY before FS_INTACT': [
      { env: { FS_INTACT: '{"durability":"process"}', FS_INTACT_DURABILITY: 'consistent' } },
      'consistent',
    ],
    'the options argument before all others': [
      { ...ALL_SOURCES, program: "patch({ durability: 'durable' });" },
      'durable',
    ],
    'another key of a weaker source, too': [
      { manifest: named({ durability: 'process' }), env: { FS_INTACT: '{"onExit":"discard"}' } },
      'process',
    ],
    'a variable that the program sets itself: nothing': [
      { program: "process.env.FS_INTACT_DURABILITY = 'process';" },
      'durable',
    ],
    'empty variables: nothing': [{ env: { FS_INTACT: '', FS_INTACT_DURABILITY: '', FS_INTACT_OFF: '' } }, 'durable'],
  };

  for (const [title, [options, durability]] of Object.entries(PRECEDENCE)) {
    it(`${title}: ${durability}`, async () => {
      expect(await durabilityWith(options)).to.equal(durability);
    });
  }

  it('come from the package of the main program, not from a nameless package.json or the working directory', async () => {
    mkdirSync(at('app', 'esm'), { recursive: true });
    writeFileSync(at('app', 'esm', 'package.json'), '{"type":"commonjs"}');
    mkdirSync(at('elsewhere'));
    writeFileSync(at('elsewhere', 'package.json'), JSON.stringify(named({ durability: 'process' })));
    const options = { manifest: named({ durability: 'consistent' }), main: 'esm/main.js', cwd: at('elsewhere') };
    expect(await durabilityWith(options)).to.equal('consistent');
  });

  it('apply in worker threads', async () => {
    const program = `
      const { Worker, isMainThread } = require('node:worker_threads');
      if (isMainThread) { new Worker(__filename); return; }`;
    expect(await durabilityWith({ manifest: named({ durability: 'process' }), program })).to.equal('process');
  });

  for (const [value, plan, reason] of [
    ['1', 'native', 'off'],
    ['0', 'replace', undefined],
  ] as const) {
    it(`FS_INTACT_OFF=${value} makes the plan ${plan}, whatever else is said`, async () => {
      const output = await outputOf(
        explained({ env: { FS_INTACT_OFF: value, FS_INTACT_DURABILITY: 'durable' }, program: 'patch({});' }),
      );
      const explanation = JSON.parse(output) as Record<string, unknown>;
      expect([explanation['plan'], explanation['reason']]).to.deep.equal([plan, reason]);
    });
  }

  it('FS_INTACT_OFF=1 leaves every function of fs native', async () => {
    const program = `
      const fs = require('node:fs');
      const natives = { ...fs };
      require(${JSON.stringify(REGISTER)});
      if (Object.keys(natives).some((name) => fs[name] !== natives[name])) throw new Error('patched');`;
    await outputOf(explained({ env: { FS_INTACT_OFF: '1' }, hook: false, program }));
  });

  it("do not come from a package that is only an argument's, of a program without a file", async () => {
    writeFileSync(at('package.json'), JSON.stringify(named({ durability: 'process' })));
    const program = `console.log(require(${JSON.stringify(API)}).explain(process.argv[1]).durability);`;
    expect(await outputOf(runProgram(program, { programArguments: [at('target')] }))).to.equal('durable');
  });

  it("rules choose by the file's name or absolute path, the first that matches", async () => {
    const rules = [
      { match: '*.json', durability: 'process' },
      { match: ['/nowhere/**', '**/target.db'], durability: 'consistent' },
      { match: '*.db', plan: 'native' },
    ];
    const output = await outputOf(explained({ env: { FS_INTACT: JSON.stringify({ rules }) } }));
    expect(JSON.parse(output)).to.deep.equal({
      plan: 'replace',
      durability: 'consistent',
      rule: '/nowhere/**, **/target.db',
    });
  });

  const BAD: Readonly<Record<string, [Parameters<typeof explained>[0], readonly string[]]>> = {
    'an unknown key in FS_INTACT': [
      { env: { FS_INTACT: '{"durabilty":"process"}' } },
      ['FS_INTACT', 'durabilty', 'process', 'durability, rules, onExit, append, warn'],
    ],
    'a bad value in FS_INTACT': [
      { env: { FS_INTACT: '{"onExit":"keep"}' } },
      ['FS_INTACT', 'onExit', 'keep', "'publish', 'discard'"],
    ],
    'FS_INTACT that is not JSON': [{ env: { FS_INTACT: 'durable' } }, ['FS_INTACT', 'JSON']],
    'FS_INTACT that is no object': [{ env: { FS_INTACT: '["durable"]' } }, ['FS_INTACT', '["durable"]', 'durability']],
    'a bad FS_INTACT_DURABILITY': [
      { env: { FS_INTACT_DURABILITY: 'eternal' } },
      ['FS_INTACT_DURABILITY', 'eternal', "'process', 'consistent', 'durable'"],
    ],
    'a bad FS_INTACT_OFF': [{ env: { FS_INTACT_OFF: 'yes' } }, ['FS_INTACT_OFF', 'yes', "'1'", "'0'"]],
    'an unknown key in package.json': [
      { manifest: named({ sync: true }) },
      ['package.json', 'fs-intact', 'sync', 'true', 'durability'],
    ],
    'a bad rule in package.json': [
      { manifest: named({ rules: [{ match: '*.db' }, { match: 'data/*.db' }] }) },
      ['package.json', 'rules[1].match', 'data/*.db', '**'],
    ],
    'a rule without a match': [
      { env: { FS_INTACT: '{"rules":[{"plan":"native"}]}' } },
      ['rules[0].match', 'undefined'],
    ],
  };

  for (const [title, [options, mentions]] of Object.entries(BAD)) {
    it(`${title}: ends the program before it begins, with a message that says what is allowed`, async () => {
      const { code, stdout, stderr } = await explained(options);
      expect({ code, stdout }).to.deep.equal({ code: 1, stdout: '' });
      expect(stderr).to.include('ERR_INTACT_OPTION');
      for (const mention of mentions) expect(stderr).to.include(mention);
    });
  }
});
