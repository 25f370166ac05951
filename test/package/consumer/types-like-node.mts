// Everything that @types/node lets a program say about node:fs, said about fs-intact. Only compiled.

import fs, { type WriteFileOptions, type WriteStream, Dirent, FSWatcher, ReadStream, promises } from 'fs-intact';
import * as everything from 'fs-intact';
import { createFs } from 'fs-intact/api';

export type OfTheDefault = [fs.Stats, fs.PathLike, fs.WriteStream, fs.promises.FileHandle];
export type OfTheNamespace = [everything.Stats, everything.WriteStream, everything.promises.FileHandle];
export type ByName = [WriteFileOptions, WriteStream, Dirent, FSWatcher, ReadStream, promises.FileHandle];

export class CountingStream extends everything.WriteStream {}

// Without a base it is node:fs that the new object is like.
createFs(undefined, { durability: 'process' }).writeFileSync('types.txt', 'types');
