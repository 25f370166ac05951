// Streams that are made from a FileHandle.

import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { turns } from '../support/event-loop';
import { type HandleUse, failingAfter, noteEvents, usesAlike } from '../support/handle-use';
import { ALL_BACKENDS } from '../support/worlds';

const STREAMS: readonly HandleUse[] = [
  {
    title: 'createWriteStream writes and closes the handle',
    async run(handle, journal) {
      const stream = handle.createWriteStream();
      noteEvents(stream, journal, ['open', 'ready', 'finish', 'close']);
      stream.write('one ');
      stream.end('two');
      await once(stream, 'close');
      journal.add('state', [stream.bytesWritten, stream.destroyed]);
    },
  },
  {
    title: 'createWriteStream with autoClose false leaves the handle open',
    onlyReal: true,
    async run(handle, journal) {
      const stream = handle.createWriteStream({ autoClose: false });
      stream.end('from the stream');
      await once(stream, 'finish');
      await journal.note('write', () => handle.write(', and by hand'));
      // A handle waits for its streams.
      stream.destroy();
    },
  },
  {
    title: 'two streams with autoClose false write one after the other',
    onlyReal: true,
    async run(handle, journal) {
      const streams = [];
      for (const text of ['first ', 'second ']) {
        const stream = handle.createWriteStream({ autoClose: false });
        streams.push(stream);
        stream.end(text);
        await once(stream, 'finish');
      }
      await journal.note('write', () => handle.write('third'));
      for (const stream of streams) stream.destroy();
    },
  },
  {
    title: 'createWriteStream with start and encoding',
    async run(handle, journal) {
      await journal.note('write', () => handle.write('0123456789'));
      const stream = handle.createWriteStream({ start: 3, encoding: 'hex' });
      stream.end('4142');
      await once(stream, 'close');
    },
  },
  {
    title: 'createWriteStream with flush',
    onlyReal: true,
    async run(handle) {
      const stream = handle.createWriteStream({ flush: true });
      stream.end('flushed');
      await once(stream, 'close');
    },
  },
  {
    title: 'a pipeline into createWriteStream',
    async run(handle, journal) {
      const pieces = Array.from({ length: 50 }, (_, index) => `${index} `.repeat(500));
      await journal.note('pipeline', () => pipeline(Readable.from(pieces), handle.createWriteStream()));
    },
  },
  {
    title: 'close with a stream attached ends the stream',
    onlyReal: true,
    async run(handle, journal) {
      const stream = handle.createWriteStream();
      const closed = once(stream, 'close');
      await new Promise((resolve) => stream.write('written before the close', resolve));
      await journal.note('close', () => handle.close());
      await closed;
      journal.add('state', [stream.writableFinished, stream.destroyed, stream.closed]);
    },
  },
  {
    title: 'close with a stream that has just been ended lets it finish',
    onlyReal: true,
    async run(handle, journal) {
      const stream = handle.createWriteStream();
      const closed = once(stream, 'close');
      stream.end('written, then ended');
      await journal.note('close', () => handle.close());
      await closed;
      journal.add('finished', stream.writableFinished);
    },
  },
  {
    title: 'what a stream wrote is visible when it finishes',
    async run(handle, journal, { base, at }) {
      const stream = handle.createWriteStream();
      stream.on('finish', () => journal.add('seen', base.readFileSync(at('target'), 'utf8')));
      stream.end('visible');
      await once(stream, 'close');
    },
  },
  {
    title: 'close with a finished read stream attached',
    flags: 'w+',
    onlyReal: true,
    async run(handle, journal) {
      await journal.note('write', () => handle.write('read me back'));
      let text = '';
      const stream = handle.createReadStream({ start: 0, encoding: 'utf8', autoClose: false });
      noteEvents(stream, journal, ['error']);
      for await (const chunk of stream) text += String(chunk);
      journal.add('text', text);
    },
  },
  {
    title: 'createReadStream closes the handle',
    flags: 'w+',
    onlyReal: true,
    async run(handle, journal) {
      await journal.note('write', () => handle.write('read me back'));
      const stream = handle.createReadStream({ start: 0, encoding: 'utf8' });
      noteEvents(stream, journal, ['error']);
      stream.resume();
      await once(stream, 'close');
      await turns(20);
      journal.add('fd', handle.fd);
    },
  },
  {
    title: 'readableWebStream reads what was written',
    flags: 'w+',
    onlyReal: true,
    async run(handle, journal) {
      await journal.note('write', () => handle.write('read me back'));
      const text: string[] = [];
      for await (const chunk of handle.readableWebStream()) text.push(Buffer.from(chunk as ArrayBuffer).toString());
      journal.add('text', text);
    },
  },
  {
    title: 'a destroyed stream gives the write up',
    onlyReal: true,
    keepsOld: true,
    async run(handle, journal) {
      const stream = handle.createWriteStream();
      noteEvents(stream, journal, ['finish', 'close', 'error']);
      await new Promise<void>((resolve) => stream.write('half', () => resolve()));
      stream.destroy();
      await once(stream, 'close');
    },
  },
  {
    title: 'a stream destroyed with an error gives the write up',
    onlyReal: true,
    fails: 'Error',
    keepsOld: true,
    async run(handle, journal) {
      const stream = handle.createWriteStream();
      noteEvents(stream, journal, ['finish', 'close', 'error']);
      await new Promise<void>((resolve) => stream.write('half', () => resolve()));
      stream.destroy(new Error('enough'));
      await new Promise<void>((resolve) => stream.on('close', resolve));
    },
  },
  {
    title: 'a stream whose signal aborts gives the write up',
    onlyReal: true,
    fails: 'ABORT_ERR',
    keepsOld: true,
    async run(handle, journal) {
      const controller = new AbortController();
      const stream = handle.createWriteStream({ signal: controller.signal } as object);
      noteEvents(stream, journal, ['finish', 'close', 'error']);
      await new Promise<void>((resolve) => stream.write('half', () => resolve()));
      controller.abort();
      await new Promise<void>((resolve) => stream.on('close', resolve));
    },
  },
  {
    title: 'a pipeline whose source fails gives the write up',
    onlyReal: true,
    keepsOld: true,
    fails: 'Error',
    run: (handle, journal) =>
      journal.note('pipeline', () => pipeline(Readable.from(failingAfter('half')), handle.createWriteStream())),
  },
];

for (const backend of ALL_BACKENDS) {
  describe(`streams of a FileHandle, ${backend.name}`, () => {
    for (const use of STREAMS) {
      if (use.onlyReal && !backend.isReal) continue;
      // Where something hangs, it hangs for good.
      it(use.title, () => usesAlike(backend, use)).timeout(2000);
    }
  });
}
