// What is done through descriptors.

import { constants } from 'node:fs';
import { CLOSED_FD, type Probes, contentAt, put } from './probe';

const { O_APPEND, O_RDONLY, O_RDWR, O_WRONLY } = constants;

export const DESCRIPTOR_PROBES: Probes = {
  'a descriptor for reading cannot write': (stage) => {
    const { fs, does, opens } = stage;
    const fd = opens(put(stage, 'file'), 'r');
    does(() => fs.writeSync(fd, 'x'));
    does(() => fs.writeSync(fd, ''));
    does(() => fs.writeSync(fd, 'x', 1));
    does(() => fs.writevSync(fd, [Buffer.from('x')]));
    does(() => fs.ftruncateSync(fd, 1));
    does(() => fs.fsyncSync(fd));
    does(() => fs.fdatasyncSync(fd));
    does(() => fs.fchmodSync(fd, 0o600));
  },
  'a descriptor for writing cannot read': (stage) => {
    const { fs, does, opens } = stage;
    const fd = opens(put(stage, 'file'), O_WRONLY);
    does(() => fs.readSync(fd, Buffer.alloc(1)));
    does(() => fs.readSync(fd, Buffer.alloc(1), 0, 1, 0));
    does(() => fs.readSync(fd, Buffer.alloc(1), 0, 0, 0));
    does(() => fs.readvSync(fd, [Buffer.alloc(1)]));
  },
  'a closed descriptor does nothing at all': ({ fs, at, does, opens }) => {
    const fd = opens(at('file'), 'w');
    does(() => fs.closeSync(fd));
    does(() => fs.closeSync(fd));
    for (const closed of [fd, CLOSED_FD]) {
      does(() => fs.readSync(closed, Buffer.alloc(1)));
      does(() => fs.readSync(closed, Buffer.alloc(0)));
      does(() => fs.readvSync(closed, [Buffer.alloc(1)]));
      does(() => fs.readvSync(closed, []));
      does(() => fs.writeSync(closed, 'x'));
      does(() => fs.writeSync(closed, ''));
      does(() => fs.writevSync(closed, [Buffer.from('x')]));
      does(() => fs.writevSync(closed, []));
      does(() => fs.ftruncateSync(closed, 1));
      does(() => fs.fsyncSync(closed));
      does(() => fs.fdatasyncSync(closed));
      does(() => fs.fstatSync(closed));
      does(() => fs.fchmodSync(closed, 0o600));
      does(() => fs.fchownSync(closed, 1, 1));
      does(() => fs.futimesSync(closed, 1, 1));
    }
  },
  'a descriptor of a directory is for looking only': ({ fs, at, does, opens }) => {
    const fd = opens(at(), 'r');
    does(() => fs.readSync(fd, Buffer.alloc(1)));
    does(() => fs.readSync(fd, Buffer.alloc(1), 0, 1, 0));
    does(() => fs.readvSync(fd, [Buffer.alloc(1)]));
    does(() => fs.writeSync(fd, 'x'));
    does(() => fs.ftruncateSync(fd, 0));
    does(() => fs.fsyncSync(fd));
    does(() => fs.fdatasyncSync(fd));
    does(() => fs.fstatSync(fd));
    does(() => fs.fchmodSync(fd, 0o750));
    does(() => fs.futimesSync(fd, 5, 6));
    does(() => fs.fstatSync(fd).mtimeMs);
  },
  'the lowest number is given out again': ({ fs, at, does, opens }) => {
    const [first, second, third] = [opens(at('a'), 'w'), opens(at('b'), 'w'), opens(at('c'), 'w')];
    does(() => second > first && third > second);
    fs.closeSync(second);
    fs.closeSync(first);
    does(() => opens(at('d'), 'w') === first);
    does(() => opens(at('e'), 'w') === second);
  },
  'reads and writes share the position of one descriptor': (stage) => {
    const { fs, does, opens } = stage;
    const path = put(stage, 'file', '0123456789');
    const fd = opens(path, 'r+');
    const bytes = Buffer.alloc(3);
    does(() => [fs.readSync(fd, bytes), bytes.toString()]);
    does(() => fs.writeSync(fd, 'ab'));
    does(() => [fs.readSync(fd, bytes), bytes.toString()]);
    does(() => [fs.readSync(fd, bytes), bytes.toString()]);
    does(() => [fs.readSync(fd, bytes), bytes.toString()]);
    does(() => contentAt(stage, path));
  },
  'a position of its own leaves that of the descriptor': (stage) => {
    const { fs, does, opens } = stage;
    const path = put(stage, 'file', '0123456789');
    const fd = opens(path, 'r+');
    const bytes = Buffer.alloc(2);
    does(() => fs.writeSync(fd, 'ab', 4));
    does(() => [fs.readSync(fd, bytes, 0, 2, 8), bytes.toString()]);
    does(() => [fs.readSync(fd, bytes, 0, 2, 8n), bytes.toString()]);
    does(() => [fs.readSync(fd, bytes, 0, 2, -1), bytes.toString()]);
    does(() => [fs.readSync(fd, bytes, 0, 2, null), bytes.toString()]);
    does(() => fs.writeSync(fd, Buffer.from('xyz'), 1, 2, 9));
    does(() => fs.writeSync(fd, Buffer.from('xyz'), 0, 3, -7));
    does(() => fs.writeSync(fd, Buffer.from('q'), { position: 0 } as unknown as number));
    does(() => contentAt(stage, path));
  },
  'two descriptors of one file have positions of their own and see one content': (stage) => {
    const { fs, does, opens } = stage;
    const path = put(stage, 'file', 'abcdef');
    const [one, two] = [opens(path, 'r+'), opens(path, 'r+')];
    const bytes = Buffer.alloc(6);
    does(() => fs.writeSync(one, 'XY'));
    does(() => [fs.readSync(two, bytes), bytes.toString()]);
    does(() => fs.ftruncateSync(one, 1));
    does(() => fs.fstatSync(two));
    does(() => fs.writeSync(two, '!'));
    does(() => contentAt(stage, path));
  },
  'appending ignores where it is told to write': (stage) => {
    const { fs, does, opens } = stage;
    const path = put(stage, 'file', 'abc');
    const fd = opens(path, O_RDWR | O_APPEND);
    const bytes = Buffer.alloc(2);
    does(() => [fs.readSync(fd, bytes), bytes.toString()]);
    does(() => fs.writeSync(fd, 'D', 0));
    does(() => [fs.readSync(fd, bytes), bytes.toString()]);
    does(() => fs.writeSync(fd, 'E'));
    does(() => [fs.readSync(fd, bytes), bytes.toString()]);
    does(() => fs.writevSync(fd, [Buffer.from('F'), Buffer.from('G')], 1));
    does(() => contentAt(stage, path));
  },
  'two that append never write over each other': (stage) => {
    const { fs, at, does, opens } = stage;
    const [one, two] = [opens(at('log'), 'a'), opens(at('log'), 'a')];
    for (let i = 0; i < 3; i++) {
      does(() => fs.writeSync(one, `one${i};`));
      does(() => fs.writeSync(two, `two${i};`));
    }
    does(() => fs.ftruncateSync(one, 4));
    does(() => fs.writeSync(two, 'end'));
    does(() => contentAt(stage, at('log')));
  },
  'a write behind the end leaves zeros between': (stage) => {
    const { fs, at, does, opens } = stage;
    const fd = opens(at('file'), 'w+');
    does(() => fs.writeSync(fd, 'end', 10));
    does(() => fs.writeSync(fd, 'start'));
    does(() => fs.fstatSync(fd));
    does(() => contentAt(stage, at('file')));
  },
  'truncation cuts, and lengthens by zeros': (stage) => {
    const { fs, does, opens } = stage;
    const path = put(stage, 'file', 'abcdefgh');
    const fd = opens(path, 'r+');
    does(() => fs.ftruncateSync(fd, 5));
    does(() => fs.ftruncateSync(fd, 7));
    does(() => contentAt(stage, path));
    does(() => fs.ftruncateSync(fd));
    does(() => fs.fstatSync(fd));
    does(() => fs.ftruncateSync(fd, 3));
    does(() => fs.writeSync(fd, 'x'));
    does(() => contentAt(stage, path));
    does(() => fs.ftruncateSync(fd, -5));
    does(() => fs.truncateSync(path, 2));
    does(() => fs.truncateSync(path));
  },
  'what was cut off does not come back': (stage) => {
    const { fs, does, opens } = stage;
    const path = put(stage, 'file', 'secret secret');
    const fd = opens(path, 'r+');
    does(() => fs.ftruncateSync(fd, 2));
    does(() => fs.writeSync(fd, '!', 12));
    does(() => contentAt(stage, path));
    does(() => fs.ftruncateSync(fd, 1));
    does(() => fs.ftruncateSync(fd, 20));
    does(() => contentAt(stage, path));
  },
  'a file too large is refused, and left as it is': {
    needs: 'ext4',
    run: (stage) => {
      const { fs, does, opens } = stage;
      const path = put(stage, 'file', 'abc');
      const fd = opens(path, 'r+');
      does(() => fs.ftruncateSync(fd, Number.MAX_SAFE_INTEGER));
      does(() => fs.writeSync(fd, 'x', Number.MAX_SAFE_INTEGER - 5));
      does(() => fs.truncateSync(path, 2 ** 52));
      does(() => fs.fstatSync(fd));
    },
  },
  'a huge hole takes no room and reads as zeros': (stage) => {
    const { fs, does, opens } = stage;
    const path = put(stage, 'file', 'abc');
    const fd = opens(path, 'r+');
    const bytes = Buffer.alloc(4, 'x');
    does(() => fs.ftruncateSync(fd, 2 ** 40));
    does(() => fs.fstatSync(fd));
    does(() => [fs.readSync(fd, bytes, 0, 4, 2), bytes.toString('latin1')]);
    does(() => [fs.readSync(fd, bytes, 0, 4, 2 ** 40 - 2), bytes.toString('latin1')]);
    does(() => fs.readSync(fd, bytes, 0, 4, 2 ** 41));
    does(() => fs.ftruncateSync(fd, 5));
  },
  'an unlinked file lives on behind its descriptor': (stage) => {
    const { fs, does, opens } = stage;
    const path = put(stage, 'file', 'content');
    const fd = opens(path, 'r+');
    does(() => fs.unlinkSync(path));
    does(() => fs.fstatSync(fd));
    does(() => fs.writeSync(fd, 'CON'));
    put(stage, 'file', 'another');
    const bytes = Buffer.alloc(7);
    does(() => [fs.readSync(fd, bytes, 0, 7, 0), bytes.toString()]);
    does(() => fs.ftruncateSync(fd, 3));
    does(() => fs.fchmodSync(fd, 0o600));
    does(() => fs.fsyncSync(fd));
    does(() => contentAt(stage, path));
  },
  'a replaced file lives on behind its descriptor': (stage) => {
    const { fs, at, does, opens } = stage;
    const [old, fresh] = [put(stage, 'target', 'old'), put(stage, 'fresh', 'new')];
    const fd = opens(old, 'r');
    fs.linkSync(old, at('kept'));
    does(() => fs.renameSync(fresh, old));
    const bytes = Buffer.alloc(3);
    does(() => [fs.readSync(fd, bytes), bytes.toString()]);
    does(() => fs.fstatSync(fd));
    does(() => fs.fstatSync(fd).ino === fs.statSync(at('kept')).ino);
    does(() => fs.fstatSync(fd).ino === fs.statSync(old).ino);
  },
  'a descriptor follows its file through renames': (stage) => {
    const { fs, at, does, opens } = stage;
    const fd = opens(put(stage, 'file'), 'r+');
    does(() => fs.renameSync(at('file'), at('moved')));
    put(stage, 'file', 'another');
    does(() => fs.writeSync(fd, 'written'));
    does(() => fs.fstatSync(fd).ino === fs.statSync(at('moved')).ino);
  },
  'a file made for nobody can still be written by who made it': (stage) => {
    const { fs, at, does, opens } = stage;
    const fd = opens(at('file'), 'w+', 0o000);
    does(() => fs.writeSync(fd, 'text'));
    does(() => fs.readSync(fd, Buffer.alloc(4), 0, 4, 0));
    opens(at('file'), 'r');
    opens(at('file'), 'r+');
    does(() => fs.accessSync(at('file'), constants.W_OK));
  },
  'readv fills its parts in turn, writev empties them': (stage) => {
    const { fs, at, does, opens } = stage;
    const fd = opens(at('file'), 'w+');
    const parts = ['ab', '', 'cde', 'f'].map((text) => Buffer.from(text));
    does(() => fs.writevSync(fd, parts));
    does(() => fs.writevSync(fd, [new Uint16Array([0x4242]), new DataView(new ArrayBuffer(2))], 1));
    does(() => fs.writevSync(fd, parts, null as unknown as number));
    does(() => fs.writevSync(fd, []));
    const into = [Buffer.alloc(3), Buffer.alloc(0), Buffer.alloc(6), Buffer.alloc(20)];
    does(() => [fs.readvSync(fd, into, 2), ...into.map(String)]);
    does(() => fs.readvSync(fd, into));
    does(() => fs.readvSync(fd, []));
    does(() => contentAt(stage, at('file')));
  },
  'nothing written is nothing done': (stage) => {
    const { fs, does, opens } = stage;
    const path = put(stage, 'file', 'abc');
    const fd = opens(path, 'r+');
    does(() => fs.writeSync(fd, ''));
    does(() => fs.writeSync(fd, '', 100));
    does(() => fs.writeSync(fd, Buffer.alloc(0), 0, 0, 100));
    does(() => fs.fstatSync(fd));
  },
  'a descriptor opened with O_RDONLY|O_TRUNC empties and then reads': (stage) => {
    const { fs, does, opens } = stage;
    const fd = opens(put(stage, 'file', 'abc'), O_RDONLY | constants.O_TRUNC);
    does(() => fs.readSync(fd, Buffer.alloc(3)));
    does(() => fs.writeSync(fd, 'x'));
  },
  'writes of strings in every encoding': (stage) => {
    const { fs, at, does, opens } = stage;
    const fd = opens(at('file'), 'w');
    for (const encoding of [
      'utf8',
      'utf-8',
      'UTF8',
      'latin1',
      'binary',
      'ascii',
      'ucs2',
      'utf16le',
      'base64',
      'base64url',
      'hex',
    ])
      does(() => fs.writeSync(fd, '6e65äö', null, encoding as BufferEncoding));
    does(() => fs.writeSync(fd, '6e6', null, 'hex'));
    does(() => fs.writeSync(fd, '\ud800 half a pair'));
    does(() => fs.writeSync(fd, 'x', null, 'klingon' as BufferEncoding));
    does(() => contentAt(stage, at('file')));
  },
  'writes and reads of every view': (stage) => {
    const { fs, at, does, opens } = stage;
    const fd = opens(at('file'), 'w+');
    const views = [
      new Uint8Array([65, 66, 67]),
      new Int32Array([1, 2]),
      new Float64Array([1.5]),
      new DataView(new ArrayBuffer(4), 1, 2),
    ];
    for (const view of views) {
      does(() => fs.writeSync(fd, view));
      does(() => fs.writeSync(fd, view, 1));
      does(() => fs.writeSync(fd, view, 0, 2));
      does(() => fs.writeSync(fd, view, { offset: 1, length: 1 } as unknown as number));
      does(() => fs.readSync(fd, view, 0, 2, 0));
      does(() => fs.readSync(fd, view, { position: 1 }));
      does(() => view);
    }
  },
};
