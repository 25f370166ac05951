import { expect } from 'chai';
import { runInNewContext } from 'node:vm';
import type { SystemError } from '../../src/ground/errors';
import { type Fault, fail, memoryFs } from '../../src/testing';
import type { NodeFs } from '../../src/ground/node-fs';

/** What a call throws. */
function errorOf(call: () => unknown): SystemError {
  try {
    call();
  } catch (error) {
    return error as SystemError;
  }
  throw new Error('did not throw');
}

function diskWith(content: string, ...faults: readonly Fault[]): NodeFs {
  const fs = memoryFs({ faults });
  fs.writeFileSync('/file', content);
  return fs;
}

describe('Faults', () => {
  it('print as they are written', () => {
    const texts = [
      "fail('fsync').on('*.json').with('EIO').once()",
      "fail('write').short(10).times(2)",
      "fail('rename').after()",
      "fail('fsync').losing()",
      "fail('open').at(3).skip(1).with('EMFILE')",
      "fail('read').delayed(5)",
      'fail().crash()',
    ];
    for (const text of texts) {
      expect(String(runInNewContext(text, { fail }))).to.equal(text);
    }
  });

  it('fail with EIO, every time, without an effect, unless told otherwise', () => {
    const fs = memoryFs({ faults: [fail('mkdir')] });
    for (let time = 0; time < 2; time++) {
      const error = errorOf(() => fs.mkdirSync('/d'));
      expect(error.code).to.equal('EIO');
      expect(error.message).to.equal("EIO: i/o error, mkdir '/d'");
      expect(error.errno).to.equal(-5);
      expect(error.syscall).to.equal('mkdir');
      expect(error.path).to.equal('/d');
    }
    expect(fs.existsSync('/d')).to.equal(false);
  });

  it('name both paths as node does', () => {
    const fs = diskWith('x', fail('rename').with('EXDEV'));
    const error = errorOf(() => fs.renameSync('/file', '/other'));
    expect(error.message).to.equal("EXDEV: cross-device link not permitted, rename '/file' -> '/other'");
    expect(error.dest).to.equal('/other');
  });

  it('meet callbacks and promises too', async () => {
    const fs = memoryFs({ faults: [fail('open').with('EMFILE').times(2)] });
    const called = await new Promise<NodeJS.ErrnoException | null>((resolve) => fs.writeFile('/f', 'x', resolve));
    expect(called?.code).to.equal('EMFILE');
    const rejected = await fs.promises.writeFile('/f', 'x').catch((error: NodeJS.ErrnoException) => error.code);
    expect(rejected).to.equal('EMFILE');
    await fs.promises.writeFile('/f', 'x');
  });

  it('choose by name, by path, by predicate, and by the path that a descriptor was opened by', () => {
    const isSecret = ({ path }: { path: string | undefined }): boolean => path === '/dir/secret';
    const fs = memoryFs({
      faults: [fail('write').on('*.json'), fail('write').on('/logs/**'), fail('write').on(isSecret)],
    });
    for (const directory of ['/dir', '/logs', '/logs/deep']) fs.mkdirSync(directory);
    for (const path of ['/dir/a.json', '/dir/.b.json', '/logs/deep/x', '/dir/secret']) {
      expect(errorOf(() => fs.writeFileSync(path, 'x')).code, path).to.equal('EIO');
    }
    fs.writeFileSync('/dir/other', 'x');
  });

  it('let some calls through first, meet so many, and are gone', () => {
    const fs = memoryFs({ faults: [fail('mkdir').skip(1).times(2)] });
    const outcomes = [1, 2, 3, 4].map((index) => {
      try {
        fs.mkdirSync(`/${index}`);
        return 'made';
      } catch {
        return 'failed';
      }
    });
    expect(outcomes).to.deep.equal(['made', 'failed', 'failed', 'made']);
  });

  it('can fail after the effect', () => {
    const fs = memoryFs({ faults: [fail('mkdir').after().once()] });
    expect(errorOf(() => fs.mkdirSync('/d')).code).to.equal('EIO');
    expect(fs.existsSync('/d')).to.equal(true);
  });

  it('can make a write or a read short, which node then continues', () => {
    const fs = diskWith(
      '0123456789',
      fail('write').on('/other').short(3).once(),
      fail('read').on('/file').short(4).once(),
    );
    const fd = fs.openSync('/other', 'w+');
    expect(fs.writeSync(fd, '0123456789')).to.equal(3);
    fs.closeSync(fd);
    expect(fs.readFileSync('/file', 'utf8')).to.equal('0123456789');
  });

  it('can lose what an fsync was to force, and let the next one succeed', () => {
    const fs = memoryFs({ faults: [fail('fsync').losing().once()] });
    const fd = fs.openSync('/f', 'w');
    fs.writeSync(fd, 'abc');
    expect(errorOf(() => fs.fsyncSync(fd)).code).to.equal('EIO');
    fs.fsyncSync(fd);
    fs.closeSync(fd);
    expect(fs.readFileSync('/f', 'latin1')).to.equal('\0\0\0');
  });

  it('do not lose what an earlier fsync has forced', () => {
    const fs = memoryFs({ faults: [fail('fsync').skip(1).losing()] });
    const fd = fs.openSync('/f', 'w');
    fs.writeSync(fd, 'abc');
    fs.fsyncSync(fd);
    fs.writeSync(fd, 'def');
    errorOf(() => fs.fsyncSync(fd));
    expect(fs.readFileSync('/f', 'latin1')).to.equal('abc\0\0\0');
  });

  it('can let the process die, after which nothing works any more', () => {
    const fs = memoryFs({ faults: [fail('rename').crash()] });
    fs.writeFileSync('/a', 'x');
    for (const call of [() => fs.renameSync('/a', '/b'), () => fs.readFileSync('/a'), () => fs.mkdirSync('/d')]) {
      expect(errorOf(call).code).to.equal('ERR_INTACT_CRASHED');
    }
  });

  it('can hold an asynchronous call back', async () => {
    const fs = memoryFs({ faults: [fail('open').on('/slow').delayed(400)] });
    const order: string[] = [];
    await Promise.all(['/slow', '/fast'].map((path) => fs.promises.writeFile(path, '').then(() => order.push(path))));
    expect(order).to.deep.equal(['/fast', '/slow']);
  });

  it('compose: the first that matches is the one that is met', () => {
    const fs = memoryFs({ faults: [fail('mkdir').on('/a').with('EACCES'), fail('mkdir').with('ENOSPC')] });
    expect(errorOf(() => fs.mkdirSync('/a')).code).to.equal('EACCES');
    expect(errorOf(() => fs.mkdirSync('/b')).code).to.equal('ENOSPC');
  });

  it('are not changed by what is built on them', () => {
    const base = fail('mkdir');
    base.with('EACCES').once();
    expect(String(base)).to.equal("fail('mkdir')");
  });

  const mistakes: readonly [what: string, make: () => unknown, says: RegExp][] = [
    ['a call that is none', () => fail('writeFile'), /primitive call, not 'writeFile'; allowed: open, close/],
    ['a code that is none', () => fail('open').with('oops'), /such as 'EIO', not 'oops'/],
    [
      'a call that cannot be short',
      () => fail('open').short(1),
      /open cannot be short; read, readv, write, writev can/,
    ],
    ['a count that is none', () => fail('open').times(0), /times\(\) takes a whole number from 1 on, not 0/],
    ['an index that is none', () => fail('open').at(-1), /at\(\) takes a whole number from 0 on, not -1/],
  ];
  for (const [what, make, says] of mistakes) {
    it(`refuse ${what}`, () => {
      const error = errorOf(make);
      expect(error.code).to.equal('ERR_INTACT_FAULT');
      expect(error.message).to.match(says);
    });
  }
});
