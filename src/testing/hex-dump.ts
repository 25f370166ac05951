// Bytes as hexdump(1) shows them.

export const BYTES_PER_ROW = 16;

/**
 * Rows of up to 16 bytes: offset, bytes, and the characters that they are in ASCII.
 *
 * @param from The first byte shown; the row begins at a multiple of 16.
 * @param rowsMax How many rows at most. Then it is told how much is left.
 */
export function hexRows(bytes: Uint8Array, from: number, rowsMax: number): string[] {
  const rows: string[] = [];
  let start = from - (from % BYTES_PER_ROW);
  for (; start < bytes.length && rows.length < rowsMax; start += BYTES_PER_ROW) {
    rows.push(hexRow(bytes.subarray(start, start + BYTES_PER_ROW), start));
  }
  const left = bytes.length - start;
  if (left > 0) rows.push(`… ${left.toLocaleString('en')} more ${kindOf(bytes.subarray(start))}`);
  return rows;
}

function hexRow(bytes: Uint8Array, offset: number): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  const characters = Array.from(bytes, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.'));
  return `${offset.toString(16).padStart(6, '0')}  ${hex.padEnd(BYTES_PER_ROW * 3 - 1)}  ${characters.join('')}`;
}

function kindOf(bytes: Uint8Array): string {
  return bytes.every((byte) => byte === 0) ? 'zeros' : 'bytes';
}
