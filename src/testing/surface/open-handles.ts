// Which objects are FileHandles of a surface.

const descriptors = new WeakMap<object, () => number>();

export function noteHandle(handle: object, fd: () => number): void {
  descriptors.set(handle, fd);
}

/** The descriptor of a FileHandle, -1 once it is closed; undefined for anything else. */
export function descriptorOf(value: unknown): number | undefined {
  return typeof value === 'object' && value !== null ? descriptors.get(value)?.() : undefined;
}
