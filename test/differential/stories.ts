// Scenarios that are more than one call on one target, each told by itself.

import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import type { WriteStream } from 'node:fs';
import { Readable, pipeline } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { turnUntil } from '../support/event-loop';
import { FLAVOURS } from '../support/flavours';
import { outcomeOf } from '../support/outcome';
import { NEW, storyOf } from './calls';
import { kindNamed } from './kinds';
import { OTHERS } from './others';
import type { Kind, Scenario, Scene } from './scenario';
import { ORDINARY_USER, type Tree } from './tree';

type Told = Partial<Omit<Scenario, 'id' | 'act' | 'kind'>> & {
  /** By its name. @default 'a file' */
  readonly on?: string;
  /** Laid out by hand. */
  readonly lay?: (tree: Tree) => void;
};

function story(id: string, act: Scenario['act'], { on = 'a file', lay, ...rest }: Told = {}): Scenario {
  const kind: Kind = lay === undefined ? kindNamed(on) : { id, lay, answers: ['ok', 'ok'] };
  return { id: lay === undefined ? `${id}: ${on}` : id, kind, act, others: OTHERS, ...rest };
}

/** One story on several kinds of target. */
function onEach(kinds: readonly string[], id: string, act: Scenario['act'], rest: Told = {}): Scenario[] {
  return kinds.map((on) => story(id, act, { ...rest, on }));
}

const ORDINARY = ['a file', 'nothing', 'a symbolic link', 'a hard link', "another's file, for all to write"];

const UMASKS = [0, 0o002, 0o027, 0o077, 0o777].map((umask) =>
  story(`with umask ${umask.toString(8).padStart(3, '0')}`, async ({ fs, at, target, note }) => {
    process.umask(umask);
    await note('over a file', () => fs.writeFileSync(target, NEW, { mode: 0o600 }));
    await note('writeFile', () => fs.writeFileSync(at('one'), NEW));
    await note('writeFile with a mode', () => fs.promises.writeFile(at('two'), NEW, { mode: 0o7777 }));
    await note('open', () => fs.closeSync(fs.openSync(at('three'), 'w', 0o767)));
    await note('promises.open', async () => (await fs.promises.open(at('four'), 'w', 0o640)).close());
    await note('copyFile', () => fs.copyFileSync(at('source'), at('five')));
    await note('cp', () => fs.promises.cp(at('source'), at('six')));
    await note('stream', () =>
      once(fs.createWriteStream(at('seven'), { mode: 0o666 }).end(NEW), 'close').then(() => 0),
    );
    await note('appendFile', () => fs.appendFileSync(at('eight'), NEW));
    await note("writeFile with 'wx'", () => fs.writeFileSync(at('nine'), NEW, { flag: 'wx' }));
    process.umask(0o022);
  }),
);

const PLACES: readonly Scenario[] = [
  story('chdir between open and close', ({ fs }) => {
    const fd = fs.openSync('target', 'w');
    process.chdir('folder');
    fs.writeSync(fd, NEW);
    fs.closeSync(fd);
  }),
  story('chdir between the open and the close of a FileHandle', async ({ fs }) => {
    const handle = await fs.promises.open('./target', 'w');
    process.chdir('folder');
    await handle.write(NEW);
    await handle.close();
  }),
  story('chdir while a stream is open', async ({ fs }) => {
    const stream = fs.createWriteStream('target');
    await once(stream, 'open');
    process.chdir('folder');
    stream.end(NEW);
    await once(stream, 'close');
  }),
  story('the working directory is removed', async ({ fs, at, note }) => {
    fs.mkdirSync(at('gone'));
    process.chdir('gone');
    fs.rmdirSync(at('gone'));
    await note('writeFile', () => fs.writeFileSync('target', NEW));
    await note('open', () => fs.openSync('target', 'w'));
  }),
  story('the directory is renamed between open and close', async ({ fs, at, note }) => {
    const fd = fs.openSync(at('folder/target'), 'w');
    fs.writeSync(fd, 'half ');
    fs.renameSync(at('folder'), at('moved'));
    await note('seen', () => fs.readFileSync(at('moved/target'), 'utf8'));
    await note('gone', () => fs.existsSync(at('folder/target')));
    fs.writeSync(fd, 'whole');
    fs.closeSync(fd);
  }),
  story('the directory is removed between open and close', async ({ fs, at, note }) => {
    const fd = fs.openSync(at('folder/target'), 'w');
    await note('rmdir', () => fs.rmdirSync(at('folder')));
    await note('rm', () => fs.rmSync(at('folder'), { recursive: true }));
    await note('exists', () => fs.existsSync(at('folder/target')));
    await note('write', () => fs.writeSync(fd, NEW));
    await note('close', () => fs.closeSync(fd));
  }),
  story('another directory of that name is made between open and close', ({ fs, at }) => {
    const fd = fs.openSync(at('folder/target'), 'w');
    fs.rmSync(at('folder'), { recursive: true });
    fs.mkdirSync(at('folder'));
    fs.writeSync(fd, NEW);
    fs.closeSync(fd);
  }),
  story('a temporary directory', async ({ fs, at, note }) => {
    const made = await fs.promises.mkdtemp(at('folder/tmp-'));
    const fd = fs.openSync(`${made}/one`, 'w');
    fs.writeFileSync(`${made}/two`, NEW);
    await note('listed', () => fs.readdirSync(made));
    fs.closeSync(fd);
    await fs.promises.rm(made, { recursive: true });
    await note('listed', () => fs.readdirSync(at('folder')));
  }),
  story('listings while files are open', async ({ fs, at, directory, note }) => {
    const fds = ['folder/inner', 'folder/b', '.hidden', 'z'].map((name) => fs.openSync(at(name), 'w'));
    const plain = (entry: { name: string; isFile(): boolean }): string => `${entry.name} ${entry.isFile()}`;
    await note('types', () => fs.readdirSync(directory, { withFileTypes: true }).map(plain));
    await note('promise', async () => (await fs.promises.readdir(at('folder'))).toSorted());
    await note('recursive', () => fs.readdirSync(directory, { recursive: true, encoding: 'utf8' }).toSorted());
    await note('buffers', () => fs.readdirSync(directory, 'buffer').map(String));
    await note('opendir', async () => {
      const found: string[] = [];
      for await (const entry of await fs.promises.opendir(directory)) found.push(plain(entry));
      return found.toSorted();
    });
    for (const fd of fds) fs.closeSync(fd);
  }),
];

const DESCRIPTORS: readonly Scenario[] = [
  ...onEach(ORDINARY, 'everything that a descriptor can', async ({ fs, note, open }) => {
    const fd = (await open('w+', 0o640))!;
    await note('write', () => fs.writeSync(fd, 'one'));
    await note('write at', () => fs.writeSync(fd, Buffer.from('two'), 0, 3, 10));
    await note('writev', () => fs.writevSync(fd, [Buffer.from('three'), Buffer.from('four')], 20));
    await note('fsync', () => fs.fsyncSync(fd));
    await note('fdatasync', () => promisify(fs.fdatasync)(fd));
    await note('ftruncate', () => fs.ftruncateSync(fd, 27));
    await note('fchmod', () => promisify(fs.fchmod)(fd, 0o604));
    await note('fchown', () => fs.fchownSync(fd, process.getuid!(), process.getgid!()));
    await note('fstat', () => facts(fs.fstatSync(fd)));
    await note('fstat by callback', async () => facts(await promisify(fs.fstat)(fd)));
    await note('fstat with bigint', () => facts(fs.fstatSync(fd, { bigint: true })));
    await note('read', () => fs.readFileSync(fd, 'latin1'));
    await note('read at', () => fs.readSync(fd, Buffer.alloc(5), 0, 5, 20));
    await note('append', () => fs.appendFileSync(fd, 'five'));
    await note('writeFile', () => fs.writeFileSync(fd, 'six'));
    await note('futimes', () => fs.futimesSync(fd, 1e9, 1e9));
    await note('close', () => fs.closeSync(fd));
    await note('close again', () => fs.closeSync(fd));
    await note('write', () => fs.writeSync(fd, 'late'));
  }),
  ...onEach(ORDINARY, 'everything that a FileHandle can', async ({ fs, target, note }) => {
    const handle = await fs.promises.open(target, 'w+', 0o640);
    await note('write', () => handle.write('one'));
    await note('write at', () => handle.write(Buffer.from('two'), 0, 3, 10));
    await note('writev', () => handle.writev([Buffer.from('three'), Buffer.from('four')], 20));
    await note('truncate', () => handle.truncate(27));
    await note('datasync', () => handle.datasync());
    await note('chmod', () => handle.chmod(0o604));
    await note('chown', () => handle.chown(process.getuid!(), process.getgid!()));
    await note('stat', async () => facts(await handle.stat()));
    await note('stat with bigint', async () => facts(await handle.stat({ bigint: true })));
    await note('read', () => handle.read(Buffer.alloc(5), 0, 5, 20));
    await note('lines', async () => {
      const again = await fs.promises.open(target);
      const lines: string[] = [];
      for await (const line of again.readLines()) lines.push(line);
      return lines;
    });
    await note('appendFile', () => handle.appendFile('five'));
    await note('writeFile', () => handle.writeFile('six'));
    await note('utimes', () => handle.utimes(1e9, 1e9));
    await note('close', () => handle.close());
    await note('stat', () => handle.stat());
    await note('close again', () => handle.close());
  }),
  ...onEach(ORDINARY, 'times and mode by the path, last of all', async ({ fs, target, note, open }) => {
    const fd = (await open('w'))!;
    await note('write', () => fs.writeSync(fd, NEW));
    await note('chmod', () => fs.chmodSync(target, 0o605));
    await note('utimes', () => fs.utimesSync(target, 1e9, 1e9));
    await note('stat', () => facts(fs.statSync(target)));
    await note('close', () => fs.closeSync(fd));
  }),
  ...onEach(ORDINARY, 'a link to it that is made meanwhile', async ({ fs, at, target, note, open }) => {
    const fd = (await open('w'))!;
    await note('write', () => fs.writeSync(fd, 'half '));
    fs.symlinkSync(target, at('late'));
    await note('read', () => fs.readFileSync(at('late'), 'utf8'));
    await note('stat', () => facts(fs.statSync(at('late'))));
    await note('append', () => fs.appendFileSync(at('late'), 'and '));
    await note('realpath', () => fs.realpathSync(at('late')));
    await note('write', () => fs.writeSync(fd, 'whole', 9));
    await note('close', () => fs.closeSync(fd));
    await note('read', () => fs.readFileSync(at('late'), 'utf8'));
  }),
  story('a descriptor by its name in /proc', async ({ fs, target, note, open }) => {
    const fd = (await open('r+'))!;
    await note('writeFile', () => fs.writeFileSync(`/proc/self/fd/${fd}`, NEW));
    fs.closeSync(fd);
    const staged = (await open('w'))!;
    await note('writeFile', () => fs.writeFileSync(`/proc/self/fd/${staged}`, 'through /proc'));
    await note('appendFile', () => fs.appendFileSync(`/dev/fd/${staged}`, ' and /dev'));
    await note('readFile', () => fs.readFileSync(`/dev/fd/${staged}`, 'utf8'));
    fs.closeSync(staged);
    await note('seen', () => fs.readFileSync(target, 'utf8'));
  }),
  story('somebody in this process reads on', async ({ fs, target, note, open }) => {
    const reader = (await open('r'))!;
    await note('read', () => fs.readSync(reader, Buffer.alloc(4), 0, 4, null));
    fs.writeFileSync(target, NEW);
    const rest = Buffer.alloc(40);
    await note('read on', () => rest.toString('latin1', 0, fs.readSync(reader, rest, 0, 40, null)));
    fs.closeSync(reader);
  }),
  ...['a', 'r+'].map((flags) =>
    story(`somebody in this process has it open with '${flags}'`, async ({ fs, target, note, open, look }) => {
      const fd = (await open(flags))!;
      fs.writeSync(fd, 'before');
      await note('writeFile', () => fs.writeFileSync(target, NEW));
      look('written');
      fs.writeSync(fd, 'after');
      await note('promises.writeFile', () => fs.promises.writeFile(target, 'third'));
      fs.writeSync(fd, 'end');
      await note('open', () => {
        const other = fs.openSync(target, 'w');
        fs.writeSync(other, 'fourth, and a little longer than that');
        fs.closeSync(other);
      });
      fs.writeSync(fd, 'end');
      fs.closeSync(fd);
      await note('stream', () => once(fs.createWriteStream(target).end('fifth'), 'close').then(() => 0));
    }),
  ),
  story('a second open for appending, and both write', async ({ fs, note, open }) => {
    const fd = (await open('w'))!;
    const other = (await open('a'))!;
    for (const [to, text] of [
      [fd, 'one '],
      [other, 'two '],
      [fd, 'three '],
    ] as const) {
      await note('write', () => fs.writeSync(to, text));
    }
    fs.closeSync(fd);
    await note('write', () => fs.writeSync(other, 'four'));
    fs.closeSync(other);
  }),
  story('descriptors of two files, closed crosswise', ({ fs, at, target }) => {
    const [one, two] = [fs.openSync(target, 'w'), fs.openSync(at('two'), 'w')];
    fs.writeSync(two, 'two');
    fs.closeSync(one);
    const three = fs.openSync(at('three'), 'w');
    fs.writeSync(three, 'three');
    fs.closeSync(two);
    fs.closeSync(three);
  }),
  story('close without a callback', async ({ fs, target, open }) => {
    const fd = (await open('w'))!;
    fs.writeSync(fd, NEW);
    fs.close(fd);
    // To the program the file is closed, and has its new content, before the file system knows of it.
    const isMaking = (): boolean => process.getActiveResourcesInfo().includes('FSReqCallback');
    await turnUntil(() => fs.readFileSync(target, 'utf8') === NEW && !isOpen(fs, fd) && !isMaking());
  }),
  story('what it is to the program itself', ({ fs, target }) => {
    const before = fs.statSync(target);
    fs.writeFileSync(target, NEW);
    const after = fs.statSync(target);
    return { ino: before.ino === after.ino, birth: before.birthtimeMs === after.birthtimeMs };
  }),
];

function isOpen(fs: Scene['fs'], fd: number): boolean {
  try {
    fs.fstatSync(fd);
    return true;
  } catch {
    return false;
  }
}

/** What of a file's Stats is the same in every run. */
function facts(stats: { mode: number | bigint; size: number | bigint; nlink: number | bigint; uid: number | bigint }) {
  const { mode, size, nlink, uid } = stats;
  const { mtimeMs } = stats as unknown as { mtimeMs: number | bigint };
  return { mode: mode.toString(8), size: String(size), nlink: String(nlink), uid: String(uid), old: mtimeMs < 1.5e12 };
}

function streamStory(
  id: string,
  use: (stream: WriteStream, scene: Scene) => unknown,
  options?: unknown,
  on = 'a file',
): Scenario {
  return story(
    id,
    async (scene) => {
      const stream = scene.fs.createWriteStream(scene.target, options as BufferEncoding);
      return storyOf(stream, scene, () => void use(stream, scene));
    },
    { on },
  );
}

const STREAMS: readonly Scenario[] = [
  ...['a file', 'nothing', 'a hard link'].flatMap((on) => [
    streamStory(
      'a stream that is destroyed half-way',
      (stream) => stream.write('half', () => stream.destroy()),
      {},
      on,
    ),
    streamStory(
      'a stream that fails half-way',
      (stream) => stream.write('half', () => stream.destroy(new Error('enough'))),
      {},
      on,
    ),
    streamStory('a stream whose source fails', (stream) => pipeline(failing(), stream, () => {}), {}, on),
  ]),
  streamStory('a stream that is destroyed before it is open', (stream) => stream.destroy()),
  streamStory('a stream that is ended and destroyed', (stream) => {
    stream.end(NEW);
    stream.on('finish', () => stream.destroy());
  }),
  streamStory('a stream that is written to after its end', (stream) => {
    stream.end(NEW);
    stream.write('late', () => {});
  }),
  streamStory('a stream that is corked', (stream) => {
    stream.cork();
    for (const text of ['one ', 'two ', 'three']) stream.write(text);
    stream.uncork();
    stream.end();
  }),
  streamStory('a stream without a close event', (stream) => stream.end(NEW), { emitClose: false }),
  story('a stream that is aborted', async (scene) => {
    const controller = new AbortController();
    const { signal } = controller;
    const stream = scene.fs.createWriteStream(scene.target, { signal });
    return storyOf(stream, scene, () => void stream.write('half', () => controller.abort()));
  }),
  story('a stream that leaves its descriptor open', async ({ fs, target, note, look }) => {
    const stream = fs.createWriteStream(target, { autoClose: false });
    stream.end('one');
    await once(stream, 'finish');
    look('finished');
    const { fd } = stream as unknown as { fd: number };
    await note('write', () => fs.writeSync(fd, ' and more'));
    look('more');
    await note('close', () => fs.closeSync(fd));
  }),
  story('a stream of a descriptor', async ({ fs, open, look }) => {
    const fd = (await open('w'))!;
    fs.writeSync(fd, 'one ');
    const stream = fs.createWriteStream('', { fd });
    stream.end('two');
    await once(stream, 'close');
    look('closed');
  }),
  story('a stream of a FileHandle', async ({ fs, target, look, note }) => {
    const handle = await fs.promises.open(target, 'w');
    const stream = handle.createWriteStream();
    stream.end('of a handle');
    await once(stream, 'close');
    look('closed');
    await note('close', () => handle.close());
  }),
  story('a stream that copies a file onto itself', async ({ fs, target, note }) => {
    await note('pipeline', () => promisify(pipeline)(fs.createReadStream(target), fs.createWriteStream(target)));
  }),
  story('a stream that is read while it is written', async ({ fs, target, note }) => {
    const stream = fs.createWriteStream(target);
    await promisify<string, void>((text, done) => void stream.write(text, done))('so far');
    await note('read', async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of fs.createReadStream(target)) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks).toString();
    });
    await once(stream.end(), 'close');
  }),
  story('two streams to one file', async ({ fs, target }) => {
    const [one, two] = [fs.createWriteStream(target), fs.createWriteStream(target)];
    await Promise.all([once(one, 'open'), once(two, 'open')]);
    one.end('the first');
    await once(one, 'close');
    two.end('second');
    await once(two, 'close');
  }),
  story('a file that is renamed when its stream has finished', async ({ fs, at, target }) => {
    const stream = fs.createWriteStream(at('target.tmp'));
    stream.end(NEW);
    await once(stream, 'finish');
    fs.renameSync(at('target.tmp'), target);
    await turnUntil(() => stream.closed);
  }),
];

async function* failing(): AsyncGenerator<string> {
  yield await Promise.resolve('half');
  throw new Error('the source fails');
}

async function* texts(): AsyncGenerator<string> {
  for (const text of ['one ', 'two ', 'three']) yield await Promise.resolve(text);
}

const CONTENTS: readonly Scenario[] = [
  ...['a file', 'nothing', 'a hard link', 'a symbolic link'].flatMap((on) => [
    story('content that is iterated', ({ fs, target }) => fs.promises.writeFile(target, texts()), { on }),
    story('content of a stream', ({ fs, target }) => fs.promises.writeFile(target, Readable.from(texts())), { on }),
    story('content whose source fails', ({ fs, target }) => fs.promises.writeFile(target, failing()), { on }),
    story(
      'a write that is aborted half-way',
      ({ fs, target }) => {
        const controller = new AbortController();
        async function* aborting(): AsyncGenerator<string> {
          yield await Promise.resolve('half');
          controller.abort();
          yield 'never';
        }
        return fs.promises.writeFile(target, aborting(), { signal: controller.signal });
      },
      { on },
    ),
  ]),
  story('many files at once', async ({ fs, at }) => {
    const files = Array.from({ length: 40 }, (_, index) => at(`file-${index}`));
    await Promise.all(files.map((name, index) => fs.promises.writeFile(name, String(index))));
    await Promise.all(files.slice(0, 20).map((name) => promisify(fs.writeFile)(name, 'again')));
  }),
  story('one file again and again', async ({ fs, target }) => {
    for (let turn = 0; turn < 20; turn++) await fs.promises.writeFile(target, `turn ${turn}`);
    for (let turn = 0; turn < 20; turn++) fs.writeFileSync(target, `turn ${turn} again`);
  }),
  story('the names that modules import', async ({ target, at }) => {
    const { writeFileSync, readFileSync } = await import('node:fs');
    const { writeFile } = await import('node:fs/promises');
    writeFileSync(target, NEW);
    await writeFile(at('two'), readFileSync(target));
    const required = require('node:fs/promises') as object;
    return required === (require('node:fs') as { promises: object }).promises;
  }),
  story("another user's rights, for a while", async ({ fs, target, at, note }) => {
    if (process.getuid!() !== 0) return;
    process.setegid!(ORDINARY_USER);
    process.seteuid!(ORDINARY_USER);
    try {
      await note('writeFile', () => fs.writeFileSync(target, NEW));
      await note('open', () => fs.openSync(target, 'w'));
      await note('promises.writeFile', () => fs.promises.writeFile(at('new'), NEW));
    } finally {
      process.seteuid!(0);
      process.setegid!(0);
    }
  }),
];

function withTree(tree: Tree): void {
  tree.folder('from');
  tree.file('from/a', { mode: 0o640 });
  tree.file('from/read-only', { mode: 0o444 });
  tree.folder('from/deep', 0o750);
  tree.file('from/deep/b', { content: 'b' });
  tree.link('from/link', 'a');
  tree.link('from/dangling', 'nowhere');
  tree.link('from/directory', 'deep');
  tree.folder('to');
  tree.file('to/a', { mode: 0o600, content: 'there before' });
  tree.folder('to/deep');
  tree.file('to/deep/b', { mode: 0o444, content: 'there before' });
  tree.file('file');
}

const TREES: readonly Scenario[] = (
  [
    ['to a new place', 'from', 'new', {}],
    ['over a tree', 'from', 'to', {}],
    ['over a tree, without force', 'from', 'to', { force: false }],
    ['over a tree, complaining', 'from', 'to', { force: false, errorOnExist: true }],
    ['with the links followed', 'from', 'new', { dereference: true }],
    ['over a tree, with the links followed', 'from', 'to', { dereference: true }],
    ['with the links as they are', 'from', 'new', { verbatimSymlinks: true }],
    ['with the times', 'from', 'new', { preserveTimestamps: true }],
    ['over a tree, with the times', 'from', 'to', { preserveTimestamps: true }],
    ['by a filter', 'from', 'new', { filter: (path: string) => !path.endsWith('/a') }],
    ['into itself', 'from', 'from/deep/new', {}],
    ['onto a file', 'from', 'file', {}],
    ['without leave to go down', 'from', 'new', { recursive: false }],
    ['that is missing', 'absent', 'new', {}],
  ] as const
).flatMap(([how, from, to, options]) =>
  FLAVOURS.map((flavour) =>
    story(
      `a tree is copied ${how}, ${flavour.name}`,
      ({ fs, at }) => outcomeOf(flavour, fs, 'cp', at(from), at(to), { recursive: true, ...options }),
      { lay: withTree },
    ),
  ),
);

const WATCHERS: readonly Scenario[] = [
  ...['a file', 'a hard link', 'a symbolic link'].map((on) =>
    story(
      'this process watches the file',
      async ({ fs, target }) => {
        const events = new Set<string>();
        const watcher = fs.watch(target, (event) => events.add(event));
        fs.writeFileSync(target, 'one');
        await turnUntil(() => events.size > 0);
        watcher.close();
        return [...events];
      },
      { on },
    ),
  ),
  ...['a file', 'nothing'].map((on) =>
    story(
      'this process watches the directory',
      async ({ fs, directory, target }) => {
        const events = new Set<string>();
        const watcher = fs.watch(directory, (event, name) => events.add(`${event} ${name}`));
        fs.writeFileSync(target, 'one');
        await turnUntil(() => [...events].some((event) => event.endsWith('target')));
        // What else comes of one write comes with it.
        await pause(20);
        watcher.close();
        return [...events].filter((event) => event.endsWith('target')).length > 0 && [...names(events)];
      },
      { on },
    ),
  ),
  story('this process looks at the file from time to time', async ({ fs, target }) => {
    const sizes: number[][] = [];
    fs.watchFile(target, { interval: 5 }, (now, before) => sizes.push([before.size, now.size]));
    await pause(30);
    fs.writeFileSync(target, NEW);
    await turnUntil(() => sizes.length > 0);
    fs.unwatchFile(target);
    return sizes;
  }),
  story('another process watches the directory', ({ fs, other, target }) => {
    other('watch the directory');
    fs.writeFileSync(target, NEW);
    return other('what was seen');
  }),
  story('another process watches the file', ({ fs, other, target }) => {
    other('watch the file');
    return ['one', 'two', 'three'].map((text) => {
      fs.writeFileSync(target, text);
      return other('what was seen');
    });
  }),
];

function names(events: Set<string>): Set<string> {
  return new Set([...events].map((event) => event.split(' ')[1]!));
}

/** What another process does to a file while this one has it open. */
const MEETINGS: readonly Scenario[] = [
  'reads it',
  'has it open and reads it',
  'replaces it',
  'writes it',
  'appends to it',
  'removes it',
  'changes its mode',
  'renames it',
].map((deed) =>
  story(`another process ${deed} meanwhile`, async ({ fs, other, open, note }) => {
    if (deed === 'has it open and reads it') other('opens it');
    const fd = (await open('w'))!;
    await note('write', () => fs.writeSync(fd, 'half '));
    await note('the other', () => other(deed));
    await note('write', () => fs.writeSync(fd, 'whole'));
    await note('close', () => fs.closeSync(fd));
    if (deed === 'has it open and reads it') await note('the other', () => other(deed));
  }),
);

const SMALL_DISK: Told = {
  lay(tree) {
    tree.disk('disk', '128k');
    tree.file('disk/target');
    tree.file('disk/log');
    tree.fill('disk/filler', 40_960);
    tree.file('big', { content: Buffer.alloc(80_000, 'big') });
  },
  needs: ['root', 'mount'],
};
const BIG = 'big '.repeat(20_000);

const FULL_DISKS: readonly Scenario[] = [
  ...FLAVOURS.flatMap((flavour) => [
    story(
      `the disk runs full in writeFile, ${flavour.name}`,
      ({ fs, at }) => outcomeOf(flavour, fs, 'writeFile', at('disk/target'), BIG),
      SMALL_DISK,
    ),
    story(
      `the disk runs full in copyFile, ${flavour.name}`,
      ({ fs, at }) => outcomeOf(flavour, fs, 'copyFile', at('big'), at('disk/target')),
      SMALL_DISK,
    ),
    story(
      `the disk runs full in appendFile, ${flavour.name}`,
      ({ fs, at }) => outcomeOf(flavour, fs, 'appendFile', at('disk/log'), BIG),
      SMALL_DISK,
    ),
  ]),
  story(
    'the disk runs full under a descriptor',
    async ({ fs, at, note }) => {
      const fd = fs.openSync(at('disk/target'), 'w');
      await note('write', () => fs.writeSync(fd, BIG));
      await note('write', () => fs.writeSync(fd, BIG));
      await note('close', () => fs.closeSync(fd));
    },
    SMALL_DISK,
  ),
  story(
    'the disk runs full under a descriptor, unnoticed',
    async ({ fs, at, note }) => {
      const fd = fs.openSync(at('disk/target'), 'w');
      await note('write', () => fs.writeSync(fd, BIG));
      await note('close', () => fs.closeSync(fd));
    },
    SMALL_DISK,
  ),
  story(
    'the disk runs full under a descriptor, and the program makes it good',
    async ({ fs, at, note }) => {
      const fd = fs.openSync(at('disk/target'), 'w');
      await note('write', () => fs.writeSync(fd, BIG));
      await note('ftruncate', () => fs.ftruncateSync(fd, 0));
      await note('write', () => fs.writeSync(fd, 'small', 0));
      await note('close', () => fs.closeSync(fd));
    },
    SMALL_DISK,
  ),
  story(
    'the disk runs full under a FileHandle',
    async ({ fs, at, note }) => {
      const handle = await fs.promises.open(at('disk/target'), 'w');
      await note('writeFile', () => handle.writeFile(BIG));
      await note('close', () => handle.close());
    },
    SMALL_DISK,
  ),
  story(
    'the disk runs full under a stream',
    (scene) => storyOf(scene.fs.createWriteStream(scene.at('disk/target')), scene, (stream) => stream.end(BIG)),
    SMALL_DISK,
  ),
  story('a file takes more than half of the disk', ({ fs, at }) => fs.writeFileSync(at('disk/target'), NEW), {
    lay(tree) {
      tree.disk('disk', '64k');
      tree.file('disk/target', { content: Buffer.alloc(40_960, 'o') });
      tree.fill('disk/filler', 0);
    },
    needs: ['root', 'mount'],
  }),
];

const ATTRIBUTES: readonly Scenario[] = ['user.note', 'system.posix_acl_access'].map((name) =>
  story(
    `the file has the attribute ${name}`,
    ({ fs, other, target }) => {
      fs.writeFileSync(target, NEW);
      return other('what attributes it has');
    },
    {
      lay(tree) {
        tree.file('target');
        tree.xattr('target', name);
      },
      needs: ['xattr'],
    },
  ),
);

/** Programs with a process of their own: how it ends, and what it prints. */
const ENDINGS: readonly Scenario[] = (
  [
    [
      'a program that prints',
      ({ fs, target }) => {
        fs.writeFileSync(target, NEW);
        console.log(fs.readFileSync(target, 'utf8'));
        console.error('and complains');
      },
    ],
    [
      'a program that exits with 0 and has a file open',
      ({ fs, target }) => {
        fs.writeSync(fs.openSync(target, 'w'), NEW);
        process.exit(0);
      },
    ],
    [
      'a program that ends and has a file open',
      ({ fs, target }) => {
        fs.writeSync(fs.openSync(target, 'w'), NEW);
      },
    ],
    [
      'a program that ends and has a stream open',
      async ({ fs, target }) => {
        await promisify<string, void>((text, done) => void fs.createWriteStream(target).write(text, done))(NEW);
      },
    ],
    [
      'a program that exits with 1 and has a file open',
      ({ fs, target }) => {
        fs.writeSync(fs.openSync(target, 'w'), 'half');
        process.exit(1);
      },
    ],
    [
      'a program that fails and has a file open',
      ({ fs, target }) => {
        fs.writeSync(fs.openSync(target, 'w'), 'half');
        setImmediate(() => {
          throw new Error('a mistake');
        });
        return pause(1000);
      },
    ],
    [
      'a program that is killed and has a file open',
      ({ fs, target }) => {
        fs.writeSync(fs.openSync(target, 'w'), 'half');
        process.kill(process.pid, 'SIGKILL');
        return pause(1000);
      },
    ],
    [
      'a program that is terminated and has a file open',
      ({ fs, target }) => {
        fs.writeSync(fs.openSync(target, 'w'), 'half');
        process.kill(process.pid, 'SIGTERM');
        return pause(1000);
      },
    ],
    [
      'a program that exits when its stream has finished',
      ({ fs, target }) => {
        fs.createWriteStream(target)
          .end(NEW)
          .on('finish', () => process.exit(0));
        return pause(1000);
      },
    ],
    [
      'a program that exits in the callback of writeFile',
      ({ fs, target }) => {
        fs.writeFile(target, NEW, () => process.exit(0));
        return pause(1000);
      },
    ],
    [
      'a program that writes while it exits',
      ({ fs, target, at }) => {
        process.on('exit', () => {
          fs.writeFileSync(target, NEW);
          const fd = fs.openSync(at('late'), 'w');
          fs.writeSync(fd, NEW);
          fs.closeSync(fd);
        });
        process.exit(0);
      },
    ],
    [
      'a program with an exit code of its own',
      ({ fs, target }) => {
        fs.writeFileSync(target, NEW);
        process.exitCode = 3;
      },
    ],
    [
      'a program that nobody catches the error of',
      ({ fs, at }) => {
        setImmediate(() => fs.writeFileSync(at('folder'), NEW));
        return pause(1000);
      },
    ],
    [
      'a program that nobody catches the rejection of',
      ({ fs, at }) => {
        void fs.promises.writeFile(at('folder'), NEW);
        return pause(1000);
      },
    ],
    [
      'a program that uses what is deprecated',
      ({ fs, at }) => {
        fs.rmdirSync(at('folder'), { recursive: true });
      },
    ],
    [
      'a program that gives its file to a child',
      ({ fs, target }) => {
        const fd = fs.openSync(target, 'w');
        fs.writeSync(fd, 'from us, ');
        spawnSync('echo', ['from the child'], { stdio: ['ignore', fd, 'ignore'] });
        fs.writeSync(fd, 'and from us');
        fs.closeSync(fd);
      },
    ],
    [
      'a program whose worker writes',
      async ({ target }) => {
        const text = `require('node:fs').writeFileSync(${JSON.stringify(target)}, 'from a worker')`;
        const [code] = (await once(new Worker(text, { eval: true }), 'exit')) as [number];
        return code;
      },
    ],
    [
      'a program whose worker ends and has a file open',
      async ({ target }) => {
        const text = `
        const fs = require('node:fs');
        fs.writeSync(fs.openSync(${JSON.stringify(target)}, 'w'), 'from a worker');`;
        const [code] = (await once(new Worker(text, { eval: true }), 'exit')) as [number];
        return code;
      },
    ],
  ] as const satisfies readonly (readonly [string, Scenario['act']])[]
).map(([id, act]) => story(id, act, { isAlone: true }));

export const STORIES: readonly Scenario[] = [
  ...UMASKS,
  ...PLACES,
  ...DESCRIPTORS,
  ...STREAMS,
  ...CONTENTS,
  ...TREES,
  ...WATCHERS,
  ...MEETINGS,
  ...FULL_DISKS,
  ...ATTRIBUTES,
  ...ENDINGS,
];
