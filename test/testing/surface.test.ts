// What the lab needs of its surface: that it sees every primitive call, decides what becomes of each, and that all calls
// stand up to what it decides.

import { Volume, createFsFromVolume } from 'memfs';
import { expect } from 'chai';
import { AsyncLocalStorage } from 'node:async_hooks';
import { type EventEmitter, once } from 'node:events';
import type { ReadStream } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { createFs } from '../../src/api';
import { systemError } from '../../src/ground/errors';
import {
  type LabFs,
  type Perform,
  type PrimitiveCall,
  type SurfaceOptions,
  surfaceOver,
} from '../../src/testing/surface';
import { worksInOneJob } from '../../src/testing/surface/node-habits';
import { FLAVOURS } from '../support/flavours';
import { rejection } from '../support/rejection';

/** What is to become of a call: its own effect where nothing is said. */
type Decide = (call: PrimitiveCall, effect: () => unknown) => unknown;

/** A surface over a volume in memory, and the calls that were made. */
class Lab {
  readonly base = createFsFromVolume(new Volume()) as unknown as LabFs;
  readonly calls: PrimitiveCall[] = [];
  readonly fs: LabFs;
  decide: Decide = (_call, effect) => effect();

  constructor(options: SurfaceOptions = {}) {
    this.base.mkdirSync('/work');
    const perform: Perform = (call, effect) => {
      this.calls.push(call);
      return this.decide(call, effect);
    };
    this.fs = surfaceOver(this.base, perform, { cwd: '/work', ...options });
  }

  get names(): string[] {
    return this.calls.map(({ name }) => name);
  }

  text(path: string): string {
    return this.base.readFileSync(path, 'utf8');
  }
}

const TEXT = 'more than three bytes';

describe('the surface', () => {
  let lab: Lab;
  beforeEach(() => (lab = new Lab()));

  describe('tells of each primitive call', () => {
    it('with absolute paths, numeric flags and modes, bytes with their range, and seconds', () => {
      const { fs } = lab;
      fs.writeFileSync('file', 'text', { mode: '600' });
      fs.chmodSync(Buffer.from('/work/file'), '640');
      fs.utimesSync(pathToFileURL('/work/file'), new Date(1500), '2.5');
      const fd = fs.openSync('file', 'r+');
      fs.writeSync(fd, new Uint16Array([0x4241, 0x4443]), 1, 2, 3);
      fs.ftruncateSync(fd);
      fs.closeSync(fd);
      expect(lab.calls).to.deep.equal([
        { name: 'open', args: ['/work/file', 0o1101, 0o600] },
        { name: 'write', args: [fd, Buffer.from('text'), 0, 4, null] },
        { name: 'close', args: [fd] },
        { name: 'chmod', args: ['/work/file', 0o640] },
        { name: 'utimes', args: ['/work/file', 1.5, 2.5] },
        { name: 'open', args: ['/work/file', 2, 0o666] },
        { name: 'write', args: [fd, new Uint8Array([0x41, 0x42, 0x43, 0x44]), 1, 2, 3] },
        { name: 'ftruncate', args: [fd, 0] },
        { name: 'close', args: [fd] },
      ]);
    });

    it('in text, but for names that are none', () => {
      const odd = Buffer.from([0x66, 0xff]);
      expect(() => lab.fs.statSync(odd)).to.throw();
      expect(lab.calls[0]!.args[0]).to.deep.equal(Buffer.concat([Buffer.from('/work/'), odd]));
    });

    it('and not of calls whose arguments are refused', async () => {
      const { fs } = lab;
      expect(() => fs.writeFileSync('file', 42 as never)).to.throw(TypeError);
      expect(() => fs.open('file', 'bogus', () => {})).to.throw(TypeError);
      expect(await rejection(fs.promises.readFile('file', { encoding: 'bogus' as never }))).to.be.an.instanceof(Error);
      expect(lab.calls).to.deep.equal([]);
    });
  });

  describe('leaves it to `perform`', () => {
    it('whether a call has its effect, and what it answers', () => {
      lab.decide = ({ name }, effect) => (name === 'stat' ? { size: 42 } : effect());
      expect(lab.fs.statSync('/nowhere')).to.deep.equal({ size: 42 });
      lab.decide = () => undefined;
      lab.fs.unlinkSync('/nowhere');
      lab.fs.mkdirSync('/never');
      expect(lab.base.existsSync('/never')).to.equal(false);
    });

    for (const flavour of FLAVOURS) {
      it(`which error a call ends with, named after the caller's path, ${flavour.name}`, async () => {
        lab.decide = ({ name, args }) => {
          throw systemError('EIO', name, String(args[0]));
        };
        const error = (await rejection(flavour.call(lab.fs, 'unlink', 'file'))) as NodeJS.ErrnoException;
        expect({ ...error, message: error.message }).to.include({
          code: 'EIO',
          syscall: 'unlink',
          path: 'file',
          message: "EIO: i/o error, unlink 'file'",
        });
      });
    }
  });

  describe('writes until every byte is accepted:', () => {
    beforeEach(() => {
      lab.decide = (call, effect) => {
        if (call.name !== 'write' && call.name !== 'writev') return effect();
        const { base } = lab;
        if (call.name === 'writev') return base.writeSync(call.args[0], call.args[1][0]!, 0, 1);
        const [fd, bytes, offset, length, position] = call.args;
        return base.writeSync(fd, bytes, offset, Math.min(length, 3), position as number | null);
      };
    });

    for (const flavour of FLAVOURS) {
      it(`writeFile and appendFile, ${flavour.name}`, async () => {
        await flavour.call(lab.fs, 'writeFile', 'file', TEXT);
        expect(lab.names).to.deep.equal(['open', ...Array<string>(7).fill('write'), 'close']);
        await flavour.call(lab.fs, 'appendFile', 'file', Buffer.from(TEXT));
        expect(lab.text('/work/file')).to.equal(TEXT + TEXT);
      });

      it(`copyFile, ${flavour.name}`, async () => {
        lab.base.writeFileSync('/work/file', TEXT);
        await flavour.call(lab.fs, 'copyFile', 'file', 'copy');
        expect(lab.text('/work/copy')).to.equal(TEXT);
      });
    }

    it('a FileHandle', async () => {
      const handle = await lab.fs.promises.open('file', 'w');
      await handle.writeFile(TEXT);
      await handle.appendFile(TEXT + TEXT);
      await handle.close();
      expect(lab.text('/work/file')).to.equal(TEXT + TEXT + TEXT);
    });

    it('a stream, of one chunk and of several', async () => {
      const stream = lab.fs.createWriteStream('file');
      await new Promise((resolve) => stream.write(TEXT, resolve));
      for (const part of [TEXT, TEXT]) stream.write(part);
      stream.end(TEXT);
      await once(stream, 'close');
      expect(lab.names).to.include.members(['write', 'writev']);
      expect(lab.text('/work/file')).to.equal(TEXT.repeat(4));
    });
  });

  describe('closes what it has opened, and reports the first failure:', () => {
    const CALLS: Readonly<Record<string, readonly [failing: string, ...args: unknown[]]>> = {
      writeFile: ['write', 'file', TEXT],
      appendFile: ['write', 'file', TEXT],
      readFile: ['read', 'there', 'latin1'],
      truncate: ['ftruncate', 'there'],
      copyFile: ['write', 'there', 'copy'],
    };

    for (const flavour of FLAVOURS) {
      for (const [name, [failing, ...args]] of Object.entries(CALLS)) {
        for (const alsoClose of [false, true]) {
          it(`${name} when ${failing}${alsoClose ? ' and close fail' : ' fails'}, ${flavour.name}`, async () => {
            lab.base.writeFileSync('/work/there', TEXT);
            lab.decide = (call, effect) => {
              if (call.name === failing) throw systemError('EIO', failing);
              if (call.name !== 'close') return effect();
              effect();
              if (alsoClose) throw systemError('EINTR', 'close');
              return undefined;
            };
            const error = (await rejection(flavour.call(lab.fs, name, ...args))) as AggregateError & { code: string };
            expect(error.code).to.equal('EIO');
            const opened = lab.names.filter((made) => made === 'open').length;
            expect(lab.names.filter((made) => made === 'close')).to.have.lengthOf(opened);
            if (name === 'copyFile') expect(lab.base.existsSync('/work/copy')).to.equal(false);
            const addsTheSecond = alsoClose && flavour.name !== 'sync' && name !== 'copyFile';
            const codes = (error.errors as NodeJS.ErrnoException[] | undefined)?.map(({ code }) => code);
            expect(codes).to.deep.equal(addsTheSecond ? ['EIO', 'EINTR'] : undefined);
          });
        }
      }
    }
  });

  describe('makes the calls of asynchronous callers later:', () => {
    it('none before the caller goes on', async () => {
      const writing = lab.fs.promises.writeFile('file', TEXT);
      const called = new Promise((resolve) => lab.fs.stat('.', resolve));
      expect(lab.calls).to.deep.equal([]);
      await Promise.all([writing, called]);
    });

    it('in the order in which they are asked for, with other callers between any two', async () => {
      const { fs } = lab;
      await Promise.all([fs.promises.writeFile('one', TEXT), fs.promises.writeFile('two', TEXT)]);
      expect(lab.names).to.deep.equal(['open', 'open', 'write', 'write', 'close', 'close']);
    });

    it('the same ones in each run', async () => {
      expect(await callsOfBusyRun()).to.deep.equal(await callsOfBusyRun());
    });

    it('when the given `later` says so', async () => {
      const tasks: (() => void)[] = [];
      lab = new Lab({ later: (task) => tasks.push(task) });
      const order: string[] = [];
      const writing = lab.fs.promises.writeFile('file', TEXT).then(() => order.push('settled'));
      while (tasks.length > 0) {
        tasks.shift()!();
        order.push(lab.names.at(-1)!);
        // What is asked for upon an answer.
        for (let turn = 0; turn < 10; turn++) await Promise.resolve();
      }
      await writing;
      expect(order).to.deep.equal(['open', 'write', 'close', 'settled']);
    });

    it("in the caller's async context", async () => {
      const storage = new AsyncLocalStorage<string>();
      const seen = await storage.run(
        'mine',
        () => new Promise((resolve) => lab.fs.readdir('.', () => resolve(storage.getStore()))),
      );
      expect(seen).to.equal('mine');
    });
  });

  it('works on whichever base there is at the time of a call', () => {
    const bases = [new Lab().base, new Lab().base] as const;
    let current: LabFs = bases[0];
    const fs = surfaceOver(
      () => current,
      (_call, effect) => effect(),
      { cwd: '/work' },
    );
    fs.writeFileSync('file', 'first');
    current = bases[1];
    expect(fs.existsSync('file')).to.equal(false);
    fs.writeFileSync('file', 'second');
    expect(bases[0].readFileSync('/work/file', 'utf8')).to.equal('first');
  });

  it('tries another name where that of a temporary directory is taken, but not for ever', () => {
    const taken = lab.fs.mkdtempSync('prefix-');
    const fs = surfaceOver(lab.base, (_call, effect) => effect(), { cwd: '/work' });
    expect(fs.mkdtempSync('prefix-')).to.not.equal(taken);
    let attempts = 0;
    lab.decide = ({ name }) => {
      attempts++;
      throw systemError('EEXIST', name, '');
    };
    expect(() => lab.fs.mkdtempSync('prefix-')).to.throw('EEXIST');
    expect(attempts).to.be.within(10, 1000);
  });

  it('has a `promises` that is always the same', () => {
    expect(lab.fs.promises).to.equal(lab.fs.promises);
    expect(lab.fs.promises.constants).to.equal(lab.fs.constants);
  });

  describe('stops at an abort between two calls:', () => {
    for (const flavour of FLAVOURS.filter(({ name }) => name !== 'sync')) {
      for (const name of ['readFile', 'writeFile']) {
        it(`${name}, ${flavour.name}`, async () => {
          lab.base.writeFileSync('/work/file', 'old');
          const controller = new AbortController();
          lab.decide = (call, effect) => {
            if (call.name === 'open') controller.abort();
            return effect();
          };
          const { signal } = controller;
          const args = name === 'readFile' ? ['file', { signal }] : ['file', TEXT, { signal }];
          const error = await rejection(flavour.call(lab.fs, name, ...args));
          expect(error).to.include({ name: 'AbortError', code: 'ABORT_ERR' });
          expect(lab.names.at(-1)).to.equal('close');
          // In a job there is nothing between the calls.
          const isJob = worksInOneJob && `${name}, ${flavour.name}` === 'writeFile, callback';
          expect(lab.names.includes('write')).to.equal(isJob);
        });
      }
    }
  });

  describe('gives FileHandles', () => {
    it('whose calls fail once they are closed', async () => {
      const handle = await lab.fs.promises.open('file', 'w+');
      await handle.close();
      expect(handle.fd).to.equal(-1);
      for (const call of [() => handle.write('x'), () => handle.read(), () => handle.stat(), () => handle.sync()]) {
        expect(await rejection(call())).to.include({ code: 'EBADF', message: 'file closed' });
      }
      await handle.close();
      expect(lab.names).to.deep.equal(['open', 'close']);
    });

    it('that close when the calls under way have ended', async () => {
      const handle = await lab.fs.promises.open('file', 'w+');
      const events: string[] = [];
      (handle as unknown as EventEmitter).on('close', () => events.push('close'));
      const calls = [handle.write('one'), handle.sync()];
      const closing = handle.close();
      expect(events).to.deep.equal(['close']);
      await Promise.all([...calls, closing]);
      expect(lab.names).to.deep.equal(['open', 'write', 'fsync', 'close']);
    });

    it('with all that node has on them', async () => {
      const handle = await lab.fs.promises.open('file', 'w+');
      expect(await handle.write('0123456789')).to.include({ bytesWritten: 10 });
      expect(await handle.writev([Buffer.from('ab'), Buffer.from('cd')], 2)).to.include({ bytesWritten: 4 });
      const buffer = Buffer.alloc(4);
      expect(await handle.read({ buffer, position: 1 })).to.deep.include({ bytesRead: 4, buffer });
      expect(buffer.toString()).to.equal('1abc');
      expect(await handle.readv([Buffer.alloc(2)], 0)).to.include({ bytesRead: 2 });
      await handle.truncate(6);
      await handle.chmod(0o600);
      await handle.utimes(1, 2);
      await handle.datasync();
      expect(await handle.stat()).to.include({ size: 6, mtimeMs: 2000 });
      await handle[Symbol.asyncDispose]();
      expect(lab.text('/work/file')).to.equal('01abcd');
    });

    it('that can be streamed from, line by line too, and into', async () => {
      const { promises } = lab.fs;
      const target = await promises.open('file', 'w');
      target.createWriteStream().end('one\ntwo\n');
      await once(target as unknown as EventEmitter, 'close');
      const lines: string[] = [];
      for await (const line of (await promises.open('file')).readLines()) lines.push(line);
      expect(lines).to.deep.equal(['one', 'two']);
      const pieces: Uint8Array[] = [];
      const source = await promises.open('file');
      for await (const piece of source.readableWebStream() as AsyncIterable<Uint8Array>) pieces.push(piece);
      expect(Buffer.concat(pieces.map((piece) => Buffer.from(piece))).toString()).to.equal('one\ntwo\n');
      await source.close();
    });

    it('in the place of a path, for whole files and for streams', async () => {
      const { fs } = lab;
      const handle = await fs.promises.open('file', 'w+');
      await fs.promises.writeFile(handle, 'whole');
      await fs.promises.appendFile(handle, ' file');
      const stream = fs.createReadStream('ignored', { fd: handle, start: 0, encoding: 'utf8' } as never);
      expect(await textOf(stream)).to.equal('whole file');
      expect(handle.fd).to.equal(-1);
    });
  });

  describe('gives directories', () => {
    beforeEach(() => {
      for (const name of ['one', 'two', 'sub/three']) {
        lab.base.mkdirSync('/work/dir/sub', { recursive: true });
        lab.base.writeFileSync(`/work/dir/${name}`, '');
      }
    });

    it('to be read entry by entry, until null', async () => {
      const dir = lab.fs.opendirSync('dir');
      expect(dir.path).to.equal('dir');
      expect(dir.readSync()).to.include({ name: 'one' });
      expect(await dir.read()).to.include({ name: 'sub' });
      const [error, entry] = await new Promise<unknown[]>((resolve) => dir.read((...results) => resolve(results)));
      expect([error, (entry as { name: string }).name]).to.deep.equal([null, 'two']);
      expect(dir.readSync()).to.equal(null);
      await dir.close();
      for (const call of [() => dir.readSync(), () => dir.closeSync()]) {
        expect(call).to.throw().with.property('code', 'ERR_DIR_CLOSED');
      }
      expect(await rejection(dir.close())).to.have.property('code', 'ERR_DIR_CLOSED');
    });

    it('to be iterated, with what is below', async () => {
      const found: string[] = [];
      for await (const { parentPath, name } of await lab.fs.promises.opendir('dir', { recursive: true })) {
        found.push(`${parentPath} ${name}`);
      }
      expect(found).to.have.members(['dir one', 'dir sub', 'dir two', 'dir/sub three']);
    });

    it('that refuse to be read twice at a time', async () => {
      const dir = await lab.fs.promises.opendir('dir');
      const reading = dir.read();
      expect(() => dir.readSync())
        .to.throw()
        .with.property('code', 'ERR_DIR_CONCURRENT_OPERATION');
      await reading;
      await dir.close();
    });
  });

  it('gives Blobs that can be read until the file changes', async () => {
    lab.base.writeFileSync('/work/file', TEXT);
    const blob = await lab.fs.openAsBlob('file', { type: 'text/plain' });
    expect([blob.type, blob.size, await blob.text()]).to.deep.equal(['text/plain', TEXT.length, TEXT]);
    expect(await blob.slice(5, 9).text()).to.equal('than');
    lab.base.writeFileSync('/work/file', 'changed');
    expect(await rejection(blob.slice(0, 4).arrayBuffer())).to.have.property('name', 'NotReadableError');
    expect(() => lab.fs.openAsBlob('absent')).to.throw(TypeError, 'Unable to open file as blob');
  });

  describe('carries createFs():', () => {
    for (const flavour of FLAVOURS) {
      it(`writeFile replaces durably, ${flavour.name}`, async () => {
        lab.base.writeFileSync('/work/file', 'old');
        await flavour.call(intactOver(lab.fs), 'writeFile', '/work/file', 'new');
        expect(lab.text('/work/file')).to.equal('new');
        expect(lab.names.filter((name) => /^(fsync|rename)$/.test(name))).to.deep.equal(['fsync', 'rename', 'fsync']);
      });

      it(`a failed flush keeps the old content, ${flavour.name}`, async () => {
        lab.base.writeFileSync('/work/file', 'old');
        lab.decide = ({ name }, effect) => {
          if (name === 'fsync') throw systemError('EIO', 'fsync');
          return effect();
        };
        const writing = flavour.call(intactOver(lab.fs), 'writeFile', '/work/file', 'new');
        expect(await rejection(writing)).to.include({ code: 'EIO', path: '/work/file' });
        expect(lab.text('/work/file')).to.equal('old');
        expect(lab.base.readdirSync('/work')).to.deep.equal(['file']);
      });
    }

    it('a stream and a FileHandle are published when they end', async () => {
      const fs = intactOver(lab.fs);
      const stream = fs.createWriteStream('/work/stream');
      stream.write('streamed');
      const handle = await fs.promises.open('/work/handle', 'w');
      await handle.write('handled');
      expect(lab.base.readdirSync('/work').filter((name) => !name.startsWith('.'))).to.deep.equal([]);
      stream.end();
      await once(stream, 'close');
      await handle.close();
      expect([lab.text('/work/stream'), lab.text('/work/handle')]).to.deep.equal(['streamed', 'handled']);
    });
  });
});

async function textOf(stream: ReadStream): Promise<string> {
  let text = '';
  for await (const piece of stream) text += String(piece);
  return text;
}

function intactOver(fs: LabFs): LabFs {
  return createFs(fs, { warn: false });
}

/** What many callers at once make a surface do, without the numbers of descriptors: memfs gives each but once. */
async function callsOfBusyRun(): Promise<unknown> {
  const { fs, calls } = new Lab();
  const streams = [fs.createWriteStream('one'), fs.createWriteStream('two')];
  for (const stream of streams) stream.end(TEXT);
  const closed = streams.map((stream) => once(stream, 'close'));
  await Promise.all([fs.promises.mkdir('a/b', { recursive: true }), fs.promises.mkdtemp('t-'), ...closed]);
  await fs.promises.cp('.', '/copy', { recursive: true });
  return calls.map(({ name, args }) => [name, args.filter((arg) => typeof arg === 'string')]);
}
