// The names of fs-intact for ES modules. The functions are those of the CommonJS copy: there is only one state.

import intactFs from './index.js';

export * from 'node:fs';
export const {
  appendFile,
  appendFileSync,
  close,
  closeSync,
  copyFile,
  copyFileSync,
  cp,
  cpSync,
  createWriteStream,
  fdatasync,
  fdatasyncSync,
  fsync,
  fsyncSync,
  ftruncate,
  ftruncateSync,
  mkdir,
  mkdirSync,
  mkdtemp,
  mkdtempSync,
  open,
  openSync,
  promises,
  write,
  writeFile,
  writeFileSync,
  writeSync,
  writev,
  writevSync,
  WriteStream,
} = intactFs;
export default intactFs;
