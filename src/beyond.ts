// What is beyond whole files: all that is needed once a program opens a file for writing, copies, lists, watches, or asks
// for more than the hook. A file of its own, which a preloaded hook compiles only then.

export { fsOver } from './create-fs';
export { explainPath } from './explain';
export { replacementsFor } from './intact-fs';
export { publishBeforeSpawn } from './shapes/child-stdio';
export { linkStream } from './shapes/write-stream';
export { sweepTree } from './sweep-tree';
