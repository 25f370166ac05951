// The protocol by itself, on a file system in memory.

import { Volume as MemoryVolume, createFsFromVolume } from 'memfs';
import { dirname } from 'node:path';
import type { NodeFs } from '../../src/ground/node-fs';
import { type Machine, thisMachine } from '../../src/ground/process-identity';
import type { WriteRequest } from '../../src/protocol/begin-stage';
import { writeContent } from '../../src/protocol/content';
import { type OpenFile, openReplacing } from '../../src/protocol/open-file';
import { replaceFile } from '../../src/protocol/replace-file';
import { type Volume, volumeOn } from '../../src/protocol/volume';
import { REPLACE } from '../../src/settings/flags';
import { type Options, completeSettings } from '../../src/settings/settings';
import { type CallKind, treatmentOf } from '../../src/settings/treatment';
import type { Host } from '../../src/steps/host';
import { runSync } from '../../src/steps/run';
import type { Steps } from '../../src/steps/step';

export interface Memory {
  readonly fs: NodeFs;
  readonly volume: Volume;
  readonly host: Host;
}

/** A volume with these files; the directories above them are made. */
export function memoryWith(files: Readonly<Record<string, string>> = {}): Memory {
  const fs = createFsFromVolume(new MemoryVolume()) as unknown as NodeFs;
  fs.mkdirSync('/d');
  for (const [path, content] of Object.entries(files)) {
    fs.mkdirSync(dirname(path), { recursive: true });
    fs.writeFileSync(path, content);
  }
  return { fs, ...anotherProcessOn(fs) };
}

/** What another process that uses the same files has in its memory: nothing. */
export function anotherProcessOn(fs: NodeFs, machine: Machine = thisMachine): { volume: Volume; host: Host } {
  const volume: Volume = { ...volumeOn(fs), machine };
  // Its first visit would sweep in the background; tests sweep when they want to.
  volume.directories.isFirstVisit('/d');
  return { volume, host: volume.host };
}

export interface WriteOptions extends Options {
  readonly flags?: number;
  readonly mode?: number;
  readonly flush?: boolean;
  readonly call?: CallKind;
}

/** What a call on this path asks for. */
export function requestFor(path: string, options: WriteOptions = {}): WriteRequest {
  const { flags = REPLACE, mode = 0o666, call = 'whole', flush: _, ...rest } = options;
  const settings = completeSettings([{ name: 'test', options: { warn: false, ...rest } }]);
  const treatment = treatmentOf(settings, path, call);
  return {
    path: { asked: path, absolute: path },
    call,
    flags,
    mode,
    settings,
    treatment,
    inherit: 'mode-and-owner',
  };
}

/** The steps of a whole-file write. */
export function writing(volume: Volume, path: string, content: string, options: WriteOptions = {}): Steps<boolean> {
  return replaceFile(volume, {
    ...requestFor(path, options),
    flush: options.flush ?? false,
    interruptible: false,
    fill: (_, fd) => writeContent(fd, content, 'utf8', () => {}),
  });
}

/** Opens a file for replacing, which need not be closed: this process does not settle it at its exit. */
export function opening(volume: Volume, path: string, options: WriteOptions = {}): { file: OpenFile; fd: number } {
  const fd = runSync(openReplacing(volume, requestFor(path, { ...options, call: 'open' })), volume.host)!;
  const file = volume.openFiles.get(fd)!;
  volume.pending.remove(file.stage);
  return { file, fd };
}

/** What lies in a directory, by name; a symbolic link as where it leads. */
export function contentsOf(fs: NodeFs, directory = '/d'): Record<string, string> {
  const names = fs.readdirSync(directory);
  return Object.fromEntries(names.map((name) => [name, contentAt(fs, `${directory}/${name}`)]));
}

function contentAt(fs: NodeFs, path: string): string {
  const stats = fs.lstatSync(path);
  if (stats.isSymbolicLink()) return `-> ${fs.readlinkSync(path)}`;
  return stats.isFile() ? fs.readFileSync(path, 'utf8') : 'directory';
}

/** A process that had our pid before us, and is dead by now. */
export function deadProcessOn(fs: NodeFs): { volume: Volume; host: Host } {
  return anotherProcessOn(fs, DEAD);
}

const DEAD: Machine = { ...thisMachine, thisProcess: () => ({ ...thisMachine.thisProcess(), startTicks: 1 }) };
