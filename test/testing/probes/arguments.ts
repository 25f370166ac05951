// Arguments in all the forms that node takes, and those that it refuses.

import { pathToFileURL } from 'node:url';
import { runInNewContext } from 'node:vm';
import { type Probes, type Stage, contentAt, put } from './probe';

type AnyFs = Record<string, (...args: unknown[]) => unknown>;

const PATH_CALLS: Readonly<Record<string, readonly unknown[]>> = {
  openSync: ['r'],
  accessSync: [],
  chmodSync: [0o600],
  chownSync: [-1, -1],
  lchownSync: [-1, -1],
  existsSync: [],
  lstatSync: [],
  statSync: [],
  statfsSync: [],
  mkdirSync: [],
  mkdtempSync: [],
  opendirSync: [],
  readdirSync: [],
  readlinkSync: [],
  realpathSync: [],
  rmdirSync: [],
  truncateSync: [],
  unlinkSync: [],
  utimesSync: [1, 1],
  lutimesSync: [1, 1],
  renameSync: ['/dev/null/none'],
  linkSync: ['/dev/null/none'],
  symlinkSync: ['/dev/null/none'],
};

const FD_CALLS: Readonly<Record<string, readonly unknown[]>> = {
  closeSync: [],
  fchmodSync: [0o600],
  fchownSync: [-1, -1],
  fdatasyncSync: [],
  fstatSync: [],
  fsyncSync: [],
  ftruncateSync: [1],
  futimesSync: [1, 1],
  readSync: [Buffer.alloc(1)],
  readvSync: [[Buffer.alloc(1)]],
  writeSync: ['x'],
  writevSync: [[Buffer.from('x')]],
};

const NO_PATHS: readonly unknown[] = [
  undefined,
  null,
  true,
  {},
  [],
  () => {},
  Symbol('path'),
  5n,
  NaN,
  'nul\0byte',
  Buffer.from('nul\0byte'),
  new URL('http://example.org/'),
  new URL('file:///nul%00byte'),
  new URL('file:///slash%2Fed'),
  new URL('file://host/x'),
];

const NO_FDS: readonly unknown[] = [undefined, null, '1', -1, 1.5, NaN, Infinity, 2 ** 31, {}, [], 5n];

function onFile(call: (fs: AnyFs, fd: number, stage: Stage) => void): (stage: Stage) => void {
  return (stage) => {
    const path = put(stage, 'file', 'some content');
    call(stage.fs as unknown as AnyFs, stage.opens(path, 'r+'), stage);
    stage.does(() => contentAt(stage, path));
  };
}

/** Refusals that show a descriptor show a number that differs. */
export const ARGUMENT_PROBES: Probes = {
  ...Object.fromEntries(
    Object.entries(PATH_CALLS).map(([name, rest]) => [
      `${name} of what is no path`,
      ({ fs, does }: Stage) => {
        for (const path of NO_PATHS) does(() => (fs as unknown as AnyFs)[name]!(path, ...rest));
      },
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(FD_CALLS).map(([name, rest]) => [
      `${name} of what is no descriptor`,
      ({ fs, does }: Stage) => {
        for (const fd of NO_FDS) does(() => (fs as unknown as AnyFs)[name]!(fd, ...rest));
      },
    ]),
  ),
  'the second path is looked at too': ({ fs, at, does }) => {
    for (const path of NO_PATHS) {
      for (const name of ['renameSync', 'linkSync', 'symlinkSync'] as const) {
        does(() => (fs as unknown as AnyFs)[name]!(at('absent'), path));
      }
    }
    does(() => fs.renameSync('', at('x')));
    does(() => fs.renameSync(at('x'), ''));
    does(() => fs.linkSync('', ''));
    does(() => fs.symlinkSync('x', ''));
    does(() => fs.symlinkSync('x', at('y'), 'file'));
    does(() => fs.symlinkSync('x', at('z'), null));
  },
  'the empty path leads nowhere': ({ fs, does, opens }) => {
    opens('', 'r');
    opens('', 'w');
    for (const name of [
      'statSync',
      'lstatSync',
      'accessSync',
      'mkdirSync',
      'rmdirSync',
      'unlinkSync',
      'readdirSync',
      'readlinkSync',
      'existsSync',
      'truncateSync',
      'opendirSync',
      'statfsSync',
    ])
      does(() => (fs as unknown as AnyFs)[name]!(''));
    does(() => fs.mkdirSync('', { recursive: true }));
    does(() => fs.realpathSync.native(''));
  },
  'paths as bytes and as URLs': (stage) => {
    const { fs, at, does, opens } = stage;
    put(stage, 'file ü', 'text');
    const forms = [Buffer.from(at('file ü')), new Uint8Array(Buffer.from(at('file ü'))), pathToFileURL(at('file ü'))];
    for (const path of forms as Buffer[]) {
      opens(path as unknown as string, 'r+');
      does(() => fs.statSync(path));
      does(() => fs.existsSync(path));
      does(() => fs.chmodSync(path, 0o640));
      does(() => fs.realpathSync.native(path));
      does(() => fs.renameSync(path, at('moved')));
      does(() => fs.renameSync(at('moved'), path));
      does(() => fs.linkSync(path, at('twin')));
      does(() => fs.unlinkSync(at('twin')));
      does(() => fs.mkdirSync(path));
      does(() => fs.readdirSync(path));
      does(() => fs.rmdirSync(path));
      does(() => fs.symlinkSync(path, at('link')));
      does(() => fs.readlinkSync(at('link')));
      does(() => fs.unlinkSync(at('link')));
      does(() => fs.readlinkSync(path));
    }
    const { href, protocol, hostname, pathname } = pathToFileURL(at('file ü'));
    // Whatever looks like a URL is one.
    const alike = { href, protocol, hostname, pathname, toString: () => 'alike' } as unknown as string;
    does(() => fs.statSync(alike));
    does(() => fs.mkdirSync(alike));
    does(() => fs.realpathSync(alike));
    const foreign = runInNewContext('new Uint8Array(bytes)', { bytes: [...Buffer.from(at('file ü'))] }) as Uint8Array;
    does(() => fs.statSync(foreign as Buffer));
    const directory = [Buffer.from(at()), pathToFileURL(at())];
    for (const path of directory as Buffer[]) {
      does(() => fs.readdirSync(path));
      does(() => fs.readdirSync(path, { withFileTypes: true }));
    }
  },
  'relative paths begin where the process stands': ({ fs, does }) => {
    does(() => fs.statSync('no-such-thing-here'));
    does(() => fs.realpathSync('no-such-thing-here/../neither'));
    does(() => fs.readlinkSync('./no-such-thing-here'));
  },
  'half a surrogate pair in a name becomes U+FFFD': (stage) => {
    const { fs, at, does, opens } = stage;
    opens(at('half-\ud800'), 'w');
    does(() => fs.readdirSync(at()));
    does(() => fs.existsSync(at('half-\ufffd')));
    does(() => fs.symlinkSync('\udc00', at('link')));
    does(() => fs.readlinkSync(at('link')));
  },
  'open flags of every kind': (stage) => {
    const path = put(stage, 'file');
    for (const flags of [undefined, null, '', 'rw', 'R', 'r ', 'wxx', 1.5, NaN, 2 ** 31, {}, [], 5n, true])
      stage.opens(path, flags as string);
  },
  'open modes of every kind': ({ fs, at, does }) => {
    for (const [index, mode] of [
      undefined,
      null,
      '600',
      '0640',
      'x',
      '',
      1.5,
      -1,
      2 ** 32,
      {},
      [],
      '888',
      0o600,
    ].entries())
      does(() => fs.closeSync(fs.openSync(at(`${index}`), 'w', mode as number)));
  },
  'access modes of every kind': (stage) => {
    const path = put(stage, 'file');
    for (const mode of [undefined, null, 0, 4, 8, 7, -1, 1.5, '4', {}])
      stage.does(() => stage.fs.accessSync(path, mode as number));
  },
  'lengths of every kind': onFile((fs, fd, { does, at }) => {
    for (const length of [undefined, null, 5, 5.5, '5', -1, NaN, Infinity, 2 ** 53, 5n, {}]) {
      does(() => fs['ftruncateSync']!(fd, length));
      does(() => fs['truncateSync']!(at('file'), length));
    }
  }),
  'what may be written': onFile((fs, fd, { does }) => {
    for (const data of [
      undefined,
      null,
      5,
      true,
      {},
      [],
      ['x'],
      new Date(0),
      { toString: () => 'own' },
      new String('boxed'),
      5n,
      new ArrayBuffer(2),
      new Uint8Array(2),
    ])
      does(() => fs['writeSync']!(fd, data));
    for (const parts of [
      undefined,
      null,
      'x',
      {},
      ['x'],
      [Buffer.from('a'), 'x'],
      new Uint8Array(3),
      [],
      [new Uint8Array(0)],
    ]) {
      does(() => fs['writevSync']!(fd, parts));
      does(() => fs['readvSync']!(fd, parts));
    }
  }),
  'offsets, lengths and positions of a write': onFile((fs, fd, { does }) => {
    const bytes = Buffer.from('0123456789');
    const numbers = [undefined, null, 0, 3, 10, 11, -1, 1.5, NaN, '2', 2n, Infinity, true];
    for (const offset of numbers) does(() => fs['writeSync']!(fd, bytes, offset));
    for (const length of numbers) does(() => fs['writeSync']!(fd, bytes, 4, length));
    for (const position of numbers) does(() => fs['writeSync']!(fd, bytes, 4, 2, position));
    for (const position of numbers) does(() => fs['writeSync']!(fd, 'text', position));
    for (const options of [
      {},
      { offset: 3 },
      { offset: 8, length: 2 },
      { length: 20 },
      { position: 3, length: 1 },
      { offset: null },
      [],
      { offset: 'x' },
    ])
      does(() => fs['writeSync']!(fd, bytes, options));
    for (const encoding of [undefined, null, 'utf8', 'buffer', 'nonsense', 5, {}, ''])
      does(() => fs['writeSync']!(fd, 'text', 0, encoding));
    for (const position of numbers) does(() => fs['writevSync']!(fd, [bytes], position));
  }),
  'offsets, lengths and positions of a read': onFile((fs, fd, { does }) => {
    const numbers = [undefined, null, 0, 3, 10, 11, -1, -2, 1.5, NaN, '2', 2n, -1n, -2n, Infinity, true, 2 ** 53];
    const into = (...args: unknown[]): void => {
      const bytes = Buffer.alloc(10, '.');
      does(() => fs['readSync']!(fd, bytes, ...args));
      does(() => bytes.toString());
    };
    for (const offset of numbers) into(offset, 2, 0);
    for (const length of numbers) into(4, length, 0);
    for (const position of numbers) into(4, 2, position);
    for (const offset of numbers) into(offset);
    for (const length of numbers) into(4, length);
    for (const options of [
      {},
      { offset: 3 },
      { offset: 8, length: 2, position: 0 },
      { length: 20 },
      { position: 3, length: 1 },
      { offset: null },
      { length: null },
      [],
      { offset: 'x' },
      { position: 3n },
      { length: 0 },
    ])
      into(options);
    for (const bytes of [undefined, null, 'x', [], {}, new ArrayBuffer(3), Buffer.alloc(0)])
      does(() => fs['readSync']!(fd, bytes, 0, 1, 0));
    for (const position of numbers) does(() => fs['readvSync']!(fd, [Buffer.alloc(3)], position));
  }),
  'options of every kind': (stage) => {
    const { at, does } = stage;
    const fs = stage.fs as unknown as AnyFs;
    put(stage, 'file');
    stage.fs.symlinkSync('file', at('link'));
    const OPTIONS = [
      undefined,
      null,
      'utf8',
      'hex',
      'buffer',
      'nonsense',
      '',
      5,
      true,
      {},
      [],
      { encoding: 'latin1' },
      { encoding: 'buffer' },
      { encoding: 'nonsense' },
      { encoding: null },
      { recursive: 'yes' },
      { recursive: null },
      { recursive: 0 },
      { withFileTypes: 1 },
      () => {},
    ];
    for (const options of OPTIONS) {
      does(() => fs['readdirSync']!(at(), options));
      does(() => fs['readlinkSync']!(at('link'), options));
      does(() => fs['realpathSync']!(at('link'), options));
      does(() => stage.fs.realpathSync.native(at('link'), options as 'utf8'));
      does(() => (stage.fs.opendirSync(at(), options as object).closeSync(), 'opened'));
    }
    for (const [index, options] of [
      undefined,
      null,
      0o700,
      '700',
      'x',
      {},
      [],
      { recursive: 1 },
      { recursive: 'yes' },
      { recursive: undefined, mode: undefined },
      { mode: '0750' },
      { mode: null },
      { mode: -1 },
      true,
      false,
      0,
      '',
    ].entries())
      does(() => fs['mkdirSync']!(at(`made-${index}`), options));
    for (const options of [
      undefined,
      {},
      { bigint: 1 },
      { throwIfNoEntry: 0 },
      { throwIfNoEntry: undefined },
      { throwIfNoEntry: null },
      5,
      'x',
      null,
    ]) {
      does(() => fs['statSync']!(at('absent'), options));
      does(() => fs['lstatSync']!(at('absent'), options));
      does(() => fs['statSync']!(at('file/below'), options));
      does(() => fs['lstatSync']!(at('file'), options));
    }
    for (const options of [undefined, {}, { recursive: false }, { maxRetries: -1 }, 5, null])
      does(() => fs['rmdirSync']!(at('absent'), options));
  },
};
