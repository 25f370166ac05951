import { expect } from 'chai';
import * as fc from 'fast-check';
import type { Fate, TraceLine } from '../../src/testing/report';
import { type Row, excerptOf, showGap } from '../../src/testing/trace-excerpt';

const MOST = 20;

describe('excerptOf', () => {
  it('shows a short story whole, with the crash before what was not reached', () => {
    const rows = excerptOf([line('a', 'forced'), line('b', 'kept'), line('c', 'not reached')], true, MOST);
    expect(rows.map(nameOf)).to.deep.equal(['a', 'b', 'CRASH', 'c']);
  });

  it('puts the crash at the end where everything was reached, and nowhere where there was none', () => {
    expect(excerptOf([line('a', 'kept')], true, MOST).map(nameOf)).to.deep.equal(['a', 'CRASH']);
    expect(excerptOf([line('a', 'done')], false, MOST).map(nameOf)).to.deep.equal(['a']);
    expect(excerptOf([], true, MOST).map(nameOf)).to.deep.equal(['CRASH']);
  });

  it('takes lines together that say the same, but none that lost something', () => {
    const story = [line('a', 'kept'), line('a', 'kept'), line('a', 'lost'), line('a', 'lost'), line('a', 'kept')];
    expect(excerptOf(story, true, MOST).map(nameOf)).to.deep.equal(['a*2', 'a', 'a', 'a', 'CRASH']);
  });

  it('keeps losses with their neighbours, promises, the beginning, and what was done last', () => {
    const story = Array.from({ length: 100 }, (_, index) => line(String(index), index < 80 ? 'kept' : 'not reached'));
    story[30] = line('30', 'lost');
    story[50] = { ...line('50', 'done'), kind: 'ack' };
    expect(excerptOf(story, true, MOST).map(nameOf)).to.deep.equal(
      '0 1 … 29 30 31 … 50 … 75 76 77 78 79 CRASH 80 81 82 …'.replace('75', '69 70 71 72 73 74 75').split(' '),
    );
  });

  it('accounts for every line, in order, in not many more rows than allowed', () => {
    const fates = fc.constantFrom<Fate>('forced', 'kept', 'lost', 'partly lost', 'done');
    const stories = fc.tuple(fc.array(fates, { maxLength: 120 }), fc.nat(30)).map(([reached, cut]) => {
      const all: Fate[] = [...reached, ...Array.from({ length: cut }, (): Fate => 'not reached')];
      return all.map((fate, index) => line(String(index), fate));
    });
    fc.assert(
      fc.property(stories, (story) => {
        const rows = excerptOf(story, true, MOST);
        const told = rows.reduce((sum, row) => {
          return sum + (row.kind === 'gap' ? row.count : row.kind === 'line' ? row.times : 0);
        }, 0);
        expect(told).to.equal(story.length);
        const places = rows.flatMap((row) => (row.kind === 'line' ? [Number(row.line.text)] : []));
        expect(places).to.deep.equal(places.toSorted((a, b) => a - b));
        // Half of the rows may stand alone between gaps; one line in a gap's stead is no more.
        expect(rows.length).to.be.at.most(2 * MOST + 2);
      }),
    );
  });

  it('shows every loss of a long story as long as there is room', () => {
    const story = Array.from({ length: 200 }, (_, index) => line(String(index), index % 60 === 7 ? 'lost' : 'kept'));
    const shown = excerptOf(story, true, 30).filter((row) => row.kind === 'line' && row.line.lost.length > 0);
    expect(shown).to.have.length(4);
  });
});

describe('showGap', () => {
  it('tells the fates of what is left out', () => {
    const gap = {
      kind: 'gap',
      count: 1200,
      fates: new Map<Fate, number>([
        ['kept', 1199],
        ['done', 1],
      ]),
    } as const;
    expect(showGap(gap)).to.equal('1,200 left out: 1,199 kept, 1 done');
    expect(showGap({ ...gap, fates: new Map<Fate, number>([['forced', 1200]]) })).to.equal(
      '1,200 left out, all forced',
    );
  });
});

function line(text: string, fate: Fate): TraceLine {
  const lost = fate === 'lost' || fate === 'partly lost' ? ['something'] : [];
  return { kind: 'operation', text, fate, site: undefined, lost, fault: undefined };
}

function nameOf(row: Row): string {
  if (row.kind === 'gap') return '…';
  if (row.kind === 'crash') return 'CRASH';
  return row.times === 1 ? row.line.text : `${row.line.text}*${row.times}`;
}
