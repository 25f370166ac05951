// What is done to names: hard links, symbolic links, renames, directories.

import { type Probes, contentAt, put } from './probe';

export const NAME_PROBES: Probes = {
  'a link counts, and one less after unlink': (stage) => {
    const { fs, at, does } = stage;
    const path = put(stage, 'file');
    does(() => fs.linkSync(path, at('second')));
    does(() => fs.linkSync(at('second'), at('third')));
    does(() => fs.statSync(path));
    does(() => fs.unlinkSync(path));
    does(() => fs.statSync(at('third')));
  },
  'renaming over a name takes it from its file': (stage) => {
    const { fs, at, does, opens } = stage;
    const [one, two] = [put(stage, 'one'), put(stage, 'two')];
    fs.linkSync(two, at('two-again'));
    const fd = opens(two, 'r');
    does(() => fs.renameSync(one, two));
    does(() => fs.statSync(at('two-again')));
    does(() => fs.fstatSync(fd));
    does(() => fs.statSync(two));
  },
  'renaming one name of a file to its other does nothing': (stage) => {
    const { fs, at, does } = stage;
    const one = put(stage, 'one');
    fs.linkSync(one, at('two'));
    does(() => fs.renameSync(one, at('two')));
    does(() => fs.renameSync(one, one));
    does(() => fs.statSync(one));
  },
  'renaming a link moves the link': (stage) => {
    const { fs, at, does } = stage;
    put(stage, 'file');
    fs.symlinkSync('file', at('link'));
    does(() => fs.renameSync(at('link'), at('moved')));
    does(() => fs.renameSync(at('file'), at('moved')));
    does(() => fs.lstatSync(at('moved')));
  },
  'directories count what is in them': ({ fs, at, does }) => {
    fs.mkdirSync(at('a/b/c'), { recursive: true });
    fs.mkdirSync(at('a/d'));
    does(() => fs.statSync(at('a')));
    does(() => fs.renameSync(at('a/b/c'), at('c')));
    does(() => fs.statSync(at('a/b')));
    does(() => fs.statSync(at()));
    does(() => fs.rmdirSync(at('a/d')));
    does(() => fs.statSync(at('a')));
    does(() => fs.renameSync(at('c'), at('a/b')));
    does(() => fs.statSync(at('a')));
  },
  'a directory cannot move into itself, nor over what holds it': ({ fs, at, does }) => {
    fs.mkdirSync(at('a/b/c'), { recursive: true });
    for (const [from, to] of [
      ['a', 'a/x'],
      ['a', 'a/b/c/x'],
      ['a', 'a/b'],
      ['a/b', 'a'],
      ['a/b/c', 'a'],
      ['a', 'a'],
      ['a', 'a/.'],
      ['a', 'a/../a'],
      ['a/b', 'a/b/'],
      ['a/./b', 'a//b'],
    ])
      does(() => fs.renameSync(at(from), at(to)));
  },
  'a directory takes its content along': (stage) => {
    const { fs, at, does } = stage;
    const path = put(stage, 'a/b/file', 'deep');
    fs.mkdirSync(at('z'));
    does(() => fs.renameSync(at('a'), at('z/a2')));
    does(() => contentAt(stage, at('z/a2/b/file')));
    does(() => fs.existsSync(path));
    does(() => fs.readdirSync(at('z/a2/b/..')));
    does(() => fs.realpathSync(at('z/a2/b/../../a2')));
  },
  'a directory replaces an empty one only': (stage) => {
    const { fs, at, does } = stage;
    put(stage, 'full/file');
    put(stage, 'other/file');
    fs.mkdirSync(at('empty'));
    does(() => fs.renameSync(at('full'), at('other')));
    does(() => fs.renameSync(at('full'), at('empty')));
    does(() => fs.statSync(at('empty')));
  },
  'links in the middle of a path are followed, at the end they are not': (stage) => {
    const { fs, at, does } = stage;
    put(stage, 'real/file');
    fs.symlinkSync('real', at('link'));
    does(() => fs.mkdirSync(at('link/sub')));
    does(() => fs.symlinkSync('x', at('link/symlink')));
    does(() => fs.linkSync(at('link/file'), at('link/hard')));
    does(() => fs.renameSync(at('link/file'), at('link/moved')));
    does(() => fs.unlinkSync(at('link/hard')));
    does(() => fs.rmdirSync(at('link/sub')));
    does(() => fs.readdirSync(at('link')));
    does(() => fs.rmdirSync(at('link')));
    does(() => fs.unlinkSync(at('link')));
  },
  'two dots after a link go up from where it leads': (stage) => {
    const { fs, at, does } = stage;
    put(stage, 'a/b/file', 'deep');
    put(stage, 'a/beside', 'beside');
    put(stage, 'beside', 'above');
    fs.symlinkSync('a/b', at('link'));
    does(() => contentAt(stage, at('link/../beside')));
    does(() => fs.readdirSync(at('link/..')));
    does(() => fs.realpathSync.native(at('link/../beside')));
    does(() => fs.realpathSync(at('link/../beside')));
    does(() => fs.statSync(at('missing/../beside')));
    does(() => fs.statSync(at('beside/../beside')));
  },
  // Linux may begin a lookup again when others disturb it, and counts on: only far below forty is certain.
  'a dozen links are followed, forty-two are not': ({ fs, at, does }) => {
    fs.mkdirSync(at('directory'));
    fs.symlinkSync('directory', at('0'));
    for (let i = 1; i <= 42; i++) fs.symlinkSync(`${i - 1}`, at(`${i}`));
    for (const last of [11, 41, 42]) {
      does(() => fs.statSync(at(`${last}`)));
      does(() => fs.statSync(at(`${last}/`)));
      does(() => fs.lstatSync(at(`${last}`)));
      does(() => fs.mkdirSync(at(`${last}/made-${last}`)));
      does(() => fs.realpathSync(at(`${last}`)));
      does(() => fs.realpathSync.native(at(`${last}`)));
    }
  },
  'a file is not made behind a link that ends with a slash': (stage) => {
    const { fs, at, opens } = stage;
    put(stage, 'directory/file');
    for (const [name, target] of Object.entries({
      self: 'self/',
      gone: 'gone-too/',
      there: 'directory/',
      file: 'directory/file/',
    })) {
      fs.symlinkSync(target, at(name));
      fs.symlinkSync(name, at(`to-${name}`));
      for (const path of [name, `to-${name}`, `${name}/`])
        for (const flags of ['r', 'w', 'wx', 'a', 'r+']) opens(at(path), flags);
    }
  },
  'links that lead to each other end in ELOOP': ({ fs, at, does, opens }) => {
    fs.symlinkSync('b', at('a'));
    fs.symlinkSync('a', at('b'));
    does(() => fs.statSync(at('a')));
    does(() => fs.statSync(at('a/x')));
    does(() => fs.realpathSync(at('a')));
    does(() => fs.realpathSync(at('a/x')));
    opens(at('a'), 'r');
    opens(at('a'), 'w');
    opens(at('a'), 'wx');
    does(() => fs.renameSync(at('a'), at('c')));
  },
  'a link keeps any text': ({ fs, at, does }) => {
    for (const [index, target] of [
      '',
      ' ',
      '.',
      '..',
      '/',
      '//',
      'a//b/',
      'ünï',
      'x'.repeat(4095),
      'x'.repeat(4096),
      'y'.repeat(300),
    ].entries()) {
      does(() => fs.symlinkSync(target, at(`${index}`)));
      does(() => fs.readlinkSync(at(`${index}`)));
      does(() => fs.lstatSync(at(`${index}`)));
      does(() => fs.statSync(at(`${index}`)).isDirectory());
    }
  },
  'a link to a link can be linked to': ({ fs, at, does }) => {
    fs.symlinkSync('nowhere', at('link'));
    does(() => fs.linkSync(at('link'), at('twin')));
    does(() => fs.lstatSync(at('twin')));
    does(() => fs.readlinkSync(at('twin')));
    does(() => fs.unlinkSync(at('link')));
    does(() => fs.lstatSync(at('twin')));
  },
  'names of 255 bytes fit, 256 do not': (stage) => {
    const { fs, at, does, opens } = stage;
    put(stage, 'file');
    for (const name of [
      'n'.repeat(255),
      'n'.repeat(256),
      `${'ü'.repeat(127)}n`,
      'ü'.repeat(128),
      '€'.repeat(85),
      '€'.repeat(86),
      '😀'.repeat(63),
      '😀'.repeat(64),
    ]) {
      opens(at(name), 'w');
      does(() => fs.mkdirSync(at(`d${name.slice(1)}`)));
      does(() => fs.symlinkSync('x', at(`s${name.slice(1)}`)));
      does(() => fs.linkSync(at('file'), at(`l${name.slice(1)}`)));
      does(() => fs.renameSync(at(name), at(`r${name.slice(1)}`)));
      does(() => fs.unlinkSync(at(`l${name.slice(1)}`)));
    }
  },
  'paths of 4095 bytes fit, 4096 do not': (stage) => {
    const { fs, at, does } = stage;
    put(stage, 'file');
    const long = (length: number): string => `${at()}${'/'.repeat(length - at('file').length)}/file`;
    for (const length of [4094, 4095, 4096, 5000]) {
      does(() => Buffer.byteLength(long(length)));
      does(() => fs.statSync(long(length)).isFile());
      does(() => fs.existsSync(long(length)));
      does(() => fs.renameSync(long(length), at('file')));
      does(() => fs.unlinkSync(long(length).replace('file', 'none')));
      does(() => fs.mkdirSync(long(length), { recursive: true }));
    }
  },
  'names are listed in the order of their bytes': (stage) => {
    const { fs, at, does } = stage;
    for (const name of ['b', 'a', 'B', 'ä', 'Z', '1', '10', '2', '.hidden', '~', '_', '\uffee', '😀', 'aa', ' ', '\n'])
      put(stage, name);
    does(() => fs.readdirSync(at()));
    does(() => fs.readdirSync(at(), 'buffer'));
    does(() => fs.readdirSync(at(), 'hex'));
    does(() => fs.readdirSync(at(), { encoding: 'latin1', withFileTypes: true }).map(({ name }) => name));
    does(() => fs.readdirSync(at(), { encoding: 'buffer', withFileTypes: true }).map(({ name }) => name));
  },
  'a tree is listed whole': (stage) => {
    const { fs, at, does } = stage;
    put(stage, 'b/file');
    put(stage, 'a/deep/er/file');
    put(stage, 'a/file');
    fs.symlinkSync('a', at('link'));
    fs.symlinkSync('nowhere', at('a/deep/link'));
    for (const path of [at(), `${at()}/`, `${at()}//a/.`, at('link')]) {
      does(() => fs.readdirSync(path, { recursive: true }));
      does(() => fs.readdirSync(path, { recursive: true, withFileTypes: true }));
    }
  },
  'a directory that is removed while it is listed': ({ fs, at, does }) => {
    fs.mkdirSync(at('sub'));
    const directory = fs.opendirSync(at('sub'));
    does(() => fs.rmdirSync(at('sub')));
    does(() => directory.readSync());
    does(() => directory.closeSync());
    does(() => directory.readSync());
    does(() => directory.closeSync());
  },
  'mkdir answers the first directory that it made': ({ fs, at, does }) => {
    does(() => fs.mkdirSync(at('a')));
    does(() => fs.mkdirSync(at('a'), { recursive: true }));
    does(() => fs.mkdirSync(at('a/b/c/d'), { recursive: true }));
    does(() => fs.mkdirSync(at('a/e/'), { recursive: true }));
    does(() => fs.mkdirSync(at('a/./f'), { recursive: true }));
    does(() => fs.mkdirSync(at('a/g//h'), { recursive: true }));
    does(() => fs.mkdirSync(at('a/i/../j'), { recursive: true }));
    does(() => fs.mkdirSync(at('k'), { recursive: true, mode: 0o700 }));
    does(() => fs.mkdirSync('/', { recursive: true }));
    does(() => fs.mkdirSync('/'));
  },
  'mkdir does not go through what is no directory': (stage) => {
    const { fs, at, does } = stage;
    put(stage, 'file');
    fs.symlinkSync('file', at('link'));
    fs.symlinkSync('missing', at('dangling'));
    fs.mkdirSync(at('real'));
    fs.symlinkSync('real', at('to-real'));
    for (const path of [
      'file',
      'file/x',
      'file/x/y',
      'link',
      'link/x',
      'dangling',
      'dangling/x',
      'to-real',
      'to-real/x/y',
      'to-real/',
    ])
      does(() => fs.mkdirSync(at(path), { recursive: true }));
  },
  'mkdtemp makes a directory for its owner alone, with six characters more': ({ fs, at, does }) => {
    const made = [0, 1, 2].map(() => fs.mkdtempSync(at('made-')));
    does(() => new Set(made).size);
    for (const path of made) {
      does(() => path.slice(0, -6));
      does(() => /^[A-Za-z0-9]{6}$/.test(path.slice(-6)));
      does(() => fs.statSync(path));
      fs.rmdirSync(path);
    }
    does(() => fs.mkdtempSync(at('missing/made-')));
    const bytes = does(() => Buffer.isBuffer(fs.mkdtempSync(at('bytes-'), 'buffer')));
    if (bytes === true) for (const name of fs.readdirSync(at())) fs.rmdirSync(at(name));
  },
  'removing what is not empty, not there, or not a directory': (stage) => {
    const { fs, at, does } = stage;
    put(stage, 'full/file');
    fs.mkdirSync(at('empty'));
    fs.symlinkSync('empty', at('link'));
    for (const path of ['full', 'full/file', 'link', 'link/', 'empty/.', 'empty/..', 'absent', 'empty/', 'empty'])
      does(() => fs.rmdirSync(at(path)));
    does(() => fs.rmdirSync('/'));
    does(() => fs.unlinkSync('/'));
  },
  'the root is not moved': {
    needs: 'ext4',
    run: (stage) => {
      const { fs, at, does } = stage;
      put(stage, 'full/file');
      does(() => fs.renameSync('/', at('root')));
      does(() => fs.renameSync(at('full'), '/'));
    },
  },
  'inode numbers stay with files and are not given twice': (stage) => {
    const { fs, at, does, opens } = stage;
    const path = put(stage, 'file');
    const { ino } = fs.statSync(path);
    const fd = opens(path, 'r');
    fs.unlinkSync(path);
    put(stage, 'file');
    does(() => fs.fstatSync(fd).ino === ino);
    does(() => fs.statSync(path).ino === ino);
    does(() => fs.renameSync(path, at('moved')));
    does(() => fs.statSync(at('moved')).ino === fs.lstatSync(at('moved'), { bigint: false }).ino);
  },
  'an unlinked directory in the middle of a path': ({ fs, at, does }) => {
    fs.mkdirSync(at('a/b'), { recursive: true });
    fs.symlinkSync('a/b', at('link'));
    fs.rmdirSync(at('a/b'));
    does(() => fs.statSync(at('link')));
    does(() => fs.mkdirSync(at('link/c')));
    does(() => fs.mkdirSync(at('a/b/c')));
    does(() => fs.readdirSync(at('link')));
  },
};
