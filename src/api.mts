// The names of fs-intact/api for ES modules.

export { createFs, explain, patch, stats, sweep } from './api.js';
export type * from './api.js';
