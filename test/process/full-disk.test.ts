// A disk with room for some of the new content and not for all of it. The kernel says so with a SHORT write first, and
// only the next one fails.

import { expect } from 'chai';
import { linkSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE, runProgram } from '../support/child';
import { CALL } from '../support/child-programs';
import { withTmpfs } from '../support/mount';
import { needs, withFileSizeLimit } from '../support/needs';
import { useTemporaryDirectory } from '../support/temporary-directory';

const OLD = 'old '.repeat(750);
const BIG = 'big '.repeat(25_000);
const SMALL = 'small';

interface Write {
  readonly title: string;
  /** Writes `data`, which is also the content of the file `source` and of `sourceTree/target`, to `target`. */
  readonly program: string;
}

const WRITES: readonly Write[] = [
  { title: 'writeFileSync of a string', program: 'fs.writeFileSync(target, data);' },
  { title: 'writeFileSync of bytes', program: 'fs.writeFileSync(target, Buffer.from(data));' },
  { title: 'writeFile of a string', program: 'await call(fs.writeFile, target, data);' },
  { title: 'writeFile of bytes', program: 'await call(fs.writeFile, target, Buffer.from(data));' },
  { title: 'promises.writeFile of a string', program: 'await fs.promises.writeFile(target, data);' },
  { title: 'promises.writeFile of bytes', program: 'await fs.promises.writeFile(target, Buffer.from(data));' },
  {
    title: 'promises.writeFile of an async generator',
    program: 'await fs.promises.writeFile(target, (async function* () { yield* pieces(data); })());',
  },
  {
    title: 'promises.writeFile of a stream',
    program: "await fs.promises.writeFile(target, require('stream').Readable.from(pieces(data)));",
  },
  ...descriptorWrites(),
  ...handleWrites(),
  ...streamWrites(),
  { title: 'copyFileSync', program: 'fs.copyFileSync(source, target);' },
  { title: 'copyFile', program: 'await call(fs.copyFile, source, target);' },
  { title: 'promises.copyFile', program: 'await fs.promises.copyFile(source, target);' },
  { title: 'cpSync', program: 'fs.cpSync(source, target);' },
  { title: 'cp', program: 'await call(fs.cp, source, target);' },
  { title: 'promises.cp', program: 'await fs.promises.cp(source, target);' },
  { title: 'cpSync of a tree', program: 'fs.cpSync(sourceTree, directory, { recursive: true });' },
  { title: 'promises.cp of a tree', program: 'await fs.promises.cp(sourceTree, directory, { recursive: true });' },
  {
    title: 'write-file-atomic, which ignores short writes',
    program: "require(packageFolder + '/node_modules/write-file-atomic').sync(target, data);",
  },
];

/** A program that opens with 'w' and insists on closing. */
function throughDescriptor(title: string, use: string): Write {
  return {
    title: `openSync, ${title}, closeSync`,
    program: `const fd = fs.openSync(target, 'w'); try { ${use} } finally { fs.closeSync(fd); }`,
  };
}

function descriptorWrites(): Write[] {
  return [
    throughDescriptor(
      'writeSync in a loop',
      `let rest = Buffer.from(data); while (rest.length > 0) rest = rest.subarray(fs.writeSync(fd, rest));`,
    ),
    throughDescriptor('ONE writeSync whose short count is ignored', 'fs.writeSync(fd, data);'),
    throughDescriptor(
      'ONE writeSync of as many letters, each of two bytes, as there is room for bytes',
      `const { bavail, bsize } = fs.statfsSync(directory), room = bavail * bsize;
      fs.writeSync(fd, data.length > room ? 'é'.repeat(room) : data);`,
    ),
    throughDescriptor(
      'ONE writevSync whose short count is ignored',
      'fs.writevSync(fd, [...pieces(data)].map(Buffer.from));',
    ),
    throughDescriptor('write in a loop', 'for (const piece of pieces(data)) await call(fs.write, fd, piece);'),
    throughDescriptor(
      'writev whose short count is ignored',
      'await call(fs.writev, fd, [...pieces(data)].map(Buffer.from));',
    ),
    throughDescriptor('writeFileSync of a string to the descriptor', 'fs.writeFileSync(fd, data);'),
    throughDescriptor('writeFileSync of bytes to the descriptor', 'fs.writeFileSync(fd, Buffer.from(data));'),
    throughDescriptor('appendFileSync of a string to the descriptor', 'fs.appendFileSync(fd, data);'),
    throughDescriptor('writeFile to the descriptor', 'await call(fs.writeFile, fd, data);'),
    {
      title: 'open, write whose short count is ignored, close',
      program: "const fd = await call(fs.open, target, 'w'); await call(fs.write, fd, data); await call(fs.close, fd);",
    },
  ];
}

function throughHandle(title: string, use: string): Write {
  return {
    title: `FileHandle, ${title}`,
    program: `const handle = await fs.promises.open(target, 'w'); try { ${use} } finally { await handle.close(); }`,
  };
}

function handleWrites(): Write[] {
  return [
    throughHandle('ONE write whose short count is ignored', 'await handle.write(data);'),
    throughHandle('writeFile', 'await handle.writeFile(data);'),
    throughHandle('appendFile', 'await handle.appendFile(data);'),
    throughHandle(
      'writeFile of an async generator',
      'await handle.writeFile((async function* () { yield* pieces(data); })());',
    ),
    throughHandle('writev', 'await handle.writev([...pieces(data)].map(Buffer.from));'),
    throughHandle('given to promises.writeFile', 'await fs.promises.writeFile(handle, data);'),
    throughHandle('given to promises.appendFile', 'await fs.promises.appendFile(handle, data);'),
    throughHandle('its own stream', 'await ended(handle.createWriteStream(), [data]);'),
  ];
}

function streamWrites(): Write[] {
  return [
    { title: 'createWriteStream, one piece', program: 'await ended(fs.createWriteStream(target), [data]);' },
    { title: 'createWriteStream, many pieces', program: 'await ended(fs.createWriteStream(target), pieces(data));' },
    { title: 'new WriteStream', program: 'await ended(new fs.WriteStream(target), pieces(data));' },
    {
      title: 'createWriteStream on a descriptor',
      program: "await ended(fs.createWriteStream(null, { fd: fs.openSync(target, 'w') }), pieces(data));",
    },
    {
      title: 'pipeline',
      program: `await require('stream/promises').pipeline(
        require('stream').Readable.from(pieces(data)), fs.createWriteStream(target));`,
    },
  ];
}

describe('100 kB over a 3 kB file on a disk of 64 kB', function () {
  this.timeout(60_000);
  const at = useTemporaryDirectory();

  before(function () {
    needs(this, 'root', 'mount');
  });

  for (const write of WRITES) {
    it(`${write.title}: fails, keeps the old content, leaves nothing staged, and can write less`, async () => {
      const { outcome, content, names, afterwards, stderr } = await attempt(write);
      expect(stderr).to.equal('');
      expect(outcome).to.equal('ENOSPC');
      expect(nameOf(content)).to.equal('old');
      expect(names).to.deep.equal(['target']);
      expect(afterwards).to.deep.equal({ outcome: 'no error', content: SMALL, names: ['target'] });
    });

    it(`${write.title}: plain node loses the old content`, async () => {
      const { content } = await attempt(write, false);
      expect(nameOf(content)).to.not.equal('old');
    });
  }

  it('a hard-linked file, written in place: fails and keeps the old content where the copy does not fit', async () => {
    const disk = at('disk');
    const child = await withTmpfs(disk, '64k', async () => {
      writeFileSync(join(disk, 'target'), OLD);
      linkSync(join(disk, 'target'), join(disk, 'other-name'));
      const result = await runProgram(`require('fs').writeFileSync(process.argv[1], 'x'.repeat(40_000));`, {
        programArguments: [join(disk, 'target')],
      });
      return { ...result, content: readFileSync(join(disk, 'target'), 'utf8'), names: readdirSync(disk) };
    });
    expect(child.stderr)
      .to.include('ENOSPC')
      .and.to.include(`'${join(disk, 'target')}'`);
    expect(child.content).to.equal(OLD);
    expect(child.names.toSorted()).to.deep.equal(['other-name', 'target']);
  });

  /** Makes one write in a child that has a disk to itself, and a second, small one in the same process. */
  async function attempt(write: Write, hook = true): Promise<Outcome> {
    const disk = at('disk');
    writeSources(at());
    const child = await withTmpfs(disk, '64k', () => {
      writeFileSync(join(disk, 'target'), OLD);
      return runProgram(programOf(write, disk, at()), { hook });
    });
    return { ...(JSON.parse(child.stdout) as Omit<Outcome, 'stderr'>), stderr: child.stderr };
  }
});

function writeSources(directory: string): void {
  writeFileSync(join(directory, 'big'), BIG);
  writeFileSync(join(directory, 'small'), SMALL);
}

/** Short names, for readable failures. */
function nameOf(content: string): string {
  if (content === OLD) return 'old';
  return content === 'absent' ? content : `${content.length} bytes that are not the old ones`;
}

describe('100 kB over a 3 kB file where no file may be larger than 32 kB', function () {
  this.timeout(60_000);
  const at = useTemporaryDirectory();

  before(function () {
    needs(this, 'ulimit');
  });

  for (const write of WRITES) {
    it(`${write.title}: fails, keeps the old content, leaves nothing staged, and can write less`, async () => {
      writeSources(at());
      mkdirSync(at('disk'));
      writeFileSync(at('disk', 'target'), OLD);
      const child = await runProgram(programOf(write, at('disk'), at()), { under: withFileSizeLimit(32) });
      expect(child.stderr).to.equal('');
      const { outcome, content, names, afterwards } = JSON.parse(child.stdout) as Outcome;
      // A short write that the program ignores is reported as what it mostly is.
      expect(outcome).to.be.oneOf(['EFBIG', 'ENOSPC']);
      expect(nameOf(content)).to.equal('old');
      expect(names).to.deep.equal(['target']);
      expect(afterwards).to.deep.equal({ outcome: 'no error', content: SMALL, names: ['target'] });
    });
  }
});

interface Seen {
  /** The error's code, or 'no error'. */
  readonly outcome: string;
  readonly content: string;
  readonly names: readonly string[];
}

interface Outcome extends Seen {
  readonly afterwards: Seen;
  readonly stderr: string;
}

function programOf({ program }: Write, directory: string, sources: string): string {
  return `
    const fs = require('node:fs');
    const { execFileSync } = require('node:child_process');
    const directory = ${JSON.stringify(directory)};
    const target = directory + '/target';
    const packageFolder = ${JSON.stringify(PACKAGE)};
  ${CALL}
    function* pieces(data) {
      for (let start = 0; start < data.length; start += 10_000) yield data.slice(start, start + 10_000);
    }
    const ended = (stream, chunks) => new Promise((resolve, reject) => {
      let failure;
      stream.on('error', (error) => (failure ??= error));
      stream.on('close', () => failure ? reject(failure) : resolve());
      for (const chunk of chunks) stream.write(chunk);
      stream.end();
    });
    async function write(size) {
      const source = ${JSON.stringify(sources)} + '/' + size;
      const data = fs.readFileSync(source, 'utf8');
      const sourceTree = source + '-tree';
      fs.mkdirSync(sourceTree);
      fs.linkSync(source, sourceTree + '/target');
      ${program}
    }
    // What other processes see.
    const seen = (outcome) => ({
      outcome,
      content: fs.existsSync(target) ? execFileSync('cat', [target], { encoding: 'utf8' }) : 'absent',
      names: execFileSync('ls', ['-A', directory], { encoding: 'utf8' }).split('\\n').filter(Boolean),
    });
    const attempt = (size) => write(size).then(() => seen('no error'), (error) => seen(error.code));
    attempt('big').then(async (first) => {
      console.log(JSON.stringify({ ...first, afterwards: await attempt('small') }));
    });`;
}
