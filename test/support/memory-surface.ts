// A surface over a volume in memory, for tests about what uses it.

import { Volume, createFsFromVolume } from 'memfs';
import { type LabFs, surfaceOver } from '../../src/testing/surface';

/** An fs with nothing in it but a directory for temporary files. */
export function memorySurface(): LabFs {
  const base = createFsFromVolume(new Volume()) as unknown as LabFs;
  base.mkdirSync('/tmp');
  return surfaceOver(base, (_call, effect) => effect(), { cwd: '/' });
}
