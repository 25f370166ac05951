/** One primitive call, as the surface makes it: absolute string paths, numeric flags and modes, bytes as Uint8Array. */
export interface PrimitiveCall {
  /** As POSIX and node name it, without `Sync`. */
  readonly name: string;
  readonly args: readonly unknown[];
}
