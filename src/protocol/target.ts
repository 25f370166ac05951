// Which file a path means, and whether a write to it may replace that file.

import type { Stats } from 'node:fs';
import { codeOf, namingTarget } from '../ground/errors';
import { constants } from '../ground/node-fs';
import { canReplace, isAboutThePath } from '../ground/platform';
import { canRead, creates, flagsToProbe, isExclusive, refusesSymlinks } from '../settings/flags';
import type { CallKind, Treatment } from '../settings/treatment';
import { type Steps, access, close, lstat, open, readdir, readlink } from '../steps/step';
import type { InPlaceReason, NativeReason } from './counts';
import { isStageName } from './leftover-name';
import type { Volume } from './volume';

/** The file that a write is about, as it was found. */
export interface Target {
  /** The path as the caller wrote it: errors name this. */
  readonly asked: string;
  /** Absolute; its last component is not a symbolic link. */
  readonly path: string;
  readonly directory: string;
  readonly name: string;
  /** What was there when the write began; undefined if nothing was. */
  readonly existing: Stats | undefined;
  /** Whom the process creates files as: geteuid(2), where there is such a thing and something exists. */
  readonly user: number | undefined;
}

/** A name in a directory. */
export interface DirectoryEntry {
  readonly directory: string;
  readonly name: string;
}

export type Plan =
  | { readonly kind: 'replace'; readonly target: Target }
  | { readonly kind: 'in-place'; readonly target: Target; readonly reason: InPlaceReason }
  | { readonly kind: 'native'; readonly reason: NativeReason };

/** A path that a call was given, in the form that `planWrite` takes. */
export interface AskedPath {
  readonly asked: string;
  readonly absolute: string;
}

/** What a plan depends on, besides the file system. */
export interface PlanRequest {
  readonly path: AskedPath;
  /** The caller's open flags. */
  readonly flags: number;
  readonly treatment: Treatment;
  readonly call: CallKind;
}

/** As many as Linux follows before ELOOP: path_resolution(7). */
export const SYMLINKS_MAX = 40;

/** Files that only look like files. `/dev/stdout` and its kin are links that lead to these. */
const SPECIAL_PATH = /^\/(?:\.?\/)*(?:proc|dev\/(?:\.?\/)*fd)\//;

/**
 * Decides what a content-replacing open of `path` becomes.
 *
 * Wherever node's own call would fail, the plan is `native`, so that node's own error speaks. Nothing is remembered
 * between calls: symbolic links, modes and link counts change.
 */
export function* planWrite(volume: Volume, { path, flags, treatment, call }: PlanRequest): Steps<Plan> {
  if (treatment.plan === 'off') return native('off');
  if (treatment.plan === 'native') return native('rule');
  if (!canReplace) return native('unsupported');
  try {
    const entry = ordinaryEntry(path.absolute);
    if (typeof entry === 'string') return native(entry);
    const found = yield* lstat(path.absolute);
    const isLink = found?.isSymbolicLink() === true;
    if (isLink && (refusesSymlinks(flags) || isExclusive(flags))) return native('native-error');
    const target = isLink ? yield* follow(path, entry) : targetAt(path.asked, path.absolute, entry, found);
    if (typeof target === 'string') return native(target);
    const { existing } = target;
    if (existing === undefined) return creates(flags) ? { kind: 'replace', target } : native('native-error');
    if (!existing.isFile()) return native('not-a-regular-file');
    if (!isWritable(target, existing, flags, call)) yield* probeAccess(volume, target, existing, flags);
    const links = existing.nlink > 1 && (yield* isBeingCreated(target, existing)) ? 1 : existing.nlink;
    const reason = reasonToKeepInode(volume, target, existing, links, treatment);
    // Two descriptors of this process, each with another content, could not be brought together again.
    if (reason === 'open-elsewhere' && call === 'open') return native(reason);
    return reason === undefined ? { kind: 'replace', target } : { kind: 'in-place', target, reason };
  } catch (error) {
    if (isAboutThePath(codeOf(error))) return native('native-error');
    throw namingTarget(error, path.asked, 'open');
  }
}

/** The directory entry that a path names, for a call that replaces it whatever it is; undefined for `.`, `..` and `x/`. */
export function entryAt({ asked, absolute: path }: AskedPath): Target | undefined {
  const entry = split(path);
  return entry && { asked, path, ...entry, existing: undefined, user: undefined };
}

/** Parts a path at its last slash; undefined where the last component is no name of its own. */
export function split(path: string): DirectoryEntry | undefined {
  const slash = path.lastIndexOf('/');
  const name = path.slice(slash + 1);
  if (name === '' || name === '.' || name === '..') return undefined;
  return { directory: path.slice(0, slash) || '/', name };
}

/** Where a symbolic link leads. */
export function destinationOf(link: DirectoryEntry, text: string): string {
  // Joined as text, not normalised: in `link/../file` the kernel follows `link` before it goes up.
  return text.startsWith('/') ? text : `${link.directory}/${text}`;
}

function native(reason: NativeReason): Plan {
  return { kind: 'native', reason };
}

/** The directory entry that a path names; or why a file of this name is none that a write could replace. */
function ordinaryEntry(path: string): DirectoryEntry | NativeReason {
  return SPECIAL_PATH.test(path) ? 'special-path' : (split(path) ?? 'native-error');
}

/** Follows the symbolic link that a path names, a dangling one to the place where the file would be made. */
function* follow({ asked, absolute }: AskedPath, link: DirectoryEntry): Steps<Target | NativeReason> {
  let path = destinationOf(link, yield* readlink(absolute));
  for (let followed = 1; followed <= SYMLINKS_MAX; followed++) {
    const entry = ordinaryEntry(path);
    if (typeof entry === 'string') return entry;
    const existing = yield* lstat(path);
    if (!existing?.isSymbolicLink()) return targetAt(asked, path, entry, existing);
    path = destinationOf(entry, yield* readlink(path));
  }
  return 'native-error';
}

function targetAt(asked: string, path: string, { directory, name }: DirectoryEntry, existing?: Stats): Target {
  return { asked, path, directory, name, existing, user: existing && process.geteuid?.() };
}

/**
 * Whether the owner's own permissions let a file be opened so, which no access list takes back: acl(5). Only for calls
 * that give out no descriptor: what else forbids it, such as that the file is immutable, forbids the rename as well.
 */
function isWritable({ user }: Target, { uid, mode }: Stats, flags: number, call: CallKind): boolean {
  if (call !== 'whole' || uid !== user || uid === OVERFLOW_UID || (mode & EXECUTABLE) !== 0) return false;
  const wanted = canRead(flags) ? constants.S_IRUSR | constants.S_IWUSR : constants.S_IWUSR;
  return (mode & wanted) === wanted;
}

/** Stands for every user that a user namespace knows nothing of: user_namespaces(7). */
const OVERFLOW_UID = 65534;

/**
 * Fails where the process may not open this file so: a rename asks only the directory, and must not get around that.
 */
function probeAccess(
  { localDirectories }: Volume,
  { path, directory, user }: Target,
  { mode }: Stats,
  flags: number,
): Steps<void> {
  // access(2) judges by the real user id, which is not always the one that files are opened with; and it does not know
  // that a program is being run, which may not be written to (ETXTBSY).
  if (user !== process.getuid?.() || (mode & EXECUTABLE) !== 0) return openOnce(path, flagsToProbe(flags));
  const wanted = canRead(flags) ? constants.R_OK | constants.W_OK : constants.W_OK;
  return localDirectories.atOnceIn(directory, access(path, wanted));
}

function* openOnce(path: string, flags: number): Steps<void> {
  yield* close(yield* open(path, flags, 0));
}

const EXECUTABLE = 0o111;

/** How long a file that somebody creates by link(2) may have its staged name as well. */
const CREATION_MS_MAX = 2000;

/** Whether the second link of a file is only the staged name of a `wx` write that is just publishing it. */
function* isBeingCreated({ directory, path }: Target, { nlink, ino, ctimeMs }: Stats): Steps<boolean> {
  // Making a link sets the change time, so that real hard links are asked no more after a moment.
  if (nlink !== 2 || Math.abs(Date.now() - ctimeMs) > CREATION_MS_MAX) return false;
  for (const name of yield* readdir(directory)) {
    if (isStageName(name) && (yield* lstat(`${directory}/${name}`))?.ino === ino) return true;
  }
  // Or it was, and has lost that name since.
  return (yield* lstat(path))?.nlink === 1;
}

function reasonToKeepInode(
  { inodeFollowers, nativeWriters }: Volume,
  target: Target,
  existing: Stats,
  links: number,
  treatment: Treatment,
): InPlaceReason | undefined {
  if (nativeWriters.hold(existing)) return 'open-elsewhere';
  if (treatment.plan === 'in-place') return 'rule';
  if (links > 1) return 'hard-links';
  return canGiveTo(target, existing) ? inodeFollowers.reasonFor(existing) : 'owner';
}

/** Whether a new file of ours can be given this file's owner and group: chown(2). */
function canGiveTo({ user }: Target, { uid, gid }: Stats): boolean {
  if (user === undefined || user === 0) return true;
  return uid === user && (gid === process.getegid?.() || process.getgroups?.().includes(gid) === true);
}
