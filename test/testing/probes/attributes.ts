// Modes, owners and times.

import { constants } from 'node:fs';
import { type Probe, type Probes, type Stage, contentAt, put } from './probe';

const { O_NOATIME, O_RDONLY, R_OK, W_OK, X_OK } = constants;

/** Whose the files of a prepared directory are, besides root's. */
export const USER = 65534;
const STRANGER = 12345;

/** Waits until the clock of a file system has moved on, so that a change of a time can be seen. */
function passTime({ fs, at }: Stage): void {
  const clock = put({ fs, at } as Stage, '.clock');
  const before = fs.statSync(clock).ctimeMs;
  const giveUp = Date.now() + 5000;
  while (fs.statSync(clock).ctimeMs === before && Date.now() < giveUp) fs.chmodSync(clock, 0o600);
  fs.unlinkSync(clock);
}

const TIMES = ['atimeMs', 'mtimeMs', 'ctimeMs'] as const;

/** Notes which times of which paths a call changes. They are old at first, but for ctime, which nobody can set. */
function notesTimes(stage: Stage, paths: readonly string[], call: () => unknown): void {
  const { fs, at, does, notes } = stage;
  for (const path of paths) fs.lutimesSync(at(path), 1_000_000, 2_000_000);
  passTime(stage);
  // Whether the clock's own file has changed the directory is not the question.
  if (paths.includes('.')) fs.utimesSync(at('.'), 1_000_000, 2_000_000);
  const before = paths.map((path) => fs.lstatSync(at(path)));
  passTimeElsewhere();
  does(call);
  for (const [index, path] of paths.entries()) {
    const now = fs.lstatSync(at(path), { throwIfNoEntry: false });
    notes([path, now && TIMES.filter((time) => now[time] !== before[index]![time])]);
  }
}

/** Longer than a tick of the kernel's clock (4 ms at 250 Hz), which is all that a time of a file is good for. */
function passTimeElsewhere(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 12);
}

function timesOf(
  title: string,
  prepare: (stage: Stage) => readonly string[],
  call: (stage: Stage) => unknown,
): [string, Probe['run']] {
  return [`the times that ${title} changes`, (stage) => notesTimes(stage, prepare(stage), () => call(stage))];
}

function fileAnd(...others: string[]): (stage: Stage) => readonly string[] {
  return (stage) => {
    put(stage, 'file', 'content');
    return ['file', '.', ...others];
  };
}

const withFd =
  (flags: string | number, use: (stage: Stage, fd: number) => unknown) =>
  (stage: Stage): unknown => {
    const fd = stage.fs.openSync(stage.at('file'), flags);
    try {
      return use(stage, fd);
    } finally {
      stage.fs.closeSync(fd);
    }
  };

const TIME_PROBES: Probes = Object.fromEntries([
  timesOf(
    'open for reading',
    fileAnd(),
    withFd('r', () => 'opened'),
  ),
  timesOf(
    'open that truncates',
    fileAnd(),
    withFd('w', () => 'opened'),
  ),
  timesOf(
    'open that truncates an empty file',
    (stage) => (put(stage, 'file', ''), ['file', '.']),
    withFd('w', () => 'opened'),
  ),
  timesOf('open that makes a file', fileAnd(), ({ fs, at }) => fs.closeSync(fs.openSync(at('new'), 'w'))),
  timesOf(
    'write',
    fileAnd(),
    withFd('r+', ({ fs }, fd) => fs.writeSync(fd, 'x')),
  ),
  timesOf(
    'a write of nothing',
    fileAnd(),
    withFd('r+', ({ fs }, fd) => fs.writeSync(fd, '')),
  ),
  timesOf(
    'ftruncate',
    fileAnd(),
    withFd('r+', ({ fs }, fd) => fs.ftruncateSync(fd, 2)),
  ),
  timesOf(
    'ftruncate to the same size',
    fileAnd(),
    withFd('r+', ({ fs }, fd) => fs.ftruncateSync(fd, 7)),
  ),
  timesOf(
    'fsync',
    fileAnd(),
    withFd('r+', ({ fs }, fd) => fs.fsyncSync(fd)),
  ),
  timesOf('chmod', fileAnd(), ({ fs, at }) => fs.chmodSync(at('file'), 0o600)),
  timesOf('chown', fileAnd(), ({ fs, at }) => fs.chownSync(at('file'), -1, -1)),
  timesOf('utimes', fileAnd(), ({ fs, at }) => fs.utimesSync(at('file'), 1_000_000, 3_000_000)),
  timesOf('link', fileAnd(), ({ fs, at }) => fs.linkSync(at('file'), at('second'))),
  timesOf('symlink', fileAnd(), ({ fs, at }) => fs.symlinkSync('file', at('link'))),
  timesOf(
    'unlink of one of two names',
    (stage) => {
      stage.fs.linkSync(put(stage, 'file'), stage.at('second'));
      return ['file', '.'];
    },
    ({ fs, at }) => fs.unlinkSync(at('second')),
  ),
  timesOf('mkdir', fileAnd(), ({ fs, at }) => fs.mkdirSync(at('directory'))),
  timesOf(
    'rmdir',
    (stage) => (stage.fs.mkdirSync(stage.at('empty')), ['.', 'empty']),
    ({ fs, at }) => fs.rmdirSync(at('empty')),
  ),
  timesOf(
    'rename within a directory',
    (stage) => (put(stage, 'file'), ['.']),
    ({ fs, at }) => fs.renameSync(at('file'), at('moved')),
  ),
  timesOf(
    'rename between directories',
    (stage) => {
      put(stage, 'a/file');
      stage.fs.linkSync(stage.at('a/file'), stage.at('twin'));
      stage.fs.mkdirSync(stage.at('b'));
      return ['.', 'a', 'b', 'twin'];
    },
    ({ fs, at }) => fs.renameSync(at('a/file'), at('b/file')),
  ),
  timesOf(
    'rename over a file',
    (stage) => {
      put(stage, 'file');
      stage.fs.linkSync(put(stage, 'target'), stage.at('twin'));
      return ['.', 'twin', 'target'];
    },
    ({ fs, at }) => fs.renameSync(at('file'), at('target')),
  ),
  timesOf(
    'rename to another name of the same file',
    (stage) => {
      stage.fs.linkSync(put(stage, 'file'), stage.at('twin'));
      return ['.', 'file', 'twin'];
    },
    ({ fs, at }) => fs.renameSync(at('file'), at('twin')),
  ),
  timesOf('a rename that fails', fileAnd(), ({ fs, at }) => fs.renameSync(at('file'), at('file/below'))),
  timesOf('stat, access and readdir', fileAnd(), ({ fs, at }) => [
    fs.statSync(at('file')).size,
    fs.existsSync(at('file')),
  ]),
  timesOf(
    'read (relatime)',
    fileAnd(),
    withFd('r', ({ fs }, fd) => fs.readSync(fd, Buffer.alloc(2))),
  ),
  timesOf(
    'readdir (relatime)',
    (stage) => (put(stage, 'sub/file'), ['sub', 'sub/file']),
    ({ fs, at }) => fs.readdirSync(at('sub')),
  ),
  timesOf(
    'readlink (relatime)',
    (stage) => (stage.fs.symlinkSync('x', stage.at('link')), ['link']),
    ({ fs, at }) => fs.readlinkSync(at('link')),
  ),
]);

function isNow(ms: number): boolean {
  return Math.abs(ms - Date.now()) < 60_000;
}

function notesNanoseconds({ fs, does }: Stage, path: string): void {
  does(() => fs.statSync(path, { bigint: true }).mtimeNs);
  does(() => fs.statSync(path, { bigint: true }).mtimeMs);
  does(() => fs.statSync(path, { bigint: true }).mtime.toISOString());
}

export const ATTRIBUTE_PROBES: Probes = {
  ...TIME_PROBES,
  'times are kept to the millisecond in each of their forms': (stage) => {
    const { fs, does } = stage;
    const path = put(stage, 'file');
    const times = [
      0,
      1,
      1.5,
      1e9,
      1_700_000_000.25,
      '12',
      '12.5',
      '-1',
      new Date(0),
      new Date(1_234_567_890_123),
      new Date(-5000),
      2 ** 31,
      4e9,
    ];
    for (const time of times) {
      does(() => fs.utimesSync(path, time, time));
      does(() => fs.statSync(path).atimeMs);
      does(() => fs.statSync(path).mtime.toISOString());
      if (typeof time !== 'object') notesNanoseconds(stage, path);
    }
    does(() => Math.abs(fs.statSync(path).birthtimeMs - Date.now()) < 1e9 || fs.statSync(path).birthtimeMs === 0);
    fs.utimesSync(path, -1, -1);
    does(() => isNow(fs.statSync(path).mtimeMs));
    for (const time of [undefined, null, 'soon', '', NaN, Infinity, {}, [], true, 5n, new Date(NaN)]) {
      does(() => fs.utimesSync(path, time as number, 1));
      does(() => fs.utimesSync(path, 1, time as number));
      does(() => (isNow(fs.statSync(path).mtimeMs) ? 'now' : fs.statSync(path).mtimeMs));
    }
    does(() => fs.utimesSync(path, 'Infinity', 5));
    does(() => isNow(fs.statSync(path).atimeMs));
  },
  'the times of a link are its own': (stage) => {
    const { fs, at, does } = stage;
    put(stage, 'file');
    fs.symlinkSync('file', at('link'));
    does(() => fs.lutimesSync(at('link'), 5, 6));
    does(() => fs.utimesSync(at('link'), 7, 8));
    does(() => [fs.lstatSync(at('link')).mtimeMs, fs.statSync(at('link')).mtimeMs]);
  },
  'a new file gets its mode less the umask': ({ fs, at, does, opens }) => {
    for (const mode of [0o666, 0o777, 0o600, 0o000, 0o7777, 0o4755, 0o2755, 0o1777, 0o100644]) {
      opens(at(`file-${mode.toString(8)}`), 'w', mode);
      does(() => fs.mkdirSync(at(`directory-${mode.toString(8)}`), mode));
    }
    opens(at('default'), 'w');
    opens(at('default'), 'w', 0o600);
    does(() => fs.statSync(at('default')));
  },
  'chmod sets all twelve bits': (stage) => {
    const { fs, at, does, opens } = stage;
    const path = put(stage, 'file');
    fs.mkdirSync(at('directory'));
    fs.symlinkSync('file', at('link'));
    for (const mode of [0, 0o7777, 0o4711, 0o2755, 0o1777, 0o100600, '755', '0644', 0o644]) {
      does(() => fs.chmodSync(path, mode));
      does(() => fs.statSync(path));
      does(() => fs.chmodSync(at('directory'), mode));
      does(() => fs.statSync(at('directory')));
      does(() => fs.chmodSync(at('link'), mode));
    }
    does(() => fs.lstatSync(at('link')));
    const fd = opens(path, 'r');
    does(() => fs.fchmodSync(fd, 0o640));
    for (const mode of [-1, 1.5, 'rwx', '', null, undefined, 2 ** 32, {}, '0o644'])
      does(() => fs.chmodSync(path, mode as number));
  },
  'chown as the owner': (stage) => {
    const { fs, at, does, opens } = stage;
    const path = put(stage, 'file');
    const { uid, gid } = stage.user;
    const fd = opens(path, 'r');
    for (const [toUid, toGid] of [
      [-1, -1],
      [uid, gid],
      [-1, gid],
      [uid, -1],
    ] as const) {
      fs.chmodSync(path, 0o6755);
      does(() => fs.chownSync(path, toUid, toGid));
      does(() => fs.statSync(path));
      fs.chmodSync(path, 0o6745);
      does(() => fs.fchownSync(fd, toUid, toGid));
      does(() => fs.statSync(path));
    }
    fs.mkdirSync(at('directory'));
    fs.chmodSync(at('directory'), 0o6755);
    does(() => fs.chownSync(at('directory'), uid, gid));
    does(() => fs.statSync(at('directory')));
    for (const bad of [-2, 1.5, '1', null, undefined, 2 ** 32, {}]) does(() => fs.chownSync(path, bad as number, gid));
    does(() => fs.chownSync(path, uid, 2 ** 32 - 1));
  },
  'chown to others': {
    run: (stage) => {
      const { fs, at, does, opens } = stage;
      const path = put(stage, 'file');
      fs.symlinkSync('file', at('link'));
      const fd = opens(path, 'r');
      does(() => fs.lchownSync(at('link'), 6, 6));
      does(() => fs.chownSync(path, -1, 7));
      does(() => fs.chownSync(path, 7, -1));
      does(() => fs.chownSync(at('link'), 8, 9));
      does(() => fs.fchownSync(fd, 10, 11));
      does(() => fs.lstatSync(path));
      does(() => fs.lstatSync(at('link')));
    },
  },
  'root keeps the set-ID bits when it writes': {
    as: 'root',
    run: (stage) => {
      const { fs, does, opens } = stage;
      const path = put(stage, 'file');
      fs.chmodSync(path, 0o6755);
      const fd = opens(path, 'r+');
      does(() => fs.writeSync(fd, 'x'));
      does(() => fs.ftruncateSync(fd, 0));
      does(() => fs.statSync(path));
      does(() => fs.chownSync(path, 5, 5));
      does(() => fs.statSync(path));
    },
  },
  'anybody else loses the set-ID bits by writing': {
    as: 'user',
    run: (stage) => {
      const { fs, does, opens } = stage;
      for (const mode of [0o6755, 0o6745, 0o4755, 0o2755, 0o2745]) {
        const path = put(stage, 'file');
        const fd = opens(path, 'r+');
        fs.chmodSync(path, mode);
        does(() => fs.writeSync(fd, ''));
        does(() => fs.statSync(path));
        does(() => fs.writeSync(fd, 'x'));
        does(() => fs.statSync(path));
        fs.chmodSync(path, mode);
        does(() => fs.ftruncateSync(fd, 0));
        does(() => fs.statSync(path));
        fs.chmodSync(path, mode);
        opens(path, 'w');
        does(() => fs.statSync(path));
        fs.unlinkSync(path);
      }
    },
  },
  'a set-group-ID directory hands down its group': {
    prepare: ({ fs, at }) => {
      for (const [name, mode] of [
        ['plain', 0o777],
        ['setgid', 0o2777],
      ] as const) {
        fs.mkdirSync(at(name));
        fs.chownSync(at(name), USER, STRANGER);
        fs.chmodSync(at(name), mode);
      }
    },
    run: (stage) => {
      const { fs, at, does, opens } = stage;
      for (const name of ['plain', 'setgid']) {
        opens(at(`${name}/file`), 'w', 0o2775);
        opens(at(`${name}/not-executable`), 'w', 0o2664);
        does(() => fs.mkdirSync(at(`${name}/sub/below`), { recursive: true }));
        does(() => fs.symlinkSync('x', at(`${name}/link`)));
        does(() => fs.chmodSync(at(`${name}/file`), 0o2755));
        does(() => fs.chmodSync(at(`${name}/sub`), 0o2700));
        does(() => fs.chmodSync(at(name), 0o2777));
        for (const made of ['file', 'not-executable', 'sub', 'sub/below', 'link'])
          does(() => fs.lstatSync(at(`${name}/${made}`)));
      }
    },
  },
  'who owns a file counts first, then its group, then all others': {
    prepare: (stage) => {
      const { fs, at } = stage;
      for (const [owner, uid, gid] of [
        ['own', USER, STRANGER],
        ['group', STRANGER, USER],
        ['other', STRANGER, STRANGER],
      ] as const) {
        for (const mode of [
          0o000, 0o700, 0o070, 0o007, 0o400, 0o040, 0o004, 0o200, 0o020, 0o002, 0o100, 0o010, 0o001, 0o677,
        ]) {
          const path = put(stage, `${owner}-${mode.toString(8)}`);
          fs.chownSync(path, uid, gid);
          fs.chmodSync(path, mode);
          fs.mkdirSync(at(`d-${owner}-${mode.toString(8)}/sub`), { recursive: true });
          fs.chownSync(at(`d-${owner}-${mode.toString(8)}`), uid, gid);
          fs.chmodSync(at(`d-${owner}-${mode.toString(8)}`), mode);
        }
      }
    },
    run: ({ fs, at, does, opens }) => {
      for (const name of fs.readdirSync(at())) {
        for (const access of [R_OK, W_OK, X_OK, R_OK | W_OK, 7]) does(() => fs.accessSync(at(name), access));
        opens(at(name), 'r');
        opens(at(name), 'a');
        opens(at(name), 'r+');
        does(() => fs.readdirSync(at(name)));
        does(() => fs.opendirSync(at(name)).closeSync());
        does(() => fs.statSync(at(`${name}/sub`)));
        does(() => fs.statSync(at(`${name}/.`)));
        does(() => fs.realpathSync(at(`${name}/sub`)));
        does(() => fs.mkdirSync(at(`${name}/made`)));
        opens(at(`${name}/new`), 'w');
        does(() => fs.rmdirSync(at(`${name}/sub`)));
        does(() => fs.utimesSync(at(name), 1, 2));
        does(() => fs.chmodSync(at(name), 0o711));
        does(() => fs.chownSync(at(name), -1, USER));
      }
    },
  },
  'a directory that may not be written keeps its names': {
    prepare: (stage) => {
      const { fs, at } = stage;
      put(stage, 'locked/file');
      put(stage, 'locked/other');
      fs.mkdirSync(at('locked/sub'));
      fs.symlinkSync('file', at('locked/link'));
      fs.symlinkSync('absent', at('locked/dangling'));
      fs.mkdirSync(at('open'), 0o777);
      fs.chownSync(at('open'), USER, USER);
      fs.chmodSync(at('locked/file'), 0o666);
    },
    run: ({ fs, at, does, opens }) => {
      opens(at('locked/file'), 'w');
      opens(at('locked/new'), 'w');
      opens(at('locked/new'), 'r');
      opens(at('locked/file'), 'wx');
      opens(at('locked/new'), 'wx');
      opens(at('locked/dangling'), 'w');
      does(() => fs.mkdirSync(at('locked/file')));
      does(() => fs.mkdirSync(at('locked/made')));
      does(() => fs.mkdirSync(at('locked/made/deep'), { recursive: true }));
      does(() => fs.symlinkSync('x', at('locked/file')));
      does(() => fs.symlinkSync('x', at('locked/symlink')));
      does(() => fs.linkSync(at('locked/file'), at('locked/other')));
      does(() => fs.linkSync(at('locked/file'), at('locked/hard')));
      does(() => fs.unlinkSync(at('locked/absent')));
      does(() => fs.unlinkSync(at('locked/sub')));
      does(() => fs.unlinkSync(at('locked/link')));
      does(() => fs.rmdirSync(at('locked/file')));
      does(() => fs.rmdirSync(at('locked/sub')));
      does(() => fs.renameSync(at('locked/file'), at('locked/moved')));
      does(() => fs.renameSync(at('locked/file'), at('open/moved')));
      does(() => fs.renameSync(at('open'), at('locked/moved')));
      does(() => fs.renameSync(at('locked/absent'), at('locked/moved')));
      does(() => {
        const made = fs.mkdtempSync(at('locked/made-'));
        fs.rmdirSync(made);
        return made.slice(0, -6);
      });
    },
  },
  'a directory that may not be searched hides everything': {
    prepare: (stage) => {
      put(stage, 'hidden/file');
      stage.fs.symlinkSync('hidden/file', stage.at('link'));
      stage.fs.chmodSync(stage.at('hidden'), 0o766);
    },
    run: ({ fs, at, does, opens }) => {
      for (const path of ['hidden/file', 'hidden/absent', 'hidden/.', 'hidden/..', 'hidden/../link', 'link']) {
        does(() => fs.statSync(at(path)));
        does(() => fs.lstatSync(at(path)));
        does(() => fs.existsSync(at(path)));
        does(() => fs.accessSync(at(path)));
        opens(at(path), 'r');
        opens(at(path), 'w');
        does(() => fs.realpathSync(at(path)));
        does(() => fs.realpathSync.native(at(path)));
        does(() => fs.unlinkSync(at(path)));
        does(() => fs.mkdirSync(at(path), { recursive: true }));
      }
      does(() => fs.readdirSync(at('hidden')));
      does(() => fs.readdirSync(at('hidden'), { withFileTypes: true }).map(({ name }) => name));
      does(() => fs.readdirSync(at('hidden'), { recursive: true }));
    },
  },
  'a sticky directory lets only owners take names': {
    prepare: (stage) => {
      const { fs, at } = stage;
      for (const [directory, uid] of [
        ['theirs', 0],
        ['mine', USER],
      ] as const) {
        fs.mkdirSync(at(directory));
        for (const [name, owner] of [
          ['foreign', STRANGER],
          ['own', USER],
        ] as const) {
          fs.chownSync(put(stage, `${directory}/${name}`), owner, owner);
          fs.mkdirSync(at(`${directory}/${name}-directory`));
          fs.chownSync(at(`${directory}/${name}-directory`), owner, owner);
        }
        fs.chownSync(at(directory), uid, uid);
        fs.chmodSync(at(directory), 0o1777);
      }
    },
    run: (stage) => {
      const { fs, at, does } = stage;
      for (const directory of ['theirs', 'mine']) {
        put(stage, `${directory}/mover`);
        does(() => fs.renameSync(at(`${directory}/mover`), at(`${directory}/foreign`)));
        does(() => fs.renameSync(at(`${directory}/foreign`), at(`${directory}/moved`)));
        does(() => fs.renameSync(at(`${directory}/own`), at(`${directory}/own-moved`)));
        does(() => fs.unlinkSync(at(`${directory}/foreign`)));
        does(() => fs.unlinkSync(at(`${directory}/foreign-directory`)));
        does(() => fs.unlinkSync(at(`${directory}/own-moved`)));
        does(() => fs.rmdirSync(at(`${directory}/foreign-directory`)));
        does(() => fs.rmdirSync(at(`${directory}/own-directory`)));
      }
    },
  },
  'the attributes of others are not his to change': {
    prepare: (stage) => {
      const { fs, at } = stage;
      fs.chmodSync(put(stage, 'file'), 0o666);
      fs.symlinkSync('file', at('link'));
    },
    run: (stage) => {
      const { fs, at, does, opens } = stage;
      const fd = opens(at('file'), 'r+');
      does(() => fs.chmodSync(at('file'), 0o600));
      does(() => fs.fchmodSync(fd, 0o600));
      does(() => fs.chownSync(at('file'), USER, USER));
      does(() => fs.chownSync(at('file'), -1, -1));
      does(() => fs.chownSync(at('file'), 0, 0));
      does(() => fs.fchownSync(fd, -1, USER));
      does(() => fs.lchownSync(at('link'), USER, USER));
      does(() => fs.utimesSync(at('file'), 1, 2));
      does(() => fs.futimesSync(fd, 1, 2));
      does(() => fs.lutimesSync(at('link'), 1, 2));
      does(() => fs.ftruncateSync(fd, 2));
      does(() => fs.writeSync(fd, 'mine'));
      does(() => contentAt(stage, at('file')));
      opens(at('file'), O_RDONLY | (O_NOATIME ?? 0));
    },
  },
  'a directory of others is not moved elsewhere': {
    prepare: ({ fs, at }) => {
      fs.mkdirSync(at('a/theirs'), { recursive: true });
      fs.mkdirSync(at('b'));
      fs.chownSync(at('a'), USER, USER);
      fs.chownSync(at('b'), USER, USER);
    },
    run: ({ fs, at, does }) => {
      does(() => fs.renameSync(at('a/theirs'), at('a/renamed')));
      does(() => fs.renameSync(at('a/renamed'), at('b/moved')));
      does(() => fs.rmdirSync(at('a/renamed')));
    },
  },
  'root needs a permission of somebody to execute': {
    as: 'root',
    run: (stage) => {
      const { fs, does, opens } = stage;
      const path = put(stage, 'file');
      for (const mode of [0o000, 0o666, 0o001, 0o010, 0o100]) {
        fs.chmodSync(path, mode);
        for (const access of [R_OK, W_OK, X_OK, 7]) does(() => fs.accessSync(path, access));
        opens(path, 'r+');
      }
    },
  },
};

/** Needs proc_sys_fs(5)'s protected_hardlinks, which nearly all systems have set. */
export const PROTECTED_LINK_PROBES: Probes = {
  'files of others that one could not use are not linked to': {
    prepare: (stage) => {
      const { fs, at } = stage;
      for (const mode of [0o666, 0o644, 0o622, 0o4777, 0o2777, 0o2767, 0o600])
        fs.chmodSync(put(stage, mode.toString(8)), mode);
      fs.symlinkSync('666', at('symlink'));
      fs.mkdirSync(at('into'));
      fs.chownSync(at('into'), USER, USER);
    },
    run: ({ fs, at, does }) => {
      for (const name of ['666', '644', '622', '4777', '2777', '2767', '600', 'symlink', 'into'])
        does(() => fs.linkSync(at(name), at(`into/${name}`)));
      for (const name of ['666', '644']) does(() => fs.linkSync(at(name), at(`${name}-beside`)));
    },
  },
};
