// What a path means, and whether a write to it may replace a file: every rung of the ladder.

import { expect } from 'chai';
import { type Stats, constants } from 'node:fs';
import { thisProcess } from '../../src/ground/process-identity';
import { type Plan, entryAt, planWrite, split } from '../../src/protocol/target';
import { CREATE_EXCLUSIVELY, REPLACE } from '../../src/settings/flags';
import { switchedOff } from '../../src/settings/settings';
import { treatmentOf } from '../../src/settings/treatment';
import { nameFor } from '../support/leftovers';
import { type Memory, type WriteOptions, memoryWith, requestFor } from '../support/memory';
import { type Decide, type Played, failing, play } from '../support/stepping';

const { O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants;
const HOUR_MS = 3_600_000;
const STRANGER = 70_001;

function plan(memory: Memory, path: string, options?: WriteOptions, decide?: Decide): Played<Plan> {
  return play(planWrite(memory.volume, requestFor(path, options)), memory.host, decide);
}

/** The plan in a few words. */
function told({ result, error }: Played<Plan>): string {
  if (result === undefined) return `fails with ${error!.code} for ${error!.path}`;
  if (result.kind === 'native') return `native: ${result.reason}`;
  return result.kind === 'replace' ? `replace ${result.target.path}` : `in place: ${result.reason}`;
}

function switchedOffRequest(path: string): ReturnType<typeof requestFor> {
  const request = requestFor(path);
  return { ...request, treatment: treatmentOf(switchedOff(request.settings), path, 'whole') };
}

function never(): boolean {
  return false;
}

/** Says yes to who asks whether he may write, because memfs goes by the modes alone. */
const mayWrite: Decide = ({ call }) => (call === 'access' ? { answers: undefined } : undefined);

/** A directory with these links and files in it. */
function linked(links: Readonly<Record<string, string>>, files: Record<string, string> = {}): Memory {
  const memory = memoryWith(files);
  for (const [name, leadsTo] of Object.entries(links)) memory.fs.symlinkSync(leadsTo, `/d/${name}`);
  return memory;
}

/** What lstat answers about something that memfs has not. */
function lookingLike(kind: 'isFIFO' | 'isSocket' | 'isCharacterDevice' | 'isBlockDevice'): Decide {
  const stats = { isFile: never, isDirectory: never, isSymbolicLink: never, [kind]: () => true, nlink: 1 };
  return ({ call }) => (call === 'lstat' ? { answers: stats } : undefined);
}

/** Runs as a process with these ids. */
function asUser<T>(ids: { uid: number; euid?: number; gid?: number; groups?: number[] }, run: () => T): T {
  const { uid, euid = uid, gid = uid, groups = [] } = ids;
  const answers = { getuid: uid, geteuid: euid, getgid: gid, getegid: gid, getgroups: groups };
  const originals = Object.keys(answers).map((name) => [name, Reflect.get(process, name) as unknown] as const);
  for (const [name, answer] of Object.entries(answers)) Reflect.set(process, name, () => answer);
  try {
    return run();
  } finally {
    for (const [name, original] of originals) Reflect.set(process, name, original);
  }
}

/** A file with a second name, made so long ago. */
function twoNames(otherName: string, agoMs: number): Memory & { decide: Decide } {
  const memory = memoryWith({ '/d/target': 'old' });
  memory.fs.linkSync('/d/target', `/d/${otherName}`);
  const ctimeMs = Date.now() - agoMs;
  // memfs lets nobody set it.
  const decide: Decide = ({ call, args }) => {
    if (call !== 'lstat' || args[0] !== '/d/target') return undefined;
    return { answers: Object.assign(memory.fs.lstatSync('/d/target'), { ctimeMs }) };
  };
  return { ...memory, decide };
}

describe('planWrite()', () => {
  it('creates what is absent, if the flags say so', () => {
    expect(told(plan(memoryWith(), '/d/target'))).to.equal('replace /d/target');
    expect(told(plan(memoryWith(), '/d/target', { flags: O_WRONLY | O_TRUNC }))).to.equal('native: native-error');
  });

  it('replaces a regular file that its owner may write to, after one look', () => {
    const played = plan(memoryWith({ '/d/target': 'old' }), '/d/target');
    expect(told(played)).to.equal('replace /d/target');
    expect(played.calls).to.deep.equal(['lstat']);
  });

  describe('asks whether a file may be written', () => {
    const DOUBTFUL: readonly { title: string; file: { mode?: number; uid?: number }; options?: WriteOptions }[] = [
      { title: 'where a descriptor is given out', file: {}, options: { call: 'open' } },
      { title: 'where the owner has no permission to', file: { mode: 0o466 } },
      { title: 'where he has none to read, and that is asked for', file: { mode: 0o266 }, options: { flags: O_RDWR } },
      { title: "if it is somebody else's", file: { uid: STRANGER } },
      { title: 'if nobody knows whose it is', file: { uid: 65_534 } },
    ];
    for (const { title, file, options } of DOUBTFUL) {
      it(title, () => {
        const { mode = 0o666, uid = 1000 } = file;
        const memory = memoryWith({ '/d/target': '' });
        memory.fs.chmodSync('/d/target', mode);
        memory.fs.chownSync('/d/target', uid, 1000);
        const ask = (decide: Decide): Played<Plan> =>
          asUser({ uid: uid === STRANGER ? 1000 : uid }, () => plan(memory, '/d/target', options, decide));
        expect(ask(mayWrite).calls).to.deep.equal(['lstat', 'access']);
        for (const code of ['EACCES', 'EPERM', 'EROFS', 'ETXTBSY'])
          expect(told(ask(failing('access', code))), code).to.equal('native: native-error');
      });
    }

    it('by opening it if it is a program, which may be running', () => {
      const memory = memoryWith({ '/d/target': '' });
      memory.fs.chmodSync('/d/target', 0o755);
      expect(plan(memory, '/d/target').calls).to.deep.equal(['lstat', 'open', 'close']);
      expect(told(plan(memory, '/d/target', {}, failing('open', 'ETXTBSY')))).to.equal('native: native-error');
    });
  });

  it('asks by a real open where the user is another than the one that files are opened with', () => {
    const memory = memoryWith({ '/d/target': '' });
    memory.fs.chownSync('/d/target', 1000, 1000);
    memory.fs.chmodSync('/d/target', 0o466);
    const asSetuid = (decide?: Decide): Played<Plan> =>
      asUser({ uid: 500, euid: 1000, gid: 1000 }, () => plan(memory, '/d/target', {}, decide));
    const played = asSetuid();
    expect([told(played), played.calls]).to.deep.equal(['replace /d/target', ['lstat', 'open', 'close']]);
    expect(played.steps[1]!.args).to.deep.equal(['/d/target', O_WRONLY, 0]);
    expect(told(asSetuid(failing('open', 'EACCES')))).to.equal('native: native-error');
  });

  for (const kind of ['isFIFO', 'isSocket', 'isCharacterDevice', 'isBlockDevice'] as const) {
    it(`leaves to node what is no regular file: ${kind}`, () => {
      expect(told(plan(memoryWith(), '/d/target', {}, lookingLike(kind)))).to.equal('native: not-a-regular-file');
    });
  }

  it('leaves a directory to node', () => {
    expect(told(plan(memoryWith(), '/d'))).to.equal('native: not-a-regular-file');
  });

  for (const path of [
    '/proc/self/comm',
    '/proc/1/fd/1',
    '/dev/fd/1',
    '//proc/self/comm',
    '/dev//fd/1',
    '/./proc/self/comm',
  ]) {
    it(`leaves ${path} to node, and a link that leads there`, () => {
      const memory = memoryWith();
      memory.fs.symlinkSync(path, '/d/link');
      expect(told(plan(memory, path))).to.equal('native: special-path');
      expect(told(plan(memory, '/d/link'))).to.equal('native: special-path');
    });
  }

  it('does not take a path for special that only begins like one', () => {
    for (const path of ['/procedures', '/dev/fdx', '/d/proc'])
      expect(told(plan(memoryWith(), path))).to.equal(`replace ${path}`);
  });

  describe('of a file with two names', () => {
    it('keeps the inode, because the other name must see the new content', () => {
      for (const agoMs of [0, HOUR_MS]) {
        const { decide, ...memory } = twoNames('other', agoMs);
        expect(told(plan(memory, '/d/target', {}, decide))).to.equal('in place: hard-links');
      }
    });

    const STAGED = nameFor(thisProcess());

    it('replaces it where the other name is the staged one that it is just being created under', () => {
      const { decide, ...memory } = twoNames(STAGED, 10);
      expect(told(plan(memory, '/d/target', {}, decide))).to.equal('replace /d/target');
    });

    it('does not look for that name when the file has been there for a while', () => {
      const { decide, ...memory } = twoNames(STAGED, HOUR_MS);
      const played = plan(memory, '/d/target', {}, decide);
      expect([told(played), played.calls]).to.deep.equal(['in place: hard-links', ['lstat']]);
    });

    it("does not take another file's staged name for that", () => {
      const { decide, ...memory } = twoNames('other', 10);
      memory.fs.writeFileSync(`/d/${STAGED}`, '');
      expect(told(plan(memory, '/d/target', {}, decide))).to.equal('in place: hard-links');
    });

    it('replaces it where the staged name has gone since', () => {
      const { decide, ...memory } = twoNames(STAGED, 10);
      let looks = 0;
      const played = plan(memory, '/d/target', {}, (step, index) => {
        if (step.call === 'readdir') memory.fs.unlinkSync(`/d/${STAGED}`);
        const isFirst = step.call === 'lstat' && looks++ === 0;
        return isFirst ? decide(step, index) : undefined;
      });
      expect(told(played)).to.equal('replace /d/target');
    });

    it('keeps the inode of one with three', () => {
      const { decide, ...memory } = twoNames(STAGED, 10);
      memory.fs.linkSync('/d/target', '/d/third');
      expect(told(plan(memory, '/d/target', {}, decide))).to.equal('in place: hard-links');
    });
  });

  describe('of a file that belongs to somebody', () => {
    const OWNERS: readonly [title: string, uid: number, gid: number, expected: string][] = [
      ['us, and our group', 1000, 1000, 'replace /d/target'],
      ['us, and another group of ours', 1000, 1007, 'replace /d/target'],
      ['us, and a group that is not ours', 1000, STRANGER, 'in place: owner'],
      ['another user, and our group', STRANGER, 1000, 'in place: owner'],
    ];

    for (const [title, uid, gid, expected] of OWNERS) {
      it(`${title}: ${expected}; root replaces it`, () => {
        const memory = memoryWith({ '/d/target': '' });
        memory.fs.chownSync('/d/target', uid, gid);
        memory.fs.chmodSync('/d/target', 0o666);
        const planned = (user: number): Played<Plan> =>
          asUser({ uid: user, groups: [1007] }, () => plan(memory, '/d/target', {}, mayWrite));
        expect(told(planned(1000))).to.equal(expected);
        expect(told(planned(0))).to.equal('replace /d/target');
      });
    }
  });

  it('keeps the inode of a file that is watched, or that a Blob reads, as long as that lasts', () => {
    for (const reason of ['watched', 'blob'] as const) {
      const memory = memoryWith({ '/d/target': '' });
      const end = memory.volume.inodeFollowers.follow(memory.fs.statSync('/d/target'), reason);
      expect(told(plan(memory, '/d/target'))).to.equal(`in place: ${reason}`);
      end();
      expect(told(plan(memory, '/d/target'))).to.equal('replace /d/target');
    }
  });

  it('keeps the inode of a file that this process writes to by another descriptor; opening it is left to node', () => {
    const memory = memoryWith({ '/d/target': '' });
    const fd = memory.fs.openSync('/d/target', 'a');
    memory.volume.nativeWriters.note(fd);
    expect(told(plan(memory, '/d/target'))).to.equal('in place: open-elsewhere');
    expect(told(plan(memory, '/d/target', { call: 'open' }))).to.equal('native: open-elsewhere');
    memory.fs.closeSync(fd);
    expect(told(plan(memory, '/d/target', { call: 'open' }))).to.equal('replace /d/target');
  });

  it('follows the rules, and looks at nothing where they say native', () => {
    const memory = memoryWith({ '/d/target': '' });
    const ruled = (rule: 'native' | 'in-place' | 'replace'): Played<Plan> =>
      plan(memory, '/d/target', { rules: [{ match: 'target', plan: rule }] });
    expect(told(ruled('in-place'))).to.equal('in place: rule');
    expect(told(ruled('replace'))).to.equal('replace /d/target');
    expect([told(ruled('native')), ruled('native').calls]).to.deep.equal(['native: rule', []]);
    expect(told(plan(memory, '/d/app.log', { call: 'open' }))).to.equal('native: rule');
    expect(told(plan(memory, '/d/app.log'))).to.equal('replace /d/app.log');
    expect(told(play(planWrite(memory.volume, switchedOffRequest('/d/target')), memory.host))).to.equal('native: off');
  });

  describe('of a symbolic link', () => {
    it('replaces what it leads to, through any number of steps, and names what was asked for', () => {
      const memory = linked({ a: 'b', b: '/d/c', c: '../d/file' }, { '/d/file': '' });
      const { result } = plan(memory, '/d/a');
      expect(result).to.have.nested.property('target.path', '/d/../d/file');
      expect(result).to.deep.nested.include({
        'target.asked': '/d/a',
        'target.name': 'file',
        'target.directory': '/d/../d',
      });
    });

    it('creates what a dangling one leads to', () => {
      expect(told(plan(linked({ a: 'b', b: 'absent' }), '/d/a'))).to.equal('replace /d/absent');
    });

    it('leaves it to node where the flags refuse links, or must create', () => {
      const memory = linked({ a: 'file' }, { '/d/file': '' });
      expect(told(plan(memory, '/d/a', { flags: REPLACE | O_NOFOLLOW }))).to.equal('native: native-error');
      expect(told(plan(memory, '/d/a', { flags: CREATE_EXCLUSIVELY }))).to.equal('native: native-error');
      expect(told(plan(memory, '/d/file', { flags: REPLACE | O_NOFOLLOW }))).to.equal('replace /d/file');
    });

    it('follows 40 and not 41, as Linux does', () => {
      for (const [count, expected] of [
        [40, 'replace /d/file'],
        [41, 'native: native-error'],
      ] as const) {
        const links = Object.fromEntries(Array.from({ length: count }, (_, index) => [`l${index}`, `l${index + 1}`]));
        links[`l${count - 1}`] = 'file';
        expect(told(plan(linked(links), '/d/l0')), `${count} links`).to.equal(expected);
      }
    });

    it('leaves a loop, and a link that ends in a slash, to node', () => {
      expect(told(plan(linked({ a: 'b', b: 'a' }), '/d/a'))).to.equal('native: native-error');
      expect(told(plan(linked({ a: 'file/' }), '/d/a'))).to.equal('native: native-error');
    });
  });

  it('leaves a path that names no entry to node, without a look', () => {
    for (const path of ['/', '/d/', '/d/.', '/d/..', '/d/target/'])
      expect(plan(memoryWith(), path)).to.deep.include({
        calls: [],
        result: { kind: 'native', reason: 'native-error' },
      });
  });

  for (const code of ['EACCES', 'ELOOP', 'ENAMETOOLONG', 'ENOTDIR', 'EINVAL']) {
    it(`leaves it to node where looking says ${code}, because node's own call will say so too`, () => {
      expect(told(plan(memoryWith(), '/d/target', {}, failing('lstat', code)))).to.equal('native: native-error');
    });
  }

  for (const code of ['EIO', 'EMFILE', 'ENOMEM', 'EINTR']) {
    it(`fails where looking says ${code}, because node's own call may get further and empty the file`, () => {
      const memory = memoryWith({ '/d/target': 'old' });
      expect(told(plan(memory, '/d/target', {}, failing('lstat', code)))).to.equal(`fails with ${code} for /d/target`);
      expect(told(plan(memory, '/d/target', { call: 'open' }, failing('access', code)))).to.equal(
        `fails with ${code} for /d/target`,
      );
    });
  }

  it('remembers nothing: a file is seen as it is, each time', () => {
    const memory = memoryWith({ '/d/file': '' });
    expect(told(plan(memory, '/d/file'))).to.equal('replace /d/file');
    memory.fs.linkSync('/d/file', '/d/other');
    expect(told(plan(memory, '/d/file'))).to.equal('in place: hard-links');
    memory.fs.unlinkSync('/d/file');
    memory.fs.symlinkSync('elsewhere', '/d/file');
    expect(told(plan(memory, '/d/file'))).to.equal('replace /d/elsewhere');
    memory.fs.unlinkSync('/d/file');
    memory.fs.mkdirSync('/d/file');
    expect(told(plan(memory, '/d/file', { flags: O_RDWR | O_CREAT | O_TRUNC }))).to.equal('native: not-a-regular-file');
  });

  it('tells what was there', () => {
    const memory = memoryWith({ '/d/target': 'old' });
    const { target } = plan(memory, '/d/target').result as Extract<Plan, { kind: 'replace' }>;
    expect((target.existing as Stats).ino).to.equal(memory.fs.statSync('/d/target').ino);
  });
});

describe('split()', () => {
  it('parts a path at its last slash', () => {
    expect(split('/a/b')).to.deep.equal({ directory: '/a', name: 'b' });
    expect(split('/b')).to.deep.equal({ directory: '/', name: 'b' });
    expect(split('/a//b')).to.deep.equal({ directory: '/a/', name: 'b' });
    expect(split('/a/..b')).to.deep.equal({ directory: '/a', name: '..b' });
    for (const path of ['/', '/a/', '/a/.', '/a/..', '/.']) expect(split(path), path).to.equal(undefined);
  });
});

describe('entryAt()', () => {
  it('takes the entry itself, a symbolic link too', () => {
    const path = { asked: 'b', absolute: '/a/b' };
    const entry = { asked: 'b', path: '/a/b', directory: '/a', name: 'b', existing: undefined };
    expect(entryAt(path)).to.deep.equal({ ...entry, user: undefined });
    expect(entryAt({ asked: 'b/', absolute: '/a/b/' })).to.equal(undefined);
  });
});
