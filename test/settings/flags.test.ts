// Open flags, held against what node makes of them.

import { expect } from 'chai';
import { closeSync, constants, openSync, readFileSync, writeFileSync } from 'node:fs';
import { inspect } from 'node:util';
import {
  appends,
  creates,
  isExclusive,
  parseFlags,
  refusesSymlinks,
  replacesContent,
  stageFlags,
} from '../../src/settings/flags';
import { useTemporaryDirectory } from '../support/temporary-directory';

const { O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_EXCL, O_TRUNC, O_APPEND, O_SYNC, O_NOFOLLOW, O_DIRECTORY } = constants;

/** What open(2) is asked for, for every spelling that node takes. */
const SPELLINGS: Readonly<Record<string, number>> = {
  'r': O_RDONLY,
  'rs': O_RDONLY | O_SYNC,
  'sr': O_RDONLY | O_SYNC,
  'r+': O_RDWR,
  'rs+': O_RDWR | O_SYNC,
  'sr+': O_RDWR | O_SYNC,
  'w': O_TRUNC | O_CREAT | O_WRONLY,
  'wx': O_TRUNC | O_CREAT | O_WRONLY | O_EXCL,
  'xw': O_TRUNC | O_CREAT | O_WRONLY | O_EXCL,
  'w+': O_TRUNC | O_CREAT | O_RDWR,
  'wx+': O_TRUNC | O_CREAT | O_RDWR | O_EXCL,
  'xw+': O_TRUNC | O_CREAT | O_RDWR | O_EXCL,
  'a': O_APPEND | O_CREAT | O_WRONLY,
  'ax': O_APPEND | O_CREAT | O_WRONLY | O_EXCL,
  'xa': O_APPEND | O_CREAT | O_WRONLY | O_EXCL,
  'as': O_APPEND | O_CREAT | O_WRONLY | O_SYNC,
  'sa': O_APPEND | O_CREAT | O_WRONLY | O_SYNC,
  'a+': O_APPEND | O_CREAT | O_RDWR,
  'ax+': O_APPEND | O_CREAT | O_RDWR | O_EXCL,
  'xa+': O_APPEND | O_CREAT | O_RDWR | O_EXCL,
  'as+': O_APPEND | O_CREAT | O_RDWR | O_SYNC,
  'sa+': O_APPEND | O_CREAT | O_RDWR | O_SYNC,
};

describe('parseFlags()', () => {
  const at = useTemporaryDirectory();

  for (const [spelling, flags] of Object.entries(SPELLINGS)) {
    it(`reads '${spelling}'`, () => {
      expect(parseFlags(spelling)).to.equal(flags);
    });
  }

  const UNKNOWN = ['', 'x', 'rw', 'W', 'w ', 'wb', 'rb', 'a++', 'sw', 'r+s', 'constructor', '0'];

  it('knows exactly the spellings that node knows', () => {
    for (const spelling of [...Object.keys(SPELLINGS), ...UNKNOWN]) {
      expect(parseFlags(spelling) !== undefined, `'${spelling}'`).to.equal(nodeKnows(spelling));
    }
  });

  it('takes numbers as they are, and nothing as reading', () => {
    for (const flags of [0, O_WRONLY, O_WRONLY | O_CREAT | O_TRUNC, O_RDWR]) expect(parseFlags(flags)).to.equal(flags);
    expect(parseFlags(undefined)).to.equal(O_RDONLY);
    expect(parseFlags(null)).to.equal(O_RDONLY);
  });

  it('leaves to node what node refuses', () => {
    for (const flags of [1.5, NaN, 2 ** 31, -(2 ** 31) - 1, Infinity, true, {}, [], ['w'], 1n, Symbol('w')])
      expect(parseFlags(flags), inspect(flags)).to.equal(undefined);
  });

  /** Whether node opens a file with these flags, or complains of the file rather than of them. */
  function nodeKnows(flags: string): boolean {
    writeFileSync(at('target'), '');
    try {
      closeSync(openSync(at('target'), flags));
      return true;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code !== 'ERR_INVALID_ARG_VALUE';
    }
  }
});

describe('the questions about flags', () => {
  const at = useTemporaryDirectory();

  it('are answered as open(2) behaves', () => {
    for (const [spelling, flags] of Object.entries(SPELLINGS)) {
      if (isExclusive(flags)) continue;
      writeFileSync(at('target'), 'content');
      closeSync(openSync(at('target'), flags));
      const isEmptied = readFileSync(at('target'), 'utf8') === '';
      expect(replacesContent(flags), `'${spelling}' empties a file`).to.equal(isEmptied);
    }
  });

  const QUESTIONS: Readonly<Record<string, [(flags: number) => boolean, string]>> = {
    'replace content': [replacesContent, 'w wx xw w+ wx+ xw+'],
    'are exclusive': [isExclusive, 'wx xw wx+ xw+ ax xa ax+ xa+'],
    'create': [creates, 'w wx xw w+ wx+ xw+ a ax xa as sa a+ ax+ xa+ as+ sa+'],
    'append': [appends, 'a ax xa as sa a+ ax+ xa+ as+ sa+'],
    'refuse symbolic links': [refusesSymlinks, ''],
  };

  for (const [title, [question, yes]] of Object.entries(QUESTIONS)) {
    it(`say which spellings ${title}`, () => {
      const answered = Object.entries(SPELLINGS).filter(([, flags]) => question(flags));
      expect(answered.map(([spelling]) => spelling).join(' ')).to.have.lengthOf(yes.length);
      expect(answered.map(([spelling]) => spelling)).to.have.members(yes.split(' ').filter(Boolean));
    });
  }

  it('know that emptying without writing, and what is no ordinary open, replaces nothing', () => {
    const O_PATH = 0o10000000;
    const O_TMPFILE = 0o20000000;
    for (const flags of [
      O_RDONLY | O_TRUNC,
      O_WRONLY | O_CREAT,
      O_RDWR | O_TRUNC | O_PATH,
      O_WRONLY | O_TRUNC | O_DIRECTORY,
    ])
      expect(replacesContent(flags), flags.toString(8)).to.equal(false);
    expect(replacesContent(O_RDWR | O_TRUNC | O_TMPFILE)).to.equal(false);
    expect(replacesContent(O_WRONLY | O_TRUNC), 'without O_CREAT').to.equal(true);
    expect(replacesContent(O_WRONLY | O_TRUNC | O_NOFOLLOW)).to.equal(true);
    expect(refusesSymlinks(O_WRONLY | O_TRUNC | O_NOFOLLOW)).to.equal(true);
    expect(appends(O_WRONLY | O_APPEND | O_TRUNC), 'an append that empties').to.equal(false);
  });
});

describe('stageFlags()', () => {
  it("asks for a new file of one's own, with the caller's way of access and synchrony", () => {
    for (const flags of [O_WRONLY, O_RDWR, O_WRONLY | O_SYNC, O_RDWR | O_APPEND]) {
      const staged = stageFlags(flags | O_TRUNC);
      expect(staged).to.equal(flags | O_CREAT | O_EXCL);
    }
  });
});
