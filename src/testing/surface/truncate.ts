// truncate(path), which is an open, an ftruncate and a close.

import { constants } from '../../ground/node-fs';
import { isDescriptor, readFd, readLength, readPath } from './arguments';
import { ASK_NODE, askNode, refuseSync } from './ask-node';
import type { Story } from './flavours';
import { truncateTakesDescriptors } from './node-habits';
import * as primitive from './primitives';
import { whileOpen } from './while-open';

/** https://nodejs.org/api/fs.html#fstruncatepath-len-callback and its kin. */
export const truncateStory: Story = (lab, [path, given], flavour) => {
  if (isDescriptor(path) && flavour !== 'promise') {
    return truncateTakesDescriptors ? primitive.ftruncate(readFd(path), readLength(given)) : askNode();
  }
  if (flavour === 'callback') readLength(given);
  const asked = readPath(lab, path);
  return whileOpen(asked, constants.O_RDWR, 0o666, flavour, (fd) => primitive.ftruncate(fd, lengthOnceOpen(given)));
};

/** The other flavours look at the length when the file is open, and close it again. */
function lengthOnceOpen(given: unknown): number {
  try {
    return readLength(given);
  } catch (error) {
    if (error === ASK_NODE) refuseSync('ftruncate', [0, given]);
    throw error;
  }
}
