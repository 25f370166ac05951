// Programs that write as something comes in: logs, archives, downloads, uploads, documents.

import type { Program } from '../program';

const pino: Program = {
  name: 'pino',
  kind: 'log library, from a worker thread too',
  packages: { pino: '10.4.0' },
  isModule: false,
  durability: 'durable',
  files: {
    'main.cjs': `
      const pino = require('pino');
      const plain = { timestamp: false, base: undefined };
      const syncDestination = pino.destination({ dest: 'out/sync.jsonl', append: false, mkdir: true, sync: true });
      // Never closed, as logs are that are called so.
      const kept = pino(plain, pino.destination({ dest: 'out/kept.log', append: false, mkdir: true, sync: true }));
      const sync = pino(plain, syncDestination);
      const destination = pino.destination({ dest: 'out/async.jsonl', append: false, mkdir: true, sync: false, minLength: 4096 });
      const async = pino(plain, destination);
      const threaded = pino(plain, pino.transport({
        target: 'pino/file', options: { destination: 'out/threaded.jsonl', append: false, mkdir: true },
      }));
      for (let line = 0; line < 2000; line++) for (const log of [sync, async, threaded, kept]) log.info({ line }, 'a message é');
      console.log(require('fs').readFileSync('out/sync.jsonl', 'utf8').length);
      syncDestination.end();
      destination.flush(() => {
        destination.reopen('out/reopened.jsonl');
        destination.once('ready', () => { async.warn('elsewhere'); destination.end(); });
      });
      destination.on('close', () => threaded.flush(() => console.log('flushed')));`,
    'out/sync.jsonl': 'an older log\n'.repeat(100_000),
  },
  steps: [['./main.cjs'], ['./main.cjs']],
};

const winston: Program = {
  name: 'winston',
  kind: "log library with 'w'",
  packages: { winston: '3.19.0' },
  isModule: false,
  durability: 'process',
  files: {
    'main.cjs': `
      const winston = require('winston');
      const { File } = winston.transports;
      const logger = winston.createLogger({
        format: winston.format.simple(),
        transports: [
          new File({ filename: 'out/all.txt', options: { flags: 'w' } }),
          new File({ filename: 'out/error.txt', level: 'error', options: { flags: 'w' }, lazy: true }),
          new File({ filename: 'out/rotated.txt', maxsize: 2000, maxFiles: 3, tailable: true, options: { flags: 'w' } }),
          new File({ filename: 'out/zipped.txt', maxsize: 3000, zippedArchive: true, options: { flags: 'w' } }),
        ],
      });
      const lines = 200;
      (async () => {
        for (let line = 0; line < lines; line++) {
          logger.log(line % 50 === 0 ? 'error' : 'info', 'line ' + line);
          await new Promise((done) => setTimeout(done, 2));
        }
        logger.on('finish', () => setTimeout(() => console.log('finished'), 200));
        logger.end();
      })();`,
  },
  steps: [['./main.cjs']],
};

const rotatingFileStream: Program = {
  name: 'rotating-file-stream',
  kind: 'log rotation',
  packages: { 'rotating-file-stream': '3.2.10' },
  isModule: true,
  durability: 'process',
  files: {
    'main.mjs': `
      import { once } from 'node:events';
      import { createStream } from 'rotating-file-stream';
      const generator = (time, index) => (time ? 'rotated-' + index + '.txt' : 'current.txt');
      const name = (index) => (index ? 'rotated-' + index + '.gz' : 'current.txt');
      for (const [path, options, names] of [
        ['out/plain', { size: '2K', maxFiles: 3 }, generator],
        ['out/classic', { size: '2K', rotate: 3, compress: 'gzip' }, name],
      ]) {
        const stream = createStream(names, { path, ...options });
        stream.on('rotated', (file) => console.log('rotated', file.replace(process.cwd(), '')));
        for (let line = 0; line < 300; line++) if (!stream.write('line ' + line + ' of a log\\n')) await once(stream, 'drain');
        stream.end();
        await once(stream, 'finish');
      }`,
  },
  steps: [['./main.mjs']],
};

const tar: Program = {
  name: 'tar',
  kind: 'archiver',
  packages: { tar: '7.5.23' },
  isModule: true,
  durability: 'durable',
  files: {
    'in/a.txt': 'text a',
    'in/deep/b.bin': 'b'.repeat(300_000),
    'in/tool.sh': '#!/bin/sh\n',
    'in/link': '-> deep/b.bin',
    'out-async/in/a.txt': 'is replaced',
    'out-async/in/deep/b.bin': 'is kept, as it is newer\n',
    'main.mjs': `
      import fs from 'node:fs';
      import * as tar from 'tar';
      fs.linkSync('in/a.txt', 'in/hard');
      // The archives have its time, in whole seconds.
      fs.utimesSync('in', 1e9, 1e9);
      for (const [file, gzip] of [['a.tar', false], ['a.tgz', true]]) {
        tar.create({ file, gzip, sync: true, portable: true, noMtime: false }, ['in']);
        await tar.create({ file: 'async-' + file, gzip, portable: true }, ['in']);
      }
      tar.update({ file: 'a.tar', sync: true, portable: true }, ['in/tool.sh']);
      for (const out of ['out-sync', 'out-async', 'out-stream']) fs.mkdirSync(out, { recursive: true });
      tar.extract({ file: 'a.tgz', cwd: 'out-sync', sync: true });
      tar.extract({ file: 'a.tgz', cwd: 'out-sync', sync: true });
      await tar.extract({ file: 'async-a.tar', cwd: 'out-async', newer: true, preservePaths: true });
      await new Promise((done, fail) => {
        fs.createReadStream('a.tgz').pipe(tar.extract({ cwd: 'out-stream', strip: 1, noMtime: true })).on('close', done).on('error', fail);
      });
      tar.list({ file: 'a.tar', sync: true, onReadEntry: (entry) => console.log(entry.path, entry.type, entry.size) });`,
  },
  modes: { 'in/tool.sh': 0o755, 'in/a.txt': 0o640 },
  steps: [['./main.mjs']],
};

const archiver: Program = {
  name: 'archiver',
  kind: 'archiver by stream',
  packages: { archiver: '8.0.0' },
  isModule: true,
  durability: 'consistent',
  files: {
    'in/a.txt': 'text a'.repeat(1000),
    'in/deep/b.txt': 'text b'.repeat(100_000),
    'out.zip': 'an older one',
    'main.mjs': `
      import { createWriteStream, createReadStream, statSync } from 'node:fs';
      import { once } from 'node:events';
      import { ZipArchive, TarArchive } from 'archiver';
      const date = new Date('2021-01-01T00:00:00Z');
      for (const [name, archive] of [['out.zip', new ZipArchive({ zlib: { level: 9 } })], ['out.tar.gz', new TarArchive({ gzip: true })]]) {
        const output = createWriteStream(name);
        archive.pipe(output);
        archive.append(createReadStream('in/a.txt'), { name: 'a.txt', date });
        archive.append('from a string', { name: 'deep/string.txt', date, mode: 0o600 });
        archive.directory('in/deep', 'below', (entry) => ({ ...entry, date }));
        archive.finalize();
        await once(output, 'close');
        console.log(name, archive.pointer() === statSync(name).size);
      }`,
  },
  steps: [['./main.mjs']],
};

const downloader: Program = {
  name: 'node-downloader-helper',
  kind: 'downloader that resumes',
  packages: { 'node-downloader-helper': '2.1.11' },
  isModule: false,
  durability: 'durable',
  files: {
    'out/there': 'an older one',
    'out/again': 'an older one',
    'main.cjs': `
      const { DownloaderHelper } = require('node-downloader-helper');
      const get = (path, options) => new Promise((done) => {
        const download = new DownloaderHelper(process.env.SERVER + path, 'out', options);
        download.on('end', ({ fileName, totalSize, downloadedSize }) => done([fileName, totalSize, downloadedSize]));
        download.on('error', ({ message, status }) => done([message, status]));
        download.start().catch(() => {});
      });
      (async () => {
        console.log(await get('/100000', { fileName: 'new' }));
        console.log(await get('/500000', { fileName: 'half' }));
        console.log(await get('/900000', { fileName: 'half', resumeIfFileExists: true, override: true }));
        console.log(await get('/1000', { fileName: 'there', override: true }));
        console.log(await get('/2000', { fileName: 'again', override: false }));
        console.log(await get('/missing', { fileName: 'missing' }));
        console.log(require('fs').readdirSync('out'));
      })();`,
  },
  steps: [['./main.cjs']],
};

const got: Program = {
  name: 'got',
  kind: 'HTTP client',
  packages: { got: '14.6.6' },
  isModule: true,
  durability: 'process',
  files: {
    'out/there': 'an older one',
    'main.mjs': `
      import { createWriteStream, readFileSync } from 'node:fs';
      import { writeFile } from 'node:fs/promises';
      import { pipeline } from 'node:stream/promises';
      import got from 'got';
      const { SERVER } = process.env;
      await pipeline(got.stream(SERVER + '/3000000'), createWriteStream('out/streamed'));
      await pipeline(got.stream(SERVER + '/10'), createWriteStream('out/there', { mode: 0o600 }));
      await writeFile('out/whole', await got(SERVER + '/70000').buffer());
      await writeFile('out/iterated', got.stream(SERVER + '/70000'));
      await got(SERVER + '/missing', { retry: { limit: 0 } }).catch(({ name }) => console.log(name));
      console.log(readFileSync('out/there').length);`,
  },
  steps: [['./main.mjs']],
};

const formidable: Program = {
  name: 'formidable',
  kind: 'upload server',
  packages: { formidable: '3.5.4' },
  isModule: true,
  durability: 'consistent',
  files: {
    'uploads/older.bin': 'x'.repeat(50_000),
    'main.mjs': `
      import { createServer } from 'node:http';
      import formidable from 'formidable';
      const server = createServer(async (request, response) => {
        const form = formidable({ uploadDir: 'uploads', filename: (name, extension, part) => part.originalFilename, maxFileSize: 1_000_000 });
        const done = await form.parse(request).catch((error) => ({ error: error.code }));
        const [fields, files] = Array.isArray(done) ? done : [done, {}];
        // They come in the order in which they were complete, which is a race between threads.
        const sizes = Object.values(files).flat().map(({ newFilename, size }) => [newFilename, size]).toSorted();
        response.end(JSON.stringify({ fields, sizes }));
      });
      server.listen(0, '127.0.0.1', async () => {
        const post = async (...files) => {
          const body = new FormData();
          body.set('title', 'é');
          for (const [name, size] of files) body.append('files', new Blob(['y'.repeat(size)]), name);
          const answer = await fetch('http://127.0.0.1:' + server.address().port, { method: 'POST', body });
          console.log(await answer.text());
        };
        await post(['a.txt', 10], ['b.txt', 400_000]);
        await post(['older.bin', 100]);
        await post(['too-large.bin', 3_000_000]).catch(({ message }) => console.log(message));
        server.closeAllConnections();
        server.close();
      });`,
  },
  steps: [['./main.mjs']],
};

const pdfkit: Program = {
  name: 'pdfkit',
  kind: 'document writer',
  packages: { pdfkit: '0.20.2' },
  isModule: false,
  durability: 'durable',
  files: {
    'report.pdf': 'an older one',
    'main.cjs': `
      const fs = require('fs');
      const PDFDocument = require('pdfkit');
      const write = (name, pages) => new Promise((done) => {
        const document = new PDFDocument({ info: { CreationDate: new Date(0) }, autoFirstPage: false });
        document.pipe(fs.createWriteStream(name)).on('finish', () => done(fs.statSync(name).size));
        for (let page = 1; page <= pages; page++) document.addPage().fontSize(20).text('page ' + page).rect(50, 50, 100, page).stroke();
        document.end();
      });
      Promise.all([write('report.pdf', 3), write('long.pdf', 120)]).then((sizes) => console.log(sizes));`,
  },
  steps: [['./main.cjs']],
};

const execa: Program = {
  name: 'execa',
  kind: 'process runner',
  packages: { execa: '9.6.1' },
  isModule: true,
  durability: 'durable',
  files: {
    'main.mjs': `
      import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
      import { open } from 'node:fs/promises';
      import { execa, execaSync } from 'execa';
      await execa({ stdout: { file: 'out/file.txt' }, stderr: ['pipe', { file: 'out/errors.txt' }] })\`node -e \${'console.log("out".repeat(1000)); console.error("err")'}\`;
      const fd = openSync('out/descriptor.txt', 'w');
      writeSync(fd, 'head\\n');
      await execa('node', ['-e', 'console.log("from the child")'], { stdout: fd, stderr: fd });
      writeSync(fd, 'tail\\n');
      closeSync(fd);
      const handle = await open('out/handle.txt', 'w');
      await handle.write('head\\n');
      await execa('node', ['-e', 'console.log("through a handle")'], { stdio: ['ignore', handle.fd, handle.fd] });
      await handle.close();
      execaSync('node', ['-e', 'console.log("synchronously")'], { stdout: { file: 'out/sync.txt' } });
      console.log(readFileSync('out/descriptor.txt', 'utf8'));`,
    'out/file.txt': 'an older one',
  },
  steps: [['./main.mjs']],
};

const chokidar: Program = {
  name: 'chokidar',
  kind: 'file watcher',
  packages: { chokidar: '5.0.0' },
  isModule: true,
  durability: 'process',
  files: {
    'watched/there.txt': 'old',
    'watched/deep/there.txt': 'old',
    'main.mjs': `
      import { once } from 'node:events';
      import fs from 'node:fs';
      import { setTimeout as pause } from 'node:timers/promises';
      import { watch } from 'chokidar';
      const watcher = watch('watched', { ignoreInitial: true });
      await once(watcher, 'ready');
      const seen = [];
      watcher.on('all', (event, path) => seen.push(event + ' ' + path));
      const after = async (title, act) => {
        await act();
        await pause(500);
        console.log(title, [...new Set(seen.splice(0))].toSorted());
      };
      await after('created', () => fs.writeFileSync('watched/new.txt', '1'));
      await after('replaced', () => fs.writeFileSync('watched/there.txt', '22'));
      await after('replaced again', () => fs.promises.writeFile('watched/there.txt', '333'));
      await after('by a stream', () => new Promise((done) => fs.createWriteStream('watched/deep/there.txt').end('4444', done)));
      await after('copied', () => fs.copyFileSync('watched/there.txt', 'watched/deep/copy.txt'));
      await after('by hand', () => { const fd = fs.openSync('watched/new.txt', 'w'); fs.writeSync(fd, '55555'); fs.closeSync(fd); });
      await after('renamed', () => fs.renameSync('watched/new.txt', 'watched/newer.txt'));
      await after('removed', () => fs.unlinkSync('watched/newer.txt'));
      await watcher.close();`,
  },
  steps: [['./main.mjs']],
};

export const STREAMS: readonly Program[] = [
  pino,
  winston,
  rotatingFileStream,
  tar,
  archiver,
  downloader,
  got,
  formidable,
  pdfkit,
  execa,
  chokidar,
];
