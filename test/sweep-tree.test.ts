// sweep() over one directory or a tree of them.

import { expect } from 'chai';
import { type NodeFs, nodeFs } from '../src/ground/node-fs';
import { volumeOn } from '../src/protocol/volume';
import { type SweepTreeOptions, sweepTree } from '../src/sweep-tree';
import type { SweepReport } from '../src/protocol/leftovers';
import { deadName } from './support/leftovers';
import { useTemporaryDirectory } from './support/temporary-directory';

function sweep(directory: unknown, options: SweepTreeOptions = {}, fs: NodeFs = nodeFs): Promise<SweepReport> {
  return sweepTree(directory, options, volumeOn(fs));
}

describe('sweepTree()', () => {
  const at = useTemporaryDirectory();

  /** Lays a leftover into each of these directories. */
  function layInto(...directories: string[]): void {
    for (const directory of directories) {
      nodeFs.mkdirSync(at(directory), { recursive: true });
      nodeFs.writeFileSync(at(directory, deadName()), '');
    }
  }

  /** An fs whose readdir of one directory fails. */
  function failingIn(directory: string, code: string): NodeFs {
    const readdir = (path: string, done: (error: Error | null, names?: string[]) => void): void => {
      if (path !== at(directory)) nodeFs.readdir(path, done);
      else done(Object.assign(new Error(`${code}: it failed, scandir '${path}'`), { code, syscall: 'scandir', path }));
    };
    return { ...nodeFs, readdir } as unknown as NodeFs;
  }

  for (const suffix of ['', '/', '//', '/.', '/./', '/a/..']) {
    it(`names what it found by plain paths, however the directory is spelled: '${suffix}'`, async () => {
      layInto('.', 'a');
      const [path] = (await sweep(`${at()}${suffix}`)).removed;
      expect(path).to.equal(suffix === '/a/..' ? `${at()}/a/../${deadName()}` : at(deadName()));
    });
  }

  it('takes each directory once, those above before those below', async () => {
    layInto('.', 'a', 'a/b', 'c');
    const { removed } = await sweep(at(), { recursive: true });
    expect(removed).to.have.members(['.', 'a', 'a/b', 'c'].map((directory) => at(directory, deadName())));
    expect(removed[0]).to.equal(at(deadName()));
  });

  it('fails at once where the directory itself cannot be read', async () => {
    layInto('.', 'a');
    for (const recursive of [false, true]) {
      const failure = await failureOf(sweep(at(), { recursive }, failingIn('.', 'EACCES')));
      expect(failure).to.have.property('code', 'EACCES');
      expect(failure).to.not.have.property('report');
    }
  });

  it('sweeps all others where one below cannot be read, and tells what was done with the failure', async () => {
    layInto('.', 'a', 'b', 'c');
    const failure = await failureOf(sweep(at(), { recursive: true }, failingIn('b', 'EACCES')));
    expect(failure).to.include({ code: 'EACCES', path: at('b') });
    expect(failure.report?.removed).to.have.members(['.', 'a', 'c'].map((directory) => at(directory, deadName())));
  });

  for (const code of ['ENOENT', 'ENOTDIR']) {
    it(`does not mind a directory below that is gone by then (${code})`, async () => {
      layInto('.', 'a', 'b');
      const { removed } = await sweep(at(), { recursive: true }, failingIn('a', code));
      expect(removed).to.have.members([at(deadName()), at('b', deadName())]);
    });
  }

  const BAD: readonly [directory: unknown, message: string][] = [
    ['', "directory is ''; allowed: a path that node:fs takes"],
    [undefined, 'directory is undefined'],
    [7, 'directory is 7'],
    [Symbol('s'), 'directory is Symbol(s)'],
    [{}, 'directory is {}'],
    [Object.create(null), 'directory is [Object: null prototype] {}'],
    ['a\0b', "directory is 'a\\x00b'"],
  ];

  for (const [directory, message] of BAD) {
    it(`refuses what is no path: ${message}`, async () => {
      const failure = await failureOf(sweep(directory));
      expect(failure.code).to.equal('ERR_INTACT_ARGUMENT');
      expect(failure.message.startsWith(message), failure.message).to.equal(true);
    });
  }

  const BAD_OPTIONS: readonly [options: object, message: string][] = [
    [{ olderThanMs: -1 }, 'sweep options: olderThanMs is -1; allowed: milliseconds, 0 or more'],
    [{ olderThanMs: NaN }, 'sweep options: olderThanMs is NaN; allowed: milliseconds, 0 or more'],
    [{ olderThanMs: '1d' }, "sweep options: olderThanMs is '1d'; allowed: milliseconds, 0 or more"],
    [{ dryRun: 1 }, 'sweep options: dryRun is 1; allowed: true, false'],
    [{ recursive: 'yes' }, "sweep options: recursive is 'yes'; allowed: true, false"],
    [
      { recurse: true },
      "sweep options: unknown option 'recurse' (with the value true); allowed are olderThanMs, dryRun, recursive",
    ],
  ];

  for (const [options, message] of BAD_OPTIONS) {
    it(`refuses ${JSON.stringify(options)}, and touches nothing`, async () => {
      layInto('.');
      const failure = await failureOf(sweep(at(), options));
      expect(failure).to.include({ code: 'ERR_INTACT_OPTION', message });
      expect(nodeFs.readdirSync(at())).to.deep.equal([deadName()]);
    });
  }
});

function failureOf(sweeping: Promise<SweepReport>): Promise<NodeJS.ErrnoException & { report?: SweepReport }> {
  return sweeping.then(
    () => expect.fail('it did not fail'),
    (error: unknown) => error as NodeJS.ErrnoException,
  );
}
