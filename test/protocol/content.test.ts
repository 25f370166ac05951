// Whatever a caller wants written arrives byte for byte, in pieces of bounded size.

import { expect } from 'chai';
import * as fc from 'fast-check';
import { type Content, writeBytes, writeContent } from '../../src/protocol/content';
import { runPromise, runSync } from '../../src/steps/run';
import type { Steps } from '../../src/steps/step';
import { memoryWith } from '../support/memory';
import { failure, play } from '../support/stepping';

const ENCODINGS: readonly BufferEncoding[] = [
  'utf8',
  'utf16le',
  'latin1',
  'ascii',
  'base64',
  'base64url',
  'hex',
  'ucs2',
  'binary',
];
const PIECE_CHARACTERS = 256 * 1024;

/** What arrives in the file, and how long each write was. */
function written(make: (fd: number) => Steps<void>): { bytes: Buffer; lengths: number[] } {
  const { fs, host } = memoryWith();
  const fd = fs.openSync('/d/file', 'w');
  const { steps } = play(make(fd), host);
  return { bytes: fs.readFileSync('/d/file'), lengths: steps.map(({ args }) => args[3] as number) };
}

async function writtenAsync(content: Content, checkpoint = (): void => {}): Promise<string> {
  const { fs, host } = memoryWith();
  const fd = fs.openSync('/d/file', 'w');
  await runPromise(writeContent(fd, content, 'latin1', checkpoint), host);
  return fs.readFileSync('/d/file', 'latin1');
}

describe('writeContent()', () => {
  it('writes every string as Buffer.from() would, in every encoding', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.constantFrom(...ENCODINGS), (text, encoding) => {
        const { bytes } = written((fd) => writeContent(fd, text, encoding, () => {}));
        expect(bytes.equals(Buffer.from(text, encoding))).to.equal(true);
      }),
    );
  });

  for (const [title, at] of [
    ['the first unit of a pair before the cut', PIECE_CHARACTERS - 1],
    ['the pair behind it', PIECE_CHARACTERS],
    ['the pair before it', PIECE_CHARACTERS - 2],
  ] as const) {
    it(`writes a long string in pieces and cuts through no character: ${title}`, () => {
      for (const encoding of ENCODINGS) {
        const text = `${'a'.repeat(at)}😀${'b'.repeat(PIECE_CHARACTERS)}`;
        const { bytes, lengths } = written((fd) => writeContent(fd, text, encoding, () => {}));
        expect(bytes.equals(Buffer.from(text, encoding)), encoding).to.equal(true);
        const isWhole = /hex|base64/.test(encoding);
        expect(lengths.length > 1, `${encoding}: ${lengths.join()}`).to.equal(!isWhole && bytes.length > 0);
      }
    });
  }

  it('writes half a pair as Buffer.from() would, also at the cut', () => {
    const text = `${'a'.repeat(PIECE_CHARACTERS - 1)}\ud83d${'b'.repeat(10)}`;
    const { bytes } = written((fd) => writeContent(fd, text, 'utf8', () => {}));
    expect(bytes.equals(Buffer.from(text))).to.equal(true);
  });

  it('writes the bytes of a view, and only those', () => {
    const { buffer } = new Uint8Array([0, 1, 2, 3, 4, 5, 6, 7]);
    for (const [view, expected] of [
      [new Uint8Array(buffer, 2, 3), [2, 3, 4]],
      [new DataView(buffer, 6), [6, 7]],
      [new Uint16Array(buffer, 2, 2), [2, 3, 4, 5]],
      [new Uint8Array(0), []],
    ] as const)
      expect([...written((fd) => writeContent(fd, view, 'utf8', () => {})).bytes]).to.deep.equal(expected);
  });

  it('writes what iterables give, of either kind', async () => {
    async function* later(): AsyncGenerator {
      yield 'ab';
      yield Buffer.from('cd');
      yield Promise.resolve('é');
    }
    expect(await writtenAsync(later())).to.equal('abcdé');
    expect(await writtenAsync(['x', new Uint8Array([0x79]), ''])).to.equal('xy');
    expect(await writtenAsync([])).to.equal('');
  });

  it('lets an iterable clean up that is not read to its end, and reports the first failure', async () => {
    const cleaned: string[] = [];
    const source = (name: string): Iterable<unknown> => ({
      [Symbol.iterator]: () => ({
        next: () => ({ done: false, value: 'a' }),
        return: () => {
          cleaned.push(name);
          throw new Error('while cleaning up');
        },
      }),
    });
    const stopping = (): void => {
      throw new Error('stopped');
    };
    const stopped = await writtenAsync(source('stopped'), stopping).catch((error: unknown) => error);
    expect(stopped).to.have.property('message', 'stopped');
    const refused = await writtenAsync([{ not: 'data' }]).catch((error: unknown) => error);
    expect(refused).to.have.property('code', 'ERR_INVALID_ARG_TYPE');
    expect(cleaned).to.deep.equal(['stopped']);
  });

  it('goes on after a short write of a text with the bytes that are left, cut wherever that was', () => {
    const text = 'a😀é'.repeat(100);
    fc.assert(
      fc.property(fc.nat({ max: Buffer.byteLength(text) }), (accepted) => {
        const { steps } = play(
          writeContent(7, text, 'utf8', () => {}),
          memoryWith().host,
          ({ args }, call) => ({
            answers: call === 0 ? accepted : args[3],
          }),
        );
        const [first, rest, ...others] = steps.map(({ args }) => args);
        const left = Buffer.from(text).subarray(accepted);
        expect(first).to.deep.equal([7, text]);
        expect(rest).to.deep.equal(left.length === 0 ? undefined : [7, left, 0, left.length, null]);
        expect(others).to.deep.equal([]);
      }),
    );
  });

  it('asks before each write whether to go on', () => {
    let asked = 0;
    const text = 'a'.repeat(PIECE_CHARACTERS * 3);
    const { lengths } = written((fd) => writeContent(fd, text, 'latin1', () => asked++));
    expect(asked).to.equal(lengths.length).and.to.equal(3);
  });
});

describe('writeBytes()', () => {
  /** Writes through a host that accepts what it is told to; answers the ranges that it was given. */
  function ranges(length: number, accepts: (asked: number, call: number) => number, start?: number) {
    const played = play(writeBytes(7, new Uint8Array(length), start), memoryWith().host, ({ args }, call) => ({
      answers: accepts(args[3] as number, call),
    }));
    return { ...played, ranges: played.steps.map(({ args }) => args.slice(2)) };
  }

  it('goes on after each short write with just the rest, at the right place', () => {
    expect(ranges(10, () => 4).ranges).to.deep.equal([
      [0, 10, null],
      [4, 6, null],
      [8, 2, null],
    ]);
    expect(ranges(10, (asked) => Math.min(asked, 6), 100).ranges).to.deep.equal([
      [0, 10, 100],
      [6, 4, 106],
    ]);
  });

  it('gives up when nothing is accepted for the sixth time in a row', () => {
    const { calls, error } = ranges(10, () => 0);
    expect(calls).to.have.lengthOf(6);
    expect(error).to.deep.include({ code: 'EIO', syscall: 'write' });
    const alternating = ranges(10, (_, call) => (call % 6 === 5 ? 5 : 0));
    expect(alternating.end, 'not in a row').to.equal('returned');
  });

  it('asks for at most 64 MiB at once', () => {
    const most = 64 * 1024 * 1024;
    expect(ranges(most + 1, (asked) => asked).ranges).to.deep.equal([
      [0, most, null],
      [most, 1, null],
    ]);
  });

  it('makes no call for nothing', () => {
    expect(ranges(0, () => 0).calls).to.deep.equal([]);
  });

  it('passes a failure on, whatever was written before', () => {
    const { host } = memoryWith();
    const { error } = play(writeBytes(7, new Uint8Array(10)), host, (_, call) =>
      call === 0 ? { answers: 5 } : { fails: 'ENOSPC' },
    );
    expect(error).to.have.property('message', failure('ENOSPC', 'write').message);
  });

  it('stops before a write when it is told to', () => {
    const { host } = memoryWith();
    const stop = (): void => {
      throw new Error('stopped');
    };
    expect(play(writeBytes(7, new Uint8Array(10), null, stop), host)).to.deep.include({ calls: [], end: 'threw' });
    expect(() => runSync(writeBytes(7, new Uint8Array(10), null, stop), host)).to.throw('stopped');
  });
});
