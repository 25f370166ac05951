// Where writes land: on a name in a directory, or on an inode that is copied over.

import type { Host } from '../steps/host';
import type { Steps } from '../steps/step';
import type { LocalDirectories } from './local-directories';
import { type Identities, identifyDirectory, identityOfDirectory } from './same-directory';
import type { StagedName } from './stage';

/** A write's place in the order of the calls. */
export class Turn {
  /** Where it is going to land, once that is known. */
  site: LandingSite | undefined;

  constructor(readonly number: number) {}
}

/** A write that has landed. */
export interface Landed {
  readonly number: number;
  /** Whether its content was flushed. */
  readonly isFlushed: boolean;
}

/** Thrown by a write that finds a newer one in its place. */
export class Overtaken {
  constructor(readonly by: Landed) {}
}

/** A write that is just landing, as others see it that come meanwhile. */
export class Landing {
  /** Its rename is under way: whoever moves the staged file away before that comes through prevents it. */
  isRenaming = false;
  /** Its redo record, once it has one. */
  record: string | undefined;
  /** What to end with, because a synchronous write has copied over the same inode meanwhile, or has failed half-way. */
  overtaken: unknown;
  #over: Promise<void> | undefined;
  #settle: (() => void) | undefined;

  constructor(
    readonly turn: Turn,
    readonly staged: StagedName,
  ) {}

  /** Settles when it has landed, or failed to. */
  get over(): Promise<void> {
    return (this.#over ??= new Promise((resolve) => {
      this.#settle = resolve;
    }));
  }

  end(): void {
    this.#settle?.();
  }

  /** To be called before each change of an inode, which must then be made at once. */
  throwIfOvertaken(): void {
    if (this.overtaken !== undefined) throw this.overtaken;
  }
}

/** A file that writes land on: a name in a directory, or an inode that is copied over. */
export class LandingSite {
  /** The newest that has landed while an older one was under way. */
  newest: Landed | undefined;
  /** What lands here just now; a synchronous write lands between two steps of an asynchronous one, and is not seen here. */
  landing: Landing | undefined;
  /** Counts what has landed here, newest or not. */
  landings = 0;
  /** How many turns are for this site. */
  expected = 0;

  constructor(readonly isInode: boolean) {}

  /** Throws where something has landed here that is newer than this. */
  throwIfLate({ number }: Turn): void {
    if (this.newest !== undefined && this.newest.number > number) throw new Overtaken(this.newest);
  }

  /** Lets others see what lands here, unless something does already: then this is synchronous, and over before they look. */
  begin(landing: Landing): void {
    this.landing ??= landing;
  }

  end(landing: Landing): void {
    if (this.landing === landing) this.landing = undefined;
  }
}

/** The sites of one name, in whichever directories. */
export class Namesakes {
  readonly #host: Host;
  readonly #byDirectory = new Map<string, LandingSite>();
  /** Asked for only when there are two paths, which may lead to one directory. */
  #byIdentity: Map<string, LandingSite> | undefined;

  constructor(host: Host) {
    this.#host = host;
  }

  get size(): number {
    return this.#byDirectory.size;
  }

  /** Finds out what `siteIn` is going to ask, which would hold up the program. */
  *identify(directory: string, local: LocalDirectories): Steps<Identities | undefined> {
    if (this.#byDirectory.size === 0 || this.#byDirectory.has(directory)) return undefined;
    const others = this.#byIdentity === undefined ? this.#byDirectory.keys() : [];
    const identities = new Map<string, string | undefined>();
    for (const path of [...others, directory])
      identities.set(path, yield* local.atOnceIn(path, identifyDirectory(path)));
    return identities;
  }

  siteIn(directory: string, identities?: Identities): LandingSite {
    let site = this.#byDirectory.get(directory);
    if (site === undefined) {
      site = this.#byDirectory.size === 0 ? new LandingSite(false) : this.#siteOfSame(directory, identities);
      this.#byDirectory.set(directory, site);
    }
    return site;
  }

  #siteOfSame(directory: string, identities: Identities | undefined): LandingSite {
    const identityOf = (path: string): string | undefined =>
      identities?.has(path) === true ? identities.get(path) : identityOfDirectory(this.#host, path);
    if (this.#byIdentity === undefined) {
      this.#byIdentity = new Map();
      for (const [other, site] of this.#byDirectory) {
        const identity = identityOf(other);
        if (identity !== undefined) this.#byIdentity.set(identity, site);
      }
    }
    const identity = identityOf(directory);
    const site = (identity === undefined ? undefined : this.#byIdentity.get(identity)) ?? new LandingSite(false);
    if (identity !== undefined) this.#byIdentity.set(identity, site);
    return site;
  }

  /** Finds the sites below a directory again that has been renamed. */
  moved(from: string, to: string): void {
    for (const [directory, site] of this.#byDirectory) {
      if (!`${directory}/`.startsWith(`${from}/`)) continue;
      this.#byDirectory.delete(directory);
      this.#byDirectory.set(to + directory.slice(from.length), site);
    }
  }

  keep(isNeeded: (site: LandingSite) => boolean): void {
    for (const [directory, site] of this.#byDirectory) if (!isNeeded(site)) this.#byDirectory.delete(directory);
    for (const [identity, site] of this.#byIdentity ?? []) if (!isNeeded(site)) this.#byIdentity!.delete(identity);
  }
}
