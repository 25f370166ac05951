// The same for CommonJS.

import fs = require('fs-intact');
import promises = require('fs-intact/promises');

export type OfTheModule = [fs.Stats, fs.PathLike, fs.WriteStream, fs.promises.FileHandle, promises.FileHandle];
