// Redo records: what is sealed is read back, and nothing else is taken for one.

import { expect } from 'chai';
import * as fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { type NodeFs, nodeFs } from '../../src/ground/node-fs';
import { hash } from '../../src/ground/hash';
import { thisProcess } from '../../src/ground/process-identity';
import { redoName } from '../../src/protocol/leftover-name';
import { type FoundRecord, readRecord, sealRecord } from '../../src/protocol/redo-record';
import { hostOf } from '../../src/steps/host';
import { runPromise, runSync } from '../../src/steps/run';
import { memoryWith } from '../support/memory';
import { needs } from '../support/needs';
import { play } from '../support/stepping';
import { useTemporaryDirectory } from '../support/temporary-directory';

const RECORD = redoName('target');
const GOOD = { name: 'target', ino: 7, birthtimeMs: 1.5, size: 3, owner: thisProcess() };

function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}

/** A file with a content and a trailer around any text, checksum and all. */
function forged(content: string, json: string, magic = 'fs-intact redo 1\n'): Buffer {
  const bytes = Buffer.from(json);
  return Buffer.concat([Buffer.from(content), bytes, Buffer.from(hex(bytes.length) + hex(hash(bytes)) + magic)]);
}

function readFrom(bytes: Buffer, name = RECORD): FoundRecord['redo'] {
  const { fs, host } = memoryWith();
  fs.writeFileSync(`/d/${name}`, bytes);
  return runSync(readRecord('/d', name), host).redo;
}

/** A sealed record for `name` with this content. */
function sealed(name: string, content: string): { fs: NodeFs; path: string; bytes: Buffer } {
  const { fs, host } = memoryWith({ '/d/target': 'old' });
  const path = `/d/${redoName(name)}`;
  fs.writeFileSync(path, content);
  runSync(sealRecord(path, name, fs.statSync('/d/target'), thisProcess(), true), host);
  return { fs, path, bytes: fs.readFileSync(path) };
}

describe('sealRecord()', () => {
  const anyName = fc
    .string({ unit: 'binary', minLength: 1, maxLength: 80 })
    .filter((name) => !/[/\0]|^\.\.?$/.test(name));

  it('leaves the content at the beginning, and what it says is read back', () => {
    fc.assert(
      fc.property(anyName, fc.string({ unit: 'binary', maxLength: 5000 }), (name, content) => {
        const { fs, bytes } = sealed(name, content);
        const length = Buffer.byteLength(content);
        expect(bytes.subarray(0, length).equals(Buffer.from(content))).to.equal(true);
        const { ino, birthtimeMs } = fs.statSync('/d/target');
        expect(readFrom(bytes, redoName(name))).to.deep.equal({
          name,
          ino,
          birthtimeMs,
          size: length,
          owner: thisProcess(),
        });
      }),
      { numRuns: 50 },
    );
  });

  it('has room for the longest name in the most expensive characters', () => {
    const name = '\u0001'.repeat(255);
    expect(readFrom(sealed(name, 'content').bytes, redoName(name))).to.have.property('name', name);
  });

  it('flushes the trailer before it ends, unless no durability asks for it', () => {
    const { fs, host } = memoryWith({ '/d/target': 'old', '/d/stage': 'new' });
    const callsFor = (flush: boolean): string[] =>
      play(sealRecord('/d/stage', 'target', fs.statSync('/d/target'), thisProcess(), flush), host).calls;
    expect(callsFor(true)).to.deep.equal(['open', 'fstat', 'write', 'fsync', 'close']);
    expect(callsFor(false)).to.deep.equal(['open', 'fstat', 'write', 'close']);
  });
});

describe('readRecord()', () => {
  const at = useTemporaryDirectory();

  it('takes a record that lost any of its last bytes for torn, or for no record, never for a whole one', () => {
    const { bytes } = sealed('target', 'content');
    for (let length = 0; length < bytes.length; length++)
      expect(readFrom(bytes.subarray(0, length)), `${length} of ${bytes.length} bytes`).to.equal('torn');
  });

  it('takes a record with any byte of its trailer changed, or with one more, for no whole one', () => {
    const { bytes } = sealed('target', 'content');
    for (let position = 'content'.length; position < bytes.length; position++) {
      const changed = Buffer.from(bytes);
      changed[position]! ^= 1;
      expect(readFrom(changed), `byte ${position}`).to.be.oneOf(['torn', 'foreign']);
    }
    expect(readFrom(Buffer.concat([bytes, Buffer.from('\n')]))).to.equal('torn');
  });

  it('takes a record whose content has another length for torn', () => {
    const { bytes } = sealed('target', 'content');
    expect(readFrom(bytes.subarray(1)), 'a shorter one').to.equal('torn');
    expect(readFrom(Buffer.concat([Buffer.from('+'), bytes])), 'a longer one').to.equal('torn');
  });

  it('is not misled by a content that ends like a record', () => {
    const inner = sealed('target', 'inner').bytes.toString('latin1');
    expect(readFrom(sealed('target', inner).bytes)).to.deep.include({ size: inner.length });
    expect(readFrom(Buffer.from('content')), 'an ordinary content').to.equal('torn');
    expect(readFrom(Buffer.alloc(0)), 'no content').to.equal('torn');
  });

  it('leaves the records of later versions alone', () => {
    expect(readFrom(forged('new', JSON.stringify(GOOD), 'fs-intact redo 12\n'))).to.equal('foreign');
    expect(readFrom(forged('new', JSON.stringify(GOOD))), 'the forgery is a good one').to.deep.equal(GOOD);
  });

  for (const [title, json] of [
    ['null', 'null'],
    ['a list', '[]'],
    ['a text', '"target"'],
    ['no JSON', '{name: target}'],
    ['nothing', ''],
    ['no name', JSON.stringify({ ...GOOD, name: undefined })],
    ['a name that is no text', JSON.stringify({ ...GOOD, name: 7 })],
    ['no inode', JSON.stringify({ ...GOOD, ino: null })],
    ['no owner', JSON.stringify({ ...GOOD, owner: undefined })],
    ['an owner without a pid', JSON.stringify({ ...GOOD, owner: { ...GOOD.owner, pid: '1' } })],
    ['a size that is no number', JSON.stringify({ ...GOOD, size: '3' })],
  ] as const) {
    it(`does not take a well-sealed trailer that says ${title} for a record`, () => {
      expect(readFrom(forged('new', json))).to.equal('foreign');
    });
  }

  for (const name of ['other', '../target', '../../etc/passwd', '/etc/passwd', './target', 'target/', '', 'target\0']) {
    it(`does not believe a record under another file's name: ${JSON.stringify(name)}`, () => {
      expect(readFrom(forged('new', JSON.stringify({ ...GOOD, name })))).to.equal('foreign');
    });
  }

  for (const name of ['.', '..']) {
    it(`does not believe a record for ${name}, even under the right name`, () => {
      expect(readFrom(forged('new', JSON.stringify({ ...GOOD, name })), redoName(name))).to.equal('foreign');
    });
  }

  it('never follows a symbolic link', async () => {
    writeFileSync(at('elsewhere'), forged('new', JSON.stringify(GOOD)));
    symlinkSync('elsewhere', at(RECORD));
    const reading = runPromise(readRecord(at(), RECORD), hostOf(nodeFs));
    expect(await reading.catch((error: unknown) => error)).to.have.property('code', 'ELOOP');
  });

  it('never waits for the other end of a pipe', async function () {
    needs(this, 'Linux');
    execFileSync('mkfifo', [at(RECORD)]);
    expect(await runPromise(readRecord(at(), RECORD), hostOf(nodeFs))).to.have.property('redo', 'foreign');
  });

  it('takes a directory for none of ours', async () => {
    mkdirSync(at(RECORD));
    expect(await runPromise(readRecord(at(), RECORD), hostOf(nodeFs))).to.have.property('redo', 'foreign');
  });

  it('closes the file, whatever is wrong with it', () => {
    const { fs, host } = memoryWith();
    for (const bytes of [forged('new', JSON.stringify(GOOD)), forged('new', 'null'), Buffer.from('torn')]) {
      fs.writeFileSync(`/d/${RECORD}`, bytes);
      expect(play(readRecord('/d', RECORD), host).calls.at(-1)).to.equal('close');
    }
    const failing = play(readRecord('/d', RECORD), host, ({ call }) =>
      call === 'read' ? { fails: 'EIO' } : undefined,
    );
    expect(failing).to.deep.include({ calls: ['open', 'fstat', 'read', 'close'], end: 'threw' });
  });
});
