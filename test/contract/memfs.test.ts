// memfs as the base: in each of the forms that it comes in, and where it is not node:fs.

import { expect } from 'chai';
import { Volume, createFsFromVolume, fs as sharedFs } from 'memfs';
import { Readable } from 'node:stream';
import { createFs } from '../../src/api';
import { nodeFs } from '../../src/ground/node-fs';
import { callsAlike } from '../support/compare';
import { turnUntil } from '../support/event-loop';
import { codeOf } from '../../src/ground/errors';
import { FLAVOURS, type Flavour } from '../support/flavours';
import { outcomeOf } from '../support/outcome';
import { pictureOfTree } from '../support/picture';
import { stateOf } from '../support/stream-story';
import { BACKENDS, type Fs, REAL_BACKENDS } from '../support/worlds';

const MEMORY = BACKENDS.find(({ isReal }) => !isReal)!;
const OPTIONS = { warn: false } as const;

/** The forms of memfs, each fresh, but for the shared one. */
const FORMS: Readonly<Record<string, () => Fs>> = {
  'a Volume': () => new Volume() as unknown as Fs,
  'createFsFromVolume()': () => createFsFromVolume(new Volume()) as unknown as Fs,
  'the fs that memfs exports': () => {
    sharedFs.rmSync('/world', { recursive: true, force: true });
    return sharedFs as unknown as Fs;
  },
};

const STREAM_OPTIONS: Readonly<Record<string, unknown>> = {
  'no options': undefined,
  'an encoding': 'hex',
  "flags 'a'": { flags: 'a' },
  "flags 'r+' and start": { flags: 'r+', start: 4 },
  'start': { start: 2 },
  'a small highWaterMark': { highWaterMark: 1 },
  'flush': { flush: true },
};

const EXPECTED_CONTENTS: Readonly<Record<string, string>> = {
  'no options': '6e6577',
  'an encoding': 'new',
  "flags 'a'": 'old content6e6577',
  "flags 'r+' and start": 'old 6e6577t',
  'start': '\0\x006e6577',
  'a small highWaterMark': '6e6577',
  'flush': '6e6577',
};

for (const [form, make] of Object.entries(FORMS)) {
  describe(`createFs() over ${form}`, () => {
    it('has every name of its base, with a value of the same type', () => {
      const base = make();
      const ours = createFs(base, OPTIONS);
      for (const name of namesOf(base)) expect([name, typeOf(ours, name)]).to.deep.equal([name, typeOf(base, name)]);
    });

    it('has every name of the promises of its base', () => {
      const base = make();
      const ours = createFs(base, OPTIONS);
      for (const name of namesOf(base.promises))
        expect([name, typeOf(ours.promises, name)]).to.deep.equal([name, typeOf(base.promises, name)]);
    });

    it('leaves its base as it was', () => {
      const base = make();
      const before = Object.entries(Object.getOwnPropertyDescriptors(base));
      createFs(base, OPTIONS);
      expect(Object.entries(Object.getOwnPropertyDescriptors(base))).to.deep.equal(before);
    });

    for (const flavour of FLAVOURS) {
      it(`writes, appends, copies and opens, ${flavour.name}, and the base sees it all`, async () => {
        const base = make();
        base.mkdirSync('/world');
        const fs = createFs(base, OPTIONS);
        const call = (name: string, ...args: unknown[]): Promise<unknown> => flavour.call(fs, name, ...args);
        await call('writeFile', '/world/written', 'one');
        await call('writeFile', '/world/written', Buffer.from('two'));
        await call('appendFile', '/world/written', ' and three');
        await call('copyFile', '/world/written', '/world/copied');
        await call('mkdir', '/world/sub');
        await call('writeFile', '/world/sub/exclusive', 'x', { flag: 'wx' });
        expect(await call('readFile', '/world/written', 'utf8')).to.equal('two and three');
        expect(await call('readdir', '/world')).to.deep.equal(['copied', 'sub', 'written']);
        await call('unlink', '/world/copied');
        await call('rename', '/world/written', '/world/renamed');
        expect(contentsOf(base)).to.deep.equal({ 'renamed': 'two and three', 'sub/exclusive': 'x' });
      });
    }

    it('publishes a descriptor when it is closed', () => {
      const base = make();
      base.mkdirSync('/world');
      const fs = createFs(base, OPTIONS);
      base.writeFileSync('/world/target', 'old');
      const fd = fs.openSync('/world/target', 'w');
      fs.writeSync(fd, 'new');
      expect(base.readFileSync('/world/target', 'utf8')).to.equal('old');
      fs.closeSync(fd);
      expect(contentsOf(base)).to.deep.equal({ target: 'new' });
    });

    it('publishes a FileHandle when it is closed', async () => {
      const base = make();
      base.mkdirSync('/world');
      const handle = await createFs(base, OPTIONS).promises.open('/world/target', 'w');
      await handle.writeFile('new');
      await handle.close();
      expect(contentsOf(base)).to.deep.equal({ target: 'new' });
    });

    for (const [title, options] of Object.entries(STREAM_OPTIONS)) {
      it(`streams with ${title}, and the base sees it at finish`, async () => {
        const base = make();
        base.mkdirSync('/world');
        base.writeFileSync('/world/target', 'old content');
        const stream = createFs(base, OPTIONS).createWriteStream('/world/target', options as object);
        let seen: unknown;
        stream.on('finish', () => (seen = base.readFileSync('/world/target', 'latin1')));
        stream.write('6e65');
        stream.end('77');
        await turnUntil(() => stream.closed);
        expect(seen).to.equal(EXPECTED_CONTENTS[title]);
        expect(contentsOf(base)).to.deep.equal({ target: EXPECTED_CONTENTS[title] });
      });
    }

    it('gives a stream that cannot open its file an error', async () => {
      const base = make();
      const stream = createFs(base, OPTIONS).createWriteStream('/missing/target');
      let failure: NodeJS.ErrnoException | undefined;
      stream.on('error', (error) => (failure = error));
      await turnUntil(() => stream.closed);
      expect(failure?.code).to.equal('ENOENT');
      expect(failure?.message).to.include("'/missing/target'");
      expect(stateOf(stream)).to.include({ destroyed: true, bytesWritten: 0 });
    });

    it('lets a destroyed stream leave the old content', async () => {
      const base = make();
      base.mkdirSync('/world');
      base.writeFileSync('/world/target', 'old');
      const stream = createFs(base, OPTIONS).createWriteStream('/world/target');
      stream.write('half', () => stream.destroy());
      await turnUntil(() => stream.closed);
      expect(contentsOf(base)).to.deep.equal({ target: 'old' });
    });
  });
}

/** What memfs makes text of, or cannot take; ours writes what node writes. */
const DATA: Readonly<Record<string, () => unknown>> = {
  'an Int8Array': () => new Int8Array([1, -1, 7]),
  'a Uint16Array': () => new Uint16Array([300, 2]),
  'a Float64Array with an offset': () => new Float64Array(new Float64Array([1, 2, 3]).buffer, 8, 1),
  'a DataView': () => new DataView(Uint8Array.from([1, 2, 3, 4]).buffer, 1, 2),
  'an array': () => ['text', Buffer.from('bytes')],
  'a Set': () => new Set(['b', 'c']),
  'a generator': () => letters(),
  'an async generator': () => Readable.from(['x', 'y']),
};

function* letters(): Generator<string> {
  yield 'a';
  yield 'b';
}

describe('where memfs is not node:fs', () => {
  for (const flavour of FLAVOURS) {
    for (const [title, make] of Object.entries(DATA)) {
      // Only the promise functions take iterables.
      if (!ArrayBuffer.isView(make()) && flavour.name !== 'promise') continue;
      it(`writes the bytes of ${title}, ${flavour.name}, as node does, not the text that memfs makes of it`, async () => {
        const inMemory = await contentAfter(flavour, createFs(FORMS['a Volume']!(), OPTIONS), '/target', make());
        const onDisk = await withDirectory((at) => contentAfter(flavour, nodeFs, at('target'), make()));
        expect(inMemory).to.equal(onDisk);
      });
    }

    for (const flag of [undefined, null, '']) {
      it(`takes the flag ${JSON.stringify(flag)}, ${flavour.name}, as node does, where memfs refuses it`, async () => {
        const fs = createFs(FORMS['a Volume']!(), OPTIONS);
        await flavour.call(fs, 'writeFile', '/target', 'new', { flag });
        expect(fs.readFileSync('/target', 'utf8')).to.equal('new');
      });
    }

    it(`takes mode null in open, ${flavour.name}, as node does, where memfs refuses it`, async () => {
      const fs = createFs(FORMS['a Volume']!(), OPTIONS);
      const opened = await flavour.call(fs, 'open', '/target', 'w', null);
      if (typeof opened === 'number') fs.closeSync(opened);
      else await (opened as { close: () => Promise<void> }).close();
      expect(fs.readFileSync('/target', 'utf8')).to.equal('');
    });

    it(`fails as memfs's own rename does, through a link to a directory, ${flavour.name}`, async () => {
      const base = FORMS['a Volume']!();
      base.mkdirSync('/sub');
      base.symlinkSync('/sub', '/link');
      base.writeFileSync('/sub/other', 'new');
      expect(() => base.renameSync('/link/other', '/link/target'), 'memfs has learnt it').to.throw('ENOTDIR');
      const failure = await flavour.call(createFs(base, OPTIONS), 'writeFile', '/link/target', 'new').catch(codeOf);
      expect(failure).to.equal('ENOTDIR');
      expect(base.readdirSync('/sub')).to.deep.equal(['other']);
    });

    it(`leaves no staged file where memfs makes a file that it may not write, ${flavour.name}`, () =>
      callsAlike(MEMORY, flavour, 'writeFile', ({ at }) => [at('target'), 'new', { mode: 0o444 }], { later: false }));
  }

  it('calls back with null where there is no error, as node does', async () => {
    const fs = createFs(FORMS['a Volume']!(), OPTIONS);
    const outcome = await outcomeOf(FLAVOURS[1]!, fs, 'writeFile', '/target', 'new');
    expect(outcome)
      .to.include({ how: 'called back', times: 1 })
      .and.deep.include({ result: [null] });
  });

  it('closes without a callback, where memfs insists on one', async () => {
    const base = FORMS['a Volume']!();
    const fs = createFs(base, OPTIONS);
    const fd = fs.openSync('/target', 'w');
    fs.close(fd);
    await turnUntil(() => base.existsSync('/target'));
  });

  it('refuses a base that lacks what the protocol needs, by name', () => {
    const { renameSync: _renameSync, ...lacking } = createFsFromVolume(new Volume());
    expect(() => createFs(lacking, OPTIONS))
      .to.throw('renameSync')
      .that.has.property('code', 'ERR_INTACT_BASE');
  });
});

async function contentAfter(flavour: Flavour, fs: Fs, path: string, data: unknown): Promise<string> {
  await flavour.call(fs, 'writeFile', path, data);
  return fs.readFileSync(path, 'latin1');
}

function namesOf(base: object): string[] {
  const names = new Set<string>();
  for (
    let level: object | null = base;
    level !== null && level !== Object.prototype;
    level = Object.getPrototypeOf(level)
  )
    for (const name of Object.getOwnPropertyNames(level)) if (name !== 'constructor') names.add(name);
  return [...names];
}

function typeOf(object: object, name: string): string {
  return typeof (object as Record<string, unknown>)[name];
}

/** Every file of the world and its content. */
function contentsOf(base: Fs): Record<string, string> {
  const tree = pictureOfTree({ base, fs: base, directory: '/world', at: () => '', close: () => {} });
  return Object.fromEntries(
    Object.entries(tree).flatMap(([path, entry]) => {
      const { content } = entry as { content?: string };
      return content === undefined ? [] : [[path, content]];
    }),
  );
}

async function withDirectory<T>(run: (at: (name: string) => string) => Promise<T>): Promise<T> {
  const world = REAL_BACKENDS[0]!.open('plain');
  try {
    return await run(world.at);
  } finally {
    world.close();
  }
}
