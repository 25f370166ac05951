// Probes that the memory disk is known to answer otherwise, each with the reason. Nothing else may differ.

import { timeResolutionNs } from '../../../src/testing/disk/node-versions';
import { type Probe, type Probes, put } from './probe';

export const DIFFERING_PROBES: Probes = {
  'open flags that node has no names for': (stage) => {
    const path = put(stage, 'file');
    stage.opens(path, -1);
    stage.opens(path, O_PATH);
    stage.opens(stage.at(), O_TMPFILE_WRITING, 0o600);
  },
  'names that are not UTF-8': ({ fs, at, does, opens }) => {
    const path = Buffer.concat([Buffer.from(at('name-')), Buffer.from([0xff, 0xfe])]);
    opens(path as unknown as string, 'w');
    does(() => fs.existsSync(path));
    does(() => fs.readdirSync(at()).length);
    does(() => fs.unlinkSync(path));
  },
  'a byte that is terabytes away from the beginning of its file': ({ fs, at, does, opens }) => {
    const fd = opens(at('file'), 'w');
    does(() => fs.writeSync(fd, 'x', 2 ** 41));
    does(() => fs.ftruncateSync(fd, 0));
  },
  'nanoseconds that a number of milliseconds cannot hold': (stage) => {
    const { fs, does } = stage;
    const path = put(stage, 'file');
    does(() => fs.utimesSync(path, 1, new Date(1_234_567_890_123)));
    does(() => fs.statSync(path, { bigint: true }).mtimeNs);
  },
};

const O_PATH = 0o10000000;
const O_TMPFILE_WRITING = 0o20200001;

/** Why each of them differs, where it does. */
export const DECLARED: Readonly<Record<string, string>> = {
  'open flags that node has no names for':
    'O_PATH is not supported, and O_TMPFILE is refused as by file systems without it (EISDIR, open(2))',
  'names that are not UTF-8': 'names are text here; others are refused with EILSEQ, as by APFS',
  'a byte that is terabytes away from the beginning of its file':
    'a file is stored in one buffer, so that a hole in its middle takes room: ENOSPC behind 4 GiB',
  ...(timeResolutionNs === 1 && {
    'nanoseconds that a number of milliseconds cannot hold':
      'times are kept as milliseconds, in a double; libuv keeps nanoseconds since 1.52',
  }),
};

export function isDeclared({ title }: Pick<Probe, 'title'>): boolean {
  return title in DECLARED;
}
