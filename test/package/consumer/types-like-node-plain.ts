// The same for import statements that become require().

import { type PathLike, type Stats, WriteStream } from 'fs-intact';
import * as fs from 'fs-intact';
import { type FileHandle } from 'fs-intact/promises';

export type ByName = [PathLike, Stats, WriteStream, FileHandle, fs.Dirent];
