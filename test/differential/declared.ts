// Where a program under the hook differs from plain node, and why. The README prints this list. A difference that is not in
// it is a bug; an entry that no scenario meets any more is one too.

import { isDeepStrictEqual } from 'node:util';
import type { Need } from '../support/needs';
import type { Difference } from './differences';

export interface Declared {
  /** What a user meets, in a few words. */
  readonly what: string;
  /** The whole of it, in a sentence or two. */
  readonly details: string;
  readonly matches: (difference: Difference) => boolean;
  /** What the scenarios that meet it need of the machine. */
  readonly needs?: readonly Need[];
}

export const DECLARED: readonly Declared[] = [
  {
    what: 'Others see the old file until the new one is complete',
    details:
      'Until the last descriptor is closed or the stream finishes, every other process sees the old content, mode and ' +
      'times, or no file if there was none; and in its listing of the directory a hidden `.NAME.….intact` beside it.',
    matches: (difference) =>
      isWhileOpen(difference) &&
      (isOldStill(difference) || isStagedFile(difference) || isAnotherReading(difference, 'reads it')),
  },
  {
    what: 'A replaced file is a new file',
    details:
      'It has a new inode number and birth time, and its directory a new modification time. Hard-linked files, files of ' +
      'other owners and the like keep theirs (see [above](#how-it-works)).',
    matches: ({ at, plain, hook, scenario }) => {
      if (at.endsWith(' > listingChanged')) return plain !== 'now' && hook === 'now';
      if (at.endsWith(' > inode')) return plain !== undefined && hook === 'new';
      return scenario.id.startsWith('what it is to the program itself') && plain === true && hook === false;
    },
  },
  {
    what: 'Whoever has the old file open stays with it',
    details:
      'A descriptor opened for reading before the file was replaced, by this process or another, reads the old content ' +
      'to its end.',
    matches: (difference) =>
      isAnotherReading(difference, 'has it open and reads it') ||
      /^(somebody in this process reads on|a stream that copies a file onto itself)/.test(difference.scenario.id),
  },
  {
    what: 'Watchers in other processes follow the old inode',
    details:
      'One that watches the file hears of the first replacement and of nothing after it; one that watches the directory ' +
      'hears of a rename, and of the staged file. Watchers in this process hear what they would hear from plain node.',
    matches: ({ at, scenario }) => scenario.id.startsWith('another process watches') && at.startsWith('answer > '),
  },
  {
    what: 'Of two writers at the same time the last one wins, with a whole file',
    details:
      'What another process does to the file while it is open here (writes, removes, renames, changes its mode) is ' +
      'undone when it is replaced; with plain node both write into one file.',
    matches: ({ at, scenario }) =>
      /^(another process (replaces|writes|appends to|removes|changes|renames) |two streams to one file)/.test(
        scenario.id,
      ) && /^(after|own) > /.test(at),
  },
  {
    what: 'A write that fails leaves the old file, or none',
    details:
      'So do a stream that is destroyed, an aborted write, and a `copyFile` that fails, where plain node leaves the file ' +
      'empty, cut off, partly written or removed.',
    matches: (difference) => isLeftAlone(difference) || isCopyRefused(difference),
  },
  {
    what: 'A file that nobody closed',
    details:
      'is published at exit with code 0, with a warning. After any other code, or a signal, the old file stays, and after ' +
      'a signal the staged file beside it, until the next process that writes in that directory removes it.',
    matches: ({ at, scenario, hookReport: { before, end, process } }) => {
      const [when, name] = at.split(' > ');
      if (when !== 'end' || !scenario.isAlone || (process as { code: unknown }).code === 0) return false;
      return name!.endsWith('*.intact') || isDeepStrictEqual(end![name!], before![name!]);
    },
  },
  {
    what: 'Errors of a write name the file',
    details: 'They have a `path`, and their message ends with it.',
    matches: ({ at, plain, hook }) => {
      if (at.endsWith(' > path')) return plain === undefined;
      return at.endsWith(' > message') && new RegExp(`^${String(plain)} '<dir>/.*'$`).test(String(hook));
    },
    needs: ['root', 'mount'],
  },
  {
    what: 'The new content needs room beside the old',
    details:
      'On a disk too full for both, a write fails with ENOSPC that plain node had just managed, by emptying the file first.',
    matches: ({ at, plain, hook, scenario: { id, kind }, hookReport }) => {
      const isTight = kind.id === 'a file on a full disk' || /^(the disk runs full|a file takes more)/.test(id);
      if (!isTight || !/^(answer|looks > at finish)/.test(at)) return false;
      const isShorter = typeof plain === 'number' && typeof hook === 'number' && hook < plain;
      return isShorter || JSON.stringify(hookReport.answer).includes('ENOSPC');
    },
    needs: ['root', 'mount'],
  },
  {
    what: 'Some errors come late, or twice',
    details:
      'Where bytes were lost (ENOSPC, EDQUOT, EIO, EFBIG), `close` reports it once more, because it cannot publish the ' +
      'file. A file with the append-only attribute is refused at `close`, not at `open`.',
    matches: ({ at, scenario: { kind } }) =>
      at.startsWith('answer > ') && ['nothing on a full disk', 'an append-only file'].includes(kind.id),
    needs: ['root', 'mount', 'chattr'],
  },
  {
    what: 'Stack traces',
    details: 'lead through the files of fs-intact, and an uncaught error prints a line of them.',
    matches: ({ at, scenario }) =>
      scenario.id.startsWith('a program that nobody catches') && at.startsWith('process > stderr > '),
  },
  {
    what: 'Warnings',
    details: 'of its own, all with a code that begins with `INTACT_`, go where node’s go.',
    matches: ({ at, plain }) => at.startsWith('warnings > ') && plain === undefined,
  },
  {
    what: 'Extended attributes and access control lists',
    details: 'of a replaced file are not handed on (see [above](#what-is-not-protected)).',
    matches: ({ at, scenario }) => scenario.id.startsWith('the file has the attribute') && at.startsWith('answer > '),
    needs: ['xattr'],
  },
];

export function declaredFor(difference: Difference): Declared | undefined {
  return DECLARED.find(({ matches }) => matches(difference));
}

/** At a moment when the file is still open, or was left so by a program that does not close it. */
function isWhileOpen({ at, scenario, hookReport }: Difference): boolean {
  if (/^looks > (half-written|meanwhile) > /.test(at)) return true;
  if (at.startsWith('answer > ')) return scenario.id.endsWith('meanwhile: a file');
  return scenario.isAlone === true && /^(after|open) > /.test(at) && hookReport.process !== undefined;
}

/** Another process sees what was there before: the same, or nothing. */
function isOldStill({ at, hook, hookReport: { before, looks, after } }: Difference): boolean {
  const [, when, name, field] = /^(?:looks > ([^>]+)|after) > ([^]+?)(?: > (\w+))?$/.exec(at) ?? [];
  if (name === undefined) return false;
  const now = when === undefined ? after! : looks![when]!;
  if (field === undefined) return hook === undefined && before![name] === undefined;
  // By the inode, because the old file may have got another name.
  return hook === before![String(now[name]!['inode'])]?.[field];
}

function isStagedFile({ at, plain, hook }: Difference): boolean {
  return at.startsWith('open > ') ? String(hook).endsWith('*.intact') : at.endsWith('*.intact') && plain === undefined;
}

/** What another process says that it has read. */
function isAnotherReading({ at, scenario, hook }: Difference, deed: string): boolean {
  return (
    scenario.id.startsWith(`another process ${deed} meanwhile`) && at.startsWith('answer > ') && isOldContent(hook)
  );
}

function isOldContent(value: unknown): boolean {
  return typeof value === 'string' && value.startsWith('old content');
}

/** A call has failed, and the file is as it was before, or as absent. */
function isLeftAlone({ at, hookReport: { before, after, answer } }: Difference): boolean {
  const [when, name] = at.split(' > ');
  if ((when !== 'after' && when !== 'own') || !isDeepStrictEqual(after?.[name!], before![name!])) return false;
  // A process that has died has not answered.
  const text = JSON.stringify(answer ?? null);
  return /"class":"[A-Za-z]*Error"/.test(text) || text.includes('"writableFinished":false');
}

/** A copy onto another's file, which plain node removes, and its own descriptor of it writes to what has no name. */
function isCopyRefused({ scenario, user }: Difference): boolean {
  return user === 'user' && /^while it is open: (promises\.)?copyFile(Sync)?: another's/.test(scenario.id);
}
