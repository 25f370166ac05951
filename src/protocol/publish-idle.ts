// Publishing a file that stays open, once nobody has written to it for a while: live logs under unusual names.

import { runSync } from '../steps/run';
import { fstat } from '../steps/step';
import type { OpenFile } from './open-file';

/**
 * Watches an open file and publishes it when its size and modification time have stood still for `idleMs` milliseconds.
 * The file's own clock is compared with itself only, because a network file system may keep another time.
 */
export function publishWhenIdle(file: OpenFile, idleMs: number): void {
  let seen = '';
  const look = (): void => {
    const { fd, state } = file.stage;
    if (fd === undefined || file.isClosing || state !== 'open') return;
    const { host } = file.volume;
    try {
      const { size, mtimeMs } = runSync(fstat(fd), host);
      const now = `${size} ${mtimeMs}`;
      if (now === seen) {
        // Synchronous, so that no close can come between; it happens once in the life of an open file.
        runSync(file.publish(), host);
        return;
      }
      seen = now;
    } catch {
      // Closing the file will meet the same failure and has somebody to tell.
      return;
    }
    wait();
  };
  const wait = (): void => void setTimeout(look, idleMs).unref();
  wait();
}
