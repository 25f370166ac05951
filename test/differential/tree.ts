// The directory that one scenario plays in. This process lays it out and looks at it; another one plays.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import type { Stats } from 'node:fs';
import { constants, nodeFs as fs } from '../../src/ground/node-fs';
import { isStageName } from '../../src/protocol/leftover-name';
import { mountBind, mountReadOnly, mountTmpfs } from '../support/mount';
import { pictureOfBytes } from '../support/picture';
import { FAST_PLACE } from '../support/place';
import type { Picture, User } from './scenario';

export const OLD = 'old content, longer than the new';

/** An ordinary user, and another one. Not 65534, who stands for all that a user namespace knows nothing of. */
export const ORDINARY_USER = 12_345;
const OTHER = 1234;

/** Every file and directory is this old before the play, so that it shows which are written to. */
const LONG_AGO = new Date('2001-02-03T04:05:06Z');
const O_PATH = 0o10000000;

/** As the kernel reads it: the owner and user 1234 may read and write, all others may read. */
const ACCESS_CONTROL_LIST =
  'struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in ' +
  '[(1, 6, 2**32-1), (2, 6, 1234), (4, 4, 2**32-1), (16, 6, 2**32-1), (32, 4, 2**32-1)])';

interface Owner {
  /** @default 'own' */
  readonly owner?: 'own' | 'other';
  /** @default the owner's */
  readonly group?: 'own' | 'other';
}

interface FileLayout extends Owner {
  readonly mode?: number;
  readonly content?: string | Buffer;
}

export class Tree {
  readonly directory = fs.realpathSync(fs.mkdtempSync(`${FAST_PLACE}/fs-intact-differential-`));
  /** Who plays. */
  readonly uid: number;
  readonly gid: number;
  /** Modes of directories, set when everything is in them. */
  readonly #modes: (() => void)[] = [];
  /** What may only be done when all else is laid out. */
  readonly #finally: (() => void)[] = [];
  readonly #undo: (() => void)[] = [];
  readonly #fifos = new Map<string, { readonly fd: number; read: string }>();
  /** Every inode that was there before, held so that its number is not given to another. */
  readonly #names = new Map<string, string>();
  #isMounted = false;

  constructor(user: User) {
    this.uid = user === 'root' ? 0 : process.getuid!() || ORDINARY_USER;
    this.gid = user === 'root' ? 0 : process.getgid!() || ORDINARY_USER;
    this.#give('.', {});
    this.file('source', { mode: 0o640, content: 'the source' });
    this.folder('folder');
    this.file('folder/inner', { content: 'inside' });
  }

  /** Whether something was mounted in it, which goes with the end of the scenario. */
  get isMounted(): boolean {
    return this.#isMounted;
  }

  at(name: string): string {
    return name === '.' ? this.directory : `${this.directory}/${name}`;
  }

  file(name: string, { mode = 0o644, content = OLD, ...owner }: FileLayout = {}): void {
    fs.writeFileSync(this.at(name), content);
    this.#give(name, owner);
    fs.chmodSync(this.at(name), mode);
  }

  folder(name: string, mode = 0o755, owner: Owner = {}): void {
    fs.mkdirSync(this.at(name));
    this.#give(name, owner);
    // Deepest first, and after all that is to be in them.
    this.#modes.unshift(() => fs.chmodSync(this.at(name), mode));
    this.#undo.push(() => this.#unlock(name));
  }

  link(name: string, leadsTo: string): void {
    fs.symlinkSync(leadsTo, this.at(name));
  }

  hardLink(name: string, existing: string): void {
    fs.linkSync(this.at(existing), this.at(name));
  }

  /** A FIFO that this process reads, so that nobody has to wait for a reader. */
  fifo(name: string): void {
    execFileSync('mkfifo', ['-m', '644', this.at(name)]);
    this.#give(name, {});
    const fd = fs.openSync(this.at(name), constants.O_RDWR | constants.O_NONBLOCK);
    this.#fifos.set(name, { fd, read: '' });
    this.#undo.push(() => fs.closeSync(fd));
  }

  /** A private /dev/null: with a mistake in the code under test root would put a file in the place of the real one. */
  device(name: string): void {
    execFileSync('mknod', ['-m', '666', this.at(name), 'c', '1', '3']);
  }

  /** A file system with this much room, mounted on a new directory. */
  disk(name: string, size: string): void {
    this.#unmountLater(mountTmpfs(this.at(name), size));
    this.#give(name, {});
  }

  /** Fills a file system up to the last `left` bytes. */
  fill(name: string, left: number): void {
    const fd = fs.openSync(this.at(name), 'w');
    const page = Buffer.alloc(4096, '.');
    try {
      for (;;) fs.writeSync(fd, page);
    } catch {
      fs.ftruncateSync(fd, fs.fstatSync(fd).size - left);
    } finally {
      fs.closeSync(fd);
    }
  }

  bind(from: string, name: string): void {
    this.#finally.push(() => this.#unmountLater(mountBind(this.at(from), this.at(name))));
  }

  readOnly(name: string): void {
    this.#finally.push(() => this.#unmountLater(mountReadOnly(this.at(name))));
  }

  /** Sets an attribute of chattr(1): `i` for immutable, `a` for append-only. */
  attribute(name: string, letter: 'a' | 'i'): void {
    this.#finally.push(() => {
      execFileSync('chattr', [`+${letter}`, this.at(name)]);
      this.#undo.push(() => execFileSync('chattr', [`-${letter}`, this.at(name)]));
    });
  }

  /** Sets an extended attribute, or an access control list, which is one. */
  xattr(name: string, attribute: string): void {
    const value = attribute.startsWith('user.') ? 'b"a"' : ACCESS_CONTROL_LIST;
    execFileSync('python3', [
      '-c',
      `import os, struct, sys; os.setxattr(sys.argv[1], "${attribute}", ${value})`,
      this.at(name),
    ]);
  }

  /** A program that is running. */
  program(name: string): void {
    fs.copyFileSync('/bin/sleep', this.at(name));
    fs.chmodSync(this.at(name), 0o755);
    this.#give(name, {});
    this.#finally.push(() => {
      const child: ChildProcess = spawn(this.at(name), ['600'], { stdio: 'ignore' });
      child.on('error', () => {});
      this.#undo.push(() => child.kill('SIGKILL'));
    });
  }

  /** Ends the laying out. */
  begin(): void {
    for (const setMode of this.#modes) setMode();
    this.#eachEntry('.', (name, path) => {
      fs.lutimesSync(path, LONG_AGO, LONG_AGO);
      this.#hold(name, path);
    });
    for (const act of this.#finally) act();
  }

  /** What lies here now, as this process sees it. */
  look(): Picture {
    const picture: Record<string, Record<string, unknown>> = {};
    this.#eachEntry('.', (name, path, stats) => {
      picture[hideStageNames(name)] = this.#describe(name, path, stats);
    });
    return picture;
  }

  /** Has something done when the scenario is over. */
  onLeave(undo: () => void): void {
    this.#undo.push(undo);
  }

  /** Takes everything away that reaches out of the directory. */
  leave(): void {
    for (const undo of this.#undo.splice(0).toReversed()) undo();
  }

  remove(): void {
    this.leave();
    fs.rmSync(this.directory, { recursive: true, force: true });
  }

  #give(name: string, { owner = 'own', group = owner }: Owner): void {
    const uid = owner === 'own' ? this.uid : OTHER;
    const gid = group === 'own' ? this.gid : OTHER;
    fs.lchownSync(this.at(name), uid, gid);
  }

  /** Lets what is in a directory be looked at and removed, if the scenario has left it there. */
  #unlock(name: string): void {
    if (fs.lstatSync(this.at(name), { throwIfNoEntry: false })?.isDirectory()) fs.chmodSync(this.at(name), 0o755);
  }

  #unmountLater(unmount: () => void): void {
    this.#isMounted = true;
    this.#undo.push(unmount);
  }

  /** Visits everything, a directory after what is in it. Names are bytes here, as latin1, because not all are UTF-8. */
  #eachEntry(name: string, visit: (name: string, path: Buffer, stats: Stats) => void): void {
    const path = Buffer.from(this.at(name), 'latin1');
    const stats = fs.lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return;
    if (stats.isDirectory()) {
      const names = fs.readdirSync(path, 'latin1');
      for (const inner of names) this.#eachEntry(name === '.' ? inner : `${name}/${inner}`, visit);
    }
    visit(name, path, stats);
  }

  #hold(name: string, path: Buffer): void {
    const fd = fs.openSync(path, O_PATH | constants.O_NOFOLLOW);
    this.#undo.push(() => fs.closeSync(fd));
    const identity = identityOf(fs.fstatSync(fd));
    if (!this.#names.has(identity)) this.#names.set(identity, name);
  }

  #describe(name: string, path: Buffer, stats: Stats): Record<string, unknown> {
    const { mode, nlink, uid, gid, mtime } = stats;
    // Which file it is: one that was there, by the name that it had, or another.
    const inode = this.#names.get(identityOf(stats)) ?? 'new';
    const changed = mtime.getFullYear() > 2020 ? 'now' : mtime.toISOString();
    const common = { mode: mode.toString(8), uid, gid, inode };
    if (stats.isDirectory()) return { ...common, listingChanged: changed };
    if (stats.isSymbolicLink()) {
      return { ...common, changed, leadsTo: fs.readlinkSync(path).replaceAll(this.directory, '<dir>') };
    }
    const fifo = this.#fifos.get(name);
    if (stats.isFIFO() && fifo) return { ...common, changed, content: (fifo.read += drained(fifo.fd)) };
    return stats.isFile() ? { ...common, changed, nlink, content: contentOf(path) } : { ...common, changed };
  }
}

function identityOf({ dev, ino }: Stats): string {
  return `${dev}:${ino}`;
}

function contentOf(path: Buffer): string {
  try {
    return pictureOfBytes(fs.readFileSync(path));
  } catch {
    return 'may not be read';
  }
}

function drained(fd: number): string {
  try {
    const buffer = Buffer.alloc(65536);
    return buffer.toString('latin1', 0, fs.readSync(fd, buffer));
  } catch {
    // EAGAIN: nothing has come.
    return '';
  }
}

/** The same text for every staged file of one target. */
export function hideStageNames(text: string): string {
  return text
    .split('/')
    .map((name) => (isStageName(name) ? name.replace(/\.[0-9a-z-]+(\.redo)?\.intact$/, '.*$1.intact') : name))
    .join('/');
}
