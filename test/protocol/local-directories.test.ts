// What asynchronous calls do on the calling thread, by the kind of the file system.

import { expect } from 'chai';
import * as nodeFs from 'node:fs';
import { dirname } from 'node:path';
import { createFs } from '../../src/api';
import { turnUntil, turns } from '../support/event-loop';
import { useTemporaryDirectory } from '../support/temporary-directory';

/** statfs(2)'s numbers. */
const EXT4 = 0xef53;
const OVERLAY = 0x794c7630;
const NFS = 0x6969;
const FUSE = 0x65735546;

interface World {
  readonly fs: typeof nodeFs;
  /** The synchronous calls of the fs underneath, by name. */
  readonly calls: string[];
  /** The directories whose file system was asked for. */
  readonly asked: string[];
}

/** Node's fs, but that all of it is said to be on a file system of this type, or cannot be asked. */
function worldOn(type?: number): World {
  const calls: string[] = [];
  const asked: string[] = [];
  const base: Record<string, unknown> = { ...nodeFs };
  for (const [name, value] of Object.entries(nodeFs)) {
    if (typeof value !== 'function' || !name.endsWith('Sync')) continue;
    base[name] = (...args: unknown[]) => {
      calls.push(name);
      return Reflect.apply(value, undefined, args);
    };
  }
  base['statfs'] = (path: string, done: (error: Error | null, found?: object) => void): void => {
    asked.push(path);
    if (type === undefined) process.nextTick(done, new Error('cannot be asked'));
    else process.nextTick(done, null, { type });
  };
  return { fs: createFs(base as unknown as typeof nodeFs, { durability: 'durable' }), calls, asked };
}

type Write = (fs: typeof nodeFs, path: string) => Promise<unknown>;

const writePromised: Write = (fs, path) => fs.promises.writeFile(path, 'content');

const WRITES: Record<string, Write> = {
  'writeFile': (fs, path) => new Promise((resolve) => fs.writeFile(path, 'content', resolve)),
  'promises.writeFile': writePromised,
  'promises.copyFile': (fs, path) => fs.promises.copyFile(__filename, path),
  'promises.open': async (fs, path) => {
    const handle = await fs.promises.open(path, 'w');
    await handle.writeFile('content');
    await handle.close();
  },
  'createWriteStream': (fs, path) =>
    new Promise<void>((resolve) => fs.createWriteStream(path).on('close', resolve).end('content')),
};

/** Two files of one name, in directories that could be one. */
const writeNamesakes: Write = (fs, path) =>
  Promise.all([
    fs.promises.writeFile(path, 'content'),
    fs.promises.writeFile(`${dirname(path)}/other/../other/file`, 'content'),
    fs.promises.writeFile(`${dirname(path)}/other/file`, 'content'),
  ]);

/** Writes, and waits until all is known of the directory. The sweep for leftovers may ask a second time. */
async function firstWrite({ fs, asked }: World, path: string, write: Write): Promise<void> {
  await write(fs, path);
  await turnUntil(() => asked.length > 0);
  await turns(10);
}

describe('Asynchronous writes', () => {
  const at = useTemporaryDirectory();

  for (const [kind, type] of Object.entries({
    'a server answers': NFS,
    'a process answers': FUSE,
    'nobody knows who answers': undefined,
  })) {
    for (const [title, write] of Object.entries({ ...WRITES, namesakes: writeNamesakes })) {
      it(`${title}: makes no synchronous call where ${kind}, and asks for that once`, async () => {
        nodeFs.mkdirSync(at('other'));
        const world = worldOn(type);
        await firstWrite(world, at('file'), write);
        world.asked.length = 0;
        for (let round = 2; round <= 4; round++) await write(world.fs, at('file'));
        await turns(10);
        expect(world.calls).to.deep.equal([]);
        expect(world.asked).to.deep.equal([]);
      });
    }
  }

  for (const [kind, type] of Object.entries({ ext4: EXT4, overlayfs: OVERLAY })) {
    it(`ask on the calling thread what ${kind} knows at once, when it is known to be that`, async () => {
      const world = worldOn(type);
      await firstWrite(world, at('file'), writePromised);
      world.calls.length = 0;
      await writePromised(world.fs, at('file'));
      expect(world.calls).to.deep.equal(['fstatSync', 'openSync', 'closeSync']);
    });
  }

  it('know of a directory that this process makes what they know of the one above it', async () => {
    const world = worldOn(EXT4);
    const { fs, calls, asked } = world;
    await firstWrite(world, at('file'), writePromised);
    fs.mkdirSync(at('made', 'within'), { recursive: true });
    calls.length = 0;
    asked.length = 0;
    // The second is after that directory's name is on the device.
    for (let round = 1; round <= 2; round++) await writePromised(fs, at('made', 'within', 'file'));
    await turns(10);
    expect(asked).to.deep.equal([]);
    expect(calls).to.include.members(['openSync', 'closeSync']);
  });
});
