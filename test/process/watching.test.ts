// fs.watch in the writing process: it reports what the program did, and nothing of how it is done.

import { expect } from 'chai';
import { mkdirSync, writeFileSync } from 'node:fs';
import { type ChildResult, REGISTER, runProgram } from '../support/child';
import { useTemporaryDirectory } from '../support/temporary-directory';

interface Watching {
  readonly title: string;
  /** Begins a watch of `directory` and calls `see(eventType, filename)`. */
  readonly program: string;
  /** Whether node itself drops events now and then, or tells of them in an order of its own. */
  readonly isLossy?: boolean;
}

const WATCHES: readonly Watching[] = [
  { title: 'fs.watch', program: 'fs.watch(directory, see);' },
  { title: 'fs.watch with names as Buffers', program: "fs.watch(directory, { encoding: 'buffer' }, see);" },
  { title: 'a listener of the watcher', program: "fs.watch(directory).on('change', see);" },
  {
    title: 'fs.watch by a link to the directory',
    program: "native.symlinkSync(directory, directory + '-link'); fs.watch(directory + '-link', see);",
  },
  { title: 'the second of two watchers', program: 'fs.watch(directory, () => {}); fs.watch(directory, see);' },
  {
    title: 'fs.promises.watch',
    program:
      '(async () => { for await (const { eventType, filename } of fs.promises.watch(directory)) see(eventType, filename); })();',
  },
  { title: 'fs.watch, recursive', program: 'fs.watch(directory, { recursive: true }, see);', isLossy: true },
  {
    title: 'fs.promises.watch, recursive',
    program: `(async () => {
      for await (const { eventType, filename } of fs.promises.watch(directory, { recursive: true })) see(eventType, filename);
    })();`,
    isLossy: true,
  },
];

/** Writes to `target`, which is there, or to `fresh`, which is not. */
const WRITES: Readonly<Record<string, string>> = {
  'writeFileSync': "fs.writeFileSync(path, 'new');",
  'writeFile': "await new Promise((done) => fs.writeFile(path, 'new', done));",
  'promises.writeFile': "await fs.promises.writeFile(path, 'new');",
  'open, write, close': "const fd = fs.openSync(path, 'w'); fs.writeSync(fd, 'new'); fs.closeSync(fd);",
  'a FileHandle': "const handle = await fs.promises.open(path, 'w'); await handle.write('new'); await handle.close();",
  'a stream': "await new Promise((done) => fs.createWriteStream(path).end('new').on('close', done));",
  'copyFile': "await fs.promises.copyFile(directory + '/other', path);",
};

interface Seen {
  readonly title: string;
  readonly name: string;
  readonly events: readonly string[];
}

/** Does every write, of both files, and tells for each what the watcher reported. */
async function watchWrites(directory: string, { program }: Watching, isHooked: boolean): Promise<readonly Seen[]> {
  mkdirSync(directory);
  for (const name of ['target', 'other']) writeFileSync(`${directory}/${name}`, 'old');
  const acts = Object.entries(WRITES).map(
    ([title, write]) => `{ title: ${JSON.stringify(title)}, act: async (path) => { ${write} } }`,
  );
  const child = await runProgram(
    `const fs = require('node:fs');
     const native = { ...fs };
     ${isHooked ? `require(${JSON.stringify(REGISTER)});` : ''}
     const directory = process.argv[1];
     const events = [];
     let arrived = () => {};
     const see = (eventType, filename) => { events.push(eventType + ' ' + filename); arrived(); };
     // What was reported until now: the system tells of everything in one directory in its order.
     let marks = 0;
     const untilNow = async () => {
       const mark = 'mark-' + marks++;
       const isThere = new Promise((done) => (arrived = () => events.some((event) => event.endsWith(mark)) && done()));
       native.writeFileSync(directory + '/' + mark, '');
       const again = setInterval(() => native.writeFileSync(directory + '/' + mark, ''), 50);
       await isThere;
       clearInterval(again);
       return [...new Set(events.splice(0).filter((event) => !event.includes('mark-')))].toSorted();
     };
     ${program}
     (async () => {
       const seen = [];
       // A watch may begin a little later than it is asked for.
       for (let isOn = false; !isOn; isOn = events.length > 0) {
         native.writeFileSync(directory + '/mark-first', '');
         await new Promise((done) => setTimeout(done, 5));
       }
       await untilNow();
       for (const { title, act } of [${acts.join(',\n')}]) {
         for (const name of ['target', 'fresh']) {
           await act(directory + '/' + name);
           seen.push({ title, name, events: await untilNow() });
         }
         native.unlinkSync(directory + '/fresh');
         await untilNow();
       }
       console.log(JSON.stringify(seen));
       process.exit();
     })();`,
    { hook: false, programArguments: [directory] },
  );
  return JSON.parse(outputOf(child)) as Seen[];
}

function outputOf({ code, stdout, stderr }: ChildResult): string {
  expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
  return stdout;
}

describe('fs.watch of a directory that the process writes in', function () {
  this.timeout(60_000);
  const at = useTemporaryDirectory();

  for (const watching of WATCHES) {
    it(`${watching.title}: tells of a replaced file as a change, of a new one as new, and of nothing else`, async () => {
      const hooked = await watchWrites(at('hooked'), watching, true);
      const allowed = ['change target', 'change fresh', 'rename fresh'];
      if (watching.isLossy) {
        const all = hooked.flatMap(({ events }) => events);
        expect(allowed).to.include.members(all);
        expect(all).to.include.members(['change target', 'rename fresh']);
        return;
      }
      const plain = await watchWrites(at('plain'), watching, false);
      for (const [index, { title, name, events }] of hooked.entries()) {
        // A file that comes by a rename is complete: no change of it follows.
        const wanted = plain[index]!.events.filter((event) => event !== 'change fresh');
        expect(events, `${title} of ${name}`).to.deep.equal(wanted);
        expect(events).to.deep.equal([name === 'target' ? 'change target' : 'rename fresh']);
      }
    });
  }
});

describe('fs.watch of a file that the process writes', function () {
  this.timeout(30_000);
  const at = useTemporaryDirectory();

  for (const [title, write] of Object.entries(WRITES)) {
    it(`${title}: whoever reads it when told so finds one whole content, and its size`, async () => {
      mkdirSync(at('x'));
      for (const name of ['target', 'other']) writeFileSync(at('x', name), 'old');
      const child = await runProgram(
        `const fs = require('node:fs');
         const directory = process.argv[1];
         const path = directory + '/target';
         const seen = new Set();
         const note = (error, found) => seen.add(error ? error.code : String(found.size ?? found));
         const watcher = fs.watch(path, () => {
           fs.readFile(path, 'utf8', note);
           fs.readFile(path, note);
           fs.promises.readFile(path, 'utf8').then((text) => note(null, text), note);
           fs.stat(path, note);
           fs.stat(path, { bigint: true }, note);
           note(null, fs.readFileSync(path, 'utf8'));
           note(null, fs.statSync(path));
         });
         (async () => {
           for (let time = 0; time < 20; time++) { ${write} }
           await new Promise((done) => setImmediate(() => setImmediate(done)));
           watcher.close();
           process.on('exit', () => console.log(JSON.stringify([...seen].toSorted())));
         })();`,
        { programArguments: [at('x')] },
      );
      const seen = JSON.parse(outputOf(child)) as string[];
      expect(['3', 'new', 'old']).to.include.members(seen);
      expect(seen).to.include('3');
    });
  }
});
