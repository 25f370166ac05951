/** FNV-1a, 32 bits: enough to tell a few things apart, and nothing to load. */
export function hash(text: string | Uint8Array): number {
  let sum = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    const unit = typeof text === 'string' ? text.charCodeAt(i) : text[i]!;
    sum = Math.imul(sum ^ unit, 0x01000193) >>> 0;
  }
  return sum;
}
