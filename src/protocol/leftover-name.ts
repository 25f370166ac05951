// The names of staged files: `.<target's name, clipped>.<owner>-<n>.intact`. Hidden, in the target's own directory, short
// enough for any file system, with one suffix to ignore, and saying who made them, so that somebody else can tell
// whether the maker is gone.

import { hash } from '../ground/hash';
import type { Machine, ProcessIdentity } from '../ground/process-identity';
import { thisThread } from '../ground/this-thread';

/** NAME_MAX is 255 bytes on most file systems and 143 on eCryptfs; the rest of a staged name needs at most 56. */
const CLIPPED_BYTES_MAX = 48;

const REDO = /^\.(.+)\.[0-9a-z]+\.redo\.intact$/s;
const STAGED = /^\.(.+)\.([0-9a-z]+)-([0-9a-z]+)-([0-9a-z]+)-([0-9a-z]+)-[0-9a-z]+-[0-9a-z]+\.intact$/s;

const owners = new WeakMap<Machine, string>();

/** A name that nobody uses, for a staged file of the target named `name`. */
export function nextStageName(name: string, machine: Machine): string {
  let owner = owners.get(machine);
  if (owner === undefined) owners.set(machine, (owner = describe(machine.thisProcess())));
  return `.${clip(name)}.${owner}-${machine.nextNumber().toString(36)}.intact`;
}

function describe({ pid, startTicks, boot, namespace }: ProcessIdentity): string {
  return [pid, startTicks, boot, namespace, thisThread].map((part) => part.toString(36)).join('-');
}

/**
 * The name of the redo record for the target named `name`. There is one for each target, so that a newer record takes the
 * place of an older one, and never both are found after a crash.
 */
export function redoName(name: string): string {
  return `.${clip(name)}.${hash(name).toString(36)}.redo.intact`;
}

/** Whether a file's name is one of those made here, in this process or any other. */
export function isStageName(name: string): boolean {
  return name.endsWith('.intact') && (STAGED.test(name) || isRedoName(name));
}

export function isRedoName(name: string): boolean {
  return REDO.test(name);
}

/** Whether a file's name is that of a staged file of this process, in whichever thread. */
export function isOwnStageName(name: string, machine: Machine): boolean {
  const owner = name.endsWith('.intact') ? ownerOf(name) : undefined;
  if (owner === undefined) return false;
  const { pid, startTicks, boot, namespace } = machine.thisProcess();
  return owner.pid === pid && owner.startTicks === startTicks && owner.boot === boot && owner.namespace === namespace;
}

/** Who made a staged file, or undefined where its name does not say so: a record does inside. */
export function ownerOf(name: string): ProcessIdentity | undefined {
  const [, , pid, startTicks, boot, namespace] = STAGED.exec(name) ?? [];
  if (pid === undefined || startTicks === undefined || boot === undefined || namespace === undefined) return undefined;
  return {
    pid: parseInt(pid, 36),
    startTicks: parseInt(startTicks, 36),
    boot: parseInt(boot, 36),
    namespace: parseInt(namespace, 36),
  };
}

/** The longest beginning of `name` that fits, cut between characters. */
function clip(name: string): string {
  // A UTF-16 unit is at most 3 bytes of UTF-8.
  if (name.length * 3 <= CLIPPED_BYTES_MAX) return name;
  let clipped = '';
  let bytes = 0;
  for (const character of name) {
    bytes += Buffer.byteLength(character);
    if (bytes > CLIPPED_BYTES_MAX) break;
    clipped += character;
  }
  return clipped;
}
