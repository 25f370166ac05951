// The names of staged files: made, recognised, and read again.

import { expect } from 'chai';
import * as fc from 'fast-check';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { type ProcessIdentity, thisMachine, thisProcess } from '../../src/ground/process-identity';
import { isRedoName, isStageName, nextStageName, ownerOf, redoName } from '../../src/protocol/leftover-name';
import { nameFor } from '../support/leftovers';
import { useTemporaryDirectory } from '../support/temporary-directory';

const NAME_BYTES_MAX = 255;
/** eCryptfs encrypts names too, and they grow. */
const NAME_BYTES_MAX_WHEN_ENCRYPTED = 143;

/** Any name that a file of ours can have: no slash, no NUL, at most 255 bytes, and neither `.` nor `..`. */
const anyName = fc
  .string({ unit: 'binary', minLength: 1, maxLength: NAME_BYTES_MAX })
  .filter((name) => !/[/\0]|^\.\.?$/.test(name) && Buffer.byteLength(name) <= NAME_BYTES_MAX);

const anyHash = fc.nat({ max: 2 ** 32 - 1 });
const anyOwner: fc.Arbitrary<ProcessIdentity> = fc.record({
  pid: fc.integer({ min: 1, max: 2 ** 22 }),
  startTicks: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
  boot: anyHash,
  namespace: anyHash,
});

describe('nextStageName()', () => {
  const at = useTemporaryDirectory();

  it('is recognised, says who made it, and is no record, whatever the target is called', () => {
    fc.assert(
      fc.property(anyName, (name) => {
        const staged = nextStageName(name, thisMachine);
        expect(isStageName(staged), staged).to.equal(true);
        expect(isRedoName(staged), staged).to.equal(false);
        expect(ownerOf(staged)).to.deep.equal(thisProcess());
      }),
    );
  });

  it('is hidden, short and ends in .intact, whatever the target is called', () => {
    fc.assert(
      fc.property(anyName, (name) => {
        for (const made of [nextStageName(name, thisMachine), redoName(name)]) {
          expect(made).to.match(/^\.[^]+\.intact$/);
          expect(Buffer.byteLength(made)).to.be.at.most(NAME_BYTES_MAX_WHEN_ENCRYPTED);
        }
      }),
    );
  });

  it('is another one each time', () => {
    const names = Array.from({ length: 1000 }, () => nextStageName('target', thisMachine));
    expect(new Set(names).size).to.equal(1000);
  });

  it('begins with the whole name of a target that is short', () => {
    expect(nextStageName('config.json', thisMachine)).to.match(/^\.config\.json\.[0-9a-z-]+\.intact$/);
    expect(nextStageName('x'.repeat(48), thisMachine)).to.match(/^\.x{48}\.[0-9a-z-]+\.intact$/);
  });

  for (const [title, character] of [
    ['one byte', 'x'],
    ['two bytes', 'é'],
    ['three bytes', '世'],
    ['four bytes', '😀'],
  ] as const) {
    it(`clips a long name of characters of ${title} to 48 bytes of whole ones`, () => {
      const bytes = Buffer.byteLength(character);
      for (const before of ['', 'a', 'ab', 'abc']) {
        const name = before + character.repeat(Math.floor((NAME_BYTES_MAX - before.length) / bytes));
        const kept = before + character.repeat(Math.floor((48 - before.length) / bytes));
        expect(nextStageName(name, thisMachine).startsWith(`.${kept}.`), kept).to.equal(true);
        expect(redoName(name).startsWith(`.${kept}.`), kept).to.equal(true);
      }
    });
  }

  it('is a name that the file system takes and gives back, for the longest and strangest targets', () => {
    const targets = ['x'.repeat(NAME_BYTES_MAX), '😀'.repeat(63), 'a\nb', ' ', '-rf', '*', '\u0007', '.hidden', 'ü'];
    for (const target of targets) {
      mkdirSync(at('names'), { recursive: true });
      const staged = nextStageName(target, thisMachine);
      writeFileSync(at('names', staged), '');
      expect(readdirSync(at('names')), target).to.include(staged);
    }
  });
});

describe('redoName()', () => {
  it('is the same one each time, recognised as a record, and says nothing of an owner', () => {
    fc.assert(
      fc.property(anyName, (name) => {
        const record = redoName(name);
        expect(redoName(name)).to.equal(record);
        expect(isStageName(record) && isRedoName(record), record).to.equal(true);
        expect(ownerOf(record)).to.equal(undefined);
      }),
    );
  });

  it('tells targets apart whose clipped names are equal', () => {
    const stem = 'x'.repeat(60);
    expect(redoName(`${stem}1`)).to.not.equal(redoName(`${stem}2`));
  });
});

describe('ownerOf()', () => {
  it('reads back every owner', () => {
    fc.assert(
      fc.property(anyOwner, anyName, (owner, target) => {
        expect(ownerOf(nameFor(owner, target))).to.deep.equal(owner);
      }),
    );
  });

  it("takes the owner behind the target's name, even where that name looks like a staged one", () => {
    const [inner, outer] = [{ ...thisProcess(), pid: 7 }, thisProcess()];
    expect(ownerOf(nameFor(outer, nameFor(inner)))).to.deep.equal(outer);
  });
});

describe('isStageName()', () => {
  const REAL = nameFor(thisProcess());

  for (const [title, name] of [
    ['an ordinary name', 'target'],
    ['the suffix alone', '.intact'],
    ['an ordinary name with the suffix', 'target.intact'],
    ['a hidden name with the suffix', '.target.intact'],
    ['a name that is not hidden', REAL.slice(1)],
    ['a name without a target', REAL.replace('.target', '')],
    ['too few parts', '.target.1-2-3-4-5.intact'],
    ['too many parts', '.target.1-2-3-4-5-6-7.intact'],
    ['an empty part', '.target.1-2--4-5-6.intact'],
    ['capital letters', REAL.toUpperCase()],
    ['another suffix', REAL.replace('.intact', '.intac')],
    ['something behind the suffix', `${REAL}~`],
    ['a line break behind the suffix', `${REAL}\n`],
    ['a record without a target', '.1a2b.redo.intact'],
    ['a record without a hash', '.target..redo.intact'],
    ['a record that is not hidden', redoName('target').slice(1)],
  ] as const) {
    it(`does not claim ${title}`, () => {
      expect(isStageName(name), name).to.equal(false);
      expect(isRedoName(name), name).to.equal(false);
    });
  }
});
