// The calls that are made on every kind of target: one line for each.

import type { WriteStream } from 'node:fs';
import { constants } from 'node:fs';
import { turnUntil } from '../support/event-loop';
import { FLAVOURS, type Flavour } from '../support/flavours';
import { writeThrough } from '../support/opening';
import { outcomeOf } from '../support/outcome';
import type { Scene } from './scenario';

type Act = (scene: Scene) => unknown;

export interface Call {
  readonly id: string;
  readonly act: Act;
  /** Which of the three flavours it is of, for a call that is here in all of them. */
  readonly flavour?: number | undefined;
  /** Made on costly kinds too. */
  readonly isMain?: boolean;
  /** Reads, or writes more than a pipe holds: on a pipe it would wait for ever. */
  readonly notForPipes?: boolean;
}

export const NEW = 'new content';
const BIG = 'big '.repeat(50_000);
const { COPYFILE_EXCL, COPYFILE_FICLONE, O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_RDWR, O_SYNC, O_TRUNC, O_WRONLY } =
  constants;

/** One call in its three flavours. The arguments may be those of the synchronous form. */
function inAll(name: string, args: (scene: Scene) => unknown[], about: Partial<Call> & { with?: string } = {}): Call[] {
  const { with: detail, ...rest } = about;
  return FLAVOURS.map((flavour, index) => ({
    id: [nameIn(flavour, name), detail].filter(Boolean).join(' with '),
    flavour: index,
    act: (scene) => outcomeOf(flavour, scene.fs, name, ...args(scene)),
    ...rest,
  }));
}

function nameIn({ name: flavour }: Flavour, name: string): string {
  return { sync: `${name}Sync`, callback: name, promise: `promises.${name}` }[flavour]!;
}

/** One call in its synchronous form, for what differs between the flavours in nothing that matters here. */
function sync(name: string, args: (scene: Scene) => unknown[], about: Partial<Call> & { with?: string } = {}): Call[] {
  return inSync(inAll(name, args, about));
}

function inSync<C extends Call | Meanwhile>([call]: readonly C[]): C[] {
  return [{ ...call!, flavour: undefined }];
}

/** Opens, writes and closes. */
function opened(flags: unknown, about: Partial<Call> & { with?: string } = {}): Call[] {
  const { with: detail = `'${String(flags)}'`, ...rest } = about;
  return FLAVOURS.map((flavour, index) => {
    const act: Call['act'] = (scene) => writeThrough(flavour, scene.fs, 'open', scene.target, flags);
    return Object.assign({ id: `${nameIn(flavour, 'open')} with ${detail}`, flavour: index, act }, rest);
  });
}

function streamed(
  detail: string,
  options: unknown,
  use: (stream: WriteStream) => void = (stream) => stream.end(NEW),
): Call {
  return {
    id: `createWriteStream ${detail}`.trim(),
    isMain: detail === '',
    act: (scene) => storyOf(scene.fs.createWriteStream(scene.target, options as BufferEncoding), scene, use),
  };
}

/** Every event of a stream's life. */
export async function storyOf(
  stream: WriteStream,
  scene: Scene,
  use: (stream: WriteStream) => void,
): Promise<Record<string, unknown>> {
  for (const name of ['open', 'ready', 'finish', 'error', 'close']) {
    stream.on(name, (value: unknown) => {
      scene.add(name, typeof value === 'number' ? 'a number' : value);
      if (name === 'finish') scene.look('at finish');
    });
  }
  use(stream);
  await turnUntil(() => stream.closed);
  const { bytesWritten, writableFinished, destroyed } = stream;
  return { bytesWritten, writableFinished, destroyed };
}

const WRITES: readonly Call[] = [
  ...inAll('writeFile', ({ target }) => [target, NEW], { isMain: true }),
  ...inAll('writeFile', ({ target }) => [target, BIG], { with: 'a big text', isMain: true, notForPipes: true }),
  ...inAll('writeFile', ({ target }) => [target, ''], { with: 'no content' }),
  ...inAll('writeFile', ({ target }) => [target, Buffer.from(NEW)], { with: 'bytes' }),
  ...inAll('writeFile', ({ target }) => [target, NEW, { flag: 'wx' }], { with: "'wx'", isMain: true }),
  ...inAll('writeFile', ({ target }) => [target, NEW, { mode: 0o600 }], { with: 'mode 0600' }),
  ...sync('writeFile', ({ target }) => [target, NEW, { mode: 0o4755 }], { with: 'mode 04755' }),
  ...sync('writeFile', ({ target }) => [target, NEW, { mode: 0o444 }], { with: 'mode 0444' }),
  ...sync('writeFile', ({ target }) => [target, NEW, { mode: 0 }], { with: 'mode 0' }),
  ...inAll('writeFile', ({ target }) => [target, NEW, { flag: 'r+' }], { with: "'r+'" }),
  ...sync('writeFile', ({ target }) => [target, NEW, { flag: 'w+' }], { with: "'w+'" }),
  ...sync('writeFile', ({ target }) => [target, NEW, { flag: 'r' }], { with: "'r'" }),
  ...sync('writeFile', ({ target }) => [target, NEW, { flag: 'a' }], { with: "'a'" }),
  ...sync('writeFile', ({ target }) => [target, NEW, { flag: O_WRONLY | O_TRUNC }], { with: 'O_TRUNC alone' }),
  ...sync('writeFile', ({ target }) => [target, NEW, { flag: O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW }], {
    with: 'O_NOFOLLOW',
  }),
  ...inAll('writeFile', ({ target }) => [target, NEW, { flush: true }], { with: 'flush' }),
  ...inAll('writeFile', ({ target }) => [target, 'é', 'latin1'], { with: 'an encoding' }),
  ...inAll('writeFile', ({ target }) => [target, 42], { with: 'a number' }),
  ...inAll('writeFile', ({ target }) => [target, NEW, { signal: AbortSignal.abort() }], { with: 'an aborted signal' }),
  ...inAll('appendFile', ({ target }) => [target, ' and more'], { isMain: true }),
  ...sync('appendFile', ({ target }) => [target, NEW, { flag: 'ax' }], { with: "'ax'" }),
  ...sync('appendFile', ({ target }) => [target, NEW, { flag: 'w' }], { with: "'w'" }),
  ...inAll('truncate', ({ target }) => [target, 3], { isMain: true }),
  ...inAll('truncate', ({ target }) => [target, 100], { with: 'a longer length' }),
];

const OPENS: readonly Call[] = [
  ...opened('w', { isMain: true }),
  ...opened('w+'),
  ...opened('wx', { isMain: true }),
  ...opened('a', { isMain: true }),
  ...opened('r+'),
  ...inSync(opened('ax')),
  ...inSync(opened(O_WRONLY | O_TRUNC, { with: 'O_TRUNC alone' })),
  ...inSync(opened(O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, { with: 'O_NOFOLLOW' })),
  ...inSync(opened(O_WRONLY | O_CREAT | O_TRUNC | O_SYNC, { with: 'O_SYNC' })),
  ...inSync(opened(O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, { with: 'O_APPEND' })),
  ...inSync(opened(O_RDWR | O_CREAT | O_EXCL, { with: 'O_EXCL' })),
  ...inSync(opened('nonsense')),
  {
    id: 'open for writing, twice',
    act: async ({ fs, note, open }) => {
      const one = await open('w');
      const other = await open('w');
      for (const [fd, text] of [
        [one, 'first '],
        [other, 'other'],
        [one, 'again'],
      ] as const) {
        await note('write', () => fs.writeSync(fd!, text));
      }
      await note('close', () => fs.closeSync(one!));
      await note('close', () => fs.closeSync(other!));
    },
  },
  {
    id: 'open for writing, and nothing is written',
    act: ({ fs, target }) => fs.closeSync(fs.openSync(target, 'w', 0o640)),
  },
  {
    id: 'a FileHandle that writes files',
    act: async ({ fs, target, note }) => {
      const handle = await fs.promises.open(target, 'w', 0o600);
      await note('writeFile', () => handle.writeFile('one '));
      await note('appendFile', () => handle.appendFile('two '));
      await note('write', () => handle.write('three'));
      await note('chmod', () => handle.chmod(0o604));
      await note('sync', () => handle.sync());
      await note('close', () => handle.close());
      await note('close again', () => handle.close());
    },
  },
];

const STREAMS: readonly Call[] = [
  streamed('', undefined),
  streamed('with mode 0600', { mode: 0o600 }),
  streamed('with flush', { flush: true }),
  streamed('that appends', { flags: 'a' }),
  streamed("with 'wx'", { flags: 'wx' }),
  streamed("with 'r+' and a start", { flags: 'r+', start: 4 }),
  streamed('with a start', { start: 4 }),
  {
    ...streamed('of a big text', undefined, (stream) => {
      for (let count = 0; count < 10; count++) stream.write(BIG.slice(0, 20_000));
      stream.end();
    }),
    isMain: true,
    notForPipes: true,
  },
  streamed('that is given nothing', undefined, (stream) => stream.end()),
];

const COPIES: readonly Call[] = [
  ...inAll('copyFile', ({ at, target }) => [at('source'), target], { isMain: true }),
  ...inAll('copyFile', ({ at, target }) => [at('source'), target, COPYFILE_EXCL], { with: 'COPYFILE_EXCL' }),
  ...sync('copyFile', ({ at, target }) => [at('source'), target, COPYFILE_FICLONE], { with: 'COPYFILE_FICLONE' }),
  ...sync('copyFile', ({ at, target }) => [at('absent'), target], { with: 'a source that is missing' }),
  ...sync('copyFile', ({ at, target }) => [at('folder'), target], { with: 'a directory' }),
  ...sync('copyFile', ({ target }) => [target, target], { with: 'itself' }),
  ...inAll('copyFile', ({ at, target }) => [target, at('copy')], { with: 'it as the source', notForPipes: true }),
  ...inAll('cp', ({ at, target }) => [at('source'), target], { isMain: true }),
  ...inAll('cp', ({ at, target }) => [at('source'), target, { force: false }], { with: 'force: false' }),
  ...inAll('cp', ({ at, target }) => [at('source'), target, { force: false, errorOnExist: true }], {
    with: 'errorOnExist',
  }),
  ...inAll('cp', ({ at, target }) => [at('source'), target, { preserveTimestamps: true }], {
    with: 'preserveTimestamps',
  }),
  ...inAll('cp', ({ at, target }) => [at('folder'), target, { recursive: true }], { with: 'a folder' }),
  ...inAll('cp', ({ at, target }) => [target, at('copy')], { with: 'it as the source', notForPipes: true }),
  ...inAll('cp', ({ at, target }) => [target, at('copy'), { dereference: true, recursive: true }], {
    with: 'it as the source, dereferenced',
    notForPipes: true,
  }),
];

/** These are node's own. They stand here because a view that forgets to forget would show in them. */
const OTHERS: readonly Call[] = [
  ...inAll('rename', ({ at, target }) => [at('source'), target], { isMain: true }),
  ...sync('rename', ({ at, target }) => [target, at('renamed')], { with: 'it as the source' }),
  ...sync('unlink', ({ target }) => [target]),
  ...sync('rm', ({ target }) => [target]),
  ...sync('rm', ({ target }) => [target, { recursive: true, force: true }], { with: 'recursive and force' }),
  ...sync('rmdir', ({ target }) => [target]),
  ...sync('link', ({ at, target }) => [at('source'), target]),
  ...sync('link', ({ at, target }) => [target, at('linked')], { with: 'it as the source' }),
  ...sync('symlink', ({ target }) => ['source', target]),
  ...sync('chmod', ({ target }) => [target, 0o600]),
  ...sync('utimes', ({ target }) => [target, 1e9, 1e9]),
  ...sync('mkdir', ({ target }) => [target]),
  ...sync('mkdir', ({ target }) => [target, { recursive: true }], { with: 'recursive' }),
  ...sync('exists', ({ target }) => [target]),
  ...sync('access', ({ target }) => [target, constants.W_OK]),
  ...sync('realpath', ({ target }) => [target]),
  ...sync('readFile', ({ target }) => [target, 'utf8'], { notForPipes: true }),
];

export const CALLS: readonly Call[] = [...WRITES, ...OPENS, ...STREAMS, ...COPIES, ...OTHERS];

/** What is done to a path while it is open for writing. */
type Meanwhile = Pick<Call, 'id' | 'act' | 'flavour'>;

function meanwhile(name: string, args: (scene: Scene) => unknown[], detail?: string): Meanwhile[] {
  return inAll(name, args, detail === undefined ? {} : { with: detail });
}

const MEANWHILE: readonly Meanwhile[] = [
  { id: 'nothing', act: () => {} },
  ...meanwhile('stat', ({ target }) => [target]),
  ...inSync(meanwhile('lstat', ({ target }) => [target])),
  ...inSync(meanwhile('exists', ({ target }) => [target])),
  ...inSync(meanwhile('access', ({ target }) => [target])),
  ...meanwhile('readFile', ({ target }) => [target, 'utf8']),
  ...meanwhile('readdir', ({ directory }) => [directory]),
  ...inSync(meanwhile('realpath', ({ target }) => [target])),
  ...inSync(meanwhile('readlink', ({ target }) => [target])),
  ...meanwhile('chmod', ({ target }) => [target, 0o600]),
  ...inSync(meanwhile('chown', ({ target }) => [target, process.getuid!(), process.getgid!()])),
  ...inSync(meanwhile('utimes', ({ target }) => [target, 1e9, 1e9])),
  ...meanwhile('truncate', ({ target }) => [target, 2]),
  ...meanwhile('appendFile', ({ target }) => [target, ' appended']),
  ...meanwhile('writeFile', ({ target }) => [target, 'written meanwhile']),
  ...meanwhile('writeFile', ({ target }) => [target, NEW, { flag: 'wx' }], "'wx'"),
  ...meanwhile('copyFile', ({ at, target }) => [at('source'), target]),
  ...meanwhile('copyFile', ({ at, target }) => [target, at('copy')], 'it as the source'),
  ...meanwhile('cp', ({ at, target }) => [at('source'), target]),
  ...meanwhile('cp', ({ at, target }) => [target, at('copy')], 'it as the source'),
  ...meanwhile('cp', ({ at, target }) => [target, at('copy'), { dereference: true }], 'it as the source, dereferenced'),
  ...meanwhile('rename', ({ at, target }) => [target, at('renamed')]),
  ...meanwhile('rename', ({ at, target }) => [at('source'), target], 'it as the destination'),
  ...meanwhile('link', ({ at, target }) => [target, at('linked')]),
  ...inSync(meanwhile('link', ({ at, target }) => [at('source'), target], 'it as the destination')),
  ...inSync(meanwhile('symlink', ({ target }) => ['source', target])),
  ...meanwhile('unlink', ({ target }) => [target]),
  ...meanwhile('rm', ({ target }) => [target]),
  ...inSync(meanwhile('rm', ({ target }) => [target, { force: true, recursive: true }], 'force')),
  ...inSync(meanwhile('mkdir', ({ target }) => [target])),
  ...inSync(meanwhile('rmdir', ({ target }) => [target])),
  ...inSync(meanwhile('open', ({ target }) => [target, 'wx'], "'wx'")),
  {
    id: 'unlink and a new file',
    act: ({ fs, target }) => {
      fs.unlinkSync(target);
      fs.writeFileSync(target, 'another file');
    },
  },
  {
    id: 'unlink, and open for writing again',
    act: ({ fs, target }) => {
      fs.unlinkSync(target);
      const fd = fs.openSync(target, 'w');
      fs.writeSync(fd, 'another file');
      fs.closeSync(fd);
    },
  },
  {
    id: 'open for appending',
    act: ({ fs, target }) => {
      const fd = fs.openSync(target, 'a');
      fs.writeSync(fd, ' appended');
      fs.closeSync(fd);
    },
  },
  {
    id: 'open for updating',
    act: ({ fs, target }) => {
      const fd = fs.openSync(target, 'r+');
      fs.writeSync(fd, 'HALF', 0);
      fs.closeSync(fd);
    },
  },
];

/** Does something to a path while it is open, by a descriptor, and closes it afterwards. */
export const PENDING: readonly Call[] = MEANWHILE.map(({ id, act, flavour }) => ({
  id: `while it is open: ${id}`,
  flavour,
  isMain: id === 'nothing',
  notForPipes: true,
  async act(scene) {
    const { fs, target, note, look } = scene;
    const fd = await scene.open('w+');
    if (fd === undefined) return;
    await note('write', () => fs.writeSync(fd, 'half'));
    look('half-written');
    await note('meanwhile', () => act(scene));
    look('meanwhile');
    await note('seen', () => [fs.existsSync(target), fs.existsSync(target) && fs.readFileSync(target, 'utf8')]);
    await note('listed', () => fs.readdirSync(scene.directory));
    await note('write', () => fs.writeSync(fd, ' whole'));
    await note('fstat', () => fs.fstatSync(fd));
    await note('read', () => fs.readSync(fd, Buffer.alloc(20), 0, 20, 0));
    await note('close', () => fs.closeSync(fd));
    await note('seen', () => [fs.existsSync(target), fs.existsSync(target) && fs.readFileSync(target, 'utf8')]);
  },
}));
