// Very many files at once, with hardly more descriptors allowed than plain node needs for them.

import { expect } from 'chai';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { type ChildResult, runProgram } from '../support/child';
import { useTemporaryDirectory } from '../support/temporary-directory';
import { FAST_PLACE } from '../support/place';

const FILES = 4000;
/** For the streams, for node itself, and for what is on its way to the device. */
const DESCRIPTORS = FILES + 100;
const LIMITED = ['sh', '-c', `ulimit -n ${DESCRIPTORS} && exec "$0" "$@"`];

/** Statements that write every file of `names`, half of which are there, so that all are open at the same time. */
const CROWDS: Readonly<Record<string, string>> = {
  streams: `
    const streams = names.map((name) => fs.createWriteStream(name));
    await Promise.all(streams.map((stream) => new Promise((done, fail) => stream.on('error', fail).write('begin ', done))));
    await allOpen();
    await Promise.all(streams.map((stream, n) => new Promise((done, fail) => stream.on('error', fail).on('close', done).end(textOf(n)))));`,
  FileHandles: `
    const handles = await Promise.all(names.map((name) => fs.promises.open(name, 'w')));
    await Promise.all(handles.map((handle) => handle.write('begin ')));
    await allOpen();
    await Promise.all(handles.map(async (handle, n) => { await handle.write(textOf(n)); await handle.close(); }));`,
  descriptors: `
    const fds = names.map((name) => fs.openSync(name, 'w'));
    for (const fd of fds) fs.writeSync(fd, 'begin ');
    await allOpen();
    await Promise.all(fds.map((fd, n) => new Promise((done, fail) => {
      fs.write(fd, textOf(n), (error) => (error ? fail(error) : fs.close(fd, (failure) => (failure ? fail(failure) : done()))));
    })));`,
};

const nameOf = (n: number): string => `file-${n}`;
const isThere = (n: number): boolean => n % 2 === 0;

describe(`${FILES} files at once`, function () {
  this.timeout(120_000);
  const at = useTemporaryDirectory(FAST_PLACE);

  async function run(folder: string, crowd: string, hook: boolean): Promise<[ChildResult, ReadonlySet<string>]> {
    mkdirSync(folder);
    for (let n = 0; n < FILES; n += 2) writeFileSync(`${folder}/${nameOf(n)}`, 'old');
    let seen: ReadonlySet<string> = new Set();
    const child = await runProgram(
      `const fs = require('node:fs');
       const names = Array.from({ length: ${FILES} }, (_, n) => 'file-' + n);
       const textOf = (n) => 'end of ' + n;
       const allOpen = () => {
         console.log(fs.readdirSync('.').length, names.filter((name) => fs.statSync(name).size === 6).length);
         return new Promise((done) => process.once('SIGUSR2', done));
       };
       const keepAlive = setInterval(() => {}, 1000);
       (async () => { ${crowd} clearInterval(keepAlive); console.log(fs.readdirSync('.').length); })();`,
      {
        hook,
        cwd: folder,
        under: LIMITED,
        printed: (stdout, pid) => {
          if (seen.size > 0 || !stdout.includes('\n')) return;
          seen = contentsIn(folder);
          process.kill(pid, 'SIGUSR2');
        },
      },
    );
    for (let n = 0; n < FILES; n++)
      expect(readFileSync(`${folder}/${nameOf(n)}`, 'utf8')).to.equal(`begin end of ${n}`);
    expect(readdirSync(folder).length).to.equal(FILES);
    return [child, seen];
  }

  for (const [title, crowd] of Object.entries(CROWDS)) {
    it(`as ${title}: every one is whole for others all the time, and written as without the hook`, async () => {
      const [plain, seenPlain] = await run(at('plain'), crowd, false);
      const [hooked, seenHooked] = await run(at('hooked'), crowd, true);
      expect(plain).to.deep.include({ code: 0, stdout: `${FILES} ${FILES}\n${FILES}\n`, stderr: '' });
      expect(hooked).to.deep.equal(plain);
      expect([...seenPlain]).to.deep.equal(['begin ']);
      expect([...seenHooked].toSorted()).to.deep.equal(['absent', 'old']);
    });
  }
});

/** Everything that the files contain for others at this moment. */
function contentsIn(folder: string): Set<string> {
  const names = new Set(readdirSync(folder));
  const contents = Array.from({ length: FILES }, (_, n) =>
    names.has(nameOf(n)) ? readFileSync(`${folder}/${nameOf(n)}`, 'utf8') : isThere(n) ? 'lost' : 'absent',
  );
  return new Set(contents);
}
