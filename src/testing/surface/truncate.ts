// truncate(path), which is an open, an ftruncate and a close.

import { constants } from '../../ground/node-fs';
import { isDescriptor, readFd, readLength, readPath } from './arguments';
import { askNode } from './ask-node';
import type { Story } from './flavours';
import { truncateTakesDescriptors } from './node-habits';
import * as primitive from './primitives';
import { whileOpen } from './while-open';

/** https://nodejs.org/api/fs.html#fstruncatepath-len-callback and its kin. */
export const truncateStory: Story = (lab, [path, given], flavour) => {
  const length = readLength(given);
  if (isDescriptor(path) && flavour !== 'promise') {
    return truncateTakesDescriptors ? primitive.ftruncate(readFd(path), length) : askNode();
  }
  const asked = readPath(lab, path);
  return whileOpen(asked, constants.O_RDWR, 0o666, flavour, (fd) => primitive.ftruncate(fd, length));
};
