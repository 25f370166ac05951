// Disks that have room for 64 KiB.

import { type Probes, type Stage, put } from './probe';

export const CAPACITY_KIB = 64;

/** Whole pages, which is what a real file system counts. */
const PAGE = 4096;
const PAGES = (CAPACITY_KIB * 1024) / PAGE;

function bytes(pages: number, fill = 'x'): Buffer {
  return Buffer.alloc(pages * PAGE, fill);
}

function sizes({ fs, at, does }: Stage): void {
  for (const name of fs.readdirSync(at())) does(() => [name, fs.lstatSync(at(name)).size]);
}

export const FULL_DISK_PROBES: Probes = {
  'a write that does not fit is short, and the next one fails': (stage) => {
    const { fs, at, does, opens } = stage;
    const fd = opens(at('file'), 'w');
    does(() => fs.writeSync(fd, bytes(PAGES + 9)));
    does(() => fs.writeSync(fd, bytes(1)));
    does(() => fs.writeSync(fd, ''));
    does(() => fs.fsyncSync(fd));
    does(() => fs.writeSync(fd, 'over what is there', 5));
    sizes(stage);
  },
  'the room that is left is shared': (stage) => {
    const { fs, at, does, opens } = stage;
    const [one, two] = [opens(at('one'), 'w'), opens(at('two'), 'w')];
    does(() => fs.writeSync(one, bytes(PAGES - 3)));
    does(() => fs.writeSync(two, bytes(2)));
    does(() => fs.writeSync(one, bytes(3)));
    does(() => fs.writeSync(two, bytes(1)));
    sizes(stage);
  },
  'a vector that does not fit is short too': (stage) => {
    const { fs, at, does, opens } = stage;
    const fd = opens(at('file'), 'w');
    does(() => fs.writevSync(fd, [bytes(PAGES - 1), bytes(3), bytes(1)]));
    does(() => fs.writevSync(fd, [bytes(1)]));
    sizes(stage);
  },
  'truncation and removal give room back': (stage) => {
    const { fs, at, does, opens } = stage;
    const [one, two] = [opens(at('one'), 'w'), opens(at('two'), 'w')];
    does(() => fs.writeSync(one, bytes(PAGES)));
    does(() => fs.writeSync(two, bytes(1)));
    does(() => fs.ftruncateSync(one, 3 * PAGE));
    does(() => fs.writeSync(two, bytes(PAGES)));
    does(() => fs.unlinkSync(at('one')));
    does(() => fs.writeSync(two, bytes(1)));
    does(() => fs.closeSync(one));
    does(() => fs.writeSync(two, bytes(PAGES)));
    sizes(stage);
  },
  'a file replaced by rename gives its room back, once nobody has it open': (stage) => {
    const { fs, at, does, opens } = stage;
    const target = opens(at('target'), 'w');
    does(() => fs.writeSync(target, bytes(PAGES - 2)));
    const staged = opens(at('staged'), 'w');
    does(() => fs.writeSync(staged, bytes(4)));
    does(() => fs.renameSync(at('staged'), at('target')));
    does(() => fs.writeSync(staged, bytes(1)));
    does(() => fs.closeSync(target));
    does(() => fs.writeSync(staged, bytes(1)));
    sizes(stage);
  },
  'holes take no room until something is written into them': (stage) => {
    const { fs, at, does, opens } = stage;
    const hole = opens(at('hole'), 'w');
    does(() => fs.ftruncateSync(hole, 2 * PAGES * PAGE));
    const fd = opens(at('file'), 'w');
    does(() => fs.writeSync(fd, bytes(PAGES)));
    does(() => fs.writeSync(hole, 'x'));
    does(() => fs.ftruncateSync(fd, 0));
    does(() => fs.writeSync(hole, bytes(1)));
    does(() => fs.writeSync(fd, bytes(PAGES), 0, PAGES * PAGE, 0));
    sizes(stage);
  },
  'opening to truncate gives room back': (stage) => {
    const { fs, at, does, opens } = stage;
    const fd = opens(at('file'), 'w');
    does(() => fs.writeSync(fd, bytes(PAGES)));
    const again = opens(at('file'), 'w');
    does(() => fs.writeSync(again, bytes(PAGES)));
    does(() => fs.writeSync(fd, bytes(1), 0, PAGE, 0));
    sizes(stage);
  },
  'names are made on a full disk': (stage) => {
    const { fs, at, does, opens } = stage;
    const fd = opens(at('file'), 'w');
    does(() => fs.writeSync(fd, bytes(PAGES)));
    does(() => fs.linkSync(at('file'), at('twin')));
    does(() => fs.symlinkSync('file', at('link')));
    does(() => fs.mkdirSync(at('directory')));
    does(() => fs.renameSync(at('twin'), at('directory/moved')));
    put(stage, 'empty', '');
    does(() => fs.unlinkSync(at('file')));
    does(() => fs.writeSync(fd, bytes(1)));
  },
};
