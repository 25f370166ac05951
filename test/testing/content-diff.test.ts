import { expect } from 'chai';
import * as fc from 'fast-check';
import { clipped, wrapped } from '../../src/testing/clip';
import { contentDiff, firstDifference } from '../../src/testing/content-diff';
import { lineDiff } from '../../src/testing/line-diff';
import { showBeginning, showContent } from '../../src/testing/show-content';

const SPACE = { lines: 12, columns: 40 };

describe('contentDiff', () => {
  it('shows small texts line by line, with two equal lines around each difference', () => {
    const numbers = Array.from({ length: 12 }, (_, index) => `line ${index}\n`);
    const changed = numbers.with(5, 'another\n');
    expect(diffOf(numbers.join(''), changed.join(''))).to.deep.equal([
      '… 3 equal lines',
      '  line 3',
      '  line 4',
      '- line 5',
      '+ another',
      '  line 6',
      '  line 7',
      '… 4 equal lines',
    ]);
  });

  it('says where a text has lost the newline at its end', () => {
    expect(diffOf('a\nb\n', 'a\nb')).to.deep.equal(['  a', '- b', '+ b', '… no newline at the end']);
    expect(diffOf('a', 'b')).to.deep.equal(['- a', '+ b']);
  });

  it('cuts long lines to the part in which they differ', () => {
    const long = 'x'.repeat(1000);
    expect(diffOf(`${long}A${long}`, `${long}B${long}`)).to.deep.equal([
      `- …${'x'.repeat(12)}A${'x'.repeat(25)}…`,
      `+ …${'x'.repeat(12)}B${'x'.repeat(25)}…`,
    ]);
  });

  it('shows both sides from the first difference on where one is not text', () => {
    const torn = Buffer.concat([Buffer.from('{ "a": 1,\n'), Buffer.alloc(9)]);
    expect(diffOf('{ "a": 1,\n  "b": 2 }', torn)).to.deep.equal(['-   "b": 2 }', '+ 9 zeros']);
  });

  it('shows bytes with their offset, in hexadecimal and as characters', () => {
    const left = Buffer.from([0xff, ...Buffer.from('0123456789abcdef'), 0xfe]);
    expect(diffOf(left, left.subarray(0, 17))).to.deep.equal([
      '- 000010  66 fe                                            f.',
    ]);
  });

  it('compares texts that are too large for lines byte by byte', () => {
    const large = 'some text\n'.repeat(10_000);
    expect(diffOf(large, `${large.slice(0, 50_000)}SOME${large.slice(50_004)}`)).to.deep.equal([
      '- some text',
      '- some text',
      '- some text',
      '- … 49,971 more bytes',
      '+ SOME text',
      '+ some text',
      '+ some text',
      '+ … 49,971 more bytes',
    ]);
  });

  it('says how much of a long difference is left out', () => {
    const lines = diffOf('a\n'.repeat(50), 'b\n'.repeat(50));
    expect(lines).to.have.length(13);
    expect(lines.at(-1)).to.equal('… 88 more lines of this difference');
  });

  it('is empty for equal contents', () => {
    expect(diffOf('same\n', 'same\n')).to.deep.equal([]);
  });

  it('never shows what moves the cursor', () => {
    const bytes = fc.uint8Array({ maxLength: 60 });
    fc.assert(
      fc.property(bytes, bytes, (left, right) => {
        const shown = contentDiff(left, right, SPACE).map(({ text }) => text);
        expect(shown.join('')).to.match(/^[^\p{Cc}\p{Cf}\p{Cs}]*$/u);
      }),
    );
  });
});

describe('lineDiff', () => {
  it('accounts for every line of both texts', () => {
    const text = fc.array(fc.constantFrom('a\n', 'b\n', 'c\n', '\n'), { maxLength: 12 }).map((lines) => lines.join(''));
    fc.assert(
      fc.property(text, text, (left, right) => {
        const lines = lineDiff(left, right);
        const equal = lines.reduce((sum, { sign, text: said }) => {
          return sum + (sign === '…' ? parseInt(said, 10) : sign === ' ' ? 1 : 0);
        }, 0);
        const count = (wanted: string): number => lines.filter(({ sign }) => sign === wanted).length;
        expect(equal + count('-')).to.equal(left.split('\n').length - 1);
        expect(equal + count('+')).to.equal(right.split('\n').length - 1);
      }),
    );
  });

  it('finds as many equal lines as there are', () => {
    const lines = lineDiff('1\n2\n3\n4\n5\n', '2\nx\n3\n5\n6\n');
    expect(lines.map(({ sign, text }) => `${sign}${text}`)).to.deep.equal(['-1', ' 2', '+x', ' 3', '-4', ' 5', '+6']);
  });

  it('takes all between the common ends as different where comparing would take too long', () => {
    const [left, right] = ['a\n', 'b\n'].map((line) => `first\n${line.repeat(300)}same\n${line.repeat(300)}last\n`);
    const equal = lineDiff(left!, right!).filter(({ sign }) => sign === ' ');
    expect(equal.map(({ text }) => text)).to.deep.equal(['first', 'last']);
  });
});

describe('firstDifference', () => {
  it('is where the shorter one ends if it is the beginning of the other', () => {
    expect(firstDifference(Buffer.from('abc'), Buffer.from('abcdef'))).to.equal(3);
    expect(firstDifference(Buffer.from('abc'), Buffer.from('abd'))).to.equal(2);
    expect(firstDifference(Buffer.from('abc'), Buffer.from('abc'))).to.equal(undefined);
  });
});

describe('showContent', () => {
  it('begins a text with a whole character', () => {
    const bytes = Buffer.from('aäöü');
    expect(showContent(bytes, 2, SPACE)).to.deep.equal(['äöü']);
  });

  it('takes what is repeated together, except for text', () => {
    expect(showContent(new Uint8Array(4096), 0, SPACE)).to.deep.equal(['4,096 zeros']);
    expect(showContent(new Uint8Array(300).fill(0xff), 0, SPACE)).to.deep.equal(['300 × ff']);
    expect(showContent(Buffer.from('aaaaaa'), 0, SPACE)).to.deep.equal(['aaaaaa']);
  });

  it('ends a long text and many bytes by saying how much is left out', () => {
    expect(showContent(Buffer.from('a\n'.repeat(20)), 0, { lines: 2, columns: 9 })).to.deep.equal([
      'a',
      'a',
      '… 37 more bytes',
    ]);
    const bytes = Uint8Array.from({ length: 100 }, (_, index) => index + 128);
    expect(showContent(bytes, 0, { lines: 2, columns: 99 }).at(-1)).to.equal('… 68 more bytes');
    bytes.fill(0, 40);
    expect(showContent(bytes, 0, { lines: 3, columns: 99 }).at(-1)).to.equal('… 52 more zeros');
  });
});

describe('showBeginning', () => {
  it('is one line of text, or of bytes', () => {
    expect(showBeginning(Buffer.from('{\n  "a": 1\n}\n'), 12)).to.equal(String.raw`{\n  "a": 1…`);
    expect(showBeginning(Buffer.from([0xff, 1, 2, 3, 4, 5]), 12)).to.equal('ff 01 02 …');
    expect(showBeginning(Buffer.alloc(0), 12)).to.equal('');
  });
});

describe('clipped', () => {
  it('keeps what it is told to keep within its columns', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-composite', maxLength: 60 }), fc.nat(59), (text, around) => {
        const characters = Array.from(text);
        const shown = Array.from(clipped(text, 20, around));
        expect(shown.length).to.equal(Math.min(20, characters.length));
        const wanted = characters[around];
        if (wanted !== undefined && characters.length > 20) {
          expect(shown.includes(wanted) || around === 0 || around === characters.length - 1).to.equal(true);
        }
      }),
    );
  });
});

describe('wrapped', () => {
  it('breaks at spaces, and leaves a long word whole', () => {
    expect(wrapped("rename('/one', '/two')", 12)).to.deep.equal(["rename('/one',", "'/two')"]);
    expect(wrapped('one two three', 8)).to.deep.equal(['one two', 'three']);
  });
});

function diffOf(left: string | Uint8Array, right: string | Uint8Array): string[] {
  return contentDiff(Buffer.from(left as string), Buffer.from(right as string), SPACE).map(
    ({ sign, text }) => `${sign} ${text}`,
  );
}
