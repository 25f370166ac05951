import { expect } from 'chai';
import { textOf, visible, visibleLines } from '../../src/testing/visible-text';

describe('visible', () => {
  it('leaves text of any script as it is', () => {
    for (const text of ["open('/tmp/a b')", 'größer', 'שלום', '日本語', '👍🏽', 'e\u0301'])
      expect(visible(text)).to.equal(text);
  });

  it('writes out controls, direction marks, what has no width, other spaces, and halves of characters', () => {
    expect(visible('a\nb\tc\rd\0\x1b[31m\x7f\x9b')).to.equal(String.raw`a\nb\tc\rd\x00\x1b[31m\x7f\x9b`);
    expect(visible('\u202e\u2066\u200b\ufeff\u2028\u00a0\u3000')).to.equal(
      String.raw`\u{202e}\u{2066}\u{200b}\u{feff}\u{2028}\xa0\u{3000}`,
    );
    expect(visible('\ud800x\udc00')).to.equal(String.raw`\u{d800}x\u{dc00}`);
  });

  it('changes nothing that it has made', () => {
    const once = visible('\x1b\u202e\n\ud800');
    expect(visible(once)).to.equal(once);
  });
});

describe('visibleLines', () => {
  it('takes a message apart, without its colours and its empty end', () => {
    expect(visibleLines('\x1b[31mone\x1b[39m\r\n\ttwo\u202e\n\n')).to.deep.equal(['one', String.raw`  two\u{202e}`]);
    expect(visibleLines('')).to.deep.equal(['']);
  });
});

describe('textOf', () => {
  it('is the text of UTF-8, also where its last character is cut off', () => {
    expect(textOf(Buffer.from('größer\n\t'))).to.equal('größer\n\t');
    expect(textOf(Buffer.from('aö').subarray(0, 2))).to.equal('a');
    expect(textOf(new Uint8Array())).to.equal('');
  });

  it('is undefined for what is not UTF-8, and for controls', () => {
    for (const bytes of [[0xff], [0xc3, 0x28], [0], [0x1b, 0x5b]])
      expect(textOf(Uint8Array.from(bytes))).to.equal(undefined);
  });
});
