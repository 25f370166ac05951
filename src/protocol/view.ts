// The in-process view: which paths this process is replacing, and where their content is meanwhile. To everybody else such
// a path still shows the old file; the program itself must see what it has written, and may rename or remove it.

import type { Turn } from './landing-site';
import type { OpenFile } from './open-file';
import { identityOfDirectory } from './same-directory';
import { type FileIdentity, type Stage, type StagedName, inodeOf, isInPlace } from './stage';
import { type AskedPath, type DirectoryEntry, SYMLINKS_MAX, destinationOf, split } from './target';
import type { Host } from '../steps/host';

/** A staged file that has its target's name already, as far as this process is concerned. */
export interface Shown {
  readonly stage: Stage;
  /** Whether the program has handed over all of it: what is called later comes after it. */
  readonly isHandedOver: boolean;
  /** Whether it is on its way to its names. */
  readonly isClosing: boolean;
  /** Settles when it has come there, or failed to; undefined while it is not on its way. */
  readonly committing: Promise<void> | undefined;
  /** Shows it under the names that it has now. */
  readonly show: () => void;
}

/** A path of this process whose content is in a staged file. */
export interface Sighting<File extends Shown = OpenFile> {
  readonly file: File;
  readonly staged: StagedName;
}

interface Entry<File extends Shown> extends Sighting<File>, DirectoryEntry {}

export class View<File extends Shown> {
  readonly #host: Host;
  /** The newest first: another of the same name may be on its way to the target. */
  readonly #byName = new Map<string, Entry<File>[]>();
  readonly #byFile = new Map<File, Entry<File>[]>();
  /** Files whose inode stays: every name is the real file's own, and only the content is elsewhere. */
  readonly #byInode = new Map<string, Sighting<File>>();

  constructor(host: Host) {
    this.#host = host;
  }

  /** The one check that every call makes while nothing is open for replacing. */
  get isEmpty(): boolean {
    return this.#byFile.size === 0;
  }

  /** Every open file that is shown. */
  get files(): File[] {
    return [...this.#byFile.keys()];
  }

  /** Shows a file under all its names, or hides it if it has none any more. */
  show(file: File): void {
    this.hide(file);
    const { names, target } = file.stage;
    const [first] = names;
    if (first === undefined) return;
    if (isInPlace(file.stage.publishBy)) {
      this.#byFile.set(file, []);
      this.#byInode.set(inodeOf(target.existing!), { file, staged: first });
      return;
    }
    const entries = names.map((staged): Entry<File> => ({
      directory: staged.directory,
      name: staged.name,
      file,
      staged,
    }));
    this.#byFile.set(file, entries);
    for (const entry of entries)
      this.#byName.set(entry.name, [entry, ...(this.#byName.get(entry.name) ?? [])].toSorted(newestFirst));
  }

  hide(file: File): void {
    for (const { name } of this.#byFile.get(file) ?? []) {
      const others = (this.#byName.get(name) ?? []).filter((entry) => entry.file !== file);
      if (others.length > 0) this.#byName.set(name, others);
      else this.#byName.delete(name);
    }
    this.#byFile.delete(file);
    const { existing } = file.stage.target;
    const inode = existing && inodeOf(existing);
    if (inode !== undefined && this.#byInode.get(inode)?.file === file) this.#byInode.delete(inode);
  }

  /**
   * Hides the files that were handed over before this turn: what has just landed is what the program sees.
   *
   * @param isThere Whether something of this name is where that has landed.
   */
  hideOvertaken({ name, path }: StagedName, { number }: Turn, isThere: (entry: DirectoryEntry) => boolean): void {
    if (this.isEmpty) return;
    const files = (this.#byName.get(name) ?? []).filter(isThere).map(({ file }) => file);
    const kept = this.#ofInodeAt(path, true)?.file;
    for (const file of kept === undefined ? files : [...files, kept]) {
      const { turn } = file.stage;
      if (file.isHandedOver && turn !== undefined && turn.number < number) this.hide(file);
    }
  }

  /** Whether a path is open for replacing, and not closed by the program already: then what replaces it is a new file. */
  isOpen(path: AskedPath, follow: boolean): boolean {
    return !this.isEmpty && this.findContent(path, follow)?.file.isClosing === false;
  }

  /** What holds a path's content, if it is open for replacing: found by its name, or by its inode where that stays. */
  findContent(path: AskedPath, follow: boolean): Sighting<File> | undefined {
    return this.find(path, follow) ?? this.#ofInodeAt(path.absolute, follow);
  }

  #ofInodeAt(path: string, follow: boolean): Sighting<File> | undefined {
    if (this.#byInode.size === 0) return undefined;
    const found = this.#statOf(path, follow);
    return found && this.#byInode.get(inodeOf(found));
  }

  /**
   * What a path stands for, if it is open for being replaced by a file that has another name until then.
   *
   * @param follow Whether the call follows a symbolic link in the last component.
   */
  find({ absolute }: AskedPath, follow: boolean): Sighting<File> | undefined {
    const found = this.#named(absolute);
    return found === undefined && follow ? this.#behindLinks(absolute) : found;
  }

  /** All that a name stands for, the newest first. */
  findAll({ absolute }: AskedPath): Sighting<File>[] {
    return [...this.#allNamed(absolute)];
  }

  #named(path: string): Sighting<File> | undefined {
    return this.#allNamed(path).next().value;
  }

  *#allNamed(path: string): Generator<Sighting<File>, undefined> {
    const asked = split(path);
    const candidates = asked && this.#byName.get(asked.name);
    if (candidates === undefined) return;
    const isThere = this.#sameDirectoryAs(asked!.directory);
    for (const candidate of candidates) if (isThere(candidate.directory)) yield candidate;
  }

  /** Follows symbolic links as they are now; node would find the file at the end of them. */
  #behindLinks(start: string): Sighting<File> | undefined {
    if (this.#byName.size === 0) return undefined;
    let path = start;
    for (let followed = 0; followed < SYMLINKS_MAX; followed++) {
      const entry = split(path);
      const destination = entry && this.#linkAt(path);
      if (destination === undefined) return undefined;
      path = destinationOf(entry!, destination);
      const found = this.#named(path);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #linkAt(path: string): string | undefined {
    const { sync } = this.#host;
    try {
      return sync.lstat(path)?.isSymbolicLink() ? sync.readlink(path) : undefined;
    } catch {
      return undefined;
    }
  }

  /** Asks whether paths lead to one directory; their text is compared first, because that costs no call. */
  #sameDirectoryAs(wanted: string): (directory: string) => boolean {
    const known = new Map<string, string | undefined>();
    const identityOf = (directory: string): string | undefined => {
      if (!known.has(directory)) known.set(directory, identityOfDirectory(this.#host, directory));
      return known.get(directory);
    };
    return (directory) => {
      if (directory === wanted) return true;
      const identity = identityOf(wanted);
      return identity !== undefined && identityOf(directory) === identity;
    };
  }

  #statOf(path: string, follow: boolean): FileIdentity | undefined {
    const { sync } = this.#host;
    try {
      return follow ? sync.stat(path) : sync.lstat(path);
    } catch {
      return undefined;
    }
  }
}

/** Orders files by the calls that handed them over, whichever staged file was there first. What is still open is newer. */
export function newestFirst({ file: one }: Sighting<Shown>, { file: other }: Sighting<Shown>): number {
  const [first = Infinity, second = Infinity] = [one.stage.turn?.number, other.stage.turn?.number];
  return first === second ? 0 : second - first;
}
