// What each call of the surface is made of: exactly the system calls that plain node makes, as strace sees them.

import { expect } from 'chai';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { runInThisContext } from 'node:vm';
import { nodeFs } from '../../src/ground/node-fs';
import { type LabFs, type Perform, surfaceOver } from '../../src/testing/surface';
import { runProgram } from '../support/child';
import { needs } from '../support/needs';
import { PrimitiveWords, systemWords } from '../support/primitive-calls';
import { callsBetween, parseTrace } from '../support/strace';
import { useTemporaryDirectory } from '../support/temporary-directory';

/** Statements in the directory below, with `fs`, `call` (a callback function as a promise) and `big` (1.2 MiB). */
const CALLS: readonly string[] = [
  `fs.writeFileSync('new', 'text')`,
  `fs.writeFileSync('new', '')`,
  `fs.writeFileSync('file', Buffer.from('text'))`,
  `fs.writeFileSync('new', Buffer.alloc(0))`,
  `fs.writeFileSync('new', 'text', { flush: true })`,
  `fs.writeFileSync('new', 'text', { encoding: 'utf8', flush: true })`,
  `fs.writeFileSync('new', 'text', { flag: 'a', mode: 0o600 })`,
  `fs.writeFileSync('new', big)`,
  `await call(fs.writeFile, 'new', 'text')`,
  `await call(fs.writeFile, 'new', '')`,
  `await call(fs.writeFile, 'file', big, { flush: true })`,
  `await fs.promises.writeFile('new', 'text')`,
  `await fs.promises.writeFile('new', '')`,
  `await fs.promises.writeFile('file', big, { flush: true })`,
  `await fs.promises.writeFile('file', ['one', 'two'])`,
  `fs.appendFileSync('file', 'more')`,
  `await call(fs.appendFile, 'file', 'more')`,
  `await fs.promises.appendFile('file', 'more')`,
  `fs.readFileSync('file')`,
  `fs.readFileSync('file', 'utf8')`,
  `fs.readFileSync('file', 'latin1')`,
  `fs.readFileSync('empty')`,
  `fs.readFileSync('large')`,
  `await call(fs.readFile, 'file', 'utf8')`,
  `await call(fs.readFile, 'large')`,
  `await call(fs.readFile, 'empty')`,
  `await fs.promises.readFile('file', 'utf8')`,
  `await fs.promises.readFile('large')`,
  `await fs.promises.readFile('large', 'utf8')`,
  `await fs.promises.readFile('empty')`,
  `fs.truncateSync('file', 2)`,
  `await call(fs.truncate, 'file', 2)`,
  `await fs.promises.truncate('file', 2)`,
  `fs.copyFileSync('file', 'new')`,
  `fs.copyFileSync('file', 'large')`,
  `fs.copyFileSync('file', 'file')`,
  `fs.copyFileSync('file', 'new', 1)`,
  `try { fs.copyFileSync('file', 'large', 1) } catch {}`,
  `try { fs.copyFileSync('absent', 'new') } catch {}`,
  `try { fs.copyFileSync('tree', 'new') } catch {}`,
  `await call(fs.copyFile, 'file', 'new')`,
  `await fs.promises.copyFile('file', 'new')`,
  `fs.mkdirSync('a/b/c', { recursive: true })`,
  `fs.mkdirSync('tree/sub', { recursive: true })`,
  `try { fs.mkdirSync('file/sub', { recursive: true }) } catch {}`,
  `await fs.promises.mkdir('a/b', { recursive: true, mode: 0o700 })`,
  `fs.existsSync('file')`,
  `await call((path, done) => fs.exists(path, () => done()), 'file')`,
  `fs.realpathSync('link')`,
  `fs.readdirSync('tree')`,
  `fs.readdirSync('tree', { withFileTypes: true })`,
  `fs.readdirSync('tree', { recursive: true })`,
  `await fs.promises.readdir('tree')`,
  `fs.accessSync('file')`,
  `fs.renameSync('file', 'new')`,
  `fs.linkSync('file', 'new')`,
  `fs.symlinkSync('file', 'new')`,
  `fs.unlinkSync('file')`,
  `fs.chmodSync('file', 0o600)`,
  `fs.utimesSync('file', 1, 2)`,
  `fs.statSync('link')`,
  `fs.lstatSync('link')`,
  `fs.readlinkSync('link')`,
  `const fd = fs.openSync('file', 'r+'); fs.writevSync(fd, [Buffer.from('a'), Buffer.from('b')]);
   fs.writeSync(fd, 'c', 5); fs.fdatasyncSync(fd); fs.fchmodSync(fd, 0o600); fs.ftruncateSync(fd, 3);
   fs.readvSync(fd, [Buffer.alloc(1), Buffer.alloc(1)], 0); fs.futimesSync(fd, 1, 2); fs.closeSync(fd)`,
  `const handle = await fs.promises.open('file', 'r+'); await handle.write('text'); await handle.sync();
   await handle.datasync(); await handle.stat(); await handle.truncate(3); await handle.appendFile('x');
   await handle.readFile(); await handle.close()`,
  `const stream = fs.createWriteStream('new', { flush: true });
   await call((done) => stream.end('text', done)); await call((done) => stream.close(done))`,
  `for await (const piece of fs.createReadStream('file')) void piece`,
];

/** Calls that are not the same on all of the versions. */
const UP_TO_22: readonly string[] = [
  `fs.readFileSync('large', 'utf8')`,
  `fs.rmSync('file')`,
  `fs.rmSync('tree', { recursive: true })`,
  `fs.rmSync('tree', { recursive: true, force: true })`,
  `fs.rmSync('absent', { force: true })`,
];

const PRELUDE = `
  const call = (fn, ...args) => new Promise((resolve, reject) => {
    fn(...args, (error, result) => error ? reject(error) : resolve(result));
  });
  const big = Buffer.alloc(1200 * 1024);
`;

const major = Number(process.versions.node.split('.')[0]);

describe('the primitive calls of the surface', () => {
  const at = useTemporaryDirectory();

  for (const source of [...CALLS, ...(major <= 22 ? UP_TO_22 : [])]) {
    it(`are the system calls of plain node for ${source.replaceAll(/\s+/g, ' ')}`, async function () {
      needs(this, 'strace');
      const plain = await systemCallsOf(source);
      const own = await primitiveCallsOf(source);
      expect(plain).to.not.deep.equal([]);
      expect(own).to.deep.equal(plain);
    });
  }

  async function systemCallsOf(source: string): Promise<string[]> {
    const directory = at('plain');
    lay(directory);
    const output = at('trace');
    const program = `
      const fs = require('node:fs');
      ${PRELUDE}
      // Loaded, so that no reading of node's own is in the trace.
      fs.promises; fs.ReadStream; fs.WriteStream; fs.createReadStream('empty').resume().on('close', async () => {
        fs.existsSync('/begin-of-trace');
        await (async () => { ${source} })();
        fs.existsSync('/end-of-trace');
      });
    `;
    const under = ['strace', '-f', '-y', '-s', '0', '-e', 'trace=%file,%desc', '-o', output];
    const { code, stderr } = await runProgram(program, { hook: false, cwd: directory, under });
    expect(stderr).to.equal('');
    expect(code).to.equal(0);
    const calls = callsBetween(parseTrace(readFileSync(output, 'utf8')), '/begin-of-trace', '/end-of-trace');
    // Where V8 looks how fast the clock is.
    return systemWords(calls, directory).filter((word) => !word.includes('/sys/devices/'));
  }

  async function primitiveCallsOf(source: string): Promise<string[]> {
    const cwd = at('own');
    lay(cwd);
    const words = new PrimitiveWords(cwd);
    const noting: Perform = (call, effect) => {
      try {
        const result = effect();
        words.note(call, { result });
        return result;
      } catch (error) {
        words.note(call, { error });
        throw error;
      }
    };
    const fs = surfaceOver(nodeFs, noting, { cwd });
    const run = runInThisContext(`(async (fs) => { ${PRELUDE} ${source} })`) as (fs: LabFs) => Promise<void>;
    await run(fs);
    return words.sentences;
  }
});

function lay(directory: string): void {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(`${directory}/tree/sub`, { recursive: true });
  for (const [name, content] of Object.entries({
    'file': 'content',
    'empty': '',
    'tree/one': '1',
    'tree/sub/two': '2',
  }))
    writeFileSync(`${directory}/${name}`, content);
  writeFileSync(`${directory}/large`, Buffer.alloc(1200 * 1024));
  symlinkSync('file', `${directory}/link`);
}
