// Tests that cannot pass under the hook, each with its reason. No others may regress.

const KNOWN: readonly { readonly test: RegExp; readonly reason: string }[] = [
  {
    test: /^sequential\/test-watch-mode/,
    reason: 'another process watches the inode of a file that is replaced here',
  },
  {
    test: /^parallel\/test-watch-mode-files_watcher/,
    reason:
      'it writes every 100 ms and waits for a watcher that tells nothing until 100 ms have passed without a change: so it ' +
      'never ends where a write takes some milliseconds, in plain node as well',
  },
  {
    test: /test-runner-complex-dependencies/,
    reason: 'another process watches the inode of a file that is replaced here',
  },
];

export function knownReason(test: string): string | undefined {
  return KNOWN.find((known) => known.test.test(test))?.reason;
}
