// Errors in node's own dress.

import { expect } from 'chai';
import { openSync, renameSync } from 'node:fs';
import { getSystemErrorMap } from 'node:util';
import { asPublished, codeOf, namingBoth, namingTarget, systemError } from '../../src/ground/errors';
import { IntactError } from '../../src/ground/intact-error';
import { failure } from '../support/stepping';

const STAGED = '/d/.target.1-2-3-4-0-5.intact';

function thrownBy(call: () => unknown): NodeJS.ErrnoException & { dest?: string } {
  try {
    call();
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
  throw new Error('nothing was thrown');
}

/** All that a program can see of an error but its stack. */
function visible(error: unknown): unknown {
  const { message, name } = error as Error;
  return [Object.entries(error as object), Object.keys(error as object), message, name];
}

describe('systemError()', () => {
  it('makes what node:fs throws, field for field', () => {
    const native = thrownBy(() => openSync('/absent/file', 'r'));
    expect(visible(systemError('ENOENT', 'open', '/absent/file'))).to.deep.equal(visible(native));
  });

  it('knows the number and the text of every code that the system has', () => {
    for (const [errno, [code, text]] of getSystemErrorMap()) {
      const error = systemError(code, 'write', '/file');
      expect(error).to.deep.include({ errno, code, message: `${code}: ${text}, write '/file'` });
    }
  });

  it('makes something readable of a code that the system has not', () => {
    const error = systemError('ENOTHERE', 'write', '/file');
    expect(visible(error)).to.deep.equal(
      visible(
        Object.assign(new Error("ENOTHERE: ENOTHERE, write '/file'"), {
          code: 'ENOTHERE',
          syscall: 'write',
          path: '/file',
        }),
      ),
    );
  });

  it('has no path for a call on a descriptor', () => {
    const error = systemError('EBADF', 'close');
    expect(error.message).to.equal('EBADF: bad file descriptor, close');
    expect(error).to.not.have.property('path');
  });
});

describe('namingTarget()', () => {
  it("puts the caller's path in the place of the staged one everywhere, the stack too", () => {
    const native = thrownBy(() => openSync(`/absent${STAGED}`, 'r'));
    const error = namingTarget(native, 'target') as NodeJS.ErrnoException;
    expect(visible(error)).to.deep.equal(visible(systemError('ENOENT', 'open', 'target')));
    expect(error.stack).to.not.include('.intact');
  });

  it('can name another call, where the real one would puzzle the caller', () => {
    const error = namingTarget(failure('EEXIST', 'link'), '/d/target', 'open');
    expect(error).to.deep.include({ code: 'EEXIST', syscall: 'open', path: '/d/target' });
    expect((error as Error).message).to.match(/^EEXIST: .*, open '\/d\/target'$/);
  });

  it('drops the second path of a rename, and keeps the mark of what is published', () => {
    const native = thrownBy(() => renameSync(`/absent${STAGED}`, '/absent/target'));
    expect(namingTarget(native, 'target')).to.not.have.property('dest');
    expect(namingTarget(asPublished(native), 'target')).to.have.property('published', true);
    expect(namingTarget(failure('EIO', 'fsync'), 'target')).to.not.have.property('published');
  });

  for (const message of [`it broke at ${STAGED}`, `EIO: it broke at ${STAGED}`, '', `EIO ${STAGED}`]) {
    it(`never quotes a message that is not made as node's are: ${JSON.stringify(message)}`, () => {
      const error = Object.assign(new Error(message), { code: 'EIO', syscall: 'write' });
      expect((namingTarget(error, '/d/target') as Error).message).to.equal("EIO: i/o error, write '/d/target'");
    });
  }

  it('passes on what is no error of a system call', () => {
    const others = [
      new Error('own'),
      new TypeError('bad'),
      'text',
      undefined,
      null,
      7,
      { code: 'EIO', syscall: 'write' },
    ];
    for (const other of [...others, Object.assign(new Error('aborted'), { code: 'ABORT_ERR' })])
      expect(namingTarget(other, '/d/target')).to.equal(other);
  });
});

describe('namingBoth()', () => {
  it('names both paths as node does for a call with two', () => {
    const native = thrownBy(() => renameSync('/absent/a', '/absent/b'));
    const staged = thrownBy(() => renameSync(`/absent${STAGED}`, '/absent/b'));
    expect(visible(namingBoth(staged, '/absent/a', '/absent/b'))).to.deep.equal(visible(native));
  });
});

describe('asPublished()', () => {
  it('marks errors of system calls, and nothing else', () => {
    expect(asPublished(failure('EIO', 'fsync'))).to.have.property('published', true);
    const own = new Error('own');
    expect(asPublished(own)).to.equal(own).and.to.not.have.property('published');
    expect(asPublished(undefined)).to.equal(undefined);
  });
});

describe('codeOf()', () => {
  it('reads the code of anything that may be thrown', () => {
    expect(codeOf(failure('EIO', 'write'))).to.equal('EIO');
    for (const other of [undefined, null, 'EIO', 7, Symbol('EIO'), {}, { code: 5 }, new Error('EIO')])
      expect(codeOf(other)).to.equal('');
  });
});

describe('IntactError', () => {
  it('is known by its code', () => {
    const error = new IntactError('ERR_INTACT_OPTION', 'a message');
    expect(error).to.be.an.instanceOf(Error).and.to.deep.include({ code: 'ERR_INTACT_OPTION', message: 'a message' });
  });
});
