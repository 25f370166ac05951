// Every form of data that the writeFile functions take, in every flavour.

import { Readable } from 'node:stream';
import { expectSame } from '../support/compare';
import { FLAVOURS, type Flavour } from '../support/flavours';
import { outcomeOf } from '../support/outcome';
import { type Backend, REAL_BACKENDS, SHORT_WRITES } from '../support/worlds';

const ENCODINGS = [
  'utf8',
  'utf-8',
  'latin1',
  'binary',
  'ascii',
  'hex',
  'base64',
  'base64url',
  'utf16le',
  'ucs2',
  'UCS-2',
];

/** Letters, hexadecimal digits, padding, every width of UTF-8, and halves of surrogate pairs. */
const STRINGS: Readonly<Record<string, () => string>> = {
  'a plain string': () => 'plain text\n',
  'an empty string': () => '',
  'hexadecimal digits': () => '00ff10AbZZ77',
  'an odd number of hexadecimal digits': () => 'abcde',
  'base64 with padding and blanks': () => 'aGVs bG8_-w==\nQQ==',
  'every width of UTF-8': () => 'a\u00e9\u20ac\u{1f600}\u0000\u07ff\uffff',
  'a lone high surrogate': () => 'a\ud83d',
  'a lone low surrogate': () => '\ude00b',
  'surrogates the wrong way round': () => '\ude00\ud83d',
  'a byte order mark': () => '\ufefftext',
};

/** Where a writer might cut a long string: none of these may show in the bytes. */
const PIECE = 256 * 1024;

const LONG_STRINGS: Readonly<Record<string, () => string>> = {
  'a pair of surrogates across every boundary': () => 'x'.repeat(PIECE - 1) + '\u{1f600}'.repeat(PIECE) + 'y',
  'pairs beginning at even places': () => '\u{1f600}'.repeat(PIECE),
  'three-byte characters': () => '\u20ac'.repeat(3 * PIECE + 1),
  'a lone high surrogate at the end of a piece': () => 'x'.repeat(PIECE - 1) + '\ud83d' + 'z'.repeat(PIECE),
  'a lone low surrogate at the start of a piece': () => 'x'.repeat(PIECE) + '\ude00' + 'z'.repeat(PIECE),
  'high surrogates only': () => '\ud83d'.repeat(2 * PIECE + 3),
  'a high surrogate at the very end': () => 'x'.repeat(2 * PIECE - 1) + '\ud83d',
  'exactly one piece': () => 'p'.repeat(PIECE),
  'one character more than a piece': () => 'p'.repeat(PIECE + 1),
  'several MiB': () => 'mega'.repeat(PIECE * 2),
  'digits with a stray letter': () => 'ab'.repeat(PIECE) + 'g' + 'cd'.repeat(PIECE),
  'groups that are not whole at a boundary': () => 'QUJDRA'.repeat(PIECE) + '==',
};

function filledBuffer(length: number): ArrayBuffer {
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index++) bytes[index] = (index * 7) % 256;
  return bytes.buffer;
}

function sharedBuffer(length: number): SharedArrayBuffer {
  const shared = new SharedArrayBuffer(length);
  new Uint8Array(shared).set(new Uint8Array(filledBuffer(length)));
  return shared;
}

const VIEWS: Readonly<Record<string, () => ArrayBufferView>> = {
  'a Buffer': () => Buffer.from('bytes \u20ac'),
  'an empty Buffer': () => Buffer.alloc(0),
  'a slice of a pooled Buffer': () => Buffer.from('0123456789').subarray(3, 7),
  'a Uint8Array': () => new Uint8Array(filledBuffer(40)),
  'an empty Uint8Array': () => new Uint8Array(),
  'a Uint8Array with an offset': () => new Uint8Array(filledBuffer(40), 5, 20),
  'a Uint8ClampedArray': () => new Uint8ClampedArray(filledBuffer(40), 1, 7),
  'an Int8Array': () => new Int8Array(filledBuffer(40)),
  'a Uint16Array with an offset': () => new Uint16Array(filledBuffer(40), 2, 9),
  'an Int32Array': () => new Int32Array(filledBuffer(40), 4),
  'a Float32Array': () => new Float32Array([1.5, -2.25, 1e9]),
  'a Float64Array with an offset': () => new Float64Array(filledBuffer(80), 8, 3),
  'a BigUint64Array': () => new BigUint64Array([1n, 2n ** 60n]),
  'a DataView': () => new DataView(filledBuffer(40)),
  'a DataView with an offset': () => new DataView(filledBuffer(40), 3, 11),
  'an empty DataView': () => new DataView(new ArrayBuffer(0)),
  'a Uint8Array of shared memory': () => new Uint8Array(sharedBuffer(64), 8, 48),
  'a Float64Array of shared memory': () => new Float64Array(sharedBuffer(64), 16, 2),
  'a DataView of shared memory': () => new DataView(sharedBuffer(64), 1, 30),
  'a Uint8Array of several MiB': () => new Uint8Array(filledBuffer(5 * 1024 * 1024 + 1)),
};

/** Only the promise functions take these; the others refuse them, which is compared too. */
const ITERABLES: Readonly<Record<string, () => unknown>> = {
  'an empty array': () => [],
  'an array of strings': () => ['a', '', '\u20ac'],
  'an array of views': () => [Buffer.from('a'), new Uint16Array([1, 2]), new DataView(filledBuffer(9), 2)],
  'strings and views mixed': () => ['text', Buffer.from('bytes'), new Float64Array([1]), 'more'],
  'a Set': () => new Set(['b', 'c']),
  'a generator': () => letters(3),
  'an async generator': () => lettersLater(3),
  'an empty generator': () => letters(0),
  'an object with Symbol.iterator': () => ({ [Symbol.iterator]: () => letters(2) }),
  'an object with Symbol.asyncIterator': () => ({ [Symbol.asyncIterator]: () => lettersLater(2) }),
  'a Readable of strings': () => Readable.from(['one', 'two']),
  'a Readable of bytes': () => Readable.from(Buffer.from('stream of bytes')),
  'a Readable with an encoding': () => Readable.from([Buffer.from('\u20ac')]).setEncoding('utf8'),
  'a web stream': () => Readable.toWeb(Readable.from([Buffer.from('web')])),
  'a String object': () => Object('boxed') as unknown,
  'a long chunk after a short one': () => ['s', 'l'.repeat(3 * 1024 * 1024)],
  'surrogates split over two chunks': () => ['a\ud83d', '\ude00b'],
};

function* letters(count: number): Generator<string> {
  for (let i = 0; i < count; i++) yield String.fromCharCode(97 + i);
}

async function* lettersLater(count: number): AsyncGenerator<string | Uint8Array> {
  for (const letter of letters(count)) {
    yield await Promise.resolve(letter);
    yield Buffer.from(letter.toUpperCase());
  }
}

interface Form {
  readonly title: string;
  readonly make: () => unknown;
  /** Values for the options argument. */
  readonly options: readonly unknown[];
}

const FORMS: readonly Form[] = [
  ...formsOf(STRINGS, [undefined, ...ENCODINGS, ...ENCODINGS.map((encoding) => ({ encoding }))]),
  ...formsOf(VIEWS, [undefined, 'buffer', 'hex', { encoding: null }]),
  ...formsOf(ITERABLES, [undefined, 'latin1', { encoding: 'utf16le' }]),
];

const LONG_FORMS = formsOf(LONG_STRINGS, ['utf8', 'latin1', 'utf16le', 'hex', 'base64', 'base64url']);

function formsOf(values: Readonly<Record<string, () => unknown>>, options: readonly unknown[]): Form[] {
  return Object.entries(values).map(([title, make]) => ({ title, make, options }));
}

/** Writes the form once for each options value, over files with longer content, so that a missing truncation shows. */
function writesAlike(backend: Backend, flavour: Flavour, name: string, { make, options }: Form): Promise<void> {
  return expectSame(backend, {
    before: ({ base, at }) => options.forEach((_, index) => base.writeFileSync(at(`file-${index}`), 'old '.repeat(40))),
    act: async ({ fs, at }) => {
      const answers = [];
      for (const [index, given] of options.entries())
        answers.push(await outcomeOf(flavour, fs, name, at(`file-${index}`), make(), given));
      return answers;
    },
    later: 'file-0',
    fails: isTaken(make(), flavour) ? undefined : 'ERR_INVALID_ARG_TYPE',
  });
}

function isTaken(data: unknown, flavour: Flavour): boolean {
  return typeof data === 'string' || ArrayBuffer.isView(data) || flavour.name === 'promise';
}

for (const backend of REAL_BACKENDS) {
  for (const flavour of FLAVOURS) {
    // appendFile is passed through, in the same way everywhere.
    for (const name of backend === REAL_BACKENDS[0] ? ['writeFile', 'appendFile'] : ['writeFile']) {
      describe(`${name}, ${flavour.name}, ${backend.name}`, () => {
        for (const form of FORMS) {
          it(`puts ${form.title} into a file as the plain fs does`, () => writesAlike(backend, flavour, name, form));
        }
      });
    }
  }
}

describe('writeFile of a long string', () => {
  for (const [index, form] of LONG_FORMS.entries()) {
    // Cutting strings into pieces is the same for every flavour, so they take turns.
    const flavour = FLAVOURS[index % FLAVOURS.length]!;
    it(`writes ${form.title} as the plain fs does, ${flavour.name}`, () =>
      writesAlike(REAL_BACKENDS[0]!, flavour, 'writeFile', form));
  }
});

describe('writeFile where no write accepts all', () => {
  for (const flavour of FLAVOURS) {
    for (const form of FORMS) {
      it(`writes all of ${form.title}, ${flavour.name}`, () => writesAlike(SHORT_WRITES, flavour, 'writeFile', form));
    }
  }
});
