// promises.open: what a FileHandle can do, and how it is closed.

import { once } from 'node:events';
import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { expectSame } from '../support/compare';
import { turns } from '../support/event-loop';
import { type HandleUse, failingAfter, noteEvents, usesAlike } from '../support/handle-use';
import { OPEN_FLAGS, openError } from '../support/open-flags';
import { Journal } from '../support/outcome';
import { ALL_BACKENDS, REAL_BACKENDS, type World } from '../support/worlds';

function withOld({ base, at }: World): void {
  base.writeFileSync(at('target'), 'old content, longer than the new');
}

const METHODS: readonly HandleUse[] = [
  {
    title: 'write takes strings and bytes in all its forms',
    async run(handle, journal) {
      await journal.note('text', () => handle.write('first line\n'));
      await journal.note('text in hex', () => handle.write('e9e9', 20, 'hex'));
      await journal.note('bytes', () => handle.write(Buffer.from('0123456789'), 2, 5));
      await journal.note('bytes at 1', () => handle.write(Buffer.from('at one'), 0, 3, 1));
      await journal.note('bytes by options', () =>
        handle.write(Buffer.from('by options'), { offset: 3, length: 4 } as never),
      );
      await journal.note('empty bytes', () => handle.write(Buffer.alloc(0)));
    },
  },
  {
    title: 'write refuses what is no data',
    fails: 'ERR_INVALID_ARG_TYPE',
    onlyReal: true,
    async run(handle, journal) {
      await journal.note('a number', () => handle.write(42 as never));
      await journal.note('beyond the end', () => handle.write(Buffer.from('x'), 0, 5));
      await journal.note('good again', () => handle.write('good'));
    },
  },
  {
    title: 'writev writes several pieces',
    async run(handle, journal) {
      await journal.note('writev', () => handle.writev([Buffer.from('several '), Buffer.from('parts')]));
      await journal.note('writev at 2', () => handle.writev([Buffer.from('XX')], 2));
    },
  },
  {
    title: 'writeFile and appendFile go on from the present position',
    async run(handle, journal) {
      await journal.note('write', () => handle.write('begin '));
      await journal.note('writeFile', () => handle.writeFile('middle '));
      await journal.note('appendFile', () => handle.appendFile(Buffer.from('end')));
      await journal.note('writeFile in hex', () => handle.writeFile('21', 'hex'));
    },
  },
  {
    title: 'writeFile takes iterables and streams',
    onlyReal: true,
    async run(handle, journal) {
      await journal.note('array', () => handle.writeFile(['a', 'b'] as never));
      await journal.note('stream', () => handle.writeFile(Readable.from(['c', Buffer.from('d')]) as never));
    },
  },
  {
    title: 'writeFile refuses what is no data, and goes on',
    fails: 'ERR_INVALID_ARG_TYPE',
    onlyReal: true,
    async run(handle, journal) {
      await journal.note('a number', () => handle.writeFile(42 as never));
      await journal.note('good again', () => handle.writeFile('good'));
    },
  },
  {
    title: 'writeFile stops at an aborted signal, and goes on',
    fails: 'ABORT_ERR',
    onlyReal: true,
    async run(handle, journal) {
      const signal = AbortSignal.abort();
      await journal.note('aborted', () => handle.writeFile('never', { signal }));
      await journal.note('good again', () => handle.writeFile('good'));
    },
  },
  {
    title: 'writeFile of an iterable that fails leaves the handle usable',
    onlyReal: true,
    fails: 'Error',
    async run(handle, journal) {
      await journal.note('failing', () => handle.writeFile(failingAfter('some') as never));
      await journal.note('good again', () => handle.writeFile(' good'));
    },
  },
  {
    title: 'truncate shortens and lengthens',
    async run(handle, journal) {
      await journal.note('write', () => handle.write('0123456789'));
      await journal.note('truncate 4', () => handle.truncate(4));
      await journal.note('stat', () => handle.stat());
      await journal.note('truncate 8', () => handle.truncate(8));
      await journal.note('stat', () => handle.stat());
    },
  },
  {
    title: 'truncate without a length empties',
    async run(handle, journal) {
      await journal.note('write', () => handle.write('0123456789'));
      await journal.note('truncate', () => handle.truncate());
    },
  },
  {
    title: 'stat, sync and datasync answer',
    async run(handle, journal) {
      await journal.note('stat', () => handle.stat());
      await journal.note('write', () => handle.write('text'));
      await journal.note('sync', () => handle.sync());
      await journal.note('datasync', () => handle.datasync());
      await journal.note('stat', () => handle.stat());
    },
  },
  {
    title: 'chmod decides over the mode',
    async run(handle, journal) {
      await journal.note('chmod', () => handle.chmod(0o604));
      await journal.note('write', () => handle.write('text'));
    },
  },
  {
    title: 'utimes decides over the times',
    async run(handle, journal, { base, at }) {
      await journal.note('utimes', () => handle.utimes(1000, 2000));
      await journal.note('close', () => handle.close());
      journal.add('time', base.statSync(at('target')).mtimeMs);
    },
  },
  {
    title: 'chown to the present owner changes nothing',
    onlyReal: true,
    async run(handle, journal) {
      await journal.note('chown', () => handle.chown(process.getuid!(), process.getgid!()));
    },
  },
  {
    title: 'read, readv, readFile and readLines read what was written',
    flags: 'w+',
    onlyReal: true,
    async run(handle, journal) {
      await journal.note('write', () => handle.write('one\ntwo\nthree\n'));
      const read = await journal.note('read', () => handle.read({ buffer: Buffer.alloc(5), position: 4 }));
      journal.add('bytes', read?.buffer);
      await journal.note('readv', () => handle.readv([Buffer.alloc(2), Buffer.alloc(3)], 0));
      await journal.note('readFile at the end', () => handle.readFile('utf8'));
      const lines: string[] = [];
      const reader = handle.readLines({ start: 0, autoClose: false });
      noteEvents((reader as unknown as { input: NodeJS.EventEmitter }).input, journal, ['error']);
      for await (const line of reader) lines.push(line);
      journal.add('lines', lines);
    },
  },
  {
    title: 'read fails where it was opened for writing only',
    fails: 'EBADF',
    onlyReal: true,
    async run(handle, journal) {
      await journal.note('read', () => handle.read(Buffer.alloc(3)));
      await journal.note('write', () => handle.write('all the same'));
    },
  },
  {
    title: 'has a descriptor for the functions that take one',
    async run(handle, journal, { fs }) {
      await journal.note('write', () => handle.write('by handle, '));
      journal.add('writeSync', fs.writeSync(handle.fd, 'by number'));
      journal.add('fstatSync', fs.fstatSync(handle.fd));
    },
  },
  {
    title: 'has the methods of a FileHandle, with their names and lengths',
    onlyReal: true,
    run(handle, journal) {
      journal.add('methods', methodsOf(handle));
    },
  },
  {
    title: 'is a FileHandle, of one class with all others',
    onlyNodes: true,
    async run(handle, journal, { base, at, fs }) {
      const other = await base.promises.open(at('other'), 'w');
      const third = await fs.promises.open(at('target'), 'r');
      journal.add('class', handle.constructor.name);
      journal.add('instance', [handle instanceof other.constructor, handle instanceof third.constructor]);
      journal.add('type', typeof handle.fd);
      await other.close();
      await third.close();
    },
  },
  {
    title: 'emits close once',
    onlyReal: true,
    async run(handle, journal) {
      noteEvents(handle as unknown as NodeJS.EventEmitter, journal, ['close']);
      await handle.close();
      await turns(20);
    },
  },
];

const CLOSINGS: readonly HandleUse[] = [
  {
    title: 'close twice answers twice',
    async run(handle, journal) {
      await journal.note('write', () => handle.write('text'));
      await journal.note('close', () => handle.close());
    },
  },
  {
    title: 'two closes at once both succeed',
    onlyReal: true,
    run: (handle, journal) => journal.note('both', () => Promise.all([handle.close(), handle.close()])),
  },
  {
    title: 'calls after close fail',
    fails: 'EBADF',
    onlyReal: true,
    async run(handle, journal) {
      await handle.close();
      await journal.note('write', () => handle.write('late'));
      await journal.note('writeFile', () => handle.writeFile('late'));
      await journal.note('stat', () => handle.stat());
      await journal.note('truncate', () => handle.truncate(1));
      await journal.note('sync', () => handle.sync());
      await journal.note('chmod', () => handle.chmod(0o600));
      journal.add('fd', handle.fd);
    },
  },
  {
    title: 'calls made after a close has begun fail',
    fails: 'EBADF',
    onlyReal: true,
    async run(handle, journal) {
      const closing = handle.close();
      journal.add('fd', handle.fd);
      await journal.note('write', () => handle.write('late'));
      await journal.note('closing', () => closing);
    },
  },
  {
    title: 'a write in flight ends before the close',
    onlyReal: true,
    async run(handle, journal) {
      const writing = handle.write(Buffer.alloc(1024 * 1024, 'x'));
      const closing = handle.close();
      await journal.note('write', async () => (await writing).bytesWritten);
      await journal.note('close', () => closing);
    },
  },
  {
    title: 'several calls in flight end before the close',
    onlyReal: true,
    async run(handle, journal) {
      const writes = [handle.write('a', 0), handle.write('b', 1), handle.write('c', 2), handle.stat()];
      const closing = handle.close();
      await journal.note('calls', async () => (await Promise.all(writes)).length);
      await journal.note('close', () => closing);
    },
  },
  {
    title: 'a writeFile in flight ends before the close',
    onlyReal: true,
    async run(handle, journal) {
      const writing = handle.writeFile('w'.repeat(3 * 1024 * 1024));
      const closing = handle.close();
      await journal.note('writeFile', () => writing);
      await journal.note('close', () => closing);
    },
  },
  {
    title: 'asyncDispose closes',
    onlyReal: true,
    async run(handle, journal) {
      await journal.note('write', () => handle.write('text'));
      await journal.note('dispose', () => handle[Symbol.asyncDispose]());
      journal.add('fd', handle.fd);
    },
  },
  {
    title: 'a handle given to another thread writes on there',
    onlyReal: true,
    onlyNodes: true,
    async run(handle, journal) {
      const { port1, port2 } = new MessageChannel();
      await journal.note('write', () => handle.write('here, '));
      const arrival = once(port2, 'message');
      port1.postMessage(handle, [handle as never]);
      journal.add('fd', handle.fd);
      const [received] = (await arrival) as [FileHandle];
      await journal.note('write there', () => received.write('there'));
      await journal.note('close there', () => received.close());
      port1.close();
    },
  },
];

for (const backend of ALL_BACKENDS) {
  describe(`FileHandle, ${backend.name}`, () => {
    for (const use of [...METHODS, ...CLOSINGS]) {
      if ((use.onlyReal && !backend.isReal) || (use.onlyNodes && backend.isForeign)) continue;
      // Where something hangs, it hangs for good.
      it(use.title, () => usesAlike(backend, use)).timeout(2000);
    }

    for (const flag of OPEN_FLAGS) {
      for (const exists of [false, true]) {
        const fails = openError(flag, exists) ?? (flag.isWritable && flag.isReadable ? undefined : 'EBADF');
        it(`opened with ${flag.title} on ${exists ? 'an existing' : 'an absent'} file is the plain fs's`, () =>
          expectSame(backend, {
            before: exists ? withOld : undefined,
            fails,
            act: async ({ fs, at }) => {
              const journal = new Journal();
              const handle = await journal.note('open', () => fs.promises.open(at('target'), flag.flag as string));
              if (handle === undefined) return journal;
              await journal.note('write', () => handle.write('new'));
              await journal.note('write at 1', () => handle.write('X', 1));
              await journal.note('read', () => handle.read(Buffer.alloc(10), 0, 10, 0));
              await journal.note('stat', () => handle.stat());
              await journal.note('close', () => handle.close());
              return journal;
            },
          }));
      }
    }
  });
}

for (const backend of REAL_BACKENDS) {
  describe(`mode of promises.open, ${backend.name}`, () => {
    for (const mode of [undefined, null, 0o600, 0o666, 0o4755, '640']) {
      for (const umask of [0, 0o027]) {
        it(`${String(mode)} with umask ${umask.toString(8)} makes the mode that plain node makes`, () =>
          expectSame(backend, {
            umask,
            act: async ({ fs, at }) => {
              const handle = await fs.promises.open(at('target'), 'w', mode as number);
              await handle.close();
            },
          }));
      }
    }
  });
}

/** Name and length of every method, own or inherited. */
function methodsOf(handle: object): Record<string, string> {
  const found: Record<string, string> = {};
  for (let level: object | null = handle; level !== null; level = Object.getPrototypeOf(level) as object | null) {
    for (const [key, { value }] of Object.entries(Object.getOwnPropertyDescriptors(level)))
      if (typeof value === 'function') found[key] ??= `${value.name}/${value.length}`;
  }
  return found;
}
