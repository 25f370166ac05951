// Which of several writes of one file is the last. Asynchronous writes come through in any order; the last must be the one
// that the program called last. So each takes a number when it is called, and learns before it lands whether one with a
// higher number has landed already. What is remembered here concerns writes that are under way, and goes with them.

import type { Stats } from 'node:fs';
import type { Host } from '../steps/host';
import { type Steps, canWait, wait } from '../steps/step';
import { LandingSite, Namesakes, Turn } from './landing-site';
import type { LocalDirectories } from './local-directories';
import type { Identities } from './same-directory';
import { type Stage, inodeOf } from './stage';
import type { DirectoryEntry } from './target';

/** Sites are looked through for old ones when there are twice as many as after the last time. */
const SITES_BEFORE_TIDYING = 64;

export class LandingOrder {
  readonly #host: Host;
  readonly #local: LocalDirectories;
  #last = 0;
  /** In the order of their numbers. */
  readonly #underWay = new Set<Turn>();
  readonly #inodes = new Map<string, LandingSite>();
  /** For every name, the directories in which a file of that name is written, by the text of their paths. */
  readonly #namesakes = new Map<string, Namesakes>();
  /** How many sites there are. */
  #size = 0;
  #tidyAt = SITES_BEFORE_TIDYING;

  constructor(host: Host, local: LocalDirectories) {
    this.#host = host;
    this.#local = local;
  }

  /** Whether no asynchronous write is under way: whoever replaces a file now need not ask. */
  get isQuiet(): boolean {
    return this.#underWay.size === 0;
  }

  /** The turn of an asynchronous write, from its call until it is given back. */
  take(): Turn {
    const turn = this.now();
    this.#underWay.add(turn);
    return turn;
  }

  /** The turn of a write that is called and lands at once. */
  now(): Turn {
    return new Turn(++this.#last);
  }

  giveBack(turn: Turn): void {
    this.#underWay.delete(turn);
    if (turn.site !== undefined) turn.site.expected--;
    if (this.isQuiet) this.#forgetAll();
  }

  /** Notes where a write is going to land. */
  *expect(turn: Turn, entry: DirectoryEntry): Steps<void> {
    if (turn.site !== undefined) return;
    const identities = yield* this.#namesakesOf(entry).identify(entry.directory, this.#local);
    turn.site = this.siteOf(entry, identities);
    turn.site.expected++;
  }

  /** @param identities What is known already about the directories of that name. */
  siteOf(entry: DirectoryEntry, identities?: Identities): LandingSite {
    if (this.#size > this.#tidyAt) this.#tidy();
    const namesakes = this.#namesakesOf(entry);
    const before = namesakes.size;
    const site = namesakes.siteIn(entry.directory, identities);
    this.#size += namesakes.size - before;
    return site;
  }

  #namesakesOf({ name }: DirectoryEntry): Namesakes {
    let namesakes = this.#namesakes.get(name);
    if (namesakes === undefined) this.#namesakes.set(name, (namesakes = new Namesakes(this.#host)));
    return namesakes;
  }

  /** Notes that the program has renamed a directory: what has landed below it is where it is now. */
  moved(from: string, to: string): void {
    for (const namesakes of this.#namesakes.values()) namesakes.moved(from, to);
  }

  /** Waits until nothing lands at a site any more; a synchronous write cannot, and must deal with what does. */
  *whenFree(find: () => LandingSite): Steps<LandingSite> {
    for (;;) {
      const site = find();
      if (site.landing === undefined || !canWait()) return site;
      // Each that is waited for has landed or failed then, so there are only so many.
      yield* wait(site.landing.over);
    }
  }

  /** The birth belongs to it because the numbers of inodes are used again. */
  siteOfInode(file: Stats): LandingSite {
    if (this.#size > this.#tidyAt) this.#tidy();
    const key = `${inodeOf(file)}:${file.birthtimeMs}`;
    let site = this.#inodes.get(key);
    if (site === undefined) {
      this.#inodes.set(key, (site = new LandingSite(true)));
      this.#size++;
    }
    return site;
  }

  /** Notes that a write has landed. */
  landed(
    site: LandingSite,
    { number }: Turn,
    { isAddition, isFlushed }: Pick<Stage, 'isAddition' | 'isFlushed'>,
  ): void {
    site.landings++;
    if (isAddition) return;
    if (site.newest !== undefined && site.newest.number > number) return;
    if (this.#isAwaited(site, number)) site.newest = { number, isFlushed };
  }

  /** Whether a write older than this may land here later. */
  #isAwaited(site: LandingSite, number: number): boolean {
    for (const turn of this.#underWay) {
      if (turn.number >= number) return false;
      // Which inode a name stands for is seen when it is opened.
      if (turn.site === undefined || turn.site === site || site.isInode) return true;
    }
    return false;
  }

  #forgetAll(): void {
    this.#inodes.clear();
    this.#namesakes.clear();
    this.#size = 0;
    this.#tidyAt = SITES_BEFORE_TIDYING;
  }

  #tidy(): void {
    const isNeeded = (site: LandingSite): boolean =>
      site.expected > 0 ||
      site.landing !== undefined ||
      (site.newest !== undefined && this.#isAwaited(site, site.newest.number));
    for (const [key, site] of this.#inodes) if (!isNeeded(site)) this.#inodes.delete(key);
    this.#size = this.#inodes.size;
    for (const [name, namesakes] of this.#namesakes) {
      namesakes.keep(isNeeded);
      this.#size += namesakes.size;
      if (namesakes.size === 0) this.#namesakes.delete(name);
    }
    this.#tidyAt = Math.max(SITES_BEFORE_TIDYING, 2 * this.#size);
  }
}

/** Runs the steps of a write with its place in the order of the calls; one that lands as soon as it is called needs none. */
export function* inOrder<R>(order: LandingOrder, write: (turn: Turn | undefined) => Steps<R>): Steps<R> {
  if (!canWait()) return yield* write(undefined);
  const turn = order.take();
  try {
    return yield* write(turn);
  } finally {
    order.giveBack(turn);
  }
}
