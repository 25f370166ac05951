// The bytes of a file: shared with the image until written to, and counted against the disk's capacity.

import type { Disk, LiveFile } from './disk';
import { fail } from './errno';

/** The largest file of ext4 with blocks of 4 KiB. */
const FILE_BYTES_MAX = 2 ** 44 - 4096;

/** How far into a file there can be anything but a hole: it is stored in one buffer. */
const STORED_BYTES_MAX = 2 ** 32;

/** @returns How many bytes there were to read. */
export function readBytes(file: LiveFile, into: Uint8Array, position: number): number {
  const end = Math.min(position + into.length, file.size);
  if (end <= position) return 0;
  const count = end - position;
  const stored = Math.max(0, Math.min(end, file.storedBytes) - position);
  if (stored > 0) into.set(file.bytes.subarray(position, position + stored));
  into.fill(0, stored, count);
  return count;
}

/**
 * Takes what there is room for, as write(2) does: a short count first, ENOSPC or EFBIG only where nothing fits.
 *
 * @returns How many bytes were taken.
 */
export function writeBytes(disk: Disk, file: LiveFile, bytes: Uint8Array, position: number): number {
  if (position >= FILE_BYTES_MAX) fail('EFBIG');
  // A disk that was made too full lets nobody write more, but over what is there.
  const storable = Math.min(file.storedBytes + Math.max(0, disk.freeBytes), STORED_BYTES_MAX);
  const room = Math.max(0, storable - position);
  const length = Math.min(bytes.length, room, FILE_BYTES_MAX - position);
  if (length === 0) fail('ENOSPC');
  const end = position + length;
  reserve(file, end);
  // Between what is stored and what is written there was a hole.
  if (position > file.storedBytes) file.bytes.fill(0, file.storedBytes, position);
  file.bytes.set(length === bytes.length ? bytes : bytes.subarray(0, length), position);
  if (end > file.storedBytes) store(disk, file, end);
  if (end > file.size) file.size = end;
  return length;
}

/** Cuts a file, or lengthens it by a hole, which takes no room. */
export function setSize(disk: Disk, file: LiveFile, size: number): void {
  if (size > FILE_BYTES_MAX) fail('EFBIG');
  if (size < file.storedBytes) store(disk, file, size);
  file.size = size;
}

/** All bytes of a file, holes as zeros, as something that nobody will change any more. */
export function frozenBytes(file: LiveFile): Uint8Array {
  if (file.bytes.length !== file.size || file.storedBytes !== file.size) {
    const whole = new Uint8Array(file.size);
    whole.set(file.bytes.subarray(0, file.storedBytes));
    file.bytes = whole.subarray(0, file.storedBytes);
    file.isShared = true;
    return whole;
  }
  file.isShared = true;
  return file.bytes;
}

function store(disk: Disk, file: LiveFile, storedBytes: number): void {
  disk.freeBytes -= storedBytes - file.storedBytes;
  file.storedBytes = storedBytes;
}

/** Makes the buffer the file's own and at least so long. */
function reserve(file: LiveFile, length: number): void {
  const present = file.bytes.length;
  if (!file.isShared && length <= present) return;
  const own = new Uint8Array(length > present ? roomFor(length, present) : present);
  own.set(file.bytes.subarray(0, file.storedBytes));
  file.bytes = own;
  file.isShared = false;
}

/** Many small appends must not copy the file each time; but most files are written once. */
function roomFor(length: number, present: number): number {
  return present === 0 ? length : Math.min(Math.max(length, present * 2), STORED_BYTES_MAX);
}
