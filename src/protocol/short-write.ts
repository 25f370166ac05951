// Short writes: on a regular file, fewer bytes accepted than asked for mean that there was no room for the rest. A program
// that goes on with just that rest makes it good; one that goes on with anything else has lost it.

/** What a call hands over, where it lies in memory: one piece for each buffer, none for a string. */
export interface HandedOver {
  readonly bytes: number;
  readonly pieces: readonly Piece[];
}

interface Piece {
  readonly memory: ArrayBufferLike;
  readonly at: number;
  readonly bytes: number;
}

export function pieceOf({ buffer, byteOffset }: ArrayBufferView, offset: number, bytes: number): Piece {
  return { memory: buffer, at: byteOffset + offset, bytes };
}

/** What is left of a call's bytes after so many of them were accepted. */
export function restOf({ bytes, pieces }: HandedOver, accepted: number): HandedOver {
  const rest: Piece[] = [];
  let skip = accepted;
  for (const { memory, at, bytes: length } of pieces) {
    const skipped = Math.min(skip, length);
    skip -= skipped;
    if (skipped < length) rest.push({ memory, at: at + skipped, bytes: length - skipped });
  }
  return { bytes: bytes - accepted, pieces: rest };
}

/** Whether a call begins with what an earlier one left: at the same place in memory, or else with as many bytes. */
export function continues(rest: HandedOver, next: HandedOver): boolean {
  const [left] = rest.pieces;
  const first = next.pieces.find(({ bytes }) => bytes > 0);
  return next.bytes === rest.bytes || (left !== undefined && left.memory === first?.memory && left.at === first.at);
}
