// An explanation in words, for people.

import type { Explanation } from './explain';

type Reason = NonNullable<Explanation['reason']>;

const BECAUSE: Readonly<Record<Reason, string>> = {
  'hard-links': 'it has other names (hard links), which must see the new content',
  'owner': 'a new file could not be given its owner or group',
  'unwritable-directory': 'no file can be created in its directory',
  'mount-point': 'something is mounted on it',
  'cross-device': 'it lies on another device than its directory',
  'rename-refused': 'it may not be renamed over',
  'open-elsewhere': 'this process has it open for writing',
  'watched': 'this process watches it',
  'blob': 'this process has made a Blob of it',
  'off': 'fs-intact is switched off',
  'rule': 'a rule says so',
  'not-a-regular-file': 'it is not a regular file',
  'special-path': 'it belongs to the kernel (/proc, /dev/fd)',
  'native-error': "it cannot be written at all, and node's own error will say why",
  'exiting': 'the process is exiting',
  'unsupported': "this platform, or node's permission model, does not allow it",
};

const HOW: Readonly<Record<Explanation['plan'], string>> = {
  'replace': 'replaced by a complete new file',
  'in-place': 'written in place',
  'native': 'written as plain node does',
};

/** One line; `path` is what was asked about. */
export function describeExplanation(path: string, explanation: Explanation): string {
  const { plan, reason, isProtected, target, durability, rule } = explanation;
  const isRecorded = plan === 'in-place' && isProtected;
  const parts = [
    `${isProtected ? 'crash-safe' : 'NOT crash-safe'}, ${HOW[plan]}${isRecorded ? ' from a complete copy' : ''}`,
    reason && `because ${BECAUSE[reason]}`,
    rule && `rule: ${rule}`,
    target !== undefined && target !== path && `file: ${target}`,
    isProtected && `durability: ${durability}`,
  ];
  return parts.filter(Boolean).join('; ');
}
