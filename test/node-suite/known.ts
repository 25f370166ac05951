// Tests that cannot pass under the hook, each with its reason. No others may regress.

const KNOWN: readonly { readonly test: RegExp; readonly reason: string }[] = [
  {
    test: /^sequential\/test-watch-mode/,
    reason: 'another process watches the inode of a file that is replaced here',
  },
  {
    test: /test-runner-complex-dependencies/,
    reason: 'another process watches the inode of a file that is replaced here',
  },
];

export function knownReason(test: string): string | undefined {
  return KNOWN.find((known) => known.test.test(test))?.reason;
}
